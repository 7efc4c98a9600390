"""What changed, as tables show it: each figure linked to the entries behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from carsi_tracker.figures.aggregates import NOTHING
from carsi_tracker.figures.comparison import Comparison, SumChange, changes
from carsi_tracker.ledger.models import Appropriation, Stage
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, entries_address, linked
from carsi_tracker.reports.page.public_page import PublicRequest


@dataclass(frozen=True)
class SignedChange(Linked):
    """A change, linked to the entries that made it."""

    @property
    def way(self) -> str:
        """Which way it goes: `up`, `down` or `same`."""
        return "up" if self.amount > 0 else "down" if self.amount < 0 else "same"


@dataclass(frozen=True)
class NarrowedComparison:
    """What something is called, and the same comparison of nothing else."""

    name: Any
    href: str


@dataclass(frozen=True)
class SideBySide:
    """What something sums to before and after, and the change between."""

    of: NarrowedComparison
    before: Linked
    change: SignedChange
    after: Linked


@dataclass(frozen=True)
class ComparisonRow:
    """The differences of one thing across columns; the last may be of all columns."""

    of: NarrowedComparison
    cells: tuple[SignedChange, ...]


@dataclass(frozen=True)
class Grid:
    """ComparisonTables by row and column, with their totals in the last column and the last row."""

    heads: tuple[NarrowedComparison, ...]
    rows: tuple[ComparisonRow, ...]
    totals: tuple[SignedChange, ...]


@dataclass(frozen=True)
class ComparisonTables:
    """All that a page says of what changed; areas and countries are of `stage`."""

    stage: str
    lead: SideBySide
    stages: list[SideBySide]
    areas: list[SideBySide]
    countries: list[SideBySide]
    grid: Grid
    appropriations: list[ComparisonRow]


def differences(comparison: Comparison, public: PublicRequest) -> ComparisonTables:
    """Return what changed, by stage, area, country and appropriation."""
    stage = public.query.filters.stage or "committed"
    stages = by_stage(comparison, public)
    return ComparisonTables(
        stage=name_of_balance(stage),
        lead=stages[Stage.values.index(stage)],
        stages=stages,
        areas=by_thing(comparison, public, "area", stage),
        countries=by_thing(comparison, public, "country", stage),
        grid=by_area_and_country(comparison, public, stage),
        appropriations=by_appropriation(comparison, public),
    )


def by_stage(comparison: Comparison, public: PublicRequest) -> list[SideBySide]:
    """Return what each stage sums to before and after."""
    found = changes(comparison).get((), {})
    return [
        _side_by_side(
            comparison,
            _named(public, name_of_balance(stage), stage=stage),
            found.get(stage),
            stage=stage,
        )
        for stage in Stage.values
    ]


def by_thing(
    comparison: Comparison, public: PublicRequest, name: str, stage: str
) -> list[SideBySide]:
    """Return what each area or country (`name` says which) sums to at a stage before and after."""
    found = changes(comparison, name)
    things = public.words.areas if name == "area" else public.words.countries
    return [
        _side_by_side(
            comparison,
            _named(public, thing, **{name: thing.code}),
            found[(thing.code,)].get(stage),
            stage=stage,
            **{name: thing.code},
        )
        for thing in things
        if (thing.code,) in found
    ]


def by_area_and_country(comparison: Comparison, public: PublicRequest, stage: str) -> Grid:
    """Return what changed at a stage in each area and country where something did."""
    found = {
        key: stages[stage]
        for key, stages in changes(comparison, "area", "country").items()
        if stage in stages and stages[stage].change.entries
    }
    areas = [area for area in public.words.areas if any(key[0] == area.code for key in found)]
    countries = [
        country
        for country in public.words.countries
        if any(key[1] == country.code for key in found)
    ]
    codes = (*(country.code for country in countries), None)

    def cells(area: str | None) -> tuple[SignedChange, ...]:
        return tuple(
            _difference(
                comparison, _sum(found, area, country), stage=stage, area=area, country=country
            )
            for country in codes
        )

    return Grid(
        tuple(_named(public, country, country=country.code) for country in countries),
        tuple(
            ComparisonRow(_named(public, area, area=area.code), cells(area.code)) for area in areas
        ),
        cells(None),
    )


def by_appropriation(comparison: Comparison, public: PublicRequest) -> list[ComparisonRow]:
    """Return what changed of each appropriation, by stage, where something did."""
    found = changes(comparison, "appropriation")
    keys = [key for (key,) in found if key is not None]
    rows = []
    for appropriation in Appropriation.objects.select_related("account").filter(pk__in=keys):
        stages = found[(appropriation.pk,)]
        of_it = {"year": appropriation.fiscal_year, "account": appropriation.account.code}
        cells = [_difference(comparison, stages.get(s), stage=s, **of_it) for s in Stage.values]
        if any(cell.known for cell in cells):
            rows.append(ComparisonRow(_named(public, appropriation, **of_it), tuple(cells)))
    return rows


def _named(public: PublicRequest, name: Any, **asks: Any) -> NarrowedComparison:
    narrower = public.address.asking(public.query.where(measure=None, **asks))
    return NarrowedComparison(name, reverse("compare") + narrower.query_string())


def _side_by_side(
    comparison: Comparison, of: NarrowedComparison, change: SumChange | None, **asks: Any
) -> SideBySide:
    found = change or SumChange()
    earlier, later = (
        query.where(measure=None, **asks) for query in (comparison.earlier, comparison.later)
    )
    return SideBySide(
        of,
        linked(found.before, earlier),
        _difference(comparison, found, **asks),
        linked(found.after, later),
    )


def _difference(comparison: Comparison, change: SumChange | None, **asks: Any) -> SignedChange:
    added = change.change if change else NOTHING
    chosen = {name: value for name, value in asks.items() if value is not None}
    href = entries_address(comparison.between.where(measure=None, **chosen))
    return SignedChange(added.amount, href, added.known, limits=added.limits)


def _sum(
    found: Mapping[tuple[Any, ...], SumChange], area: str | None, country: str | None
) -> SumChange:
    parts: Iterable[SumChange] = (
        change
        for (its_area, its_country), change in found.items()
        if area in (None, its_area) and country in (None, its_country)
    )
    return sum(parts, SumChange())
