"""What a page says beside a figure: what it is of, what it leaves out, what comes later."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import MEASURES, NONE, Question
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page import filters
from carsi_tracker.reports.page.links import Linked, linked, linked_sum
from carsi_tracker.reports.page.public_page import Asked

UNSTATED: dict[str, tuple[str, Promise, Promise]] = {
    "area": (
        "not-attributed",
        gettext_lazy("In all areas together it is"),
        gettext_lazy("no area is stated for"),
    ),
    "goal": (
        NONE,
        gettext_lazy("With all goals and with none it is"),
        gettext_lazy("no goal is stated for"),
    ),
    "partner": (
        NONE,
        gettext_lazy("With all partners and with none it is"),
        gettext_lazy("no partner is stated for"),
    ),
}
"""For each filter whose value a document may not state: the code of that, and how it is said."""

RANGES: dict[str, Promise] = {
    "amount_from": gettext_lazy("amounts from %s"),
    "amount_to": gettext_lazy("amounts up to %s"),
    "date_from": gettext_lazy("dates from %s"),
    "date_to": gettext_lazy("dates up to %s"),
}
"""How the filters that are ends of a range are said without their labels."""


@dataclass(frozen=True)
class Unstated:
    """The whole that a filter shows a part of, and how much of it could be anything."""

    whole_in_words: str | Promise
    whole: Linked
    part_in_words: str | Promise
    part: Linked
    scope: str


@dataclass(frozen=True)
class Later:
    """What the same filter finds after the day of the page: U.S. dollars, and from which day."""

    sum: Linked
    entries: int
    first: date


def stage_in_words(question: Question) -> str:
    """Return the stage or measure that is summed; "" where several stages are shown."""
    if question.scope.measure:
        return str(filters.MEASURE_NAMES[question.scope.measure])
    return str(Stage(question.scope.stage).label).lower() if question.scope.stage else ""


def scope_in_words(asked: Asked, *, without: tuple[str, ...] = ()) -> str:
    """Return the filters in words, without stage and measure and what else is left out."""
    return " · ".join(
        str(RANGES.get(name, "%s")) % filters.in_words(asked.words, name, value)
        for name, value in asked.question.scope.given.items()
        if name not in ("stage", "measure", *without)
    )


def sums_of_all(question: Question) -> list[tuple[str, Linked]]:
    """Return the sum of each stage that has entries, and each balance of two such stages."""
    found = aggregates.stages(question)
    sums = [
        (
            filters.name_of_balance(stage),
            linked(sum_.amount, sum_.entries, question.where(stage=stage)),
        )
        for stage, sum_ in found.items()
    ]
    for measure, (plus, minus) in MEASURES.items():
        if plus in found and minus in found:
            asks = question.where(measure=measure)
            sums.append((filters.name_of_balance(measure), linked_sum(asks)))
    return sums


def figure_today(question: Question) -> Linked | None:
    """Return the same figure as of today, where the page shows an earlier day."""
    if not question.dated or question.day == today():
        return None
    return linked_sum(question.as_of_today())


def later(question: Question) -> Later | None:
    """Return what comes after the day of the page; None where nothing does."""
    found = aggregates.later(question, today()) if question.dated else None
    if found is None:
        return None
    start = max(question.day + timedelta(days=1), question.scope.date_from or question.day)
    asks = question.where(date_from=start).as_of_today()
    return Later(linked(found.amount, found.entries, asks), found.entries, found.first)


def unstated(asked: Asked) -> list[Unstated]:
    """Return, for each filter that documents may be silent about, how much they are silent on."""
    question, found = asked.question, []
    for name, (code, whole_in_words, part_in_words) in UNSTATED.items():
        if getattr(question.scope, name) in (None, code):
            continue
        whole = question.where(**{name: None})
        if not (question.scope.stage or question.scope.measure):
            whole = whole.where(stage=Stage.COMMITTED)
        part = linked_sum(whole.where(**{name: code}))
        if part.amount:
            found.append(
                Unstated(
                    whole_in_words,
                    linked_sum(whole),
                    part_in_words,
                    part,
                    scope_in_words(asked, without=(name,)),
                )
            )
    return found
