"""The list of commitments with their money, as of today, posted and in batches that are not."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.drafting.acts import Offer, offers
from carsi_tracker.desk.posted.money import STAGES, not_cancelled
from carsi_tracker.figures.aggregates import Amount, by_stage
from carsi_tracker.figures.bounds import EXACT, limits_of
from carsi_tracker.ledger.models import Batch, Commitment, Entry, Line, Stage
from carsi_tracker.reports.templatetags.figures import figure, signed

ZERO = Decimal(0)


def with_money(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Return commitments with their sums by stage, what is left, and what is not posted of them.

    Each carries `committed`, `obligated`, `disbursed`, `unobligated`, `unliquidated` (U.S.
    dollars), `entry_count` and `committed_entries` and the like, `pending_committed` and the like
    (None where no line is found), and `moves`: whether anything is left on some day.
    """
    sums = by_stage("entries__")
    del sums[Stage.APPROPRIATED.value]
    counts = {
        f"{stage}_entries": Count("entries", filter=Q(entries__stage=stage)) for stage in sums
    }
    days = not_cancelled(Entry.objects.filter(commitment=OuterRef("pk")))
    return commitments.annotate(
        **sums, **counts, **{f"pending_{stage}": _pending(stage) for stage in sums}
    ).annotate(
        entry_count=F("committed_entries") + F("obligated_entries") + F("disbursed_entries"),
        unobligated=F("committed") - F("obligated"),
        unliquidated=F("obligated") - F("disbursed"),
        moves=Exists(days),
    )


def _pending(stage: str) -> Subquery:
    lines = Line.objects.filter(commitment=OuterRef("pk"), batch__version=None, stage=stage)
    return Subquery(lines.order_by().values("commitment").annotate(s=Sum("amount")).values("s"))


class StateFilter(admin.SimpleListFilter):
    """Posted commitments, or those that a batch is to introduce."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Return the states of the batches that introduce them."""
        return [(state.value, state.label) for state in Batch.State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return those whose batch is in the state chosen."""
        if self.value() in Batch.State.values:
            return queryset.filter(introduced_by__state=self.value())
        return queryset


class FoundFilter(admin.SimpleListFilter):
    """Commitments by how far they have got, as far as documents were found."""

    title = _("status of funds")
    parameter_name = "found"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Return what was found, or was not."""
        return [
            ("no-obligation", _("no obligation found")),
            ("no-payment", _("obligated, no payment found")),
            ("payment", _("payments found")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return those that have got so far."""
        found = {
            "no-obligation": Q(obligated_entries=0),
            "no-payment": Q(obligated_entries__gt=0, disbursed_entries=0),
            "payment": Q(disbursed_entries__gt=0),
        }
        return queryset.filter(found.get(self.value() or "", Q()))


def name_of(row: Any) -> SafeString:
    """Write what a commitment is and where, and what may be recorded of it."""
    limit = limits_of(row.bound, Decimal(1)).mark
    return SafeString(render_to_string("desk/_commitment_row.html", {"row": row, "limit": limit}))


def offers_in_list(user: User, row: Any) -> list[Offer]:
    """Return what a person may record of a commitment in the list."""
    if row.first_version is None:
        return []
    return offers(user, row, _left(row), is_zero=not row.moves)


def _left(row: Any) -> Mapping[str, Decimal]:
    """Return what its balances are once all batches are posted."""
    committed, obligated, disbursed = (
        getattr(row, stage) + (getattr(row, f"pending_{stage}") or ZERO) for stage in STAGES
    )
    return {
        "unobligated": committed - obligated,
        "unliquidated": obligated - disbursed,
        "disbursed": disbursed,
    }


def sum_of(row: Any, name: str, first: str, before: str = "") -> str:
    """Write a sum of a row; its first stage decides whether it is known, and is a limit."""
    if not getattr(row, f"{first}_entries"):
        return str(_("none found")) if before and getattr(row, before) else "–"
    limits = limits_of(row.bound, row.committed) if first == "committed" else EXACT
    return figure(Amount(getattr(row, name), 1, limits))


def pending_of(row: Any) -> SafeString | str:
    """Write what batches that are not posted do to a row, a stage a line."""
    found = [
        (stage.label.lower(), signed(getattr(row, f"pending_{stage}")))
        for stage in STAGES
        if getattr(row, f"pending_{stage}") is not None
    ]
    return SafeString(render_to_string("desk/_pending.html", {"found": found})) if found else "–"
