"""Days in Washington, and the fiscal years that they are in."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from carsi_tracker.ledger.days import (
    day_in_words,
    end_of_fiscal_year,
    fiscal_year,
    moment_in_words,
    short_day,
    today,
)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2009, 3, 14, 3, 59, tzinfo=UTC), date(2009, 3, 13)),
        (datetime(2009, 3, 14, 4, 0, tzinfo=UTC), date(2009, 3, 14)),
        (datetime(2009, 12, 1, 4, 59, tzinfo=UTC), date(2009, 11, 30)),
    ],
)
def test_today_is_the_day_in_washington(monkeypatch: Any, moment: datetime, day: date) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with timezone.override("UTC"):
        assert today() == day


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2008, 9, 30), 2008),
        (date(2008, 10, 1), 2009),
        (date(2008, 12, 31), 2009),
        (date(2009, 1, 1), 2009),
    ],
)
def test_a_fiscal_year_begins_in_october_of_the_year_before(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_a_fiscal_year_ends_on_september_30() -> None:
    assert end_of_fiscal_year(2009) == date(2009, 9, 30)
    assert fiscal_year(end_of_fiscal_year(2009)) == 2009


def test_days_are_written_in_the_language_of_the_page() -> None:
    day = date(2009, 3, 3)
    assert (day_in_words(day), short_day(day)) == ("March 3, 2009", "Mar\xa03,\xa02009")
    with override("es"):
        assert (day_in_words(day), short_day(day)) == ("3 de marzo de 2009", "3\xa0mar\xa02009")


def test_a_moment_is_written_with_the_time_of_washington() -> None:
    moment = datetime(2009, 3, 3, 20, 2, tzinfo=UTC)
    assert moment_in_words(moment) == "March 3, 2009, 3:02 p.m. Washington time"
    with override("es"):
        assert moment_in_words(moment) == "3 de marzo de 2009, 15:02, hora de Washington"
