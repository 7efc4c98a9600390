"""People: added, given roles and deactivated by administrators; never deleted."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    UserChangeForm,
    UserCreationForm,
)
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.accounts.second_factor import is_required_of, with_second_step
from carsi_tracker.desk.forms.again import ShownAgain, ShowsAgain, shows_again
from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.people import person_pages
from carsi_tracker.desk.people.notices import acting_by
from carsi_tracker.desk.site import ListAdmin, person
from carsi_tracker.ledger import text
from carsi_tracker.ledger.folding import NameKey

ROLES = ("is_analyst", "is_approver", "is_administrator")


class NamedOnce:
    """A form of a person, whose user name nobody else has, nor one that looks like it."""

    instance: User
    cleaned_data: dict[str, Any]

    def clean_username(self) -> str:
        """Refuse a name that can be taken for another's."""
        name: str = self.cleaned_data["username"]
        others = User.objects.exclude(pk=self.instance.pk)
        if other := others.filter(username__name_key=NameKey.of(name)).first():
            raise ValidationError(
                _(
                    "“%(written)s” is too like “%(taken)s”, which is there already. Use that one, "
                    "or write another name."
                )
                % {"written": name, "taken": other.username}
            )
        return name


class PersonForm(ShownAgain, NamedOnce, UserChangeForm):  # type: ignore[type-arg]
    """A person's name, roles and whether they may sign in."""

    acting_user: User

    class Meta(UserChangeForm.Meta):
        help_texts = {"is_active": gettext_lazy("Inactive people cannot sign in.")}

    def clean(self) -> dict[str, Any]:
        """Refuse that administrators lock themselves out."""
        cleaned = super().clean() or self.cleaned_data
        keeps_access = cleaned.get("is_active") and cleaned.get("is_administrator")
        if self.instance.pk == self.acting_user.pk and not keeps_access:
            raise ValidationError(
                _(
                    "You cannot deactivate yourself or remove your administrator role. Ask another "
                    "administrator."
                )
            )
        return cleaned


class NewPersonForm(ShownAgain, NamedOnce, UserCreationForm):  # type: ignore[type-arg]
    """A new person, with a first password that they change when they sign in."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", *ROLES)

    def save(self, commit: bool = True) -> Any:  # noqa: FBT002 (as Django has it)
        """Save the person."""
        self.instance.must_change_password = True
        return super().save(commit)


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Another password for somebody, which they change when they sign in."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT002 (as Django has it)
        """Save the password."""
        self.user.must_change_password = True
        return super().save(commit)


admin.site.unregister(
    [Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken]
)


@admin.register(User)
class PersonAdmin(ShowsAgain, ListAdmin, UserAdmin):  # type: ignore[type-arg]
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = PasswordForm
    change_form_template = "desk/person.html"
    add_form_template = None
    change_user_password_template = "desk/person_password.html"  # noqa: S105 (a template)
    list_display = ("username", "called", "roles", "access", "second_step")
    list_filter = (*ROLES, "is_active")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Name"), {"fields": ("first_name", "last_name", "email")}),
        (gettext_lazy("Roles"), {"fields": (*ROLES, "is_active")}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    *ROLES,
                    "password1",
                    "password2",
                )
            },
        ),
    )

    @admin.display(description=gettext_lazy("name"))
    def called(self, user: User) -> str:
        """Return the name as versions print it."""
        return user.display_name

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        """Name a person's roles."""
        names = {field.name: str(field.verbose_name) for field in user._meta.concrete_fields}
        return ", ".join(names[role] for role in ROLES if getattr(user, role)) or "–"

    @admin.display(description=gettext_lazy("access"), ordering="is_active")
    def access(self, user: User) -> str:
        """Say whether a person may sign in."""
        return _("may sign in") if user.is_active else _("ended")

    @admin.display(description=gettext_lazy("two-step verification"))
    def second_step(self, user: Any) -> str:
        """Say whether a person has a second step, or lacks one that their roles ask for."""
        if user.has_second_step:
            return _("set up")
        return _("missing") if is_required_of(user) else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the people, who know whether they have a second step."""
        return with_second_step(super().get_queryset(request))

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT002 (as Django has it)
        **kwargs: Any,
    ) -> Any:
        """Return the form, which knows who asks."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting_user = request.user
        return form

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the form's field; names are plain text, as versions print them."""
        if db_field.name in ("first_name", "last_name"):
            return formfield(db_field)
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "username":
            field.validators.append(text.check)
        return field

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of people, and of what is done about one."""
        view = self.admin_site.admin_view
        return [
            path("<int:person_id>/hand-over/", view(person_pages.hand_over), name="hand_over"),
            path(
                "<int:person_id>/second-step/",
                view(person_pages.remove_second_step),
                name="no_step",
            ),
            path(
                "<int:person_id>/single-sign-on/",
                view(person_pages.disconnect),
                name="no_single_sign_on",
            ),
            *super().get_urls(),
        ]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show a person's form; what it changes is noted with who asks."""
        with acting_by(request, person(request)):
            return super().changeform_view(request, *args, **kwargs)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 (as Django has it)
        """Set somebody's password; one's own is changed where everybody does."""
        if id == str(person(request).pk) and self.has_change_permission(request):
            return redirect("account_change_password")
        with acting_by(request, person(request)):
            return super().user_change_password(request, id, form_url)

    @shows_again
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a person, and what removes their second step; one's own is kept at one's account."""
        own = object_id == str(person(request).pk)
        has_one = Authenticator.objects.filter(user_id=object_id).exists()
        context = {
            "second_step": has_one and not own,
            "connected": SocialAccount.objects.filter(user_id=object_id).first(),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody be deleted: versions and histories name people, who are deactivated."""
        return False
