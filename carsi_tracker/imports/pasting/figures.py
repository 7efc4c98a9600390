"""An amount as tables print it: with the mark of a footnote, in thousands, or a dash for none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

from carsi_tracker.imports.cells import is_blank, read_amount
from carsi_tracker.imports.placeholders import is_placeholder
from carsi_tracker.ledger.amounts import AmountStyle

MARK = (
    r"[0-9]{1,2}/|[a-z]/|\*{1,4}|[†‡§]|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}|\((?:[a-z]|[0-9]{1,2})\)|\[[0-9a-z]{1,2}\]"
)
MARKED = re.compile(
    rf"(?P<amount>.*[0-9)])(?P<mark>(?:\s+(?:{MARK})|(?:[a-z]/|\*{{1,4}}|[†‡§]|[¹²³⁴⁵⁶⁷⁸⁹⁰]{{1,2}}))"
    rf"(?:,?\s*(?:{MARK}))*)"
)
MARKS = re.compile(MARK)
FOOTNOTE = re.compile(rf"(?P<mark>{MARK})\s*(?P<text>\S.*)")
PERCENT = re.compile(r"[-(]?\s*[0-9]+(?:[.,][0-9]+)?\s*%\)?")
YEAR = re.compile(
    r"(?:(?:FY|AF|F\.Y\.|fiscal year|año fiscal|ejercicio)\s?)?'?((?:19|20)[0-9]{2})", re.IGNORECASE
)

YEARS = re.compile(
    r"\b(?:FY|AF)?\s?'?(?:(?:19|20)[0-9]{2}|(?<=FY)[0-9]{2}|(?<=FY )[0-9]{2})"
    r"\s?(?:[-/‐‑‒–—]|to|through|and|a|al|y)\s?(?:FY|AF)?\s?'?(?:(?:19|20)?[0-9]{2})\b",  # noqa: RUF001
    re.IGNORECASE,
)
"""Two years or more, as funds of several years and columns of sums have them: FY 2008-2010."""


@dataclass(frozen=True)
class Figure:
    """What a cell of a column of amounts holds; `amount` is in dollars.

    `nothing` where it holds none: blank, a dash, “n/a” or zero. Otherwise without an amount it
    can't be read. `text` is the cell without its marks.
    """

    text: str
    marks: tuple[str, ...] = ()
    amount: Decimal | None = None
    nothing: bool = False
    two_readings: bool = False


def figure(cell: str, written: AmountStyle) -> Figure:
    """Read a cell of a column of amounts."""
    text, marks = without_marks(cell.strip())
    if is_blank(text) or is_placeholder(text):
        return Figure(text, marks, nothing=True)
    try:
        return Figure(text, marks, read_amount(text, written))
    except ValidationError as error:
        zero = error.code == "zero"
        return Figure(text, marks, nothing=zero, two_readings=error.code == "two_readings")


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without the marks of footnotes behind its number, and those."""
    if found := MARKED.fullmatch(text):
        return found["amount"].rstrip(), tuple(MARKS.findall(found["mark"]))
    return text, ()


def is_percent(text: str) -> bool:
    """Say whether a cell holds a share."""
    return bool(PERCENT.fullmatch(text.strip()))


def year_of(text: str) -> str:
    """Return the fiscal year that a heading is, or names; empty where it is none, or several."""
    if YEARS.search(text):
        return ""
    found = YEAR.fullmatch(text.strip()) or re.search(
        r"\b(?:FY|AF|fiscal year|año fiscal)\s?'?((?:19|20)?[0-9]{2})\b", text, re.IGNORECASE
    )
    if not found:
        return ""
    return found[1] if len(found[1]) == 4 else f"20{found[1]}"


def decimal_mark(texts: Iterable[str], unit: int) -> tuple[str, str]:
    """Return the decimal mark that the amounts of a table show, and one with two readings.

    Both empty where none shows it, or where each has one reading.
    """
    votes = {".": 0, ",": 0}
    unclear = ""
    for text in texts:
        plain = figure(text, AmountStyle(unit))
        if plain.nothing:
            continue
        point, comma = (figure(text, AmountStyle(unit, mark)).amount for mark in votes)
        votes["."] += comma is None and point is not None
        votes[","] += point is None and comma is not None
        if plain.two_readings and not unclear:
            unclear = plain.text
    if bool(votes["."]) == bool(votes[","]):
        return "", unclear
    mark = "." if votes["."] else ","
    return mark if unclear or mark == "," else "", unclear
