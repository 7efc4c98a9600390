"""Commitments: their list; once posted, their titles and limits may be corrected, and they move."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.drafting.move import move_commitment
from carsi_tracker.desk.drafting.record import pane, record
from carsi_tracker.desk.posted.listing import (
    FoundFilter,
    StateFilter,
    name_of,
    offers_in_list,
    pending_of,
    sum_of,
    with_money,
)
from carsi_tracker.desk.posted.money import NAMES, page_of
from carsi_tracker.desk.reference.admin import ReferenceAdmin
from carsi_tracker.desk.site import person
from carsi_tracker.ledger.models import Commitment

SUMS = (
    ("committed", "committed", "", gettext_lazy("Committed")),
    ("obligated", "obligated", "committed", gettext_lazy("Obligated")),
    ("disbursed", "disbursed", "obligated", gettext_lazy("Disbursed")),
    ("unobligated", "committed", "", NAMES["unobligated"]),
    ("unliquidated", "obligated", "committed", NAMES["unliquidated"]),
)
"""Name of a sum, the stage that decides whether it is known, the one before that, the heading."""


def _column(name: str, first: str, before: str, heading: Any) -> Any:
    def column(row: Any) -> str:
        return sum_of(row, name, first, before)

    column.__name__ = name
    return admin.display(description=heading, ordering=name)(column)


@admin.display(description=gettext_lazy("Commitment"), ordering="reference")
def name(row: Any) -> str:
    """Write what a row is, and what may be recorded of it."""
    return name_of(row)


@admin.display(description=gettext_lazy("In unposted batches"))
def pending(row: Any) -> str:
    """Write what unposted batches do to a row."""
    return pending_of(row)


@admin.display(description=gettext_lazy("Entries"), ordering="entry_count")
def entry_count(row: Any) -> int:
    """Return how many posted entries a row has."""
    return int(row.entry_count)


COLUMNS = (name, *(_column(*sum_) for sum_ in SUMS), pending, entry_count)


@admin.register(Commitment)
class CommitmentAdmin(ReferenceAdmin):
    change_form_template = "desk/posted_commitment.html"
    change_list_template = "desk/commitments.html"
    list_display = COLUMNS
    list_display_links = None
    list_select_related = (
        "appropriation__account",
        "area",
        "country",
        "agency",
        "introduced_by",
    )
    list_filter = (
        StateFilter,
        FoundFilter,
        "area",
        "country",
        "appropriation__account",
        "appropriation__fiscal_year",
        "bound",
    )
    actions = None
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("reference", "title", "title_es")
    fixed_fields = (
        "reference",
        "appropriation",
        "area",
        "country",
        "goal",
        "agency",
        "partner",
        "introduced_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        """Return the commitments, in a list with their money."""
        rows: QuerySet[Commitment] = super().get_queryset(request)
        found = request.resolver_match
        is_list = found is not None and found.url_name == "ledger_commitment_changelist"
        return with_money(rows) if is_list else rows

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, each of its rows with what this person may record of it."""
        listed = super().get_changelist_instance(request)
        for row in listed.result_list:
            row.offers = offers_in_list(person(request), row)
        return listed

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to the allocation form: a commitment starts with an amount."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return what may be corrected; the page shows the rest."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in self.fixed_fields]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a posted commitment; one that is not posted is edited in its batch."""
        commitment = self.get_object(request, object_id)
        if commitment and commitment.first_version is None:
            return redirect("admin:ledger_batch_change", commitment.introduced_by_id)
        context = {"show_delete": False, **(extra_context or {})}
        if commitment:
            context |= pane(request, page_of(commitment.pk))
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses, with those of what is recorded of a commitment."""
        view = self.admin_site.admin_view
        recorded = {
            "record-obligation": ("obligation", "record_obligation"),
            "record-payment": ("payment", "record_payment"),
            "reduce": ("reduction", "commitment_reduce"),
            "take-back": ("reduction", "commitment_take_back"),
        }
        return [
            *(
                path(f"<int:commitment_id>/{address}/", view(record), {"act": act}, name=name)
                for address, (act, name) in recorded.items()
            ),
            path("<int:commitment_id>/move/", view(move_commitment), name="commitment_move"),
            *super().get_urls(),
        ]
