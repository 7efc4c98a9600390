"""Every figure on every page is the sum behind its link, the sum of its file, and in balance.

One crawl reads all pages of a day and version, the file behind every tenth figure of that day
and every 32nd of other days (balances over time), and of some also the page that its link opens:
the same in each run. `make check-everything` opens all that is behind all of them, and crawls all
days.
"""

import csv
import io
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit
from zlib import crc32

import pytest
from django.test import Client

from carsi_tracker.figures.timeline import timeline
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Country, ProgrammingArea, Stage
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.parameters import read
from tests import factories
from tests.reports.reading import MARK, Links, number
from tests.sourced import NEXT

pytestmark = pytest.mark.usefixtures("sourced")

EVERYTHING = bool(os.environ.get("EVERYTHING"))
HEADING = re.compile(rf"<h1[^>]*>\s*(?:{MARK.pattern})?−?\$?([\d,.]+)")
NOT_CRAWLED = re.compile(r"/(admin|account|static|charts|tables|feed|entries/\d)|\.|/file/")
"""What has no links that are figures, or is no page."""
CARRIED = {"as_of", "version", "page"}
CHECKSUM = re.compile(r"(?<=version=)(\d+)-\w+")
"""A version as links name it, with what differs from run to run."""


@cache
def client() -> Client:
    return Client()


def page(address: str) -> Links:
    response = client().get(address)
    assert response.status_code == 200, (address, response.status_code)
    return Links(response.content.decode())


def crawl(start: str) -> Iterator[tuple[str, Links]]:
    """Yield the pages of the day and version of an address, from link to link."""
    state = dict(parse_qsl(urlsplit(start).query))
    waiting, seen = [start], {start}
    while waiting:
        address = waiting.pop()
        links = page(address)
        yield address, links
        for link in links.found:
            parts = urlsplit(link.href)
            query = dict(parse_qsl(parts.query))
            if (
                parts.scheme
                or not parts.path
                or parts.path.startswith("/es/")
                or NOT_CRAWLED.search(parts.path)
                or not query.keys() <= CARRIED
                or {name: value for name, value in query.items() if name != "page"} != state
            ):
                continue
            plain = parts._replace(fragment="").geturl()
            if plain not in seen:
                seen.add(plain)
                waiting.append(plain)


def figure_of_file(href: str) -> Decimal:
    """Return the sum of the file of a link's view; how many rows it has, of several stages."""
    pairs = parse_qsl(urlsplit(href).query)
    query = urlencode([pair for pair in pairs if pair[0] not in ("sort", "page")])
    response = client().get(f"/tables/entries.csv?{query}")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    if not dict(pairs).keys() & {"stage", "measure"}:
        return Decimal(len(rows))
    return sum((Decimal(row["counted_usd"]) for row in rows), Decimal(0))


def figure_of_page(href: str) -> Decimal:
    """Return the number that the page's heading begins with."""
    heading = HEADING.search(client().get(href).content.decode())
    assert heading, href
    return Decimal(heading[1].replace(",", ""))


@pytest.mark.parametrize(("day", "version"), [("2009-03-31", "12"), ("", "")])
def test_every_figure_is_the_sum_behind_its_link(day: str, version: str) -> None:
    state = {name: value for name, value in (("as_of", day), ("version", version)) if value}
    assert check(as_query_string(read(state, *newest()))) > 100


@pytest.mark.skipif(not EVERYTHING, reason="all days take half an hour: make check-everything")
def test_every_figure_is_the_sum_behind_its_link_on_all_days() -> None:
    for point in timeline(read({}, *newest())):
        for day in (point.day - timedelta(days=1), point.day):
            assert check(f"?as_of={day}")


def is_chosen(href: str, one_of: int) -> bool:
    """Say whether a link is one of those that are followed; with everything, all are."""
    return EVERYTHING or crc32(CHECKSUM.sub(r"\1", href).encode()) % one_of == 0


def check(state: str) -> int:
    """Compare all figures of a day and version with what is behind them; return how many."""
    day = dict(parse_qsl(state.removeprefix("?"))).get("as_of")
    behind: dict[str, Decimal] = {}
    compared = 0
    for address, links in crawl(f"/{state}"):
        for link in links.found:
            said = number(link.text)
            parts = urlsplit(link.href)
            query = dict(parse_qsl(parts.query))
            if said is None or parts.path != "/entries/" or "page" in query:
                continue
            if not is_chosen(link.href, 10 if query.get("as_of") == day else 32):
                continue
            if link.href not in behind:
                behind[link.href] = figure_of_file(link.href)
                if is_chosen(link.href, 48):
                    assert figure_of_page(link.href) == abs(behind[link.href]), link
            amount, margin = said
            assert abs(amount - behind[link.href]) <= margin, (address, link)
            compared += 1
    assert b"ways of adding it up agree" in client().get(f"/balance/{state}").content
    return compared


@pytest.fixture
def corrected() -> None:
    """Take back version 7 whole, and move a commitment to another country and area."""
    analyst, approver = factories.analyst(), factories.approver()
    reversal = posting.reverse(7, analyst, "Reversal of Panama", "Entered twice")
    posting.post(reversal, approver, posting.submit(reversal, analyst))
    made = factories.batch(analyst, title="Move to Honduras", reason="Wrong country")
    old = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    new = factories.commitment(
        made,
        reference="CARSI-08-INCLE-05-2",
        appropriation=old.appropriation,
        area=ProgrammingArea.objects.get(code="community"),
        country=Country.objects.get(code="HN"),
        agency=old.agency,
        replaces=old,
    )
    for entry in old.entries.all():
        for commitment, sign in ((old, -1), (new, 1)):
            factories.line(
                made,
                commitment,
                Stage(entry.stage),
                sign * entry.amount,
                entry.effective_date,
                document=entry.document,
            )
    factories.posted(made, approver)


def test_figures_are_the_sums_behind_them_after_a_reversal_and_a_move(
    client: Client, corrected: None
) -> None:
    behind: dict[str, Decimal] = {}
    for address in (
        "/", "/areas/community/", "/countries/pa/", "/countries/hn/", "/goals/2/",
        "/appropriations/2008-incle/", "/commitments/CARSI-08-INCLE-05/",
        "/commitments/CARSI-08-INCLE-05-2/", f"/changes/{NEXT}/", f"/changes/{NEXT + 1}/",
        "/entries/?country=PA&basis=stated", "/entries/?country=HN&text=carsi",
        "/commitments/?document=gao-13-295r", "/compare/?from_version=16",
    ):  # fmt: skip
        links = Links(client.get(address, follow=True).content.decode()).found
        figures = [
            (link.href.partition("?")[2], shown)
            for link in links
            if link.href.startswith("/entries/?") and (shown := number(link.text))
        ]
        assert figures, address
        for query, (amount, margin) in figures:
            if query not in behind:
                behind[query] = figure_of_file(f"/entries/?{query}")
            assert abs(amount - behind[query]) <= margin, (address, query)
    assert "ways of adding it up agree" in client.get("/balance/").content.decode()
