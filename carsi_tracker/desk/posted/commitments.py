"""Commitments: their list; once posted, their titles and limits may be corrected, and they move."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from carsi_tracker.desk.drafting.move import move_commitment
from carsi_tracker.desk.drafting.record import pane, record
from carsi_tracker.desk.posted.money import page_of
from carsi_tracker.desk.reference.admin import ReferenceAdmin
from carsi_tracker.ledger.models import Commitment


@admin.register(Commitment)
class CommitmentAdmin(ReferenceAdmin):
    change_form_template = "desk/posted_commitment.html"
    list_display = (
        "reference",
        "title",
        "appropriation",
        "area",
        "country",
        "agency",
        "bound",
    )
    list_select_related = ("appropriation__account", "area", "country", "agency")
    list_filter = (
        "area",
        "country",
        "appropriation__account",
        "appropriation__fiscal_year",
        "bound",
    )
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
