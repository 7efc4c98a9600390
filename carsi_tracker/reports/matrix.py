"""The table of areas by countries, with totals."""

from dataclasses import dataclass

from carsi_tracker.figures import answers
from carsi_tracker.figures.answers import Amount
from carsi_tracker.ledger.models import Country, ProgrammingArea
from carsi_tracker.reports.freshness import Asked
from carsi_tracker.reports.links import Linked, entries_address, linked


@dataclass(frozen=True)
class Row:
    """An area's committed dollars in each country, and in all."""

    area: ProgrammingArea
    href: str
    cells: tuple[Linked, ...]
    total: Linked


@dataclass(frozen=True)
class Matrix:
    """Committed dollars by area and country; `heads` are the countries with their entries."""

    heads: tuple[tuple[Country, str], ...]
    rows: tuple[Row, ...]
    totals: tuple[Linked, ...]
    total: Linked


def matrix(asked: Asked) -> Matrix:
    """Return the committed sums by area and country; totals are the sums of the cells shown."""
    question = asked.question.where(stage="committed")
    cells = answers.matrix(question)
    with_entries = {code for key in cells for code in key}
    countries = [
        country
        for country in asked.words.countries
        if country.code in with_entries or not country.retired
    ]
    areas = [area for area in asked.words.areas if area.code in with_entries or not area.retired]

    def cell(area: str | None, country: str | None) -> Linked:
        found = [
            amount
            for (its_area, its_country), amount in cells.items()
            if area in (None, its_area) and country in (None, its_country)
        ]
        whole = Amount(sum((part.amount for part in found), answers.ZERO), len(found))
        return linked(whole.amount, whole.entries, question.where(area=area, country=country))

    return Matrix(
        heads=tuple(
            (country, entries_address(question.where(country=country.code)))
            for country in countries
        ),
        rows=tuple(
            Row(
                area,
                entries_address(question.where(area=area.code)),
                tuple(cell(area.code, country.code) for country in countries),
                cell(area.code, None),
            )
            for area in areas
        ),
        totals=tuple(cell(None, country.code) for country in countries),
        total=cell(None, None),
    )
