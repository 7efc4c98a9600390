"""Lists show at least what their files have: each sum of the file, and below them the whole."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from tests.reports.addresses import BOTH
from tests.reports.downloads.files import rows
from tests.reports.reading import MARK, text

pytestmark = pytest.mark.usefixtures("sourced")

LISTS = ("areas", "countries", "goals", "appropriations")
STATES = ("", "?as_of=2009-03-31", "?as_of=2008-06-30")
NOT_KNOWN = {"–no entries", "–sin asientos", "none found", "sin dato"}


def figures_of(html: str) -> list[list[Decimal | None]]:
    """Return the figures of a page's table of sums, row by row, None where one is not known."""
    table = MARK.sub("", html).partition('<table class="sums whole">')[2].partition("</table>")[0]
    found = []
    for row in table.partition("<tbody>")[2].split("</tr>"):
        cells = re.findall(r'<td class="number[^"]*">(.*?)</td>', row, re.DOTALL)
        if cells:
            found.append([figure_of(unescape(re.sub(r"<[^>]+>", "", cell))) for cell in cells])
    return found


def figure_of(shown: str) -> Decimal | None:
    return None if shown in NOT_KNOWN else Decimal(shown.replace(",", "").replace("−", "-"))


def known(line: dict[str, str], column: str) -> Decimal | None:
    """Return a sum of a file; None where it is not known, or where no entry is counted."""
    none = "0" if column == "entries" else ""
    return None if line[column] == none else Decimal(line[column])


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("list_", LISTS)
def test_a_list_has_each_sum_of_its_file_and_a_row_of_the_whole(
    client: Client, list_: str, state: str, language: str
) -> None:
    lines = rows(client, f"{language}/tables/{list_}.csv{state}")
    sums = [column for column in lines[0] if column.endswith("_usd") or column == "entries"]
    in_file = [[known(line, column) for column in sums] for line in lines]
    *shown, whole = figures_of(text(client, f"{language}/{list_}/{state}"))
    assert shown == in_file
    columns = zip(*in_file, strict=True)
    assert [figure or 0 for figure in whole] == [
        sum(figure for figure in column if figure) for column in columns
    ]


@pytest.mark.parametrize("language", BOTH)
def test_the_list_of_appropriations_names_the_law_of_each(client: Client, language: str) -> None:
    html = text(client, f"{language}/appropriations/")
    laws = [line["law"] for line in rows(client, f"{language}/tables/appropriations.csv")]
    table = html.partition('<table class="sums whole">')[2].partition("</table>")[0]
    assert re.findall(r'href="[^"]*/documents/([^/]+)/', table) == laws
