"""Published totals: kept by analysts and administrators beside the ledger."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import AmountField
from carsi_tracker.desk.reference.admin import ReferenceAdmin, ReferenceForm
from carsi_tracker.desk.reference.published_import import import_figures, preview_figures
from carsi_tracker.imports.published_cells import contradictions, read_amount_or_zero
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.money import figure


class AmountOrZeroField(AmountField):
    """A published total, or how far ours may be off: an amount, or zero."""

    def read(self, typed: str) -> Decimal:
        """Return the amount, which may be zero; raises ValidationError."""
        return read_amount_or_zero(typed)


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
        for name, message in contradictions(cleaned):
            if name not in self.errors:
                self.add_error(name, message)
        if (last := cleaned.get("as_of")) and last > today():
            self.add_error("as_of", _("This day has not come yet."))
        return cleaned


@admin.register(PublishedFigure)
class PublishedFigureAdmin(ReferenceAdmin):
    form = PublishedFigureForm
    fixed_fields = ("key",)
    change_list_template = "desk/published_list.html"
    list_display = ("key", "document", "measure", "as_of", "relation", "total", "state")
    list_filter = ("retired", "measure", "relation", "document__publisher")
    list_select_related = ("document",)
    search_fields = ("key", "quote", "explanation", "document__title", "document__publisher")

    @admin.display(description=gettext_lazy("published total, U.S. dollars"), ordering="amount")
    def total(self, row: PublishedFigure) -> str:
        """Return the amount as dollars are written."""
        return figure(row.amount)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses, with those of importing."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(import_figures), name="published_import"),
            path("import/<uuid:token>/", view(preview_figures), name="published_preview"),
            *super().get_urls(),
        ]
