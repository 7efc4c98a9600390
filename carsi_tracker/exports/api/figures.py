"""Figures by one dimension or by two: sums, balances, and how well what is committed is known."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from carsi_tracker.exports.api.fields import ApiField, api_fields
from carsi_tracker.exports.api.rows import Key, PartOfList, computed
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.certainty import REGIONAL
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.running_totals import DIMENSIONS, running_totals
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.reports.balances.sums import OF_APPROPRIATIONS
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.summaries import ENTRIES, amounts, cells
from carsi_tracker.reports.page.parameters import BadAddress
from carsi_tracker.reports.page.public_page import PublicRequest

BY: dict[str, Any] = {
    "area": _("the programming area’s code"),
    "country": _("the country’s code: ISO 3166-1, or regional"),
    "goal": _("the goal’s number"),
    "account": _("the account"),
    "year": _("the fiscal year of the money"),
    "agency": _("the agency’s short name"),
    "partner": _("the partner’s short name"),
    "basis": _("the evidence"),
    "commitment": _("the commitment’s reference"),
    "document": _("the document’s key"),
    "version": _("the version that posted the entries"),
}
"""What figures can be asked by."""
LARGE = frozenset({"commitment", "document", "version"})
"""Dimensions that grow with the ledger: only one of them at a time."""
MOST = 2
KNOWN = (
    *(
        Field(f"{basis}_usd", Holds.SUM, meaning)
        for basis, meaning in (
            (Basis.STATED.value, _("of what is committed, stated in a document")),
            (Basis.PRESS.value, _("of what is committed, reported in the press")),
            (Basis.INFERRED.value, _("of what is committed, inferred")),
        )
    ),
    Field("in_countries_usd", Holds.SUM, _("of what is committed, known down to a country")),
)
"""How well what is committed is known, as sums of its parts."""
SUMS = (*amounts(OF_APPROPRIATIONS), ENTRIES, *KNOWN)


def asked(text: str) -> tuple[str, ...]:
    """Return the dimensions that are asked, in their order. Raises BadAddress."""
    names = tuple(text.split(",")) if text else ()
    accepted = (
        f"one or two of {', '.join(BY)}, divided by a comma, each once, and at most one of "
        f"{', '.join(sorted(LARGE))}"
    )
    sound = len(set(names)) == len(names) <= MOST and set(names) <= BY.keys()
    if not sound or len(LARGE & set(names)) > 1:
        raise BadAddress("by", text, accepted)
    return names


def dimension_fields(names: Sequence[str]) -> tuple[ApiField, ...]:
    """Return the fields that say what a row is about, null where its entries have none."""
    kinds = {"goal": Holds.NUMBER, "year": Holds.NUMBER, "version": Holds.NUMBER}
    return tuple(api_fields(Field(name, kinds.get(name, Holds.CODE), BY[name]) for name in names))


def part(public: PublicRequest, names: tuple[str, ...], after: str | None) -> PartOfList:
    """Return the rows after that of a key. Raises NoSuchKey."""
    fields = (*dimension_fields(names), *api_fields(SUMS))
    return computed(_rows(public.query, names), Key(names, joint="\n"), fields, after)


def _sums(query: Query, names: tuple[str, ...]) -> Mapping[Sequence[Any], aggregates.Sums]:
    found = running_totals(query, *names)
    through = {key: aggregates.sums_through(stages, query.day) for key, stages in found.items()}
    return {key: sums for key, sums in through.items() if sums.entries}


def _rows(query: Query, names: tuple[str, ...]) -> Iterator[Sequence[Any]]:
    sums, known = _sums(query, names), _known(query, names)
    for key in sorted(sums, key=lambda key: [(part is None, part or 0) for part in key]):
        committed = sums[key].of(Stage.COMMITTED).known
        parts = known.get(tuple(key), (None,) * len(KNOWN))
        its = [(part or aggregates.ZERO) if committed else None for part in parts]
        yield (*key, *cells(sums[key], OF_APPROPRIATIONS), *its)


def _known(query: Query, names: tuple[str, ...]) -> Mapping[tuple[Any, ...], Sequence[Any]]:
    """Return what is committed by its evidence, and down to a country: one query."""
    parts = {f"basis_{basis}": Sum("amount", filter=Q(basis=basis)) for basis in Basis.values}
    parts["in_countries"] = Sum("amount", filter=~Q(commitment__country__code=REGIONAL))
    keys = [DIMENSIONS[name] for name in names]
    found = entries(query).filter(stage=Stage.COMMITTED).order_by()
    if not keys:
        return {(): tuple(found.aggregate(**parts).values())}
    rows = found.values(*keys).annotate(**parts).values_list(*keys, *parts)
    return {tuple(row[: len(keys)]): row[len(keys) :] for row in rows}
