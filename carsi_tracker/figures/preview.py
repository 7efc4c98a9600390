"""The figures that the public reads, before and after a batch that is not posted."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from carsi_tracker.figures.aggregates import NOTHING, Amount, Sums, breakdown, matrix, totals
from carsi_tracker.figures.bounds import Limits
from carsi_tracker.figures.query import NONE, Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Stage

Key = tuple[str | None, str | None, int | None]
Changes = dict[tuple[str, Key, str], Amount]


@dataclass(frozen=True)
class PublicFigure:
    """A figure of the public pages, now and with a batch posted, with what of it is a limit.

    `kind` is whole, country, area, goal or cell (an area in a country); `name` names which one in
    the language of the page, and is empty for the whole and for "no goal stated". `measure` is a
    stage or `available`; `query` asks for the entries that the figure sums now.
    """

    kind: str
    name: str
    measure: str
    query: Query
    before: Amount
    change: Amount

    @property
    def after(self) -> Amount:
        """What the public reads when the batch is posted."""
        return self.before + self.change

    @property
    def measure_name(self) -> str:
        """The measure in the language of the page."""
        return (
            _("No commitment found")
            if self.measure == "available"
            else str(Stage(self.measure).label)
        )


CHANGES = """
    select
        grouping(area.code) = 0 as by_area, grouping(country.code) = 0 as by_country,
        grouping(goal.number) = 0 as by_goal,
        area.code, country.code, goal.number, l.stage, sum(l.amount), count(*),
        coalesce(sum(l.amount) filter (where l.stage = 'committed' and c.bound = 'at-most'), 0),
        coalesce(sum(l.amount) filter (where l.stage = 'committed' and c.bound = 'at-least'), 0)
    from ledger_line l
    left join ledger_commitment c on c.id = l.commitment_id
    left join ledger_programmingarea area on area.id = c.area_id
    left join ledger_country country on country.id = c.country_id
    left join ledger_goal goal on goal.id = c.goal_id
    where l.batch_id = %s
    group by l.stage, grouping sets (
        (), (country.code), (area.code), (goal.number), (area.code, country.code)
    )
    having sum(l.amount) <> 0 and (
        l.stage <> 'appropriated'
        or 1 = all (array[grouping(area.code), grouping(country.code), grouping(goal.number)])
    )
"""
KINDS = {
    (False, False, False): "whole",
    (False, True, False): "country",
    (True, False, False): "area",
    (False, False, True): "goal",
    (True, True, False): "cell",
}
"""What is summed, by whether area, country and goal tell its sums apart."""
STAGES = ("committed", "obligated", "disbursed")


def public_figures(batch_id: int) -> list[PublicFigure]:
    """Return the figures that posting a batch would change, as of today, in the pages' order."""
    version, label_revision = newest()
    asked = Query(version, today()).permanent()
    words = vocabulary(version.number, version.checksum, label_revision)
    changes = _changes(batch_id)
    return [*_of_the_whole(asked, changes), *_of_parts(asked, changes, words)]


def _changes(batch_id: int) -> Changes:
    """Return by how much a batch changes (kind, (area, country, goal), stage); zeros lack."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [batch_id])
        return {
            (KINDS[by_area, by_country, by_goal], (area, country, goal), stage): Amount(
                amount, entries, Limits(*limits)
            )
            for by_area, by_country, by_goal, *key_and_sums in cursor
            for area, country, goal, stage, amount, entries, *limits in [key_and_sums]
        }


def _of_the_whole(asked: Query, changes: Changes) -> Iterator[PublicFigure]:
    now = totals(asked)
    changed = {
        stage: changes.get(("whole", (None, None, None), stage), NOTHING)
        for stage in ("appropriated", *STAGES)
    }
    for stage, change in changed.items():
        if change.amount:
            query = asked.where(stage=stage)
            yield PublicFigure("whole", "", stage, query, now.of(stage), change)
    left = changed["appropriated"] - changed["committed"]
    if left.amount:
        query = asked.where(measure="available")
        yield PublicFigure("whole", "", "available", query, now.of("available"), left)


def _of_parts(asked: Query, changes: Changes, words: Vocabulary) -> Iterator[PublicFigure]:
    for kind, key, name, query in _parts(asked, words):
        for stage in STAGES:
            if change := changes.get((kind, key, stage)):
                posted = _posted(kind, key, query, stage)
                of_stage = query.where(stage=stage)
                yield PublicFigure(kind, name, stage, of_stage, posted, change)


def _parts(asked: Query, words: Vocabulary) -> Iterator[tuple[str, Key, str, Query]]:
    """Yield each part of the whole that public pages show: kind, key, name, query."""
    for country in words.countries:
        key: Key = (None, country.code, None)
        yield "country", key, country.name, asked.where(country=country.code)
    for area in words.areas:
        yield "area", (area.code, None, None), area.name, asked.where(area=area.code)
    for goal in words.goals:
        yield "goal", (None, None, goal.number), goal.name, asked.where(goal=goal.number)
    yield "goal", (None, None, None), "", asked.where(goal=NONE)
    for country in words.countries:
        for area in words.areas:
            name = f"{country.name}, {area.name}"
            query = asked.where(country=country.code, area=area.code)
            yield "cell", (area.code, country.code, None), name, query


def _posted(kind: str, key: Key, query: Query, stage: str) -> Amount:
    """Return what the public reads now, from the answers that its pages are made of."""
    whole = query.everywhere()
    area, country, goal = key
    if kind == "cell":
        cell = matrix(whole).get((str(area), str(country)), Sums())
        return cell.of(stage)
    part: str | int | None = {"area": area, "country": country, "goal": goal}[kind]
    found = breakdown(whole, kind).get(part)
    return found.of(stage) if found else NOTHING
