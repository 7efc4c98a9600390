"""Typed days are read in one way or refused."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.ledger.dates import Order, parse_day


@pytest.mark.parametrize(
    "text", ["2009-03-13", " 2009-3-13 ", "2009/03/13", "13/3/2009", "3/13/2009", "13.03.2009",
             "13 / 03 / 2009", "3/ 13/2009", "13. 3. 2009", "2009 - 03 - 13"],
)  # fmt: skip
def test_a_day_with_one_reading_is_read_so(text: str) -> None:
    assert parse_day(text) == date(2009, 3, 13)


@pytest.mark.parametrize(
    "text",
    [
        "15-Mar-2010", "March 15, 2010", "15 March 2010", "15 de marzo de 2010", "15 mar. 2010",
        "15th March 2010", "15th of March, 2010", "Mar 15 2010", "MARCH 15TH, 2010",
        "marzo 15 de 2010", "15 de marzo del 2010", "15/mar/2010", "15.Mar.2010", "15Mar2010",
        "2010-Mar-15", "15 marzo 2010", "15–Mar–2010", "15\u00a0March\u00a02010",
        "Monday, March 15, 2010", "Mon 15 Mar 2010", "lunes, 15 de marzo de 2010",
        "15 March 2010 00:00:00", "15 - Mar - 2010", "March 15 , 2010", "15-de-marzo-2010",
        "the 15th of March 2010", "el 15 de marzo del año 2010", "March 15th of 2010",
    ],
)  # fmt: skip
def test_a_day_with_the_name_of_its_month_is_read_in_both_languages(text: str) -> None:
    assert parse_day(text) == date(2010, 3, 15)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("{} ene. 2010", 1), ("{} de febrero de 2010", 2), ("{} abr 2010", 4), ("{}-May-2010", 5),
        ("{} jun 2010", 6), ("{} Jul. 2010", 7), ("{} ago 2010", 8), ("{} Sept 2010", 9),
        ("{} de setiembre de 2010", 9), ("Sep {}, 2010", 9), ("{} de octubre de 2010", 10),
        ("November {}, 2010", 11), ("{} dic. 2010", 12), ("Dec. {}, 2010", 12),
    ],
)  # fmt: skip
def test_every_month_has_its_names(text: str, month: int) -> None:
    assert parse_day(text.format(1)) == date(2010, month, 1)
    assert parse_day(text.format("21")) == date(2010, month, 21)


@pytest.mark.parametrize(
    "text", ["1st March 2010", "1º de marzo de 2010", "1.° de marzo de 2010",
             "1ro. de marzo de 2010", "Primero de marzo de 2010"],
)  # fmt: skip
def test_the_first_of_a_month_is_a_day(text: str) -> None:
    assert parse_day(text) == date(2010, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["2009-09-30 00:00:00", "2009-09-30T00:00:00", "2009-09-30T00:00:00.000", "9/30/2009 0:00",
     "30/09/2009 00:00", "9/30/2009 12:00:00 AM", "30/09/2009 12:00:00 a. m."],
)  # fmt: skip
def test_midnight_after_a_day_is_no_part_of_it(text: str) -> None:
    assert parse_day(text) == date(2009, 9, 30)


@pytest.mark.parametrize(
    "text",
    ["2009-09-30 13:00:00", "2009-09-30T00:00:01", "9/30/2009 12:00:00 PM",
     "2009-09-30T00:00:00Z", "2009-09-30T00:00:00-05:00"],
)  # fmt: skip
def test_another_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="has a time of day"):
        parse_day(text)


def test_what_comes_first_may_be_said_for_numeric_dates() -> None:
    assert parse_day("10/1/2009", Order.MONTH_FIRST) == date(2009, 10, 1)
    assert parse_day("10.1.2009 00:00", Order.DAY_FIRST) == date(2009, 1, 10)
    for order in Order:
        assert parse_day("2009-10-01", order) == date(2009, 10, 1)
        assert parse_day("1-Oct-2009", order) == date(2009, 10, 1)
        with pytest.raises(ValidationError, match="no such day"):
            parse_day("30/2/2009", order)


@pytest.mark.parametrize(
    ("text", "order", "said"),
    [
        ("13/1/2009", Order.MONTH_FIRST, "“13/1/2009” is no date with the month first"),
        ("1/13/2009", Order.DAY_FIRST, "“1/13/2009” is no date with the day first"),
    ],
)
def test_a_date_that_breaks_the_order_is_refused_by_name(
    text: str, order: Order, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        parse_day(text, order)


@pytest.mark.parametrize("text", ["13/3/09", "15-Mar-10", "13.03.09", "3-13-09"])
def test_a_year_of_two_digits_is_refused_whatever_comes_first(text: str) -> None:
    for order in (None, *Order):
        with pytest.raises(ValidationError, match="the year in four digits"):
            parse_day(text, order)


def test_a_day_of_the_week_that_is_another_is_refused() -> None:
    with pytest.raises(ValidationError, match="another day of the week"):
        parse_day("Tuesday, March 15, 2010")


def test_day_and_month_alike_have_one_reading() -> None:
    assert parse_day("5/5/2009") == date(2009, 5, 5)


def test_a_day_with_two_readings_is_refused_and_both_are_named() -> None:
    with pytest.raises(ValidationError) as refused:
        parse_day("09/02/2009")
    for part in ("09/02/2009", "February 9, 2009", "September 2, 2009"):
        assert part in refused.value.messages[0]


@pytest.mark.parametrize(
    "text",
    ["2009-02-30", "30/02/2009", "2009-13-01", "0000-01-01", "30 Feb 2010", "31 de abril de 2010"],
)
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
        "March 2010",
        "mar",
        "15 Marz 2010",
        "15 15 March 2010",
        "1 5 March 2010",
        "15 de de marzo de 2010",
        "spring 2010",
        "15 March 2010 " + "x" * 100,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="2009-03-13"):
        parse_day(text)


ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
SPANISH = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
           "octubre", "noviembre", "diciembre")  # fmt: skip
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_a_day_with_the_name_of_its_month_is_that_day(day: date) -> None:
    english, spanish = ENGLISH[day.month - 1], SPANISH[day.month - 1]
    for text in (
        f"{day.day}-{english[:3]}-{day.year}",
        f"{english} {day.day}, {day.year}",
        f"{day.day} {english} {day.year}",
        f"{day.day} de {spanish} de {day.year}",
        f"{day.day}/{spanish[:3]}/{day.year}",
    ):
        assert parse_day(text) == day


@given(DAYS, st.sampled_from("/-."))
def test_a_day_in_numbers_is_taken_only_where_it_has_one_reading(day: date, mark: str) -> None:
    text = f"{day.day}{mark}{day.month}{mark}{day.year}"
    if day.day <= 12 and day.day != day.month:
        with pytest.raises(ValidationError) as refused:
            parse_day(text)
        assert refused.value.code == "two_readings"
    else:
        assert parse_day(text) == day
    assert parse_day(text, Order.DAY_FIRST) == day
