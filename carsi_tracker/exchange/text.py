"""CSV and tab-separated text: decoded, and cut into rows."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from carsi_tracker.exchange.columns import BY_NAME, heading
from carsi_tracker.exchange.findings import Finding, Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DELIMITERS = ",;\t"
EXCEL_SAYS = {f"sep={delimiter}": delimiter for delimiter in DELIMITERS}
"""What Excel writes in a line of its own before the rows, and doesn't show."""

_LONGEST_CELL = 1_000_000
csv.field_size_limit(_LONGEST_CELL)


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
                        _("The file says that it is %(encoding)s, but byte %(byte)d is not.")
                        % {"encoding": encoding.upper(), "byte": error.start + len(mark) + 1}
                    )
                ) from error
            break
    else:
        text = content.decode("utf-8", "surrogateescape")
    if "\0" in text:
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
    """The rows of a text, cut at the delimiter that its first row shows."""

    sheet = ""

    def __init__(self, text: str) -> None:
        first_line, _newline, rest = text.partition("\n")
        if stated := EXCEL_SAYS.get(first_line.strip(" \r").casefold()):
            text = rest
        self.text = text
        self.delimiter = stated or _delimiter(text)
        self.size = text.count("\n") + 1

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its number; raises Unreadable where quotes don't match."""
        rows = self._reader(self.delimiter)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise Unreadable(
                    Finding(
                        _(
                            "The row can't be cut into cells: a double quote is not closed, or "
                            "stands inside a cell without being doubled."
                        ),
                        row=number,
                    )
                ) from error

    def _reader(self, delimiter: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """Return the delimiter by which the first row that isn't blank has the most headings."""
    start = text[: len(text) - len(text.lstrip())] + text.lstrip().partition("\n")[0]

    def headings(delimiter: str) -> tuple[int, int]:
        try:
            rows = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
            cells = [cell for row in islice(rows, 1000) for cell in row]
        except csv.Error:
            return 0, 0
        return sum(heading(cell) in BY_NAME for cell in cells), len(cells)

    return max(DELIMITERS, key=headings)
