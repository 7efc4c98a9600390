"""Reference data: kept by administrators, with a reason for each change."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carsi_tracker.desk.deletion import AdminDeletion, deletion
from carsi_tracker.desk.forms.again import ShowsAgain
from carsi_tracker.desk.forms.fields import LineOfText, formfield
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.reference.history import history
from carsi_tracker.desk.site import ListAdmin, person
from carsi_tracker.ledger import text
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Country,
    ProgrammingArea,
)
from carsi_tracker.ledger.models.reference import PLAIN_KEY
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused

CODES = {
    Account: RegexValidator(r"^[A-Z0-9]+$", _("Use A-Z and 0-9.")),
    Country: RegexValidator(r"^([A-Z]{2}|regional)$", _("Use two letters of ISO 3166-1, as GT.")),
    ProgrammingArea: PLAIN_KEY,
}


class ReasonForm(forms.Form):
    """Why something is deleted or retired."""

    change_reason = LineOfText(
        label=_("Reason for the change"), max_length=500, help_text=_("Kept in the history.")
    )


class ReferenceForm(GuardedForm):
    """A row of reference data, and why it is changed."""

    change_reason = LineOfText(
        label=_("Reason for the change"), max_length=500, help_text=_("Kept in the history.")
    )
    refused: Refused | None = None

    class Meta:
        formfield_callback = formfield

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = bool(self.instance.pk)
        if "code" in self.fields and type(self.instance) in CODES:
            self.fields["code"].validators.append(CODES[type(self.instance)])

    def clean(self) -> dict[str, Any]:
        """Refuse what the database refused a moment ago, in its words."""
        cleaned = super().clean()
        if self.refused:
            raise forms.ValidationError(self.refused.lines)
        return cleaned


class ReferenceAdmin(ShowsAgain, ListAdmin):
    """Rows whose changes the database keeps with person and reason, not Django's log."""

    form = ReferenceForm
    change_form_template = "desk/reference_form.html"
    fixed_fields: tuple[str, ...] = ("code",)

    @admin.display(description=_("state"), ordering="retired")
    def state(self, row: Any) -> str:
        """Return whether a row is retired."""
        return gettext("retired") if row.retired else gettext("in use")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        """Return the fields that are fixed once saved."""
        return self.fixed_fields if obj else ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the fields, what is fixed first; who may only look is not asked for a reason."""
        saves = self.has_change_permission(request, obj) if obj else True
        asked = ["change_reason", "seen"]
        fields = [name for name in super().get_fields(request, obj) if name not in asked]
        fixed = [name for name in fields if name in self.fixed_fields]
        rest = [name for name in fields if name not in self.fixed_fields]
        return [*fixed, *rest, *(asked if saves else ())]

    def get_form(
        self,
        request: HttpRequest,
        obj: Model | None = None,
        change: bool = False,  # noqa: FBT002 (as Django has it)
        **kwargs: Any,
    ) -> Any:
        """Return the form, which says what the database refused in this request."""
        form: Any = super().get_form(request, obj, change, formfield_callback=formfield, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row, locked where it is about to be saved."""
        row = super().get_object(request, object_id, from_field or None)
        if row and connection.in_atomic_block and request.method == "POST":
            row = self.get_queryset(request).select_for_update().filter(pk=row.pk).first()
        return row

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save as the person who asks; what the database refuses stands in the form."""
        arguments = (request, object_id, form_url, extra_context)
        if request.method != "POST":
            return super().changeform_view(*arguments)
        try:
            with acting(person(request), _typed_reason(request)):
                return super().changeform_view(*arguments)
        except Refused as refused:
            request.refused = refused  # type: ignore[attr-defined]
        with acting(person(request)):
            return super().changeform_view(*arguments)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete what nothing refers to, as the person who asks, for the reason that they give."""
        form = ReasonForm(request.POST or None)
        if not form.is_valid():
            request.POST = QueryDict()  # asks, and says what is wrong
        context = {"reason_form": form} | (extra_context or {})
        try:
            with acting(person(request), _reason(form)):
                return super().delete_view(request, object_id, context)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.get_full_path())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody delete what a version fixed."""
        is_posted = getattr(obj, "first_version", None) is not None
        return not is_posted and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> AdminDeletion:
        """Return what would be deleted, and what refers to it and so forbids it."""
        return deletion(list(objs))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who changed what, when and why."""
        row = self.get_object(request, object_id)
        context = {"revisions": history(row) if row else []}
        return super().history_view(request, object_id, context | (extra_context or {}))

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Leave it to the database's history."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """Leave it to the database's history."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Leave it to the database's history."""


@admin.register(Appropriation)
class AppropriationAdmin(ReferenceAdmin):
    list_display = ("__str__", "law")
    list_select_related = ("account", "law")
    list_filter = ("fiscal_year", "account")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        """Return what is frozen once it is posted: all of it."""
        posted = isinstance(obj, Appropriation) and obj.first_version is not None
        return ("fiscal_year", "account", "law") if posted else ()


def _reason(form: ReasonForm) -> str:
    """Return the reason that a form was sent with; empty where it was not."""
    return str(form.cleaned_data["change_reason"]) if form.is_valid() else ""


def _typed_reason(request: HttpRequest) -> str:
    """Return the typed reason; where it isn't plain text, the form refuses it."""
    return text.without_odd(request.POST.get("change_reason", ""))
