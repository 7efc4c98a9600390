"""Commitments: their list; once posted, their titles may still be corrected."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from carsi_tracker.desk.reference import ReferenceAdmin
from carsi_tracker.ledger.models import Commitment


@admin.register(Commitment)
class CommitmentAdmin(ReferenceAdmin):
    list_display = ("reference", "title", "appropriation", "area", "country", "agency")
    list_select_related = ("appropriation__account", "area", "country", "agency")
    list_filter = ("area", "country", "appropriation__account", "appropriation__fiscal_year")
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a posted commitment; one that is not posted is edited in its batch."""
        commitment = self.get_object(request, object_id)
        if commitment and commitment.first_version is None:
            return redirect("admin:ledger_batch_change", commitment.introduced_by_id)
        context = {"show_delete": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)
