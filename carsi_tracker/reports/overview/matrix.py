"""The table of areas by countries, with totals, shaded as a heat map."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.vocabulary import Vocabulary, shown
from carsi_tracker.ledger.models import Country, ProgrammingArea
from carsi_tracker.reports.charts.countries import name_of_sum
from carsi_tracker.reports.charts.scale import heat
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import Linked, linked_in, page_path

Cells = Mapping[tuple[str | None, str | None], Sums]


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
    name, query = name_of_sum(query), query.where(stage=None, measure=None)
    cells = aggregates.matrix(query)
    with_entries = {code for key in cells for code in key}
    countries = shown(words.countries, "country", query.filters, with_entries)
    areas = shown(words.areas, "area", query.filters, with_entries)
    sums = _with_totals(cells)
    largest = max((cell.of(name).amount for cell in cells.values()), default=aggregates.ZERO)

    def figure(area: str | None, country: str | None) -> Linked:
        chosen = {"area": area, "country": country}
        asks = query.where(**{key: code for key, code in chosen.items() if code})
        return linked_in(sums.get((area, country), Sums()), name, asks)

    pages = as_query_string(query.everywhere())
    return Matrix(
        heads=tuple((country, page_path("country", country.code) + pages) for country in countries),
        rows=tuple(
            MatrixRow(
                area,
                page_path("area", area.code) + pages,
                tuple(_shaded(figure(area.code, country.code), largest) for country in countries),
                figure(area.code, None),
            )
            for area in areas
        ),
        totals=tuple(figure(None, country.code) for country in countries),
        total=figure(None, None),
    )


def _with_totals(cells: Mapping[tuple[str, str], Sums]) -> Cells:
    sums: dict[tuple[str | None, str | None], Sums] = {}
    for (area, country), cell in cells.items():
        for key in product((area, None), (country, None)):
            sums[key] = sums.get(key, Sums()) + cell
    return sums


def _shaded(figure: Linked, largest: Decimal) -> MatrixCell:
    return MatrixCell(figure, heat(figure.amount, largest))
