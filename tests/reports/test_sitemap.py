"""The sitemap and robots.txt."""

import re
from math import ceil

import pytest
from django.core.cache import caches
from django.test import Client

from carsi_tracker.reports import urls
from carsi_tracker.reports.site import sitemap as view
from tests.sourced import ENTRIES

pytestmark = pytest.mark.usefixtures("sourced")

SITE = "http://testserver"
NOT_LISTED = {"feed"}
"""Addresses for feed readers, and pages whose addresses hold what a reader looks for."""


def listed(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    found = re.findall("<loc>([^<]+)</loc>", response.content.decode())
    assert all(location.startswith(SITE) for location in found)
    return [location.removeprefix(SITE) for location in found]


def all_pages(client: Client) -> list[str]:
    return [page for file in listed(client, "/sitemap.xml") for page in listed(client, file)]


def test_it_lists_each_page_once_in_both_languages_and_all_of_them_answer(client: Client) -> None:
    pages = all_pages(client)
    assert len(set(pages)) == len(pages)
    assert {page for page in pages if page.startswith("/es/")} == {
        f"/es{page}" for page in pages if not page.startswith("/es/")
    }
    by_kind: dict[str, str] = {}
    for page in pages:
        by_kind.setdefault(re.sub(r"(?<=/)[^/]*\d[^/]*/$", "", page), page)
    for page in by_kind.values():
        assert client.get(page).status_code == 200, page


def test_it_lists_every_kind_of_public_page(client: Client) -> None:
    pages = all_pages(client)
    for pattern in urls.pages:
        is_page = str(pattern.pattern).endswith("/") and pattern.name not in NOT_LISTED
        assert not is_page or any(pattern.resolve(page[1:]) for page in pages), pattern.name


def test_each_page_names_its_other_language(client: Client) -> None:
    text = client.get("/sitemap-commitments-1.xml").content.decode()
    assert (
        '<xhtml:link rel="alternate" hreflang="es" '
        f'href="{SITE}/es/commitments/CARSI-08-INCLE-10/"/>' in text
    )
    assert re.search(r"<lastmod>\d{4}-\d\d-\d\dT[^<]+</lastmod>", text)


def test_many_pages_are_split_over_files(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = all_pages(client)
    monkeypatch.setattr(view.SitemapSection, "limit", 20)
    caches["pages"].clear()
    files = listed(client, "/sitemap.xml")
    assert len([file for file in files if file.startswith("/sitemap-entries-")]) == ceil(
        ENTRIES / 20
    )
    pages = [page for file in files for page in listed(client, file)]
    assert sorted(pages) == sorted(whole)


@pytest.mark.parametrize(
    "address", ["/sitemap-entries-9.xml", "/sitemap-nothing-1.xml", "/sitemap-entries-0.xml"]
)
def test_a_file_that_does_not_exist_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_robots_may_read_all_pages_but_the_desk(client: Client) -> None:
    response = client.get("/robots.txt")
    text = response.content.decode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    assert "Disallow: /admin/\n" in text
    assert "Disallow: /tables/\n" in text
    assert "Disallow: /\n" not in text
