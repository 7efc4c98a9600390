"""Double quotes in text: where they open a cell, and what they would swallow."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import Broken, Cell

LONGEST_CELL = 1_000_000

LINE_END = re.compile(r"\r\n|\r|\n")
QUOTED = re.compile(r'"((?:[^"]|"")*+)"(?=\t|\r|\n|\Z)')
"""A cell that a quote opens: its partner stands before a tab, a line's end or the end."""
_PLAIN = re.compile(r"[^\t\r\n]*+")


def copied_rows(text: str) -> Iterator[list[Cell]]:
    """Yield the rows of text that was copied from a spreadsheet, cut at tabs.

    Spreadsheets copy a cell as it stands, unless it holds a tab or a line break: that one they put
    between quotes. Because the same quotes may stand in two cells, such a cell is Broken.
    """
    row: list[Cell] = []
    at, number = 0, 1
    while at < len(text):
        if not row and (line := _without_quotes(text, at)) is not None:
            yield list(line.split("\t"))
            at, number = _after_line_end(text, at + len(line)), number + 1
            continue
        quoted = QUOTED.match(text, at) if text[at] == '"' else None
        if quoted:
            row.append(_quoted(quoted[1], number))
            at = quoted.end()
        else:
            plain = _PLAIN.match(text, at)
            row.append(plain[0] if plain else "")
            at += len(plain[0]) if plain else 0
        if at < len(text) and text[at] == "\t":
            at += 1
            if at == len(text) or text[at] in "\r\n":
                row.append("")
            else:
                continue
        yield row
        row, at, number = [], _after_line_end(text, at), number + 1


def _without_quotes(text: str, at: int) -> str | None:
    """Return the line that begins at a place; None where it has a quote."""
    end = LINE_END.search(text, at)
    line = text[at : end.start() if end else len(text)]
    return None if '"' in line else line


def _after_line_end(text: str, at: int) -> int:
    found = LINE_END.match(text, at)
    return found.end() if found else at


def _quoted(inside: str, number: int) -> Cell:
    cell = inside.replace('""', '"')
    breaks = len(LINE_END.findall(cell))
    if not LINE_END.search(cell.strip()) and "\t" not in cell:
        return cell
    rows = _rows_held(number, breaks) or _("other cells of its row")
    message = _(
        "Between the double quotes stand tabs or line breaks: it may be one cell, or hold "
        "%(rows)s. Take the quotes away, or write the cell in one line."
    )
    return Broken(cell, message % {"rows": rows}, unsure=True)


def with_line_breaks(cells: Sequence[Cell], number: int) -> list[Cell]:
    """Return the cells of a row of several lines: those that hold the later ones are Broken."""
    found: list[Cell] = []
    passed = 0
    for cell in cells:
        breaks = len(LINE_END.findall(cell)) if isinstance(cell, str) else 0
        if isinstance(cell, str) and breaks and LINE_END.search(cell.strip()):
            message = _(
                "The cell has a line break: its double quotes hold %(rows)s, too. Write one line, "
                "or take the quotes away."
            )
            rows = {"rows": _rows_held(number + passed, breaks)}
            found.append(Broken(cell, message % rows, unsure=True))
        else:
            found.append(cell)
        passed += breaks
    return found


def _rows_held(number: int, breaks: int) -> str:
    first, last = number + 1, number + breaks
    if not breaks:
        return ""
    if breaks == 1:
        return _("row %d") % first
    values = {"first": first, "last": last}
    if breaks == 2:
        return _("rows %(first)d and %(last)d") % values
    return _("rows %(first)d to %(last)d") % values


def up_to_fault(lines: str, delimiter: str, number: int) -> list[Cell]:
    """Return the cells of a row up to the one that a quote spoils, which is Broken.

    `lines` begins with the row and ends where cutting it failed.
    """
    sound = re.compile(rf'(?:"(?:[^"]|"")*+"|(?!")[^{delimiter}\r\n]*+)(?={delimiter}|\r|\n|\Z)')
    cells: list[Cell] = []
    at = 0
    while (found := sound.match(lines, at)) and len(found[0]) <= LONGEST_CELL:
        cells.append(found[0])
        at = found.end() + 1
        if at > len(lines) or lines[found.end()] in "\r\n":
            break
    rest = lines[at:]
    breaks = len(LINE_END.findall(rest.rstrip("\r\n")))
    if len(rest) > LONGEST_CELL and not breaks:
        message = _("The cell has more than %d characters.") % LONGEST_CELL
    else:
        message = _(
            "The row cannot be split into cells: a double quote is not closed, or is "
            "inside a cell without being doubled."
        )
        if breaks:
            held = _("From here on it would hold %s, too.") % _rows_held(number, breaks)
            message = f"{message} {held}"
    return [*cells, Broken(rest[:LONGEST_CELL], message, unsure=True)]
