"""Typed amounts are read in one way or refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.ledger.amounts import AmountStyle, parse_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250000", "250000.00"),
        ("250,000.00", "250000.00"),
        ("$250,000", "250000.00"),
        ("US$ 250,000.5", "250000.50"),
        ("USD 7", "7.00"),
        (" 1,250,000.50 ", "1250000.50"),
        ("1.234.567,50", "1234567.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567.00"),
        ("1 234 567,5", "1234567.50"),
        ("1\u00a0250\u202f000.50", "1250000.50"),
        ("1234,5", "1234.50"),
        ("613,000", "613000.00"),
        (".50", "0.50"),
        ("-500,000", "-500000.00"),
        ("−250.000,00", "-250000.00"),
        ("–100000", "-100000.00"),
        ("(7,500.00)", "-7500.00"),
        ("($7,500)", "-7500.00"),
        ("$-7,500", "-7500.00"),
        ("$(7,500.00)", "-7500.00"),
        (" $ (2,500.00) ", "-2500.00"),
        (" $          (2,500.00)                          ", "-2500.00"),
        ("US$ (1,000)", "-1000.00"),
        ("USD (1,000.00)", "-1000.00"),
        ("US $\u00a0( 1 000,50 )", "-1000.50"),
        ("U.S.$1,000", "1000.00"),
        ("usd 1,000", "1000.00"),
        ("USD$ 1,000", "1000.00"),
        ("-$7,500.00", "-7500.00"),
        ("−US$ 7,500.00", "-7500.00"),
        ("－$7,500.00", "-7500.00"),
        ("\u2011 7,500", "-7500.00"),
        ("1,000.00 USD", "1000.00"),
        ("(1,000.00) US$", "-1000.00"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_an_amount_with_one_reading_is_read_so(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1E+06", "NaN", "Infinity", "-Infinity", "n/a", "", "  ", "$", "-", "()", "1,23,456.00",
        "1,234,56", "1.234.56", "12,34,567", "0,500", "5.", "1 250,000", "1 25 000", "-(5)", "(5",
        "5)", "--5", "1'000", "0x10", "１２", "٣", "1_000", "€5", "5%", "1,000.00.00", "1" * 500,
        "250000\n1", "-$(5)", "($-5)", "$(-5)", "$($5)", "$ 5 USD", "$(5", "$5)", "$()", "$ ( )",
        "-$", "- $", "$$5", "$ - -", "($ -)", "5-", "£(5)", "(US) 5", "$\t(5)", "- $ (5)",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(text)
    assert refused.value.code in {"not_an_amount", "required"}
    if text.strip():
        assert "250,000.00" in refused.value.messages[0]
        assert text.strip()[:20] in refused.value.messages[0]


@pytest.mark.parametrize(
    ("text", "small", "large"),
    [
        ("613.000", "613.00", "613,000.00"),
        ("-1.000", "-1.00", "-1,000.00"),
        ("31.422", "31.422", "31,422.00"),
        ("$14.550", "14.55", "14,550.00"),
    ],
)
def test_an_amount_with_two_readings_is_refused_and_both_are_named(
    text: str, small: str, large: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(text)
    assert refused.value.code == "two_readings"
    for part in (f"“{text}”", f" {small} ", f" {large}."):
        assert part in refused.value.messages[0]


@pytest.mark.parametrize("text", ["1234.567", "0.001", "1,234.567", "1.234,5678", "5.0000"])
def test_fractions_of_a_cent_are_refused_never_rounded(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(text)
    assert refused.value.code == "sub_cent"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "zero"),
        ("-0.00", "zero"),
        (" $ -   ", "zero"),
        ("$ -", "zero"),
        ("US$\u00a0−", "zero"),
        ("$ -0.00", "zero"),
        ("$(0.00)", "zero"),
        ("1000000000000", "too_large"),
        ("9" * 39, "too_large"),
    ],
)
def test_zero_and_a_trillion_are_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "unit", "decimal", "amount"),
    [
        ("613", 1000, "", "613000.00"),
        ("2,400", 1000, "", "2400000.00"),
        ("(1,250.5)", 1000, "", "-1250500.00"),
        ("1.250,5", 1000, "", "1250500.00"),
        ("1.250", 1000, ",", "1250000.00"),
        ("1.250", 1000, ".", "1250.00"),
        ("0.6135", 1_000_000, "", "613500.00"),
        ("12,5", 1_000_000, ",", "12500000.00"),
        ("1.250", 1, ",", "1250.00"),
    ],
)
def test_an_amount_is_read_as_its_table_is_written(
    text: str, unit: int, decimal: str, amount: str
) -> None:
    assert parse_amount(text, AmountStyle(unit, decimal)) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "unit", "decimal", "code"),
    [
        ("1.250", 1000, "", "two_readings"),
        ("0.613555", 1000, "", "sub_cent"),
        ("1.250", 1, ".", "sub_cent"),
        ("12,50", 1, ".", "not_an_amount"),
        ("2,000,000,000", 1000, "", "too_large"),
        ("0", 1000, "", "zero"),
    ],
)
def test_an_amount_that_its_table_cannot_mean_is_refused(
    text: str, unit: int, decimal: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_amount(text, AmountStyle(unit, decimal))
    assert refused.value.code == code


@given(
    st.integers(1, 999_999),
    st.integers(0, 99_999),
    st.sampled_from([(".", ","), (",", ".")]),
    st.booleans(),
)
def test_what_is_written_in_thousands_is_read_as_dollars(
    whole: int, part: int, marks: tuple[str, str], grouped: bool
) -> None:
    decimal, thousands = marks
    text = f"{whole:,}".replace(",", thousands if grouped else "") + f"{decimal}{part:05d}"
    expected = Decimal(whole * 100_000 + part) / 100
    assert parse_amount(text, AmountStyle(1000, decimal)) == expected
