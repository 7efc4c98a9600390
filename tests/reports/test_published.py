"""The pages of what others published, and their file, in both languages."""

import re
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.figures.published import Verdict
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Posting, PublishedFigure
from tests import factories
from tests.desk.conftest import reading
from tests.reports.downloads.files import rows

pytestmark = pytest.mark.usefixtures("sourced")

FLOOR = "/published/gao-obligated-2013-floor/"


def test_the_list_says_how_many_match_and_how_many_of_them_are_copies(client: Client) -> None:
    english, spanish = (reading(client.get(f"{part}/published/")) for part in ("", "/es"))
    assert "28 of 41 published totals match the ledger; 19 of them are our own sources" in english
    assert "0 differ without explanation." in english
    assert "Coinciden con el libro contable 28 de 41 cifras publicadas; 19 son nuestras" in spanish
    assert "dinero de los años fiscales 2010 a 2013" in spanish
    assert "money of fiscal years" not in spanish


def test_a_row_has_what_was_published_ours_the_difference_and_the_verdict(client: Client) -> None:
    text = reading(client.get("/published/?verdict=differs-explained"))
    assert "Obligated: FY2008 INCLE, Panama, through March 13, 2009" in text
    assert re.search(r"2,011,000 2,013,000 \+2,000 Differs, explained", text)
    assert "at least 112,000,000 30,376,500 −81,623,500 Differs, explained" in text
    assert "GAO-13-771" in text or "gao-13-771" in text
    assert "Not in the ledger" in text  # its count


@pytest.mark.parametrize("verdict", Verdict.values)
def test_the_verdict_chooses_rows_and_their_file(client: Client, verdict: str) -> None:
    page = client.get(f"/published/?verdict={verdict}").content.decode()
    file = f"/tables/published.csv?verdict={verdict}"
    assert f'href="{file}"' in unescape(page)
    found = rows(client, file)
    assert {row["verdict"] for row in found} <= {verdict}
    assert all(f'href="/published/{row["key"]}/"' in page for row in found)
    assert page.count('<th scope="row"') == len(found)


def test_the_publisher_chooses_and_the_counts_are_of_that_publisher(client: Client) -> None:
    publisher = "U.S. Congress"
    found = rows(client, f"/tables/published.csv?publisher={publisher}")
    assert {row["document"] for row in found} == {"pl-111-8"}
    page = client.get(f"/published/?publisher={publisher}").content.decode()
    assert re.findall(r"<strong>(\d+)</strong>", page) == ["1", "2", "0", "0", "0", "0"]
    assert "?publisher=U.S.+Congress&amp;verdict=matches" in page


@pytest.mark.parametrize(
    ("column", "heading"), [("difference", "difference_usd"), ("ours", "our_usd")]
)
def test_the_table_is_sorted_by_our_figures_and_by_differences(
    client: Client, column: str, heading: str
) -> None:
    found = rows(client, f"/tables/published.csv?sort=-{column}")
    amounts = [float(row[heading]) for row in found if row[heading]]
    assert amounts == sorted(amounts, reverse=True)
    page = client.get(f"/published/?sort=-{column}").content.decode()
    assert re.findall(r'href="/published/([\w-]+)/', page)[:41] == [row["key"] for row in found]


@pytest.mark.parametrize("part", ["", "/es"])
@pytest.mark.parametrize(
    ("query", "value"), [("verdict=good", "good"), ("publisher=Nobody", "Nobody"), ("sort=x", "x")]
)
def test_nonsense_is_named(client: Client, part: str, query: str, value: str) -> None:
    for address in ("/published/", "/tables/published.csv"):
        response = client.get(f"{part}{address}?{query}")
        assert response.status_code == 400
        assert value in response.content.decode()


def test_a_publisher_of_later_days_alone_has_none_yet(client: Client) -> None:
    response = client.get("/published/?publisher=U.S.+Congress&as_of=2008-02-29")
    assert response.status_code == 200
    assert "None by this day." in reading(response)


def test_before_anything_was_published_the_list_is_empty_and_says_so(client: Client) -> None:
    text = reading(client.get("/published/?as_of=2008-02-29"))
    assert "0 of 0 published totals match" in text
    assert "None by this day." in text
    assert rows(client, "/tables/published.csv?as_of=2008-02-29") == []


def test_a_page_of_its_own_says_words_place_ours_and_why(client: Client) -> None:
    response = client.get(FLOOR)
    text = reading(response)
    for said in (
        "Obligated: all accounts, through June 1, 2013",
        "Our figure differs from the published total, and we say why.",
        "at least 112,000,000", "30,376,500", "−81,623,500",
        "obligated at least $463 million of the close to $495 million",
        "At most 32 million of all years was unobligated",
    ):  # fmt: skip
        assert said in text
    html = unescape(response.content.decode())
    assert 'href="/entries/?stage=obligated&as_of=2013-06-01"' in html
    assert 'href="/documents/gao-13-771/"' in html
    spanish = reading(client.get(f"/es{FLOOR}"))
    assert "De todos los años quedaban por obligar como máximo 32 millones" in spanish
    assert client.get("/published/none-such/").status_code == 404


def test_what_is_not_found_is_said_in_words_without_a_link(client: Client) -> None:
    html = client.get("/published/gao-disbursed-incle/").content.decode()
    assert "<dd>no payment found</dd>" in html
    assert "We found no entry at this stage" in html
    assert (
        "<dd>sin pagos conocidos</dd>"
        in client.get("/es/published/gao-disbursed-incle/").content.decode()
    )


def test_an_older_version_is_compared_as_it_was(client: Client) -> None:
    address = "/tables/published.csv?verdict=not-in-the-ledger"
    pinned = f"1-{Posting.objects.get(version=1).checksum[:8]}"
    newest, first = rows(client, address), rows(client, f"{address}&version={pinned}")
    assert [row["key"] for row in newest] == ["gao-disbursed-incle"]
    assert len(first) > 20


def test_a_change_at_the_desk_is_seen_at_once_and_what_is_retired_is_told(client: Client) -> None:
    before = client.get("/published/")["ETag"]
    with posting.acting(factories.analyst(), "Printed twice"):
        PublishedFigure.objects.filter(key="gao-obligated-2013-floor").update(retired=True)
    after = client.get("/published/")
    assert after["ETag"] != before
    assert "40 published totals" in reading(after)
    assert "This published total is retired" in reading(client.get(FLOOR))


def test_a_document_that_a_total_was_published_in_is_public(client: Client) -> None:
    document = factories.document()
    assert client.get(f"/documents/{document.key}/").status_code == 404
    figure = factories.published_figure(document=document)
    assert client.get(f"/documents/{document.key}/").status_code == 200
    assert client.get(f"/published/{figure.key}/").status_code == 200
