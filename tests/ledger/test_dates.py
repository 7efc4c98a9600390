"""Typed days are read in one way or refused."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from carsi_tracker.ledger.dates import parse_day


@pytest.mark.parametrize(
    "text", ["2009-03-13", " 2009-3-13 ", "2009/03/13", "13/3/2009", "3/13/2009", "13.03.2009"]
)
def test_a_day_with_one_reading_is_read_so(text: str) -> None:
    assert parse_day(text) == date(2009, 3, 13)


def test_day_and_month_alike_have_one_reading() -> None:
    assert parse_day("5/5/2009") == date(2009, 5, 5)


def test_a_day_with_two_readings_is_refused_and_both_are_named() -> None:
    with pytest.raises(ValidationError) as refused:
        parse_day("09/02/2009")
    for part in ("09/02/2009", "9 February 2009", "2 September 2009"):
        assert part in refused.value.messages[0]


@pytest.mark.parametrize("text", ["2009-02-30", "30/02/2009", "2009-13-01", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="no such day"):
        parse_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "39885",
        "13.03.09",
        "20090313",
        "2009-W11-5",
        "today",
        "infinity",
        "13-3/2009",
        "٢٠٠٩-٠٣-١٣",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="2009-03-13"):
        parse_day(text)
