"""What is not known is no zero, and what is zero is no dash: on every page and in every file."""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.balances.sums import BALANCES
from carsi_tracker.reports.page.parameters import read
from tests.reports.addresses import BOTH, PAGES, asked
from tests.reports.downloads.files import rows
from tests.reports.reading import Link, Links, said

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("", "as_of=2008-02-29", "as_of=2008-06-30", "as_of=2009-03-31", "as_of=2009-09-30")
SUBJECTS = (
    "/areas/law-enforcement/", "/areas/institutions/", "/countries/cr/", "/countries/bz/",
    "/goals/4/", "/appropriations/2009-fmf/", "/appropriations/2009-incle/",
    "/commitments/CARSI-09-FMF-01/", "/documents/tico-times-2010/", "/changes/1/", "/changes/16/",
    "/commitments/?stage=obligated", "/commitments/?measure=unliquidated&country=GT",
    "/entries/?area=community&country=HN&stage=committed&as_of=2009-03-31",
    "/entries/?area=not-attributed&country=CR", "/compare/?from=2008-03-01&as_of=2009-09-30",
)  # fmt: skip
NOT_KNOWN = {"none found", "sin dato", "–no entries", "–sin asientos"}
ZERO = {"0", "$0"}
COUNTED = ("/documents/", "/search/", "/published/", "/status-of-funds/")
"""Pages that count entries or documents, of which there may be none, or take sums apart."""


def query_of(href: str) -> Query:
    return read(dict(parse_qsl(urlsplit(href).query)), *newest())


def links_of_sums(html: str) -> Iterator[Link]:
    for link in Links(html).found:
        if {"stage", "measure"} & dict(parse_qsl(urlsplit(link.href).query)).keys():
            yield link


@pytest.mark.parametrize("page", [*PAGES, *SUBJECTS])
@pytest.mark.in_turn("language")
@pytest.mark.parametrize("language", BOTH)
def test_a_dash_has_no_entries_behind_it_and_a_zero_has_some(
    client: Client, language: str, page: str
) -> None:
    for day in DAYS if "as_of" not in page else ("",):
        response = client.get(asked(language + page, day) if day else language + page, follow=True)
        html = response.content.decode()
        if response.status_code != 200 or "<main" not in html:
            continue
        for link in links_of_sums(html):
            if link.text in NOT_KNOWN:
                assert not aggregates.total(query_of(link.href)).known, (day, link)
            elif link.text in ZERO:
                assert aggregates.total(query_of(link.href)).known, (day, link)
        drawn = re.sub(r"<svg (?:(?!<svg).)*?</svg>", "", html, flags=re.DOTALL)
        unlinked = re.sub(r"<a [^>]*>.*?</a>", "", drawn, flags=re.DOTALL)
        cells = set(re.findall(r'<td class="number[^"]*">\s*([^<\s]*)\s*</td>', unlinked))
        assert not cells & {"–", "$0"}, (day, page)
        assert "0" not in cells or page.startswith(COUNTED) or page == "/balance/", (day, page)
        assert "$0" not in re.findall(r"\$[\d,.]+", said(unlinked)), (day, page)


@pytest.mark.parametrize("page", ["/", "/areas/", "/countries/hn/", "/appropriations/2009-incle/"])
@pytest.mark.parametrize("language", BOTH)
def test_signs_are_explained_below_each_table_that_has_them(
    client: Client, language: str, page: str
) -> None:
    html = client.get(language + page).content.decode()
    with_sign = r"(<table.*?</table>)\s*</div>(?:<p class=\"method\">(.*?)</p>)?"
    tables = re.findall(with_sign, html, re.DOTALL)
    assert any('class="empty"' in body for body, _explained in tables)
    for body, explained in tables:
        assert ('aria-hidden="true">–<' in body) == ("“–”" in explained or "«–»" in explained)
        assert ('class="zero"' in body) == ("“0”" in explained or "«0»" in explained)
        assert bool(re.search(r">(?:0|no change)</a>", body)) == ('class="zero"' in body)


@pytest.mark.parametrize("measure", ["", *BALANCES])
def test_a_headline_says_what_was_not_found(client: Client, measure: str) -> None:
    kind = "stage" if measure in Stage.values else "measure"
    asks = f"{kind}={measure}&" if measure else "stage=appropriated&"
    html = client.get(f"/entries/?{asks}country=SV&as_of=2008-02-29").content.decode()
    heading = re.findall(r"<h1>([^<]+)</h1>", html)
    assert heading[0] in {
        "No appropriation found", "No commitment found", "No obligation found", "No payment found",
    }  # fmt: skip
    assert "That does not mean that the amount is zero." in html
    assert "$0" not in html.partition("</h1>")[0]


def test_an_empty_question_says_what_other_stages_have(client: Client) -> None:
    html = client.get("/entries/?measure=unliquidated&account=FMF&year=2009").content.decode()
    assert "<h1>No obligation found</h1>" in html
    whole = aggregates.totals(query_of("/entries/?account=FMF&year=2009"))
    assert f"At other stages, with the same filters: Appropriated ${whole.appropriated:,.0f}" in (
        said(html)
    )
    html = client.get("/entries/?measure=unliquidated&account=INCLE&year=2009&country=GT")
    words = said(html.content.decode())
    assert "No obligation found" in words
    assert "Without Fiscal year: 2009" in words


@pytest.mark.parametrize("view", ["", "as_of=2009-03-31", "country=HN", "stage=obligated"])
def test_a_cell_of_a_file_is_empty_where_no_entry_was_found_and_only_there(
    client: Client, view: str
) -> None:
    query = query_of(f"?{view}")
    for name, columns in (
        ("areas", ("area",)),
        ("countries", ("country",)),
        ("goals", ("goal",)),
        ("matrix", ("area", "country")),
        ("appropriations", ("fiscal_year", "account")),
        ("commitments", ("reference",)),
    ):
        found = rows(client, f"/tables/{name}.csv?{view}")
        assert found, name
        for row in found:
            names = {"fiscal_year": "year", "reference": "commitment"}
            of_it = {names.get(column, column): row[column] for column in columns}
            check(row, aggregates.totals(query.where(**of_it)))
    parts = rows(client, f"/tables/stages.csv?{view}")
    sums = aggregates.totals(query)
    assert [row["amount_usd"] != "" for row in parts] == [
        sums.of(row["part"]).known for row in parts
    ]
    for row in rows(client, f"/tables/timeline.csv?{view}"):
        check(row, aggregates.totals(query.through(date.fromisoformat(row["day"]))))


def check(row: dict[str, str], sums: Sums) -> None:
    """Compare the sums of a row with those of the ledger: empty where there are no entries."""
    for name in (*Stage.values, "available", "unobligated", "unliquidated", "unobligated-balance"):
        cell = row.get(f"{name.replace('-', '_')}_usd")
        if cell is not None:
            sum_ = sums.of(name)
            assert cell == (f"{sum_.amount:.2f}" if sum_.known else ""), (row, name)
