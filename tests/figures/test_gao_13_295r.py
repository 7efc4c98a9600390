"""The status of funds beside what GAO printed in GAO-13-295R, where our data come from it."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from carsi_tracker.figures.status_of_funds import status_of_funds
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Country
from carsi_tracker.reports.page.parameters import read

FILE = Path(__file__).parent / "gao-13-295r.csv"
"""What GAO printed, in thousands: on a day, or from one (`after`) to another."""


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("printed", rows(), ids=lambda row: " ".join(row.values()))
def test_a_line_is_what_gao_printed_where_our_data_come_from_it(printed: dict[str, str]) -> None:
    """GAO rounded each figure to thousands, so that a sum of some may be off by one or two."""

    def line(day: str) -> Decimal:
        head, revision = newest()
        places = tuple(Country.objects.values_list("code", flat=True))
        found = status_of_funds(read({"as_of": day}, head, revision), places)
        (account,) = (each for each in found.accounts if each.code == printed["account"])
        shown_rows = {"total": account.total, **dict(account.places)}
        shown = shown_rows[printed["place"]].years[found.years.index(int(printed["year"]))]
        (figure,) = (figure for figure in shown if figure.lines == (printed["line"],))
        return figure.sum_.amount

    ours = line(printed["as_of"])
    if printed["after"]:
        ours -= line(printed["after"])
    off = abs(ours - 1000 * Decimal(printed["thousands"]))
    assert off <= 1000 * Decimal(printed["off_by"])
