"""Tables as streams: CSV straight from PostgreSQL, workbooks row by row."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet

from carsi_tracker import SOFTWARE
from carsi_tracker.database.limits import wait_patiently
from carsi_tracker.database.reading import connection
from carsi_tracker.ledger.formulas import escaped
from carsi_tracker.ledger.text import well_formed
from carsi_tracker.reports.downloads.fields import Field, Holds

CHUNK = 64 * 1024
"""Bytes that are sent at once."""
ROWS_A_FETCH = 2000
MOST_ROWS = 100_000
"""The rows of a workbook: writing more would keep a web process from its other readers."""
LONGEST_NAME = 31
"""The characters that a sheet's name can have."""
FIRST_YEAR = 1901
"""The first year whose days all spreadsheets count alike."""

DOLLARS = "#,##0.00"
FORMATS = {
    Holds.AMOUNT: DOLLARS,
    Holds.SUM: DOLLARS,
    Holds.DAY: "yyyy-mm-dd",
    Holds.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
WIDTHS = {Holds.TEXT: 36, Holds.CODE: 20, Holds.AMOUNT: 18, Holds.SUM: 18, Holds.MOMENT: 20}

Cells = Sequence[Any]
Notes = Sequence[tuple[str, str]]


def csv_of_query(query: QuerySet[Any], fields: Sequence[Field], language: str) -> Iterator[bytes]:
    """Yield a query as CSV (UTF-8, line feeds), in constant memory; texts are neutralised."""
    columns = {f"column{n}": field.written(language) for n, field in enumerate(fields)}
    chosen = query.annotate(**columns).values_list(*columns)
    sql, parameters = chosen.query.get_compiler(connection=connection).as_sql()
    select = connection.ops.compose_sql(sql, parameters)  # type: ignore[attr-defined]
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        wait_patiently(connection)  # a reader may be slow
        with cursor.copy(f"copy ({select}) to stdout (format csv)") as rows:
            waiting = bytearray(_line(field.name for field in fields))
            for row in rows:
                waiting += row
                if len(waiting) >= CHUNK:
                    yield bytes(waiting)
                    waiting.clear()
            yield bytes(waiting)


def csv_of_rows(rows: Iterable[Cells], fields: Sequence[Field]) -> Iterator[bytes]:
    """Yield rows as CSV, as a query is written."""
    yield _line(field.name for field in fields)
    for row in rows:
        yield _line(_written(cell, field) for cell, field in zip(row, fields, strict=True))


def rows_of_query(
    query: QuerySet[Any], fields: Sequence[Field], language: str
) -> Iterator[tuple[Any, ...]]:
    """Yield the values of a query, from a cursor of the server."""
    columns = {f"column{n}": field.found(language) for n, field in enumerate(fields)}
    with transaction.atomic(using=connection.alias):  # else it is no cursor of the server
        yield from query.annotate(**columns).values_list(*columns).iterator(ROWS_A_FETCH)


def workbook(
    sheet: str,
    rows: Iterable[Cells],
    fields: Sequence[Field],
    about: tuple[str, Notes],
    made: datetime | None,
) -> IO[bytes]:
    """Return a workbook in a temporary file, of which few rows are in memory at a time.

    `about` is the name of the second sheet and what it says; `made` is the moment that the file
    bears, so that the same query gives the same bytes.
    """
    return drawn_workbook(
        sheet, lambda book, name: _table(book, name, rows, fields), about, made, row_by_row=True
    )


def drawn_workbook(
    sheet: str,
    draw: Callable[[xlsxwriter.Workbook, str], None],
    about: tuple[str, Notes],
    made: datetime | None,
    *,
    row_by_row: bool = False,
) -> IO[bytes]:
    """Return a workbook whose first sheet, of that name, is drawn; else as `workbook` does."""
    written = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    options = {
        "constant_memory": row_by_row, "strings_to_formulas": False, "remove_timezone": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(written, options) as book:
        bears = made or datetime(2000, 1, 1)  # noqa: DTZ001 (workbooks know no zones)
        book.set_properties({"title": sheet, "comments": SOFTWARE, "created": bears})
        draw(book, sheet[:LONGEST_NAME])
        _about(book, *about)
    written.seek(0)
    return written


def _table(
    book: xlsxwriter.Workbook, name: str, rows: Iterable[Cells], fields: Sequence[Field]
) -> None:
    page = book.add_worksheet(name)
    writers = []
    for index, field in enumerate(fields):
        width = max(WIDTHS.get(field.holds, 12), len(field.heading) + 4)
        page.set_column(index, index, width)
        shape = book.add_format({"num_format": FORMATS.get(field.holds, "General")})
        writers.append(_writer(page, field, shape))
    page.freeze_panes(1, 1)
    bold = book.add_format({"bold": True, "bottom": 1})
    page.write_row(0, 0, [field.heading for field in fields], bold)
    number = 0
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            if cell is not None and cell != "":
                writers[index](number, index, cell)
    page.autofilter(0, 0, number, len(fields) - 1)


def _writer(page: Any, field: Field, shape: Any) -> Callable[[int, int, Any], None]:
    """Return what writes the cells of a column."""

    def number(row: int, column: int, cell: Any) -> None:
        page.write_number(row, column, cell, shape)

    def moment(row: int, column: int, cell: Any) -> None:
        if cell.year < FIRST_YEAR:
            page.write_string(row, column, cell.isoformat())
        else:
            page.write_datetime(row, column, cell, shape)

    def text(row: int, column: int, cell: Any) -> None:
        page.write_string(row, column, well_formed(str(cell)))

    match field.holds:
        case Holds.NUMBER | Holds.AMOUNT | Holds.SUM:
            return number
        case Holds.DAY | Holds.MOMENT:
            return moment
    return text


def _about(book: xlsxwriter.Workbook, name: str, notes: Notes) -> None:
    page = book.add_worksheet(name)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 100)
    for number, (label, text) in enumerate(notes):
        page.write_string(number, 0, label, bold)
        page.write_string(number, 1, well_formed(text), wrapped)


def _written(cell: Any, field: Field) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    text = "" if cell is None else str(cell)
    return escaped(text) if field.holds is Holds.TEXT else text


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
