"""The pages of areas, countries, goals and appropriations."""

import re
from datetime import date

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Appropriation, Commitment, Document, Stage
from carsi_tracker.reports.page.parameters import read
from tests import factories
from tests.reports import reading
from tests.sourced import COMMITTED, DISBURSED, dollars, percent, total

ADDRESSES = {
    "/areas/": ("law-enforcement", "capacity", "community", "not-attributed"),
    "/countries/": ("gt", "hn", "cr", "pa", "ni", "bz", "sv", "regional"),
    "/goals/": ("1", "2", "3", "4", "5"),
    "/appropriations/": ("2008-esf", "2008-incle", "2009-esf", "2009-incle", "2009-fmf"),
}


def words_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("plural", ADDRESSES)
@pytest.mark.parametrize("state", ["", "?as_of=2008-02-29", "?as_of=2009-09-30&version=12"])
def test_every_subject_has_a_page_on_any_day(client: Client, plural: str, state: str) -> None:
    page = client.get(plural + state, follow=True).content.decode()
    for code in ADDRESSES[plural]:
        assert f'href="{plural}{code}/' in page
        response = client.get(f"{plural}{code}/{state}", follow=True)
        assert response.status_code == 200
        assert b"NaN" not in response.content


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/countries/gt/", {"country": "GT"}),
        ("/countries/regional/", {"country": "regional"}),
        ("/areas/law-enforcement/", {"area": "law-enforcement"}),
        ("/goals/3/", {"goal": "3"}),
    ],
)
def test_a_page_says_its_sum_and_its_share_of_the_whole(
    client: Client, path: str, described: dict[str, str]
) -> None:
    words = words_of(client, path)
    part = total("committed", **described)
    assert f"${dollars(part)}" in words
    assert f"{percent(part, COMMITTED)} of the" in words
    assert f"${dollars(COMMITTED)}" in words


@pytest.mark.usefixtures("sourced")
def test_a_goal_without_commitments_says_so(client: Client) -> None:
    words = words_of(client, "/goals/4/")
    assert "No commitment found through" in words
    assert "% of the" not in words


@pytest.mark.usefixtures("sourced")
def test_what_went_to_honduras_by_march_2009_is_told_in_its_parts(client: Client) -> None:
    words = words_of(client, "/countries/hn/?as_of=2009-03-31")
    assert "$3,647,000</a> committed through March 31, 2009" in words
    assert re.search(r"no programming area for <a [^>]*>\$3,500,000</a> of it", words)
    assert re.search(
        r"from September 30, 2009, change this figure by <a [^>]*>\$412,000</a>",
        words,
    )


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("/countries/HN/?as_of=2009-09-30", "/countries/hn/?as_of=2009-09-30"),
        ("/areas/Community/", "/areas/community/"),
        ("/appropriations/2008-INCLE/", "/appropriations/2008-incle/"),
    ],
)
def test_another_spelling_leads_to_the_address(client: Client, written: str, plain: str) -> None:
    response = client.get(written)
    assert (response.status_code, response["Location"]) == (301, plain)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "path", ["/countries/xx/", "/areas/none/", "/goals/6/", "/goals/none/", "/appropriations/2008/"]
)
def test_there_is_no_page_of_what_is_not(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("sourced")
def test_a_page_shows_the_notes_of_its_amounts(client: Client) -> None:
    words = words_of(client, "/appropriations/2009-fmf/")
    noted = aggregates.totals(read({"commitment": "CARSI-09-FMF-01"}, *newest())).committed
    assert "CARSI-09-FMF-01</a>" in words
    assert f"≤</span> ${noted:,.0f}</a>: <span" in words
    assert "almost $22 million" in words


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "path", ["/areas/community/", "/commitments/", "/commitments/CARSI-08-ESF-06/"]
)
def test_a_note_of_a_part_stands_behind_the_amount_of_that_part(client: Client, path: str) -> None:
    page = reading.said(words_of(client, path))
    assert "$1,098,000 (version 12): GAO prints 1,100 thousand" in page
    assert "$2,000 (version 17): GAO prints 1,100 thousand" in page
    assert re.search(
        r"\$1,098,000 \(versión 12\): .*\$2,000 \(versión 17\): ",
        reading.said(words_of(client, f"/es{path}")),
    )


@pytest.mark.usefixtures("sourced")
def test_all_that_is_known_down_to_a_country_is_called_all(client: Client) -> None:
    assert "All of the $13.8 million is known down to a country" in words_of(
        client, "/appropriations/2008-incle/"
    )


def test_a_page_asks_as_often_for_many_commitments_as_for_few(desk_database: None) -> None:
    batch = factories.batch()
    for number in range(30):
        commitment = factories.commitment(
            batch,
            reference=f"CARSI-08-INCLE-{200 + number}",
            appropriation=Appropriation.objects.get(fiscal_year=2008, account__code="INCLE"),
            country=Commitment.objects.filter(country__code="PA")[0].country,
        )
        factories.line(
            batch, commitment, Stage.COMMITTED, 1, date(2009, 6, 15), document=a_document(number)
        )
    factories.posted(batch, factories.approver())
    assert "CARSI-08-INCLE-229" in words_of(Client(), "/countries/pa/")
    many = count_of("/countries/pa/?as_of=2009-06-15")
    assert count_of("/countries/pa/?as_of=2009-06-14") == many


def a_document(number: int) -> Document:
    return factories.document(key=f"letter-{number}")


def count_of(address: str) -> int:
    Client().get(address)  # a process asks for a version's sums once
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(address).status_code == 200
    return len(queries)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("plural", ADDRESSES)
def test_a_list_adds_up_to_the_whole(client: Client, plural: str) -> None:
    words = words_of(client, plural)
    assert dollars(COMMITTED) in words
    assert dollars(DISBURSED) in words


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("page", ["/countries/cr/", "/areas/not-attributed/"])
def test_a_zero_leads_to_the_entries_that_make_it(client: Client, page: str) -> None:
    asked = "area=not-attributed&amp;country=CR&amp;stage=committed"
    assert f'<a class="zero" href="/entries/?{asked}">0</a>' in words_of(client, page)
    assert "2 entries below" in words_of(client, f"/entries/?{asked.replace('&amp;', '&')}")
