"""Published totals as marks on charts, where they are about the same money and differ."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.published import is_worked_out
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.reports.charts.bar import bar_marks
from carsi_tracker.reports.charts.marks import PublishedMark, published_marks
from carsi_tracker.reports.charts.timeline import timeline_chart
from tests.reports.charts.asking import asked
from tests.reports.reading import text

pytestmark = pytest.mark.usefixtures("sourced")

FLOOR = "U.S. Government Accountability Office: at least $112 million"


def marks(**address: str) -> tuple[PublishedMark, ...]:
    return published_marks(asked(**address))


def test_a_floor_that_we_do_not_reach_is_marked_from_its_day_on() -> None:
    (mark,) = marks(as_of="2013-06-01")
    assert (mark.stage, mark.day, mark.amount) == (
        "obligated",
        date(2013, 6, 1),
        Decimal(112_000_000),
    )
    assert (mark.words, mark.arrow) == (FLOOR, "at-least")
    assert mark.about == "Obligated through June 1, 2013, worked out from what was published"
    assert mark.href == "/published/gao-obligated-2013-floor/"
    assert marks(as_of="2013-05-31") == ()


@pytest.mark.parametrize(
    ("quote", "amount", "worked_out"),
    [
        ("at least $463 million of the close to $495 million", 463_000_000, False),
        ("at least $463 million of the close to $495 million", 112_000_000, True),
        ("ESF 25,000; INCLE 24,800", 24_800_000, False),
        ("$7,148,000 (INCLE)", 7_148_000, False),
        ("$44.4 million in INCLE funds", 44_400_000, False),
        ("As of February 10, 2009", 1_008_000, False),
        ("Al 10 de febrero de 2009, en FY2009", 1_008_000, False),
        ("", 1, False),
    ],
)
def test_an_amount_is_worked_out_where_the_words_hold_others_alone(
    quote: str, amount: int, worked_out: bool
) -> None:
    figure = PublishedFigure(quote=quote, amount=Decimal(amount))
    assert is_worked_out(figure) == worked_out


def test_it_is_marked_only_where_the_same_money_is_asked_for() -> None:
    assert marks(country="HN") == ()
    assert marks(year="2008", account="INCLE") == ()


def test_the_bar_and_the_timeline_have_room_for_it() -> None:
    query = asked()
    shown = marks()
    ((_mark, x),) = bar_marks(aggregates.totals(query), query, shown)
    assert x == Decimal("67.88")
    found = timeline_chart(query, shown)
    assert found
    assert found.years[-1].words == "FY2013"
    (placed,) = found.marks
    assert 90 < placed.x < 100
    committed = next(curve for curve in found.areas if curve.stage == "committed")
    assert 0 < placed.y < found.base
    assert committed.sum.amount > placed.mark.amount
    assert FLOOR in found.description


@pytest.mark.parametrize("path", ["/", "/charts/bar.svg", "/charts/timeline.svg"])
def test_page_and_files_say_who_published_what(client: Client, path: str) -> None:
    shown = text(client, path)
    assert FLOOR in shown
    assert 'class="published"' in shown
    assert FLOOR not in text(client, f"{path}?as_of=2012-12-31")
    assert FLOOR in text(client, path)
