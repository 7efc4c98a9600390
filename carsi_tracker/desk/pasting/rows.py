"""The rows of a paste as they were pasted, and in words which are left out and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.desk.pasting.shown import Pasted
from carsi_tracker.imports.pasting.guessing import Guess
from carsi_tracker.imports.pasting.outline import RowKind
from carsi_tracker.ledger.money import whole_dollars

ROWS_SHOWN = 60
"""Of a paste about which nothing is asked, rows without problems are shown up to so many."""


@dataclass(frozen=True)
class PastedCell:
    """A cell as it was pasted; `faulty` where what became of it is refused."""

    text: str
    faulty: bool
    is_amount: bool


@dataclass(frozen=True)
class PastedRow:
    """A row as it was pasted, and whether it is left out, or proposed to be; `why` says so."""

    number: int
    cells: Sequence[PastedCell]
    out: bool
    why: str


def rows(pasted: Pasted, guess: Guess) -> list[PastedRow]:
    """Return the rows as pasted; of a long paste without questions, those with problems."""
    faulty = (
        {
            (line.row, line.origin[fault.column])
            for line in pasted.all_lines
            for fault in pasted.outcome.faults
            if fault.row == line.number and fault.column in line.origin
        }
        if len(pasted.outcome.faults) < ROWS_SHOWN
        else set()
    )
    with_problems = {*pasted.wrong_rows, *guess.proposed}
    everything = not guess.plain or len(pasted.grid.rows) <= ROWS_SHOWN
    why = _why(guess)
    columns = set(guess.answers.amounts)
    return [
        PastedRow(
            row,
            [
                PastedCell(text, (row, index) in faulty, index in columns)
                for index, text in enumerate(cells)
            ],
            row in guess.answers.out,
            why.get(row, ""),
        )
        for row, cells in pasted.grid.rows.items()
        if everything or row in with_problems
    ]


def _why(guess: Guess) -> dict[int, str]:
    """Say of each row that is proposed to be left out what it is."""
    found: dict[int, str] = {}
    for row in guess.proposed:
        seen = guess.outline.rows[row]
        if seen.kind is RowKind.SUM:
            found[row] = "; ".join(_arithmetic(guess, row))
        elif seen.kind is RowKind.FOOTNOTE:
            found[row] = _footnote(guess, seen.mark)
        elif seen.kind is RowKind.NOTHING:
            found[row] = _("no amount")
    return found


def _arithmetic(guess: Guess, row: int) -> Iterator[str]:
    """Write the sum that a row is, in each column of amounts, as it was pasted."""
    parts = guess.outline.rows[row].parts
    for index in guess.answers.amounts:
        texts = [
            guess.outline.figures[part, index].text.strip()
            for part in parts
            if guess.outline.amount(part, index) is not None
        ]
        if not texts:
            continue
        shown = texts if len(texts) <= 4 else [*texts[:2], "…", texts[-1]]
        yield f"{' + '.join(shown)} = {guess.outline.figures[row, index].text.strip()}"


def _footnote(guess: Guess, mark: str) -> str:
    marked = sorted({row for (row, _at), one in guess.outline.figures.items() if mark in one.marks})
    if not marked:
        return _("footnote %s") % mark
    rows = ranges(marked)
    return _("footnote %(mark)s, kept as the note of row %(rows)s") % {"mark": mark, "rows": rows}


def left_out(guess: Guess) -> Iterator[str]:
    """Say in words which rows are left out, and why."""
    seen, out = guess.outline.rows, guess.answers.out & guess.proposed
    why = _why(guess)
    headings = sorted(row for row in out if seen[row].kind is RowKind.HEADING)
    if headings:
        words = ngettext("Row %s: heading", "Rows %s: headings and text", len(headings))
        yield words % ranges(headings)
    for row in sorted(out - set(headings)):
        words = (
            _("Row %(row)d: total, %(why)s")
            if seen[row].kind is RowKind.SUM
            else _("Row %(row)d: %(why)s")
        )
        yield words % {"row": row, "why": why.get(row, "")}
    if others := sorted(guess.answers.out - guess.proposed):
        yield ngettext("Row %s: left out by you", "Rows %s: left out by you", len(others)) % (
            ranges(others)
        )
    yield from _columns_left_out(guess)


def _columns_left_out(guess: Guess) -> Iterator[str]:
    """Say which columns of numbers are not read as amounts, and why."""
    roles = guess.answers.roles
    for total in guess.totals:
        if roles[total.index].name:
            continue
        values = {
            "column": total.index + 1,
            "parts": ranges([index + 1 for index in total.parts]),
            "rows": ranges(total.wrong),
        }
        words = (
            _("Column %(column)d: the total of columns %(parts)s, but not in row %(rows)s")
            if total.wrong
            else _("Column %(column)d: the total of columns %(parts)s")
        )
        yield words % values
    silent = [index + 1 for index in guess.silent if not roles[index].name]
    if silent:
        yield ngettext(
            "Column %s: its heading names no amounts",
            "Columns %s: their headings name no amounts",
            len(silent),
        ) % ranges(silent)


def wrong(pasted: Pasted) -> Iterator[tuple[int, str]]:
    """Say of each row which totals in it are not what the rows add up to, unless it is left out."""
    for one in pasted.wrong:
        yield (
            one.row,
            _(
                "Row %(row)d says it is a total: %(says)s. Its rows add up to %(sum)s. Correct one "
                "of them, or leave the row out."
            )
            % {
                "row": one.row,
                "says": whole_dollars(one.says),
                "sum": whole_dollars(one.adds_up_to),
            },
        )


def possible(guess: Guess) -> Iterator[tuple[int, str]]:
    """Say of each line that is the sum of others that it may be a total."""
    for one in guess.outline.possible:
        if not guess.answers.out & {one.row, *one.parts}:
            words = _("Row %(row)d is the sum of rows %(rows)s.")
            yield one.row, words % {"row": one.row, "rows": ranges(one.parts)}


def ranges(rows: Sequence[int]) -> str:
    """Write numbers with ranges: 1–3, 7."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][-1] + 1:
            found[-1].append(row)
        else:
            found.append([row])
    return ", ".join(str(of[0]) if len(of) == 1 else f"{of[0]}\N{EN DASH}{of[-1]}" for of in found)
