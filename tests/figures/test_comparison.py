"""What changed between two days, and between two versions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.comparison import (
    Comparison,
    changes,
    last_fiscal_year,
    number_between,
)
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.compare.parameters import read_comparison
from carsi_tracker.reports.page.parameters import BadAddress
from tests.sourced import NEXT, VERSION

pytestmark = pytest.mark.usefixtures("sourced")

Compared = Callable[[Any, Any], Comparison]
DAYS = (date(2008, 6, 29), date(2008, 6, 30), date(2009, 3, 10), date(2009, 3, 11), today())


def asked(day: date | None = None) -> Query:
    version, _revision = newest()
    return Query(version, day or today())


def of_version(number: int) -> Version:
    head, _revision = newest()
    checksum = Posting.objects.get(version=number).checksum
    return Version(number, checksum, head.label_revision)


def of_days(first: date, last: date) -> Comparison:
    return read_comparison(asked(last), {"from": first.isoformat()}, newest()[0])


def of_versions(first: int, last: int) -> Comparison:
    return read_comparison(
        replace(asked(), version=of_version(last)), {"from_version": str(first)}, newest()[0]
    )


COMPARISONS = [
    *((of_days, first, last) for first in DAYS for last in DAYS),
    *(
        (of_versions, first, last)
        for first, last in ((1, VERSION), (12, 13), (7, 7), (VERSION - 1, VERSION), (3, 9))
    ),
]


@pytest.mark.parametrize("dimensions", [(), ("area", "country"), ("appropriation",)])
@pytest.mark.parametrize(("compared", "first", "last"), COMPARISONS)
def test_each_change_is_the_sum_of_the_entries_between(
    compared: Compared, first: Any, last: Any, dimensions: tuple[str, ...]
) -> None:
    comparison = compared(first, last)
    between = list(entries(comparison.between))
    found = changes(comparison, *dimensions)
    amounts = [change.change for stages in found.values() for change in stages.values()]
    assert sum(amount.entries for amount in amounts) == number_between(comparison) == len(between)
    assert sum(amount.amount for amount in amounts) == sum(entry.amount for entry in between)
    for stage in ("appropriated", "committed", "obligated", "disbursed"):
        after = aggregates.total(comparison.later.where(stage=stage))
        assert sum(stages[stage].after.amount for stages in found.values() if stage in stages) == (
            after.amount
        )


def test_what_is_named_later_but_happened_earlier_stands_first() -> None:
    assert of_days(date(2009, 9, 30), date(2008, 9, 30)) == of_days(
        date(2008, 9, 30), date(2009, 9, 30)
    )
    assert of_versions(16, 12) == of_versions(12, 16)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (today(), date(2010, 9, 30)),  # the last entries are of fiscal year 2011
        (date(2010, 6, 30), date(2009, 9, 30)),  # then those of December 2009, in fiscal year 2010
        (date(2009, 9, 30), date(2008, 9, 30)),
        (date(2008, 6, 30), date(2007, 9, 30)),
        (date(2008, 6, 29), date(2008, 6, 29)),  # before any entry
    ],
)
def test_without_more_it_compares_with_the_end_of_the_fiscal_year_before(
    day: date, expected: date
) -> None:
    assert last_fiscal_year(asked(day)) == expected


@pytest.mark.parametrize(
    "own",
    [
        {"from": "2009-02-29"},
        {"from": "30/09/2009"},
        {"from": "2999-01-01"},
        {"from_version": "0"},
        {"from_version": str(NEXT)},
        {"from_version": "12-deadbeef"},
        {"from": "2009-03-31", "from_version": "12"},
    ],
)
def test_what_cannot_be_compared_is_named(own: dict[str, str]) -> None:
    with pytest.raises(BadAddress) as refused:
        read_comparison(asked(), own, newest()[0])
    assert refused.value.parameter in own
    assert refused.value.value == own[refused.value.parameter]
