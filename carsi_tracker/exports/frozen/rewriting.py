"""A page of the living site as a page of the frozen one: its links lead to files, its forms go."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from lxml import html
from lxml.html import HtmlElement

from carsi_tracker.exports.frozen.places import (
    SITE,
    VERIFY,
    Copy,
    FrozenAddress,
    frozen_place,
    relative,
)

PARSER = html.HTMLParser(encoding="utf-8")
STATIC = "/static/"
LEFT_OUT = (
    "//script | //form | //button | //*[@data-copied]"
    " | //link[@rel='canonical' or @rel='alternate']"
    " | //meta[starts-with(@property, 'og:') or starts-with(@name, 'twitter:')]"
)
"""What works on the living site alone."""
LISTED = "ancestor::li[ancestor::nav[@class='site-menu'] or ancestor::footer][1]"
"""A place in the menu or the foot, which goes with its link."""
FILES = "ancestor::details[contains(@class, 'data')] | self::a[@rel='nofollow']"
"""A link to a file in a form that is not frozen, which goes as a whole."""
EMPTY = "//details[contains(@class, 'data')][not(.//a)]"
"""A list of files of which none is frozen."""


@dataclass(frozen=True)
class FrozenDay:
    """The same page as of another day, or the overview of that day; `current` where it is this."""

    address: FrozenAddress
    href: str
    current: bool

    @property
    def year(self) -> int:
        """The fiscal year that the day ends."""
        return self.address.day.year


def links(content: bytes, living: str, copy: Copy) -> set[FrozenAddress]:
    """Return what of the frozen site a page of the living one links to."""
    page = html.document_fromstring(content, parser=PARSER)
    found = (frozen_place(each.get("href"), living, copy) for each in page.xpath("//a[@href]"))
    return {place for place in found if isinstance(place, FrozenAddress)}


def as_frozen(
    content: bytes, address: FrozenAddress, copy: Copy, kept: Container[FrozenAddress]
) -> tuple[str, set[str]]:
    """Return a page as it stands in the frozen site, and the names of the static files it asks for.

    `kept` is what the frozen site has.
    """
    page = html.document_fromstring(content, parser=PARSER)
    living, place = address.living(copy), address.place(copy)
    for each in page.xpath(LEFT_OUT):
        each.drop_tree()
    _put_band(page, address, copy, kept)
    for link in page.xpath("//a[@href]"):
        _lead(link, living, place, copy, kept)
    for empty in page.xpath(EMPTY):
        empty.drop_tree()
    static = set(_put_static(page, place))
    written = html.tostring(page, encoding="unicode", doctype="<!doctype html>")
    return written.replace(SITE, copy.site), static


def _lead(
    link: HtmlElement, living: str, place: str, copy: Copy, kept: Container[FrozenAddress]
) -> None:
    """Let a link lead to a file of the frozen site, or be text, or go."""
    href = link.get("href")
    if href.startswith("#") or link.get("data-frozen") is not None:
        link.attrib.pop("data-frozen", None)
        return
    if href.startswith(("http:", "https:", "mailto:")) and (copy.site or SITE not in href):
        return
    if "sort=" in href:
        link.drop_tag()
        return
    path, _hash, fragment = href.partition("#")
    target = frozen_place(path, living, copy)
    if isinstance(target, FrozenAddress):
        target = target.place(copy) if target in kept else None
    if target is not None:
        link.set("href", relative(target, place) + (f"#{fragment}" if fragment else ""))
    elif listed := link.xpath(LISTED):
        listed[0].drop_tree()
    elif link.xpath(FILES):
        link.tail = (link.tail or "").removeprefix(" ·")
        link.drop_tree()
    else:
        link.drop_tag()


def _put_band(
    page: HtmlElement, address: FrozenAddress, copy: Copy, kept: Container[FrozenAddress]
) -> None:
    """Put in the place of day and version, which can be changed, what is frozen here."""
    verify = FrozenAddress(VERIFY, copy.newest, address.spanish)
    with translation.override("es" if address.spanish else "en"):
        band = html.fragment_fromstring(
            render_to_string(
                "exports/frozen/_band.html",
                {
                    "copy": copy,
                    "address": address,
                    "days": list(_days(address, copy, kept)),
                    "verify": relative(verify.place(copy), address.place(copy)),
                },
            )
        )
    found = page.xpath("//section[@class='band']")
    if found:
        found[0].getparent().replace(found[0], band)
    else:
        page.xpath("//main")[0].addprevious(band)


def _days(
    address: FrozenAddress, copy: Copy, kept: Container[FrozenAddress]
) -> Iterator[FrozenDay]:
    place = address.place(copy)
    for day in reversed(copy.days):
        same = FrozenAddress(address.path, day, address.spanish)
        others = (address.on(day), same, FrozenAddress("/", day, address.spanish))
        if there := next((each for each in others if each in kept), None):
            yield FrozenDay(there, relative(there.place(copy), place), day == address.day)


def _put_static(page: HtmlElement, place: str) -> Iterator[str]:
    for element in page.xpath("//link[@href]"):
        if (href := element.get("href")).startswith(STATIC):
            element.set("href", relative(href.lstrip("/"), place))
            yield href.removeprefix(STATIC)
