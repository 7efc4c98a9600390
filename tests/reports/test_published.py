"""The pages of what others published, and their file, in both languages."""

import re
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.published import Verdict
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Posting, PublishedFigure
from tests import factories
from tests.desk.conftest import reading
from tests.reports.downloads.files import rows

pytestmark = pytest.mark.usefixtures("sourced")

FILE = "/tables/published.csv"
FLOOR = "/published/gao-obligated-2013-floor/"


def test_the_list_says_how_many_match_and_how_many_of_them_are_copies(client: Client) -> None:
    english, spanish = (reading(client.get(f"{part}/published/")) for part in ("", "/es"))
    assert (
        "28 of 41 published totals match the ledger; none differs without explanation." in english
    )
    assert "19 of the 28 are our own sources, so they prove the copying only." in english
    assert "Coinciden con el libro contable 28 de 41 cifras publicadas; ninguna difiere" in spanish
    assert "De las que coinciden (28), 19 son nuestras propias fuentes" in spanish
    assert "dinero de los años fiscales 2010 a 2013" in spanish
    assert "money of fiscal years" not in spanish
    assert re.search(
        r"Totals that others published as of \w+ \d+, \d{4} or an earlier day,", english
    )
    assert re.search(r"Cifras que otros publicaron con corte al \d+ de [^,]+ o a un día", spanish)


def test_a_row_has_what_was_published_ours_the_difference_and_the_verdict(client: Client) -> None:
    text = reading(client.get("/published/?verdict=differs-explained"))
    assert "Obligated: FY2008 INCLE, Panama, through March 13, 2009" in text
    assert re.search(r"2,011,000 2,013,000 \+2,000 Differs, explained", text)
    assert "≥ 112,000,000 worked out 30,376,500 −81,623,500 Differs, explained" in text
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


def test_rows_stand_under_their_publishers_those_that_differ_first(client: Client) -> None:
    page = client.get("/published/").content.decode()
    text = reading(client.get("/published/"))
    assert "U.S. Government Accountability Office 22 totals, 15 match" in text
    found = re.findall(
        r'scope="(rowgroup)|class="verdict verdict-([\w-]+)', page.split("<tbody>")[1]
    )
    ranks = [Verdict(verdict).rank if verdict else -1 for _group, verdict in found]
    groups = " ".join(map(str, ranks)).split("-1")
    assert len(groups) == 1 + len({row["publisher"] for row in rows(client, FILE)})
    for group in groups:
        assert group.split() == sorted(group.split())
    by_amount = client.get("/published/?sort=published").content.decode()
    assert 'scope="rowgroup"' not in by_amount
    assert ">U.S. Congress</td>" in by_amount


def test_the_mark_belongs_to_the_published_total_and_is_read_out(client: Client) -> None:
    english, spanish = (
        client.get(f"{part}/published/?verdict=differs-explained").content.decode()
        for part in ("", "/es")
    )
    assert '<span role="img" aria-label="at least">≥</span> 112,000,000' in english
    assert '<span role="img" aria-label="como mínimo">≥</span> 112,000,000' in spanish


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/appropriations/2008-esf/", "$25 million appropriated, through September 4, 2008"),
        ("/areas/law-enforcement/", ""),
        ("/entries/?stage=disbursed&account=INCLE", "about $44.4 million disbursed, through"),
        (
            "/entries/?stage=obligated",
            "at least $112 million obligated, through June 1, 2013, worked out from what was",
        ),
        ("/entries/?stage=disbursed&account=INCLE&as_of=2011-09-29", ""),
        ("/entries/?stage=committed&account=INCLE", ""),
        (
            "/entries/?stage=disbursed&account=ESF&agency=State&country=HN&date_from=2008-10-01",
            "$412,000 disbursed, during FY2009 Matches (our source)",
        ),
        ("/appropriations/", "NADR FY2008: Nonproliferation"),
    ],
)
def test_what_a_page_asks_stands_beside_what_others_published_about_it(
    client: Client, address: str, said: str
) -> None:
    response = client.get(address)
    assert ('<ul class="beside"' in response.content.decode()) is bool(said)
    assert said in reading(response)


