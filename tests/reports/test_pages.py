"""The public pages over HTTP."""

import os
import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.ledger.models import Posting
from tests import factories
from tests.reports.reading import MARK, sums_behind, text
from tests.sourced import AVAILABLE, COMMITTED, ENTRIES, NEXT, dollars

pytestmark = pytest.mark.usefixtures("sourced")

EVERYTHING = bool(os.environ.get("EVERYTHING"))

PAGES = (
    "/",
    "/entries/",
    "/entries/12-5/",
    "/commitments/",
    "/commitments/CARSI-08-INCLE-10/",
    "/documents/",
    "/documents/gao-13-295r/",
    "/changes/",
    "/changes/12/",
    "/balance/",
)


def links(html: str, path: str) -> set[str]:
    return {unescape(href) for href in re.findall(r'href="([^"]+)"', html) if href.startswith(path)}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_an_older_version_shows_that_version(client: Client, path: str) -> None:
    path = path.replace("INCLE-10", "INCLE-01")
    bare = client.get(f"{path}?version=12")
    assert bare.status_code == 302
    checksum = Posting.objects.get(version=12).checksum
    assert bare["Location"] == f"{path}?version=12-{checksum[:8]}"
    assert f"12-{checksum[:8]}" in text(client, bare["Location"])


def test_what_a_later_version_made_does_not_exist_in_an_older_one(client: Client) -> None:
    checksum = Posting.objects.get(version=12).checksum[:8]
    for path in ("/changes/13/", "/entries/13-1/", "/commitments/CARSI-08-INCLE-10/"):
        assert client.get(path).status_code == 200
        assert client.get(f"{path}?version=12-{checksum}").status_code == 404


def test_a_parameter_of_somebody_else_is_let_pass(client: Client) -> None:
    assert text(client, "/entries/?utm_source=mail") == text(client, "/entries/")


@pytest.mark.parametrize("path", ["/", "/entries/12-5/"])
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("as_of=2009-02-29", "2009-02-29"),
        ("as_of=30/09/2009", "30/09/2009"),
        ("version=99", "99"),
        ("version=12-00000000", "12-00000000"),
        ("known_on=2001-01-01", "2001-01-01"),
        ("area=nowhere", "nowhere"),
        ("sort=nothing", "nothing"),
        ("as_of=2009-09-30&as_of=2009-09-29", "2009-09-30 2009-09-29"),
    ],
)
def test_a_bad_value_is_named_and_answered_400(
    client: Client, path: str, query: str, value: str
) -> None:
    assert value in unescape(text(client, f"{path}?{query}", 400))
    assert value in unescape(text(client, f"/es{path}?{query}", 400))


