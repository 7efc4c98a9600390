"""The table of areas by countries, with totals, shaded as a heat map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.vocabulary import Vocabulary
from carsi_tracker.ledger.models import Country, ProgrammingArea
from carsi_tracker.reports.charts.countries import of_one_sum
from carsi_tracker.reports.charts.scale import heat
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import Linked, linked, page_path

Sums = Mapping[tuple[str | None, str | None], Amount]


@dataclass(frozen=True)
class MatrixCell:
    """An area's dollars in a country, with the shade of the amount."""

    figure: Linked
    heat: int


@dataclass(frozen=True)
class MatrixRow:
    """An area's dollars in each country, and in all."""

    area: ProgrammingArea
    href: str
    cells: tuple[MatrixCell, ...]
    total: Linked

    @property
    def html(self) -> SafeString:
        """The cells, shaded: built here, as there are dozens on the page that is asked most."""
        shaded = ((cell.heat, cell.figure.html) for cell in self.cells)
        return format_html_join("", '<td class="number heat-{}">{}</td>', shaded)


@dataclass(frozen=True)
class Matrix:
    """Dollars by area and country; `heads` are the countries with their pages."""

    heads: tuple[tuple[Country, str], ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[Linked, ...]
    total: Linked


def matrix(query: Query, words: Vocabulary) -> Matrix:
    """Return the sums by area and country, by default of what is committed.

    Totals are the sums of the cells shown.
    """
    query = of_one_sum(query)
    cells = aggregates.matrix(query)
    with_entries = {code for key in cells for code in key}
    countries = [
        country
        for country in words.countries
        if country.code in with_entries or not country.retired
    ]
    areas = [area for area in words.areas if area.code in with_entries or not area.retired]
    sums = _with_totals(cells)
    largest = max((cell.amount for cell in cells.values()), default=aggregates.ZERO)
    pages = as_query_string(query.everywhere())
    return Matrix(
        heads=tuple((country, page_path("country", country.code) + pages) for country in countries),
        rows=tuple(_row(query, area, countries, sums, largest) for area in areas),
        totals=tuple(_figure(query, sums, None, country.code) for country in countries),
        total=_figure(query, sums, None, None),
    )


def _with_totals(cells: Mapping[tuple[str, str], Amount]) -> Sums:
    sums: dict[tuple[str | None, str | None], Amount] = {}
    for (area, country), cell in cells.items():
        for key in product((area, None), (country, None)):
            sums[key] = sums.get(key, Amount()) + cell
    return sums


def _row(
    query: Query,
    area: ProgrammingArea,
    countries: Sequence[Country],
    sums: Sums,
    largest: Decimal,
) -> MatrixRow:
    figures = [_figure(query, sums, area.code, country.code) for country in countries]
    return MatrixRow(
        area,
        page_path("area", area.code) + as_query_string(query.everywhere()),
        tuple(MatrixCell(figure, heat(figure.amount, largest)) for figure in figures),
        _figure(query, sums, area.code, None),
    )


def _figure(query: Query, sums: Sums, area: str | None, country: str | None) -> Linked:
    found = sums.get((area, country), Amount())
    chosen = {"area": area, "country": country}
    asks = query.where(**{name: code for name, code in chosen.items() if code})
    return linked(found, asks)
