"""People: added, given roles and deactivated by administrators; never deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.deletion import AdminDeletion, deletion
from carsi_tracker.desk.lists import ListAdmin

ROLES = ("is_analyst", "is_approver", "is_administrator")


class PersonForm(UserChangeForm):  # type: ignore[type-arg]
    """A person's name, roles and whether they may sign in."""

    acting_user: User

    def clean(self) -> dict[str, Any]:
        """Refuse that administrators lock themselves out."""
        cleaned = super().clean() or self.cleaned_data
        keeps_access = cleaned.get("is_active") and cleaned.get("is_administrator")
        if self.instance.pk == self.acting_user.pk and not keeps_access:
            raise ValidationError(
                _(
                    "You can't deactivate yourself or give up being an administrator; somebody "
                    "else has to do it."
                )
            )
        return cleaned


class NewPersonForm(UserCreationForm):  # type: ignore[type-arg]
    """A new person, with a first password that they can change."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", *ROLES)


admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(ListAdmin, UserAdmin):  # type: ignore[type-arg]
    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    change_user_password_template = "desk/person_password.html"  # noqa: S105 (a template)
    list_display = ("username", "first_name", "last_name", *ROLES, "is_active")
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a person, without offering deletion."""
        context = {"show_delete": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> AdminDeletion:
        """Refuse: versions and histories name people, so they are deactivated instead."""
        rows = list(objs)
        names, kinds, missing, referring = deletion(rows)
        instead = _(
            "People are not deleted, because versions and histories name them. Deactivate "
            "them instead: take “active” off."
        )
        return names, kinds, missing, [*referring, instead]
