"""The sums day by day, which charts draw and tables list."""

from datetime import date

import pytest

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page.parameters import read
from tests.sourced import total

pytestmark = pytest.mark.usefixtures("sourced")


@pytest.mark.parametrize("filters", [{}, {"country": "PA"}, {"stage": "obligated"}])
def test_each_point_holds_the_totals_through_its_day(filters: dict[str, str]) -> None:
    query = read(filters, *newest())
    points = timeline(query)
    assert points
    assert [point.day for point in points] == sorted({point.day for point in points})
    for point in points:
        assert point.totals == aggregates.totals(query.through(point.day))


def test_the_timeline_ends_on_the_day_that_is_asked() -> None:
    points = timeline(read({"as_of": "2009-09-30"}, *newest()))
    assert points[-1].day == date(2009, 9, 30)
    assert points[-1].totals.committed == total("committed", on=date(2009, 9, 30))


def test_there_is_no_timeline_before_the_first_entry() -> None:
    assert timeline(read({"as_of": "2008-06-29"}, *newest())) == ()


def test_a_day_of_which_the_entries_cancel_changes_nothing() -> None:
    reference = {"commitment": "CARSI-08-INCLE-07"}
    cancelled = date(2009, 4, 30)
    on_the_day = read(reference | {"date_from": "2009-04-30", "date_to": "2009-04-30"}, *newest())
    assert aggregates.totals(on_the_day).entries
    points = timeline(read(reference, *newest()))
    assert points[-1].day == date(2009, 4, 24)
    assert cancelled not in {point.day for point in points}
