"""What of a paste has two readings: each with its example, and what either reading gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.desk.pasting.shown import Option, Pasted
from carsi_tracker.imports.pasting.answers import UNITS, Answers
from carsi_tracker.imports.pasting.figures import figure
from carsi_tracker.imports.pasting.grid import BETWEEN, Breaks
from carsi_tracker.imports.pasting.guessing import Guess
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.dates import Order, parse_day
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.money import whole_dollars

EXAMPLE = "613"


@dataclass(frozen=True)
class Question:
    """A choice between readings: its field, where the example stands, and the readings."""

    field: str
    legend: str
    where: str
    options: Sequence[Option]


def questions(pasted: Pasted, guess: Guess) -> Iterator[Question]:
    """Ask what has two readings, each with its example from the paste."""
    answers = guess.answers
    if not guess.plain:
        yield _unit(guess, answers)
    if mark := guess.mark:
        where = _("row %(row)d: “%(text)s”") % {"row": mark.row, "text": mark.text}
        options = [
            Option(sign, _amount_in_words(mark.text, answers.written.unit, sign),
                   answers.written.decimal == sign)
            for sign in (",", ".")
        ]  # fmt: skip
        yield Question("decimal", _("A number with a point"), where, options)
    if day := guess.day:
        where = _("row %(row)d: “%(text)s”") % {"row": day.row, "text": day.text.strip()}
        words = {
            Order.MONTH_FIRST: _("month first: %s"),
            Order.DAY_FIRST: _("day first: %s"),
        }
        options = [
            Option(order.value, text % _day_in_words(day.text, order), answers.order is order)
            for order, text in words.items()
        ]
        yield Question("dates", _("Dates have the"), where, options)
    if pasted.grid.broken:
        yield _breaks(pasted)


def _unit(guess: Guess, answers: Answers) -> Question:
    told = guess.unit
    where = _("row %(row)d: “%(text)s”") % {"row": told.row, "text": told.text} if told else ""
    example = next((one.text for one in guess.outline.figures.values() if one.amount), EXAMPLE)
    words = {
        1: _("dollars"),
        1_000: _("thousands: %s"),
        1_000_000: _("millions: %s"),
    }
    options = []
    for unit in UNITS:
        read = figure(example, AmountStyle(unit, answers.written.decimal)).amount
        value = f"{example} = {whole_dollars(read)}" if read is not None else ""
        text = words[unit] % value if unit > 1 else words[unit]
        options.append(Option(str(unit), text, answers.written.unit == unit))
    return Question("unit", _("Amounts are in"), where, options)


def _breaks(pasted: Pasted) -> Question:
    first = " ".join(pasted.grid.broken.split())
    lines = [" ".join(line.split()) for line in pasted.grid.broken.splitlines() if line.strip()]
    words = {
        Breaks.SEMICOLON: BETWEEN[Breaks.SEMICOLON].join(lines),
        Breaks.BLANK: BETWEEN[Breaks.BLANK].join(lines),
        Breaks.ROWS: _("rows of their own: the quotes are text"),
    }
    options = [
        Option(how.value, text[:120], pasted.grid.breaks is how) for how, text in words.items()
    ]
    return Question("breaks", _("A cell with a line break is"), f"“{first[:60]}”", options)


def _amount_in_words(text: str, unit: int, mark: str) -> str:
    read = figure(text, AmountStyle(unit, mark)).amount
    sign = _("thousands: %s") if mark == "," else _("decimals: %s")
    return sign % (whole_dollars(read) if read is not None else text)


def _day_in_words(text: str, order: Order) -> str:
    try:
        day: date = parse_day(text.strip(), order)
    except ValidationError:
        return text
    return day_in_words(day)
