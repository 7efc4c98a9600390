"""The status of funds as files: tidy as CSV, and as a workbook that looks as the page does."""

from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.status_of_funds import FundsKnown
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.summaries import Rows, Summary
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.status.table import (
    FundsCell,
    FundsPlace,
    FundsTables,
    asked,
    funds_tables,
    notes_of,
)
from carsi_tracker.reports.status.wording import WHOLE, signs

FIELDS = (
    Field("account", Holds.CODE, _("the account; total for all accounts")),
    Field("account_name", Holds.TEXT, _("its name, in the language of the address")),
    Field(
        "place",
        Holds.CODE,
        _(
            "the country’s code, or regional; none for what is committed to no country, total for "
            "the account"
        ),
    ),
    Field("place_name", Holds.TEXT, _("its name, in the language of the address")),
    Field(
        "line",
        Holds.CODE,
        _(
            "allocated (committed; of an account, appropriated), or one of the three that add up "
            "to it: GAO’s “unobligated balance”, unliquidated obligations, disbursed"
        ),
    ),
    Field("fiscal_year", Holds.CODE, _("the fiscal year of the money; total for all years")),
    Field("amount_usd", Holds.AMOUNT, _("the amount; empty where it is not known")),
    Field(
        "known",
        Holds.CODE,
        _("known, not-known-apart, not-known, or no-appropriation (of that account and year)"),
    ),
    Field(
        "bound",
        Holds.CODE,
        _("at-most, at-least, or both where it may be less or more; empty where it is exact"),
    ),
    Field("sum_group", Holds.CODE, _("alike in the lines that are known only together")),
    Field("sum_usd", Holds.AMOUNT, _("what the lines of a group add up to")),
    Field("entries", Holds.NUMBER, _("how many entries the amount or the sum has")),
)


def _rows(public: PublicRequest) -> Rows:
    shown = funds_tables(public)
    years = (*map(str, shown.years), WHOLE)
    for table in shown.tables:
        for place in (*table.places, table.total):
            yield from _lines((table.code, table.name), place, years)
    if shown.tables:
        yield from _lines((WHOLE, shown.total.name), shown.total, years)


def _lines(
    account: tuple[str, str], place: FundsPlace, years: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a place: each of its lines in each year."""
    for of_line in place.lines:
        for column, cell in of_line.cells:
            figure = cell.figure
            known, apart = figure.known is FundsKnown.KNOWN, figure.known is FundsKnown.NOT_APART
            group = f"{account[0]}-{place.code}-{years[column]}-{of_line.code}"
            for line in figure.lines:
                yield (
                    *account,
                    place.code,
                    place.name,
                    line,
                    years[column],
                    figure.sum_.amount if known else None,
                    str(figure.known),
                    figure.mark,
                    group if apart else "",
                    figure.sum_.amount if apart else None,
                    figure.sum_.entries,
                )


class FundsSheet:
    """The sheet of a workbook that is written: where the next row is, and how cells look.

    Amounts are numbers, whatever signs stand before them; what is known only together is one cell
    over its lines, with their sum.
    """

    def __init__(self, book: xlsxwriter.Workbook, name: str, columns: int) -> None:
        self.book, self.row = book, 0
        self.page = book.add_worksheet(name)
        self.page.set_column(0, 0, 44)
        self.page.set_column(1, columns, 20)
        self.page.set_landscape()
        self.page.set_paper(1)
        self.page.fit_to_pages(1, 0)

    def write(self, shown: FundsTables) -> None:
        """Write all tables, one below the other."""
        for table in shown.tables:
            self._heading(f"{table.name} ({table.code})", shown)
            for place in table.places:
                self._place(place)
            if table.silent:
                self.page.write_string(self.row, 0, table.silent)
                self.row += 1
            self._place(table.total, top=2)
            self.row += 1
        self._heading(gettext("All accounts"), shown)
        self._place(shown.total, top=2)
        self.row += 1

    def say(self, texts: list[tuple[str, str]]) -> None:
        """Write signs or letters, each with its meaning."""
        for sign, text in texts:
            self.page.write_string(self.row, 0, f"{sign}: {text}")
            self.row += 1

    def _heading(self, name: str, shown: FundsTables) -> None:
        self.page.write_string(self.row, 0, name, self.book.add_format({"bold": True, "size": 13}))
        look = self.book.add_format({"bold": True, "bottom": 2, "align": "right"})
        left = self.book.add_format({"bold": True, "bottom": 2})
        self.page.write_string(self.row + 1, 0, gettext("Place and line"), left)
        for column, head in enumerate(shown.heads, start=1):
            self.page.write_string(self.row + 1, column, head, look)
        self.row += 2

    def _place(self, place: FundsPlace, top: int = 1) -> None:
        for number, line in enumerate(place.lines):
            first = {"bold": True, "top": top} if number == 0 else {"indent": 1}
            name = line.name if number else f"{place.name}: {line.name}"
            name += f" ({' '.join(line.notes)})" if line.notes else ""
            self.page.write_string(self.row, 0, name, self.book.add_format(first))
            for column, cell in line.cells:
                self._cell(column + 1, cell, {"bold": True, "top": top} if number == 0 else {})
            self.row += 1

    def _cell(self, column: int, cell: FundsCell, look: dict[str, Any]) -> None:
        amount = cell.figure.sum_.amount
        before = " ".join((gettext("n/k, sum"), cell.mark)) if cell.apart else cell.mark
        digits = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
        written = f'"{before}"{digits}' if before else digits
        look = look | {"align": "right", "valign": "vcenter", "num_format": written}
        if cell.apart:
            look |= {"left": 1}
        value = amount if cell.has_amount else cell.text
        shape = self.book.add_format(look)
        if cell.height > 1:
            last = self.row + cell.height - 1
            self.page.merge_range(self.row, column, last, column, value, shape)
        elif cell.has_amount:
            self.page.write_number(self.row, column, amount, shape)
        else:
            self.page.write_string(self.row, column, cell.text, shape)


def _draw(book: xlsxwriter.Workbook, name: str, public: PublicRequest) -> None:
    shown, found = funds_tables(public), asked(public)
    sheet = FundsSheet(book, name, len(shown.heads))
    if shown.tables:
        sheet.write(shown)
    sheet.say(signs(found.cells))
    sheet.say([(note.letter, note.text) for note in notes_of(public)])


STATUS_OF_FUNDS = Summary(
    "status-of-funds",
    _("Status of funds"),
    _("a line of a place in a fiscal year a row, by account, as GAO-13-295R has them"),
    FIELDS,
    _rows,
    filtered=False,
    draw=_draw,
)
