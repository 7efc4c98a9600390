"""CSV and tab-separated text: decoded, and cut into rows."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.imports import quoting
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.headings import heading

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\x1f\x8b",
    b"GIF8",
    b"\xff\xd8\xff",
    b"SQLite format",
    b"7z\xbc\xaf",
)
"""How files begin that are neither text nor workbooks, though they may hold few zeros."""
DELIMITERS = ",;\t"
EXCEL_SAYS = {f"sep={delimiter}": delimiter for delimiter in DELIMITERS}
"""What Excel writes in a line of its own before the rows, and doesn't show."""

MOST_LINES = 1_048_576
MOST_DELIMITERS = 100_000
"""In a line; more are refused before they are cut."""
_LONGEST_FIRST_LINE = 100_000
csv.field_size_limit(quoting.LONGEST_CELL)


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8, or what its byte order mark states; raises Unreadable.

    Bytes that are not UTF-8 stay as surrogates, so that the cell that holds them can be named.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            try:
                text = content[len(mark) :].decode(
                    encoding, "surrogateescape" if encoding == "utf-8" else "strict"
                )
            except UnicodeDecodeError as error:
                raise Unreadable(
                    Finding(
                        _(
                            "The file is not valid %(encoding)s (at byte %(byte)d). "
                            "Save it as “CSV UTF-8” and try again."
                        )
                        % {"encoding": encoding.upper(), "byte": error.start + len(mark) + 1}
                    )
                ) from error
            break
    else:
        text = content.decode("utf-8", "surrogateescape")
    if text.count("\0") * 10 > len(text) or content.startswith(OTHERS):
        raise Unreadable(
            Finding(
                _(
                    "The file is not text, or UTF-16 without a byte order mark. Save it as "
                    "“CSV UTF-8”, or upload the workbook (.xlsx) itself."
                )
            )
        )
    return text


class TextRows:
    """The rows of a text, cut at the delimiter that its first row shows.

    Cells that a quote makes hold more than one line are Broken; so is one that can't be cut,
    after which nothing is read. Text that was copied from a spreadsheet holds quotes as they stand.
    """

    sheet = ""

    def __init__(self, text: str, *, copied: bool = False) -> None:
        first_line, _newline, rest = text.partition("\n")
        if stated := EXCEL_SAYS.get(first_line.strip(" \r").casefold()):
            text = rest
        self.text = text
        self.delimiter = stated or _delimiter(text, copied=copied)
        self.size = max(text.count("\n"), text.count("\r")) + 1
        self._copied = copied and self.delimiter == "\t"
        if self.size > MOST_LINES:
            raise Unreadable(
                Finding(_("The file has more than %d lines, blank ones among them.") % MOST_LINES)
            )

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield each row with its number; raises Unreadable where a row is too wide to cut."""
        if self._copied:
            yield from enumerate(quoting.copied_rows(self.text), start=1)
        else:
            yield from self._of_file()

    def _of_file(self) -> Iterator[tuple[int, list[Any]]]:
        lines = _Lines(self.text, self.delimiter)
        rows = csv.reader(lines, delimiter=self.delimiter, strict=True)
        read = number = 0
        while True:
            number += 1
            lines.of_row.clear()
            try:
                cells: list[Any] = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield number, quoting.up_to_fault("".join(lines.of_row), self.delimiter, number)
                return
            if rows.line_num - read > 1:
                cells = quoting.with_line_breaks(cells, number)
            read = rows.line_num
            yield number, cells


def pasted_rows(text: str) -> TextRows:
    """Return the rows of pasted text as they stand in it; raises Unreadable."""
    return TextRows(decode(text.encode("utf-8", "surrogateescape")), copied=True)


class _Lines:
    """The lines of a text, none of which is cut where it has too many delimiters.

    `of_row` holds those that were given since it was emptied.
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._delimiter = delimiter
        self._number = 0
        self.of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._number += 1
            if line.count(self._delimiter) > MOST_DELIMITERS:
                message = _("The row has more than %d columns.") % MOST_DELIMITERS
                raise Unreadable(Finding(message, row=self._number))
            self.of_row.append(line)
            yield line


def _delimiter(text: str, *, copied: bool) -> str:
    """Return the delimiter by which the first row that isn't blank has the most headings.

    Text that was copied from a spreadsheet has tabs, unless it has headings by another.
    """
    first = text.lstrip()[:_LONGEST_FIRST_LINE].partition("\n")[0]
    start = text[: len(text) - len(text.lstrip())][-_LONGEST_FIRST_LINE:] + first

    def headings(delimiter: str) -> tuple[int, int]:
        try:
            rows = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
            cells = [cell for row in islice(rows, 1000) for cell in row]
        except csv.Error:
            return 0, 0
        return sum(heading(cell) in BY_NAME for cell in cells[:1000]), len(cells)

    if copied and "\t" in text and not any(headings(delimiter)[0] for delimiter in DELIMITERS):
        return "\t"
    return max(DELIMITERS, key=headings)