@pytest.mark.parametrize(
    "parameter",
    ["area", "partner", "document", "as_of", "version", "known_on", "sort", "page", "x"],
)
def test_a_nul_is_answered_400(client: Client, parameter: str) -> None:
    for path in ("/", "/entries/", "/commitments/"):
        assert client.get(f"{path}?{parameter}=a%00b").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/commitments/CARSI-08-INCLE-70/",
        "/commitments/%00/",
        "/commitments/a%00b/",
        "/documents/nothing/",
        f"/changes/{NEXT}/",
        "/changes/0/",
        "/changes/99999999999999/",
        f"/changes/{NEXT}.csv",
        "/entries/16-5/",
        "/entries/0-0/",
        "/entries/99999999999-1/",
    ],
)
def test_what_never_existed_is_answered_404_with_the_same_bytes(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.content == client.get("/nothing-of-the-kind/").content
    spanish = client.get(f"/es{path}")
    assert spanish.status_code == 404


@pytest.mark.parametrize(
    "path", ["/?as_of=2009-09-29", "/commitments/?as_of=2009-09-30", "/documents/", "/balance/"]
)
def test_figures_of_a_page_are_the_sums_over_all_pages_behind_their_links(
    client: Client, path: str
) -> None:
    html = text(client, path)
    cells = re.findall(r'<a href="(/entries/\?[^"]*)">([−\d,.]+)</a>', html)
    assert len(cells) >= 4
    for href, shown in sorted(set(cells))[:: 1 if EVERYTHING else 3]:
        address = unescape(href)
        asked = parse_qs(urlsplit(address).query)
        is_sum = "stage" in asked or "measure" in asked
        behind = sums_behind(client, address) if is_sum else len(entries_on(client, address))
        assert behind == Decimal(shown.replace(",", "").replace("−", "-")), href


def test_figures_are_written_alike_in_both_languages(client: Client) -> None:
    shown = r">([$−]?[\d,.]+)(?: million| millones| m| M)?<"
    english, spanish = text(client, "/"), text(client, "/es/")
    assert len(re.findall(shown, english)) > 30
    assert re.findall(shown, english) == re.findall(shown, spanish)
    assert 'width="5.96%"' in spanish


def test_before_the_first_law_nothing_is_appropriated(client: Client) -> None:
    html = text(client, "/?as_of=2008-06-29")
    assert "No appropriation found through June 29, 2008" in html
    assert "June 30, 2008" in html
    assert "%" not in html.partition("<main")[2]


def test_the_end_of_fiscal_year_2009_is_a_link(client: Client) -> None:
    assert '<a href="/?as_of=2009-09-30">FY2009</a>' in text(client, "/")
    spanish = text(client, "/es/entries/?country=PA&sort=-amount")
    assert "/es/entries/?country=PA&amp;as_of=2009-09-30&amp;sort=-amount" in spanish


def entries_on(client: Client, address: str) -> list[str]:
    """Return the addresses of the entries of all pages of a list, in order."""
    found: list[str] = []
    page = address
    while page:
        html = text(client, page)
        found += re.findall(r'<th scope="row"><a href="/entries/(\d+-\d+)/', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        page = unescape(following.group(1)) if following else ""
    return found


@pytest.mark.parametrize(
    "sort", ["effective", "commitment", "stage", "source", "basis", "version", "amount"]
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_each_entry_stands_once_over_the_pages_in_every_order(
    client: Client, sort: str, sign: str
) -> None:
    found = entries_on(client, f"/entries/?sort={sign}{sort}")
    assert len(found) == len(set(found)) == ENTRIES


def test_the_question_survives_paging_sorting_and_the_language(client: Client) -> None:
    html = text(client, "/entries/?country=PA&as_of=2011-09-30&sort=-amount")
    assert len(entries_on(client, "/entries/?country=PA&sort=-amount")) == 16
    sorting = next(href for href in links(html, "/entries/") if "sort=stage" in href)
    assert {"country=PA", "as_of=2011-09-30"} <= set(urlsplit(sorting).query.split("&"))
    assert "/es/entries/?country=PA&as_of=2011-09-30&sort=-amount" in links(html, "/es/")
    following = next(
        href
        for href in links(text(client, "/entries/?as_of=2011-09-30&sort=-amount"), "/entries/")
        if "page=2" in href
    )
    assert {"as_of=2011-09-30", "sort=-amount", "page=2"} == set(
        urlsplit(following).query.split("&")
    )


def test_a_changed_filter_starts_at_the_first_page(client: Client) -> None:
    html = text(client, "/entries/?basis=inferred&sort=amount")
    form = html.partition('<form class="filters"')[2].partition("</form>")[0]
    assert 'name="page"' not in form
    assert all(
        "page=" not in href for href in re.findall(r'<li><a href="([^"]+)" aria-label', html)
    )


@pytest.mark.parametrize("page", ["abc", "999", "0", "-1", "1.0", "١"])
def test_a_page_that_does_not_exist_is_404_and_leads_to_the_first(
    client: Client, page: str
) -> None:
    html = text(client, f"/entries/?sort=-amount&page={page}", 404)
    assert 'href="/entries/?sort=-amount"' in html


def test_the_zero_of_costa_rica_leads_to_what_makes_it(client: Client) -> None:
    assert sorted(
        entries_on(client, "/entries/?area=not-attributed&country=CR&stage=committed")
    ) == [
        "10-1",
        "15-12",
    ]


def test_the_page_of_one_area_says_what_has_no_stated_area(client: Client) -> None:
    html = text(client, "/entries/?area=community&country=HN&stage=committed")
    assert "$3,500,000" in html
    assert "area not specified:" in html


def test_versions_posted_without_a_second_person_say_so_and_why(client: Client) -> None:
    html = text(client, "/changes/12/")
    assert "Posted without a second person." in html
    assert "public documents that anybody can check" in html
    assert "Loaded from the sourced figures" in html


def test_each_way_of_adding_up_leads_to_what_it_adds_up(client: Client) -> None:
    html = text(client, "/balance/?as_of=2009-09-30")
    for name, lists in (("Countries", "countries"), ("Versions", "changes")):
        assert f'<th scope="row"><a href="/{lists}/?as_of=2009-09-30">{name}</a></th>' in html
    assert 'href="/tables/entries.csv?as_of=2009-09-30"' in html


def test_the_books_balance_in_public(client: Client) -> None:
    html = text(client, "/balance/")
    assert "ways of adding it up agree" in html
    assert html.count("<td>yes</td>") == 7
    assert html.count(">≥≤</span>\N{NO-BREAK SPACE}$") == 2
    assert (
        f"${dollars(COMMITTED)} plus ${dollars(AVAILABLE)} with no commitment found is $165,000,000"
        in MARK.sub("", html)
    )


def test_the_language_is_the_address_alone(client: Client) -> None:
    for wanted in ("es", "en"):
        client.cookies["django_language"] = wanted
        assert client.get("/", headers={"accept-language": wanted})["Content-Language"] == "en"
        assert client.get("/es/", headers={"accept-language": wanted})["Content-Language"] == "es"


def test_a_page_is_revalidated_by_its_own_etag_only(client: Client) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/es/", headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.get("/?as_of=2009-09-30")["ETag"] != first["ETag"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_refuses_to_be_posted_to(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def queries(client: Client, address: str) -> int:
    """Count the queries of a page that nothing was remembered of."""
    caches["pages"].clear()
    forget_everything()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "path", ["/?", "/entries/?stage=committed&", "/commitments/?", "/countries/gt/?"]
)
def test_the_number_of_queries_does_not_grow_with_rows(client: Client, path: str) -> None:
    few, many = f"{path}as_of=2009-01-09", f"{path}as_of=2011-09-30"
    rows = [text(client, address).count("<tr") for address in (few, many)]
    assert rows[0] < rows[1]
    assert queries(client, many) == queries(client, few)


def test_the_number_of_queries_does_not_grow_with_documents(client: Client) -> None:
    before, rows = queries(client, "/documents/"), text(client, "/documents/").count("<tr")
    for number in range(5):
        factories.document(key=f"background-{number}", background=True)
    assert queries(client, "/documents/") == before
    assert text(client, "/documents/").count("<tr") == rows + 5


def test_the_number_of_queries_does_not_grow_with_versions(client: Client) -> None:
    few, many = (
        f"/changes/?version={posting.version}-{posting.checksum[:8]}"
        for posting in Posting.objects.filter(version__in=(3, 16)).order_by("version")
    )
    assert queries(client, many) == queries(client, few)


def test_pages_carry_a_strict_content_security_policy(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"].split("; ")
    none = ("default-src", "object-src", "base-uri", "frame-ancestors")
    own = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")
    assert set(policy) == {f"{of} 'none'" for of in none} | {f"{of} 'self'" for of in own}
    html = text(client, "/")
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)
    assert re.findall(r"<script.*?</script>", html) == [
        '<script src="/static/copy.js" defer></script>'
    ]


def test_before_the_first_law_the_overview_describes_itself_without_sums(client: Client) -> None:
    text = client.get("/?as_of=2008-02-29").content.decode()
    described = "No appropriation found through February 29, 2008"
    assert f'<meta name="description" content="{described}">' in text
