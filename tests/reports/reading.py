"""Reads public pages: what they say, where their links lead, the sums behind figures."""

import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

from django.test import Client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def sums_behind(client: Client, address: str) -> Decimal:
    """Add up the amounts of all pages of an entries list."""
    total, page = Decimal(0), address
    while page:
        html = text(client, page)
        body = html.partition("<tbody>")[2].partition("</tbody>")[0]
        for row in body.split("</tr>")[:-1]:
            cell = re.findall(r'<td class="number key">(.+?)</td>', row)[-1]
            amount = unescape(MARK.sub("", cell))
            total += Decimal(amount.replace(",", "").replace("−", "-"))
        following = re.search(r'rel="next" href="([^"]+)"', html)
        page = unescape(following.group(1)) if following else ""
    return total


def said(html: str) -> str:
    """What a page says, as one line."""
    body = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


MARK = re.compile(r'<span class="limit"[^>]*>[≤≥]+</span>\xa0')
"""The mark of a sum that holds limits, as pages write it before the sum."""
NUMBER = re.compile(r"(?:[≤≥]+ )?[+−]?\$?([\d,]+(?:\.\d+)?)(?: (?:million|millones))?")


@dataclass(frozen=True)
class Link:
    """A link of a page: where it leads, and what it says."""

    href: str
    text: str


class Links(HTMLParser):
    """Reads the links of a page, without the words of its navigation."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Link] = []
        self._href: str | None = None
        self._text: list[str] = []
        self._in_navigation = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "nav":
            self._in_navigation += 1
        elif tag == "a":
            self._href, self._text = dict(attrs).get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav":
            self._in_navigation -= 1
        elif tag == "a" and self._href is not None:
            words = " ".join("".join(self._text).split())
            self.found.append(Link(self._href, "" if self._in_navigation else words))
            self._href = None

    def handle_data(self, data: str) -> None:
        self._text.append(data)


def number(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the number that a link says, and how far it may be off; None for other words."""
    found = NUMBER.fullmatch(text)
    if not found:
        return None
    amount = Decimal(found[1].replace(",", "")) * (-1 if "−" in text else 1)
    if "mill" in text:
        return amount * 1_000_000, Decimal(100_000)  # parts are rounded so that they add up
    return amount, Decimal(0)
