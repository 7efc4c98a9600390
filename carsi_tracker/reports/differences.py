"""What changed, as tables show it: each figure linked to the entries behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carsi_tracker.figures.comparison import Change, Comparison, changes
from carsi_tracker.ledger.models import Appropriation, Stage
from carsi_tracker.ledger.money import signed
from carsi_tracker.reports.filters import name_of_balance
from carsi_tracker.reports.freshness import Asked
from carsi_tracker.reports.links import Linked, entries_address, linked


@dataclass(frozen=True)
class Difference:
    """A change with its sign, which way it goes (`up`, `down` or `same`), and its entries."""

    text: str
    way: str
    href: str | None


@dataclass(frozen=True)
class SideBySide:
    """What something sums to before and after, and the change between."""

    name: Any
    before: Linked
    change: Difference
    after: Linked


@dataclass(frozen=True)
class Row:
    """The differences of one thing across columns; the last may be of all columns."""

    name: Any
    cells: tuple[Difference, ...]


@dataclass(frozen=True)
class Grid:
    """Differences by row and column, with their totals in the last column and the last row."""

    heads: tuple[Any, ...]
    rows: tuple[Row, ...]
    totals: tuple[Difference, ...]


def by_stage(comparison: Comparison) -> list[SideBySide]:
    """Return what each stage sums to before and after."""
    found = changes(comparison).get((), {})
    return [
        _side_by_side(comparison, name_of_balance(stage), found.get(stage), stage=stage)
        for stage in Stage.values
    ]


def by_thing(comparison: Comparison, asked: Asked, name: str, stage: str) -> list[SideBySide]:
    """Return what each area or country (`name` says which) sums to at a stage before and after."""
    found = changes(comparison, name)
    things = asked.words.areas if name == "area" else asked.words.countries
    return [
        _side_by_side(
            comparison, thing, found[(thing.code,)].get(stage), stage=stage, **{name: thing.code}
        )
        for thing in things
        if (thing.code,) in found
    ]


def by_area_and_country(comparison: Comparison, asked: Asked, stage: str) -> Grid:
    """Return what changed at a stage in each area and country where something did."""
    found = {
        key: stages[stage]
        for key, stages in changes(comparison, "area", "country").items()
        if stage in stages and stages[stage].change.entries
    }
    areas = [area for area in asked.words.areas if any(key[0] == area.code for key in found)]
    countries = [
        country for country in asked.words.countries if any(key[1] == country.code for key in found)
    ]
    codes = (*(country.code for country in countries), None)

    def cells(area: str | None) -> tuple[Difference, ...]:
        return tuple(
            _difference(
                comparison, _sum(found, area, country), stage=stage, area=area, country=country
            )
            for country in codes
        )

    return Grid(tuple(countries), tuple(Row(area, cells(area.code)) for area in areas), cells(None))


def by_appropriation(comparison: Comparison) -> list[Row]:
    """Return what changed of each appropriation, by stage, where something did."""
    found = changes(comparison, "appropriation")
    keys = [key for (key,) in found if key is not None]
    rows = []
    for appropriation in Appropriation.objects.select_related("account").filter(pk__in=keys):
        stages = found[(appropriation.pk,)]
        of_it = {"year": appropriation.fiscal_year, "account": appropriation.account.code}
        cells = [_difference(comparison, stages.get(s), stage=s, **of_it) for s in Stage.values]
        if any(cell.href for cell in cells):
            rows.append(Row(appropriation, tuple(cells)))
    return rows


def _side_by_side(
    comparison: Comparison, name: Any, change: Change | None, **asks: Any
) -> SideBySide:
    found = change or Change()
    earlier, later = (
        question.where(measure=None, **asks) for question in (comparison.earlier, comparison.later)
    )
    return SideBySide(
        name,
        linked(found.before.amount, found.before.entries, earlier),
        _difference(comparison, found, **asks),
        linked(found.after.amount, found.after.entries, later),
    )


def _difference(comparison: Comparison, change: Change | None, **asks: Any) -> Difference:
    added = change.change if change else None
    if added is None or not added.entries:
        return Difference("–", "same", None)
    chosen = {name: value for name, value in asks.items() if value is not None}
    href = entries_address(comparison.between.where(measure=None, **chosen))
    way = "up" if added.amount > 0 else "down" if added.amount < 0 else "same"
    return Difference(signed(added.amount), way, href)


def _sum(found: Mapping[tuple[Any, ...], Change], area: str | None, country: str | None) -> Change:
    parts: Iterable[Change] = (
        change
        for (its_area, its_country), change in found.items()
        if area in (None, its_area) and country in (None, its_country)
    )
    return sum(parts, Change())
