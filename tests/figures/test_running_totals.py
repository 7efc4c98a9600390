"""Sums that are looked up for a day are the sums of the entries up to it."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.bounds import Limits
from carsi_tracker.figures.running_totals import running_totals, with_limits
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.reports.page.parameters import read

pytestmark = pytest.mark.usefixtures("sourced")


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"version": "12"},
        {"country": "GT", "stage": "committed"},
        {"measure": "unobligated", "basis": "inferred"},
        {"goal": "none", "year": "2009"},
    ],
)
def test_sums_on_any_day_are_those_of_the_entries_up_to_it(address: dict[str, str]) -> None:
    asked = read(address, *newest())
    rows = list(entries(asked).select_related("commitment__country"))
    assert rows
    for day in {row.effective_date + timedelta(days=step) for row in rows for step in (-1, 0, 1)}:
        query = asked.through(day)
        by_country: defaultdict[str | None, Decimal] = defaultdict(Decimal)
        for row in rows:
            if row.effective_date <= day:
                code = row.commitment.country.code if row.commitment else None
                by_country[code] += row.counted
        count = sum(row.effective_date <= day for row in rows)
        found_sum = aggregates.total(query)
        assert (found_sum.amount, found_sum.entries) == (sum(by_country.values()), count)
        if not asked.filters.measure:
            found = aggregates.breakdown(query, "country")
            assert {
                code: sums.appropriated + sums.committed + sums.obligated + sums.disbursed
                for code, sums in found.items()
            } == by_country


def test_another_day_asks_the_database_nothing(django_assert_num_queries: Any) -> None:
    query = read({"country": "PA"}, *newest())
    aggregates.matrix(query)
    with django_assert_num_queries(0):
        aggregates.matrix(query.through(date(2009, 7, 4)))
        running_totals(query.through(date(2009, 7, 5)), "area", "country")


def test_the_sums_of_some_commitments_are_those_that_all_of_them_have() -> None:
    query = read({"as_of": "2009-09-30"}, *newest())
    everything = aggregates.breakdown(query, "commitment")
    some = ["CARSI-08-INCLE-03", "CARSI-09-FMF-01", "CARSI-08-INCLE-10", "CARSI-08-INCLE-99"]
    for chosen in (some[:2], some):
        assert aggregates.breakdown_of(query, "commitment", chosen) == {
            reference: everything.get(reference, aggregates.Sums()) for reference in chosen
        }


@pytest.mark.parametrize("dimension", ["commitment", "document"])
@pytest.mark.parametrize("day", ["2008-06-29", "2008-06-30", "2009-09-30", "2012-01-01"])
def test_what_has_entries_by_a_day_is_counted(dimension: str, day: str) -> None:
    query = read({"as_of": day, "stage": "committed"}, *newest())
    assert aggregates.number_of(query, dimension) == len(aggregates.breakdown(query, dimension))


def test_what_a_corrected_title_no_longer_finds_has_no_limits() -> None:
    """A commitment is found by its title, and has another when its limits are asked for."""
    found = with_limits({("HN",): {}}, {("HN",): [(today(), Limits())], ("GT",): []})
    assert found == {("HN",): {}}
