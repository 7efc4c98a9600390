"""What the public reads of every part of the ledger, asked one question at a time."""

from collections.abc import Iterable, Iterator
from datetime import date

from carsi_tracker.figures.aggregates import Amount, totals
from carsi_tracker.figures.preview import OF_COMMITMENTS, OF_FUNDS, Preview
from carsi_tracker.figures.query import NONE, Filters, Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import (
    Appropriation,
    Country,
    Goal,
    Organization,
    ProgrammingArea,
)

Question = tuple[Filters, date]
"""A stage or measure of a part of the ledger, as of a day."""
Said = tuple[bool, object, object]
Read = dict[Question, Said]


def said(sum_: Amount) -> Said:
    """What a page shows of a sum: whether it is known, the amount, the mark of a limit."""
    return sum_.known, sum_.amount, sum_.limits.mark


def public(days: Iterable[date]) -> Read:
    """Ask for every figure as the public does, each by its filters."""
    version, _revision = newest()
    return {
        (query.summing(measure).filters, day): said(sums.of(measure))
        for part, measures in _parts()
        for day in days
        for query in [Query(version, day).where(**part)]
        for sums in [totals(query)]
        for measure in measures
    }


def changed(before: Read, after: Read) -> dict[Question, tuple[Said | None, Said]]:
    """What reads otherwise; of what was named nowhere before, what is known now."""
    return {
        question: (before.get(question, (False, 0, None)), now)
        for question, now in after.items()
        if before.get(question, (False, 0, None)) != now
    }


def foretold(preview: Preview, days: Iterable[date]) -> dict[Question, tuple[Said, Said]]:
    """What a preview says of the same days."""
    return {
        (figure.query.filters, day): (said(figure.before), said(figure.after))
        for day in days
        for figure in preview.figures(day)
    }


def _parts() -> Iterator[tuple[dict[str, object], tuple[str, ...]]]:
    funds = list(Appropriation.objects.values_list("account__code", "fiscal_year"))
    yield {}, OF_FUNDS
    for account, year in funds:
        yield {"account": account, "year": year}, OF_FUNDS
    for account in {account for account, _year in funds}:
        yield {"account": account}, OF_FUNDS
    for year in {year for _account, year in funds}:
        yield {"year": year}, OF_FUNDS
    areas = ProgrammingArea.objects.values_list("code", flat=True)
    countries = Country.objects.values_list("code", flat=True)
    organizations = Organization.objects.values_list("code", flat=True)
    named = {
        "area": areas,
        "country": countries,
        "goal": [*Goal.objects.values_list("number", flat=True), NONE],
        "agency": organizations,
        "partner": [*organizations, NONE],
    }
    for name, values in named.items():
        for value in values:
            yield {name: value}, OF_COMMITMENTS
    for area in areas:
        for country in countries:
            yield {"area": area, "country": country}, OF_COMMITMENTS
