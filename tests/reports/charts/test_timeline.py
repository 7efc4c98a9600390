"""Sums over time under the ceiling, and the table of the same."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import override

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.charts.timeline import Curve, Timeline, timeline_chart
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.shortened import in_prose
from tests.reports.charts.asking import asked, sum_behind
from tests.sourced import VERSION

pytestmark = pytest.mark.usefixtures("sourced")

QUESTIONS: list[dict[str, str]] = [
    {},
    {"as_of": "2009-09-30"},
    {"as_of": "2008-06-30"},
    {"country": "GT"},
    {"area": "not-attributed", "as_of": "2009-09-30"},
    {"commitment": "CARSI-08-INCLE-10"},
    {"posted_in": str(VERSION)},
    {"measure": "unobligated"},
    {"basis": "press", "account": "INCLE"},
]


def chart(**address: str) -> Timeline:
    found = timeline_chart(asked(**address))
    assert found
    return found


def last_height(curve: Curve) -> Decimal:
    """Return where the last step of a curve stands, in units of the plot."""
    path = re.sub(r"V[^VH]+Z$", "", curve.path)
    return Decimal(re.findall(r"V([^VH]+)", path)[-1])


@pytest.mark.parametrize("address", QUESTIONS)
def test_each_curve_ends_at_the_sum_that_its_link_leads_to(address: dict[str, str]) -> None:
    totals = aggregates.totals(asked(**address))
    found = chart(**address)
    assert found.curves
    for curve in found.curves:
        assert curve.sum.amount == getattr(totals, curve.stage) == sum_behind(curve.href)


@pytest.mark.parametrize("address", QUESTIONS)
def test_the_table_holds_the_sums_through_each_of_its_days(address: dict[str, str]) -> None:
    query = asked(**address)
    found = chart(**address)
    assert found.rows[-1].day == query.day
    for row in found.rows:
        totals = aggregates.totals(query.through(row.day))
        for curve, cell in zip(found.curves, row.cells, strict=True):
            assert cell.amount == getattr(totals, curve.stage)
            assert sum_behind(cell.href) == cell.amount


def test_heights_are_in_proportion_to_the_sums() -> None:
    found = chart(as_of="2009-09-30")
    ceiling = found.ceiling
    assert ceiling
    unit = (found.base - last_height(ceiling)) / ceiling.sum.amount
    for curve in found.areas:
        height = found.base - last_height(curve)
        assert height == pytest.approx(unit * curve.sum.amount, abs=Decimal("0.2"))


def test_the_ceiling_is_drawn_where_what_is_appropriated_is_asked() -> None:
    assert chart().ceiling
    assert chart(account="ESF").ceiling
    assert chart(area="community").ceiling is None
    assert chart(country="PA").ceiling is None


def test_the_words_say_what_the_chart_shows() -> None:
    totals = aggregates.totals(asked(as_of="2009-09-30"))
    words = chart(as_of="2009-09-30").description
    assert "September 30, 2009" in words
    for stage in Stage:
        sum_ = totals.of(stage)
        assert f"{stage.label}: {marked_plainly(in_prose(sum_.amount), sum_.limits)}" in words


def test_the_day_is_drawn_and_what_changed_on_it_can_be_seen() -> None:
    found = chart(as_of="2009-09-30")
    assert found.as_of == "as of September 30, 2009"
    assert found.rest == ""
    assert found.asked_x is not None
    assert 900 < found.asked_x < 1000
    disbursed = found.areas[-1]
    assert disbursed.path.startswith(f"M0 {found.base}H{found.asked_x}V")
    assert "H1000.0V" in disbursed.path


def test_a_long_rest_is_said_and_not_drawn() -> None:
    found = chart()
    assert found.rest == "unchanged since September 30, 2011"
    assert found.asked_x is None
    assert [year.words for year in found.years] == [
        "FY2008", "FY2009", "FY2010", "FY2011", "FY2012",
    ]  # fmt: skip
    assert len(found.turns) == 4


def test_nothing_is_drawn_after_the_day_that_is_asked() -> None:
    found = chart(as_of="2009-03-31")
    assert [year.words for year in found.years] == ["FY2008", "FY2009"]
    with override("es"):
        assert [year.words for year in chart(as_of="2009-03-31").years] == ["FY2008", "FY2009"]
    assert found.asked_x is not None
    assert 700 < found.asked_x < 800
    for curve in found.curves:
        assert f"H{found.asked_x}" in curve.path
        assert "H1000" not in curve.path


def test_there_is_no_timeline_before_the_first_entry() -> None:
    assert timeline_chart(asked(as_of="2008-06-29")) is None


def test_the_table_ends_with_the_fiscal_years_in_which_something_changed() -> None:
    days = [row.day for row in chart().rows]
    assert days[:-1] == [date(year, 9, 30) for year in (2008, 2009, 2010, 2011)]


def test_sums_below_zero_are_drawn_below_the_axis() -> None:
    found = chart(posted_in="13")
    assert min(curve.sum.amount for curve in found.areas) < 0 or found.base <= found.height
    for curve in found.areas:
        assert (last_height(curve) > found.base) == (curve.sum.amount < 0)


def test_a_small_chart_shows_the_same_with_fewer_lines() -> None:
    small = timeline_chart(asked(country="GT"), small=True)
    assert small
    assert small.height < chart(country="GT").height
    assert len(small.amounts) <= 2
    assert [curve.sum.amount for curve in small.curves] == [
        curve.sum.amount for curve in chart(country="GT").curves
    ]


def test_the_whole_course_is_in_the_file_beside_the_chart(client: Client) -> None:
    files = {file.form: file.href for file in chart(country="PA", as_of="2009-09-30").files}
    assert files["SVG"] == "/charts/timeline.svg?country=PA&as_of=2009-09-30"
    response = client.get(files["CSV"])
    content = b"".join(response.streaming_content) if response.streaming else response.content
    days = [line.split(",")[0] for line in content.decode().splitlines()[1:]]
    points = timeline(asked(country="PA", as_of="2009-09-30"))
    assert days == [point.day.isoformat() for point in points]
