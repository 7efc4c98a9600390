"""The status of funds as it is shown: tables of places, each of four lines, and their cells."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.limits import limits
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.status_of_funds import (
    LINES,
    AccountFunds,
    FundsFigure,
    FundsKnown,
    FundsRow,
    StatusOfFunds,
    status_of_funds,
)
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import entries_address, page_path
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.status.wording import NOWHERE, WHOLE, FundsNote, names_of_lines, notes


@dataclass(frozen=True)
class FundsCell:
    """A figure as it is shown, over as many lines as it tells of together.

    `asks` are the entries that it sums, or that answer why nothing is known.
    """

    figure: FundsFigure
    asks: Query

    @property
    def height(self) -> int:
        """How many lines it tells of."""
        return len(self.figure.lines)

    @property
    def apart(self) -> bool:
        """Whether its lines are known only together."""
        return self.figure.known is FundsKnown.NOT_APART

    @property
    def amount(self) -> str:
        """The sum, with the sign that says which way it may move; "" without one."""
        return f"{self.mark}{figure(self.figure.sum_.amount)}" if self.has_amount else ""

    @property
    def has_amount(self) -> bool:
        """Whether it is a number."""
        return self.figure.known in (FundsKnown.KNOWN, FundsKnown.NOT_APART)

    @property
    def mark(self) -> str:
        """The sign that says which way the sum may move, and a space; "" where it is exact."""
        return f"{self.figure.mark.sign} " if self.figure.mark else ""

    @property
    def text(self) -> str:
        """The cell in plain text."""
        match self.figure.known:
            case FundsKnown.NO_APPROPRIATION:
                return "–"
            case FundsKnown.NOT_KNOWN:
                return _("n/k")
            case FundsKnown.NOT_APART:
                return _("n/k, sum %(sum)s") % {"sum": self.amount}
        return self.amount

    @property
    def html(self) -> SafeString:
        """The cell with its link, and words for who does not see its signs."""
        match self.figure.known:
            case FundsKnown.NO_APPROPRIATION:
                return _said(_("no appropriation"), "–")
            case FundsKnown.NOT_KNOWN:
                href = entries_address(self.asks)
                return format_html('<a href="{}">{}</a>', href, _said(_("not known"), _("n/k")))
            case FundsKnown.NOT_APART:
                return format_html(
                    '{}<span class="together">{} {}{}</span>',
                    _said(_("not known apart,"), _("n/k")),
                    _("sum"),
                    self._mark,
                    self._linked,
                )
        return format_html("{}{}", self._mark, self._linked)

    @property
    def _mark(self) -> SafeString:
        mark = self.figure.mark
        if mark is None:
            return SafeString("")
        return _said(_("as far as found") if mark is Mark.BOTH else str(mark.label), mark.sign)

    @property
    def _linked(self) -> SafeString | str:
        sum_ = self.figure.sum_
        if not sum_.entries:
            return figure(sum_.amount)
        return format_html('<a href="{}">{}</a>', entries_address(self.asks), figure(sum_.amount))


def _said(words: str, signs: str) -> SafeString:
    """Write signs for the eye, and words for who listens."""
    return format_html(
        '<span class="sign" aria-hidden="true">{}</span><span class="visually-hidden">{} </span>',
        signs,
        words,
    )


@dataclass(frozen=True)
class FundsLine:
    """A line of a place: its code, what it is called, the letters of its notes.

    It has the cells that begin on it, each with the number of its column.
    """

    code: str
    name: str
    notes: tuple[str, ...]
    cells: tuple[tuple[int, FundsCell], ...]


@dataclass(frozen=True)
class FundsPlace:
    """A row of the table: a place, what is of none, or an account; its lines, top to bottom."""

    code: str
    name: str
    href: str
    lines: tuple[FundsLine, ...]


@dataclass(frozen=True)
class FundsTable:
    """An account: its places, a line on those of which nothing is known, and its total."""

    code: str
    name: str
    places: tuple[FundsPlace, ...]
    silent: str
    total: FundsPlace


@dataclass(frozen=True)
class FundsTables:
    """The table of each account, and the total of all, by fiscal year of the money."""

    years: tuple[int, ...]
    tables: tuple[FundsTable, ...]
    total: FundsPlace

    @property
    def heads(self) -> tuple[str, ...]:
        """The headings of the columns of amounts."""
        return (*(_("FY%(year)s") % {"year": year} for year in self.years), _("Total"))


def asked(public: PublicRequest) -> StatusOfFunds:
    """Return the status of funds that is asked for; filters are left aside."""
    places = tuple(country.code for country in public.words.countries)
    return status_of_funds(public.query, places)


def notes_of(public: PublicRequest) -> list[FundsNote]:
    """Return the notes that the status of funds needs that is asked for."""
    return notes(asked(public), limits(public.query), public.query)


def funds_tables(public: PublicRequest) -> FundsTables:
    """Return the status of funds that is asked for as tables, in the language of the page."""
    found, query = asked(public), public.query.everywhere()
    countries = {country.code: country for country in public.words.countries}
    accounts = {account.code: str(account) for account in public.words.accounts}
    said = notes_of(public)
    of_country = as_query_string(query)

    def row(of: FundsRow, code: str, name: str, asks: Query) -> FundsPlace:
        href = page_path("country", code) + of_country if code in countries else ""
        its = [note for note in said if code in note.places]
        return FundsPlace(code, name, href, _lines(of, found.years, code, asks, its))

    def table(account: AccountFunds) -> FundsTable:
        asks = query.where(account=account.code)
        total = _("Total %(account)s") % {"account": account.code}
        return FundsTable(
            account.code,
            accounts[account.code],
            (
                *(
                    row(of, code, str(countries[code]), asks.where(country=code))
                    for code, of in account.places
                ),
                row(account.nowhere, NOWHERE, _("No country: no commitment found"), asks),
            ),
            _silent(str(countries[code]) for code in account.silent if not countries[code].retired),
            row(account.total, WHOLE, total, asks),
        )

    return FundsTables(
        found.years,
        tuple(table(account) for account in found.accounts),
        row(found.total, WHOLE, _("Total"), query),
    )


def _silent(places: Iterable[str]) -> str:
    """Say of which places nothing is known; "" where there are none."""
    said = _("No commitment found, all lines not known: %(places)s")
    names = ", ".join(places)
    return said % {"places": names} if names else ""


def _lines(
    row: FundsRow,
    years: tuple[int, ...],
    code: str,
    asks: Query,
    its: list[FundsNote],
) -> tuple[FundsLine, ...]:
    """Return the lines of a row, each with the cells that begin on it."""
    shown = [
        (column, FundsCell(each, _behind(each, code, asks.where(year=year))))
        for column, (year, cell) in enumerate(zip((*years, None), row.cells, strict=True))
        for each in cell
    ]
    return tuple(
        FundsLine(
            line,
            name,
            tuple(
                note.letter
                for note in its
                if note.line == line and note.account in ("", asks.filters.account)
            ),
            tuple((column, each) for column, each in shown if each.figure.lines[0] == line),
        )
        for line, name in names_of_lines().items()
    )


def _behind(shown: FundsFigure, code: str, query: Query) -> Query:
    """Ask for the entries that a figure sums: what is not known apart is all of what is before."""
    if code == NOWHERE:
        return query.where(measure="available")
    whole = "appropriated" if code == WHOLE else "committed"
    if shown.lines[0] == "allocated":
        return query.where(stage=whole)
    if shown.known is FundsKnown.NOT_APART:
        return query.where(stage=whole if shown.lines == LINES[1:] else "obligated")
    if shown.lines[0] == "unobligated":
        return query.where(measure="unobligated-balance" if code == WHOLE else "unobligated")
    if shown.lines[0] == "unliquidated":
        return query.where(measure="unliquidated")
    return query.where(stage="disbursed")
