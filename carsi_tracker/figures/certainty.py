"""How well a sum is known: who says it, how far down, how far on, and how new its documents are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, Sum

from carsi_tracker.caching.remembered import remembered, unalterable
from carsi_tracker.figures.aggregates import REMEMBERED, ZERO, reached
from carsi_tracker.figures.bounds import Limits
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Basis, Bound, Stage

REGIONAL = "regional"
OF_COMMITMENTS = (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)


@dataclass(frozen=True)
class Newest:
    """The last effective day at a stage, and the day on which its newest document was published."""

    effective: date
    published: date


@dataclass(frozen=True)
class Certainty:
    """How much of a sum is known how well, in U.S. dollars.

    `by_basis` parts it by its evidence; `in_countries` is known down to a country, `signed` reaches
    a signed agreement or a payment; `newest` has each stage of commitments that has entries.
    `limits` are those of the whole, `limits_in_countries` of what is known down to a country.
    """

    whole: Decimal
    by_basis: Mapping[str, Decimal]
    in_countries: Decimal
    signed: Decimal
    newest: Mapping[str, Newest]
    limits: Limits
    limits_in_countries: Limits


def certainty(query: Query) -> Certainty:
    """Say how well the sum of a stage is known, by default of what is committed: one query."""
    return _certainty(query.through(reached(query) or query.day))


@remembered(REMEMBERED)
def _certainty(query: Query) -> Certainty:
    summed = Q(stage=query.filters.stage or Stage.COMMITTED)
    asked: dict[str, Any] = {
        basis: Sum("amount", filter=summed & Q(basis=basis)) for basis in Basis.values
    }
    in_countries = ~Q(commitment__country__code=REGIONAL)
    asked["in_countries"] = Sum("amount", filter=summed & in_countries)
    for bound in Bound.values:
        limits = summed & Q(stage=Stage.COMMITTED, commitment__bound=bound)
        asked[f"whole_{bound}"] = Sum("amount", filter=limits)
        asked[f"countries_{bound}"] = Sum("amount", filter=limits & in_countries)
    asked["signed"] = Sum("amount", filter=Q(stage=Stage.OBLIGATED))
    for stage in OF_COMMITMENTS:
        its = Q(stage=stage)
        asked[f"{stage}_effective"] = Max("effective_date", filter=its)
        asked[f"{stage}_published"] = Max("document__published_on", filter=its)
    found = entries(query.where(stage=None, measure=None)).order_by().aggregate(**asked)
    by_basis = {basis: found[basis] or ZERO for basis in Basis.values}
    return Certainty(
        whole=sum(by_basis.values(), ZERO),
        by_basis=unalterable(by_basis),
        in_countries=found["in_countries"] or ZERO,
        signed=found["signed"] or ZERO,
        newest=unalterable(
            {
                stage.value: Newest(found[f"{stage}_effective"], found[f"{stage}_published"])
                for stage in OF_COMMITMENTS
                if found[f"{stage}_effective"]
            }
        ),
        limits=_limits(found, "whole"),
        limits_in_countries=_limits(found, "countries"),
    )


def _limits(found: Mapping[str, Any], part: str) -> Limits:
    return Limits(
        at_most=found[f"{part}_{Bound.AT_MOST}"] or ZERO,
        at_least=found[f"{part}_{Bound.AT_LEAST}"] or ZERO,
    )
