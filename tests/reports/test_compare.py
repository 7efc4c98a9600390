"""The page that compares two days, or two versions, over HTTP."""

import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger.models import Posting
from tests.sourced import ENTRIES, NEXT

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = "/compare/?from=2009-03-31&as_of=2009-09-30"


def page(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def versions(first: int, last: int) -> str:
    known = {posting.version: str(posting) for posting in Posting.objects.all()}
    return f"/compare/?version={known[last]}&from_version={known[first]}"


def changes(html: str) -> dict[str, Decimal]:
    """Return the signed changes on a page, each by the address of its entries."""
    found = re.findall(r'class="number change-\w+"><a href="([^"]+)">([^<]+)</a>', html)
    return {unescape(href): amount(text) for href, text in found}


def parameters(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-").replace("$", ""))


def test_every_change_is_what_the_entries_behind_its_link_add_up_to(client: Client) -> None:
    for address in (DAYS, versions(12, 16), f"{DAYS}&stage=obligated&area=law-enforcement"):
        found = changes(page(client, address))
        assert found
        for href, change in found.items():
            html = page(client, href)
            heading = re.search(r"<h1>([−$,.\d]+) ", html)
            assert heading, href
            assert amount(heading[1]) == change, href


def test_the_ways_to_name_two_days_lead_to_one_address(client: Client) -> None:
    for address in (
        "/compare/?from=2009-03-31&to=2009-09-30",
        "/compare/?from=2009-09-30&to=2009-03-31",
        "/compare/?from=2009-09-30&as_of=2009-03-31",
    ):
        response = client.get(address, follow=True)
        assert parameters(response.redirect_chain[-1][0]) == parameters(DAYS)


def test_the_ways_to_name_two_versions_lead_to_one_address(client: Client) -> None:
    for address in (
        "/compare/?from_version=12&to_version=16",
        "/compare/?from_version=16&to_version=12",
        "/compare/?from_version=12&version=16",
        versions(16, 12),
    ):
        response = client.get(address, follow=True)
        assert parameters(response.redirect_chain[-1][0]) == parameters(versions(12, 16))


@pytest.mark.parametrize(
    ("query", "parameter", "value"),
    [
        ("from=2009-02-29", "from", "2009-02-29"),
        ("from=30/09/2009", "from", "30/09/2009"),
        ("from=2999-01-01", "from", "2999-01-01"),
        ("to=2999-01-01", "as_of", "2999-01-01"),
        ("from=2009-03-31&to=2009-09-30&as_of=2009-09-29", "as_of", "2009-09-29 2009-09-30"),
        ("from_version=0", "from_version", "0"),
        (f"from_version={NEXT}", "from_version", str(NEXT)),
        ("from_version=12-deadbeef", "from_version", "12-deadbeef"),
        ("from_version=٣", "from_version", "٣"),
        ("from=2009-03-31&from_version=12", "from_version", "12"),
        ("from=2009%00", "from", "2009"),
        ("sort=nothing", "sort", "nothing"),
    ],
)
def test_what_cannot_be_compared_is_400_and_named(
    client: Client, query: str, parameter: str, value: str
) -> None:
    response = client.get(f"/compare/?{query}", follow=True)
    assert response.status_code == 400
    html = response.content.decode()
    assert f"<code>{parameter}</code>" in html
    assert value in html


def test_equal_days_or_versions_changed_nothing(client: Client) -> None:
    for address in ("/compare/?from=2009-03-31&as_of=2009-03-31", versions(12, 12)):
        html = page(client, address)
        assert not changes(html)
        assert "Nothing changed." in html


def test_before_the_first_law_all_is_nothing(client: Client) -> None:
    html = page(client, "/compare/?as_of=2008-02-29")
    assert "Nothing changed." in html
    assert "NaN" not in html


def test_pages_sorting_and_language_keep_what_is_compared(client: Client) -> None:
    html = page(client, "/compare/?from=2008-02-29&as_of=2010-12-31")
    for pattern in (r'href="([^"]*page=2[^"]*)"', r'href="([^"]*sort=amount[^"]*)"'):
        found = re.search(pattern, html)
        assert found
        assert "from=2008-02-29" in found[1]
        assert "as_of=2010-12-31" in found[1]
    assert 'href="/es/compare/?as_of=2010-12-31&amp;from=2008-02-29"' in html


def test_each_entry_between_stands_there_once(client: Client) -> None:
    seen: list[str] = []
    for number in (1, 2):
        html = page(client, f"/compare/?from=2008-02-29&page={number}&sort=-amount")
        seen += re.findall(r'<th scope="row"><a href="/entries/(\d+-\d+)/', html)
    assert len(seen) == len(set(seen)) == ENTRIES


def test_the_permanent_address_names_both_sides_and_stays(client: Client) -> None:
    html = page(client, "/compare/")
    permanent = re.search(r'<p id="cite">[^<]*<br>\s*<a href="http://testserver([^"]+)"', html)
    assert permanent
    address = unescape(permanent[1])
    assert set(parameters(address)) == {"as_of", "version", "from"}
    again = changes(page(client, address))
    assert sorted(again.values()) == sorted(changes(html).values())


def test_no_query_is_asked_twice_for_more_rows(client: Client) -> None:
    page(client, DAYS)
    with CaptureQueriesContext(connection) as few:
        page(client, "/compare/?from=2009-09-29&as_of=2009-09-30&utm=1")
    with CaptureQueriesContext(connection) as many:
        page(client, "/compare/?from=2008-02-29&as_of=2010-12-31")
    assert len(many) <= len(few)
