"""Published totals: kept by analysts and administrators beside the ledger."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import AmountField
from carsi_tracker.desk.reference.admin import ReferenceAdmin, ReferenceForm
from carsi_tracker.desk.reference.published_import import import_figures, preview_figures
from carsi_tracker.imports.published_cells import (
    IN_BOTH_LANGUAGES,
    NOT_OF_COMMITMENTS,
    OF_COMMITMENTS,
)
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import PublishedFigure


class AmountOrZeroField(AmountField):
    """A published total, or how far ours may be off: an amount, or zero."""

    def read(self, typed: str) -> Decimal:
        """Return the amount, which may be zero; raises ValidationError."""
        try:
            return super().read(typed)
        except ValidationError as error:
            if error.code == "zero":
                return Decimal(0)
            raise


def refuse_what_laws_lack(form: ReferenceForm, cleaned: dict[str, Any]) -> None:
    """Refuse area, country and agency of what is appropriated, each at its field."""
    if cleaned.get("measure") in NOT_OF_COMMITMENTS:
        for name in OF_COMMITMENTS:
            if cleaned.get(name):
                message = _("What is appropriated has none. Leave it empty.")
                form.add_error(name, ValidationError(message, "not_asked"))


class PublishedFigureForm(ReferenceForm):
    """A published total, with the question that it answers."""

    amount = AmountOrZeroField(label=gettext_lazy("Published total, U.S. dollars"))
    tolerance = AmountOrZeroField(
        label=gettext_lazy("Tolerance, USD"),
        help_text=gettext_lazy("Half of the last digit that was printed."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days and filters that the database would refuse, each at its field."""
        cleaned = super().clean()
        first, last = cleaned.get("date_from"), cleaned.get("as_of")
        if last and last > today():
            self.add_error("as_of", ValidationError(_("This day has not come yet."), "future"))
        if first and last and first > last:
            message = _("It begins after the day that it goes through.")
            self.add_error("date_from", ValidationError(message, "order"))
        refuse_what_laws_lack(self, cleaned)
        for name in IN_BOTH_LANGUAGES:
            if cleaned.get(f"{name}_es") and not cleaned.get(name) and name not in self.errors:
                message = _("What is written in Spanish is written in English too.")
                self.add_error(name, ValidationError(message, "in_english"))
        return cleaned


@admin.register(PublishedFigure)
class PublishedFigureAdmin(ReferenceAdmin):
    form = PublishedFigureForm
    fixed_fields = ("key",)
    change_list_template = "desk/published_list.html"
    list_display = ("key", "document", "measure", "as_of", "relation", "amount", "state")
    list_filter = ("retired", "measure", "relation", "document__publisher")
    list_select_related = ("document",)
    search_fields = ("key", "quote", "explanation", "document__title", "document__publisher")

    @admin.display(description=gettext_lazy("state"), ordering="retired")
    def state(self, row: PublishedFigure) -> str:
        """Return whether a row is retired."""
        return _("retired") if row.retired else _("in use")

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses, with those of importing."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(import_figures), name="published_import"),
            path("import/<uuid:token>/", view(preview_figures), name="published_preview"),
            *super().get_urls(),
        ]