@pytest.mark.parametrize(
    ("language", "said", "worked_out"),
    [
        ("", "through June 1, 2013", ", worked out from what was published"),
        ("/es", "hasta el 1 de junio de 2013", ", calculado a partir de lo publicado"),
    ],
)
def test_what_we_worked_out_is_not_said_to_be_published(
    client: Client, language: str, said: str, worked_out: str
) -> None:
    words = reading(client.get(f"{language}/gaps/"))
    ours, theirs = words.index("$112 "), words.index("$463 ")
    assert f"{said}{worked_out}" in words[ours : ours + 150]
    assert f"{said}{worked_out}" not in words[theirs : theirs + 150]


def test_beside_a_figure_stand_three_lines_at_most_and_no_more_queries(
    client: Client,
) -> None:
    counted = []
    for number in (1, 9):
        for _each in range(number):
            factories.published_figure(measure="committed")
        forget_everything()
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/entries/?stage=committed").content.decode()
        counted.append(len(queries))
    assert page.split('<ul class="beside"')[1].split("</ul>")[0].count("<li>") == 3
    assert counted[0] == counted[1]


def test_the_overview_shows_three_that_matter_most_of_three_stages(client: Client) -> None:
    text = reading(client.get("/"))
    assert "28 of 41 published totals match the ledger; none differs without explanation" in text
    cards = client.get("/").content.decode().partition('<div class="cards">')[2]
    cards = cards.partition("</section>")[0]
    assert re.findall(r'href="/published/([\w-]+)/"', cards) == [
        "gao-obligated-2013-floor", "gao-disbursed-incle", "activities-fy08",
    ]  # fmt: skip
    assert "≥" in cards
    early = reading(client.get("/?as_of=2008-02-29"))
    assert "published totals match" not in early


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
    assert "No entries through this date." in reading(response)


def test_before_anything_was_published_the_list_is_empty_and_says_so(client: Client) -> None:
    text = reading(client.get("/published/?as_of=2008-02-29"))
    assert "0 of 0 published totals match" in text
    assert "No entries through this date." in text
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


def test_what_is_not_found_is_said_in_words_that_lead_to_the_page_that_answers(
    client: Client,
) -> None:
    html = unescape(client.get("/published/gao-disbursed-incle/").content.decode())
    address = "/entries/?account=INCLE&stage=disbursed&as_of=2011-09-30"
    assert f'<dd><a href="{address}">no payment found</a></dd>' in html
    assert "We found no entry at this stage" in html
    spanish = client.get("/es/published/gao-disbursed-incle/").content.decode()
    assert ">sin pagos conocidos</a></dd>" in spanish


def test_an_older_version_is_compared_as_it_was(client: Client) -> None:
    address = "/tables/published.csv?verdict=not-in-the-ledger"
    pinned = f"1-{Posting.objects.get(version=1).checksum[:8]}"
    newest, first = rows(client, address), rows(client, f"{address}&version={pinned}")
    assert [row["key"] for row in newest] == ["gao-disbursed-incle"]
    assert len(first) > 20


@pytest.mark.parametrize("version", range(1, 18))
def test_a_version_says_which_published_totals_compare_otherwise_since(
    client: Client, version: int
) -> None:
    def verdicts(number: int) -> dict[str, str]:
        pinned = f"{number}-{Posting.objects.get(version=number).checksum[:8]}"
        return {row["key"]: row["verdict"] for row in rows(client, f"{FILE}?version={pinned}")}

    after = verdicts(version)
    before = verdicts(version - 1) if version > 1 else dict.fromkeys(after, str(Verdict.MISSING))
    html = client.get(f"/changes/{version}/").content.decode()
    _, _, table = html.partition('id="verdicts-caption"')
    shown = re.findall(
        r'href="/published/([\w-]+)/[^"]*".*?verdict-([\w-]+)">.*?verdict-([\w-]+)">',
        table.partition("</table>")[0], re.DOTALL,
    )  # fmt: skip
    assert {(key, then, now) for key, then, now in shown} == {
        (key, before[key], now) for key, now in after.items() if now != before[key]
    }


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
