"""Every figure on every page is the sum behind its link, the sum of its file, and in balance.

One crawl reads all pages of a day and version. `make check-everything` crawls all days.
"""

import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client

from carsi_tracker.figures.reading import newest, read
from carsi_tracker.figures.timeline import timeline

pytestmark = pytest.mark.usefixtures("sourced")

EVERYTHING = bool(os.environ.get("EVERYTHING"))
NUMBER = re.compile(r"[+−]?\$?([\d,]+(?:\.\d+)?)(?: (?:million|millones))?")
NOT_CRAWLED = re.compile(r"/(admin|account|static|charts|tables|feed|entries/\d)|\.|/file/")
"""What has no links that are figures, or is no page."""
CARRIED = {"as_of", "version", "page"}


@dataclass(frozen=True)
class Link:
    """A link of a page: where it leads, and what it says."""

    href: str
    text: str


class Links(HTMLParser):
    """Reads the links of a page (without the words of its navigation), and its first heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Link] = []
        self.heading = ""
        self._href: str | None = None
        self._text: list[str] = []
        self._in_heading = False
        self._in_navigation = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "nav":
            self._in_navigation += 1
        elif tag == "a":
            self._href, self._text = dict(attrs).get("href") or "", []
        elif tag == "h1":
            self._in_heading = not self.heading

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav":
            self._in_navigation -= 1
        elif tag == "a" and self._href is not None:
            words = " ".join("".join(self._text).split())
            self.found.append(Link(self._href, "" if self._in_navigation else words))
            self._href = None
        elif tag == "h1":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if self._in_heading:
            self.heading += data


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


def number(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the number that a link says, and how far it may be off; None for other words."""
    found = NUMBER.fullmatch(text)
    if not found:
        return None
    amount = Decimal(found[1].replace(",", "")) * (-1 if text.startswith("−") else 1)
    if "mill" in text:
        return amount * 1_000_000, Decimal(100_000)  # parts are rounded so that they add up
    return amount, Decimal(0)


class Behind:
    """What stands behind the link of a figure: the page's heading and its file."""

    def __init__(self, href: str) -> None:
        query = [
            pair for pair in parse_qsl(urlsplit(href).query) if pair[0] not in ("sort", "page")
        ]
        response = client().get(f"/tables/entries.csv?{urlencode(query)}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        self.rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
        self.counts = not dict(query).keys() & {"stage", "measure"}
        heading = NUMBER.search(" ".join(page(href).heading.split()))
        assert heading, href
        self.said = Decimal(heading[1].replace(",", ""))

    @property
    def figure(self) -> Decimal:
        """The sum of the file; how many rows it has, where several stages stand in it."""
        if self.counts:
            return Decimal(len(self.rows))
        return sum((Decimal(row["counted_usd"]) for row in self.rows), Decimal(0))


@pytest.mark.parametrize(
    ("day", "version"), [("2009-03-31", "12"), ("2009-09-30", ""), ("", "12"), ("", "")]
)
def test_every_figure_is_the_sum_behind_its_link(day: str, version: str) -> None:
    state = {name: value for name, value in (("as_of", day), ("version", version)) if value}
    assert check(read(state, *newest()).query()) > 500


@pytest.mark.skipif(not EVERYTHING, reason="all days take half an hour: make check-everything")
def test_every_figure_is_the_sum_behind_its_link_on_all_days() -> None:
    for point in timeline(read({}, *newest())):
        for day in (point.day - timedelta(days=1), point.day):
            assert check(f"?as_of={day}")


def check(state: str) -> int:
    """Compare all figures of a day and version with what is behind them; return how many."""
    behind: dict[str, Behind] = {}
    compared = 0
    for address, links in crawl(f"/{state}"):
        for link in links.found:
            said = number(link.text)
            parts = urlsplit(link.href)
            if said is None or parts.path != "/entries/" or "page=" in parts.query:
                continue
            if link.href not in behind:
                behind[link.href] = Behind(link.href)
            amount, margin = said
            its = behind[link.href]
            assert abs(amount - its.figure) <= margin, (address, link)
            assert its.said == abs(its.figure), (address, link)
            compared += 1
    assert "The books balance" in page(f"/balance/{state}").heading
    return compared
