"""Reference data that is retired once used: kept where it stands, offered no more."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from carsi_tracker.desk.reference.admin import ReasonForm, ReferenceAdmin
from carsi_tracker.desk.site import person
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Commitment,
    Country,
    Goal,
    Organization,
    ProgrammingArea,
)
from carsi_tracker.ledger.posting import acting


class RetirableAdmin(ReferenceAdmin):
    """Rows that are deleted while nothing refers to them, and retired from then on.

    `used_by` names what counts as a use: models, and their fields that refer to a row.
    """

    used_by: tuple[tuple[type[Model], str], ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with how often each is used."""
        uses = [_times(*use) for use in self.used_by]
        rows: QuerySet[Any] = super().get_queryset(request).annotate(uses=sum(uses[1:], uses[0]))
        return rows

    @admin.display(description=gettext_lazy("times used"), ordering="uses")
    def uses(self, row: Any) -> str:
        """Return how often a row is used."""
        return f"{row.uses:,}"

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete what nothing refers to; offer to retire the rest."""
        row = self.get_object(request, object_id)
        may_retire = row and not row.retired and self.has_change_permission(request, row)
        offer = {"retire_form": ReasonForm()} if may_retire else {}
        return super().delete_view(request, object_id, offer | (extra_context or {}))

    def retire(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Retire a row for a reason, as the person who asks."""
        row = get_object_or_404(self.model, pk=row_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        form = ReasonForm(request.POST)
        if not form.is_valid():
            for error in form.errors["change_reason"]:
                messages.error(request, f"{form.fields['change_reason'].label}: {error}")
            return redirect(self._address("delete", row_id))
        with acting(person(request), form.cleaned_data["change_reason"]):
            self.model._default_manager.filter(pk=row_id).update(retired=True)
        messages.success(
            request,
            _("“%s” is retired. Existing uses stay; it is no longer offered for new entries.")
            % row,
        )
        return redirect(self._address("changelist"))

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses, with that of retiring."""
        view = self.admin_site.admin_view(require_POST(self.retire))
        name = f"{self.opts.app_label}_{self.opts.model_name}_retire"
        return [path("<int:row_id>/retire/", view, name=name), *super().get_urls()]

    def _address(self, verb: str, *keys: Any) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}_{verb}"
        return reverse(f"admin:{name}", args=keys)


class NamedAdmin(RetirableAdmin):
    list_display = ("code", "name_en", "name_es", "uses", "state")
    list_filter = ("retired",)
    search_fields = ("code", "name_en", "name_es")


@admin.register(Account)
class AccountAdmin(NamedAdmin):
    used_by = ((Appropriation, "account"),)


@admin.register(ProgrammingArea)
class ProgrammingAreaAdmin(NamedAdmin):
    used_by = ((Commitment, "area"),)


@admin.register(Country)
class CountryAdmin(NamedAdmin):
    used_by = ((Commitment, "country"),)


@admin.register(Goal)
class GoalAdmin(NamedAdmin):
    used_by = ((Commitment, "goal"),)
    fixed_fields = ("number",)
    list_display = ("number", "name_en", "name_es", "uses", "state")
    search_fields = ("name_en", "name_es")  # type: ignore[assignment]


@admin.register(Organization)
class OrganizationAdmin(NamedAdmin):
    used_by = ((Commitment, "agency"), (Commitment, "partner"))
    list_display = ("code", "name_en", "name_es", "kinds", "uses", "state")  # type: ignore[assignment]
    list_filter = ("is_agency", "is_partner", "retired")  # type: ignore[assignment]

    @admin.display(description=gettext_lazy("kind"))
    def kinds(self, row: Organization) -> str:
        """Say what an organization is offered as."""
        kinds = {_("U.S. agency"): row.is_agency, _("partner"): row.is_partner}
        return ", ".join(name for name, held in kinds.items() if held) or "–"


def _times(model: type[Model], name: str) -> Any:
    found = model._default_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Coalesce(Subquery(found.annotate(count=Count("*")).values("count")), 0)
