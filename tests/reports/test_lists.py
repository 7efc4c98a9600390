"""Lists over several pages: each row once, and the question along with every link."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page import lists
from carsi_tracker.reports.tables import (
    CommitmentsTable,
    DocumentsTable,
    EntriesTable,
    VersionsTable,
)
from tests.reports.addresses import BOTH, asked
from tests.reports.downloads.files import cells

pytestmark = pytest.mark.usefixtures("sourced")


SHOWN_AT_ONCE = 9


LISTS = {
    "/commitments/": CommitmentsTable,
    "/documents/": DocumentsTable,
    "/changes/": VersionsTable,
    "/entries/?country=PA": EntriesTable,
    "/compare/": EntriesTable,
    "/areas/community/": CommitmentsTable,
}


FILE_OF = {"/commitments/": "commitments", "/documents/": "documents", "/changes/": "versions"}


@pytest.fixture
def rows_a_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Set how many rows a page has, which no kept part of a page is told apart by."""

    def set_to(number: int) -> None:
        monkeypatch.setattr(lists, "ROWS_A_PAGE", number)
        forget_everything()

    yield set_to
    forget_everything()


@pytest.mark.parametrize("address", LISTS)
def test_each_row_stands_once_over_the_pages_in_every_order(
    client: Client, address: str, rows_a_page: Callable[[int], None]
) -> None:
    rows_a_page(SHOWN_AT_ONCE)
    found = {}
    for order in LISTS[address].sorts():
        for sort in (order, f"-{order}"):
            keys = found[sort] = keys_over_all_pages(client, asked(address, f"sort={sort}"))
            assert len(keys) == len(set(keys)) > SHOWN_AT_ONCE
            if name := FILE_OF.get(address):
                _heads, *lines = cells(client, f"/tables/{name}.csv?sort={sort}")
                assert [line[0] for line in lines] == keys
    assert len({frozenset(keys) for keys in found.values()}) == 1


def keys_over_all_pages(client: Client, address: str) -> list[str]:
    """Return the keys of the things that the rows lead to, over all pages of a list."""
    found: list[str] = []
    while address:
        response = client.get(address, follow=True)
        table = response.content.decode().partition('id="table-caption"')[2]
        shown = table.partition("<tbody>")[2].partition("</tbody>")[0]
        found += re.findall(r'<th scope="row"><a href="/\w+/([^/]+)/', shown)
        pages = table.partition('<nav class="pages"')[2]
        following = re.search(r'rel="next" href="([^"]+)"', pages)
        address = unescape(following[1]) if following else ""
    return found


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    ("path", "file"), [("/entries/", "entries"), ("/commitments/", "commitments")]
)
def test_the_question_goes_along_with_every_link_of_a_list(
    client: Client, rows_a_page: Callable[[int], None], path: str, file: str, language: str
) -> None:
    rows_a_page(1)
    order = "-amount" if file == "entries" else "-committed"
    query = {
        "country": "GT", "amount_from": "0", "text": "policía", "as_of": "2012-01-01",
        "version": str(newest()[0]),
    }  # fmt: skip
    response = client.get(language + path, query | {"sort": order, "page": "2"})
    assert response.status_code == 200
    html = unescape(response.content.decode())
    other = "/es" if not language else ""
    for start, beside in (
        (f"{language}{path}?", {"sort": order}),
        (f"{language}{path}?", {"sort": order, "page": "3"}),
        (f"{language}{path}?", {"sort": "stage" if file == "entries" else "area"}),
        (f"{other}{path}?", {"sort": order, "page": "2"}),
        (f"{language}/tables/{file}.csv?", {"sort": order}),
        (f"{language}/tables/{file}.xlsx?", {"sort": order}),
    ):
        found = [
            dict(parse_qsl(urlsplit(href).query))
            for href in re.findall(r'href="([^"]+)"', html)
            if href.startswith(start)
        ]
        for address in found:
            address.pop("edition", None)  # of the files of a version and a day
        assert query | beside in found, (start, beside)
