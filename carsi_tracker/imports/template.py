"""The empty file that people fill in: the headings of the format, as CSV and as a workbook."""

import io

import xlsxwriter

from carsi_tracker import SOFTWARE
from carsi_tracker.imports.codes import AcceptedCodes
from carsi_tracker.ledger.columns import COLUMNS, CellKind, Column

SHEET = "Allocations"
ROWS = 1000
"""How many rows of the workbook are prepared."""

FORMATS = {CellKind.AMOUNT: "#,##0.00", CellKind.DAY: "yyyy-mm-dd", CellKind.YEAR: "0"}
WIDTHS = {CellKind.TEXT: 36, CellKind.AMOUNT: 16, CellKind.REFERENCE: 20}
LONGEST_LIST = 255
"""The characters that Excel takes for the choices of a cell."""


def template_csv() -> bytes:
    """Return the headings as CSV, in UTF-8 with a byte order mark, as Excel expects it."""
    return (",".join(column.name for column in COLUMNS) + "\r\n").encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Return a workbook whose cells have the right format and, where they are few, the codes."""
    written = io.BytesIO()
    codes = AcceptedCodes().columns
    with xlsxwriter.Workbook(written) as book:
        book.set_properties({"comments": SOFTWARE})
        page = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True, "bottom": 1})
        page.freeze_panes(1, 1)
        for index, column in enumerate(COLUMNS):
            cells = book.add_format({"num_format": FORMATS.get(column.kind, "@")})
            page.set_column(index, index, WIDTHS.get(column.kind, 14), cells)
            page.write_string(0, index, column.name, bold)
            page.write_comment(0, index, f"{column.meaning}\n{column.accepted}")
            choices = codes[column.name].offered() if column.name in codes else []
            if column.name != "partner" and len(",".join(choices)) <= LONGEST_LIST and choices:
                page.data_validation(1, index, ROWS, index, _choices(column, choices))
    return written.getvalue()


def _choices(column: Column, choices: list[str]) -> dict[str, object]:
    return {
        "validate": "list",
        "source": choices,
        "error_title": column.name,
        "error_message": str(column.accepted),
        "ignore_blank": True,
    }
