"""Where a page of the living site stands in the frozen one, and which are frozen at all."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from django.urls import Resolver404, resolve

from carsi_tracker.figures.query import Filters, Version
from carsi_tracker.reports.site.sitemap import PAGES
from carsi_tracker.reports.subjects.kinds import KINDS

HOST = "frozen.invalid"
"""The host under which pages are asked; its name can't exist, and is in no frozen file."""
SITE = f"https://{HOST}"
VERIFY = "/verify/"
"""The page that says how to verify the copy, which the living site does not have."""
LEFT_OUT = {"compare", "search"}
"""Pages that answer what a reader types."""
DETAILS = {"entry", "commitment", "document", "published-figure", "version"}
FROZEN_PAGES = {*PAGES, *(kind.page for kind in KINDS.values()), *DETAILS} - LEFT_OUT
FILTERED = {"entries", "commitments", "table-file", "chart"}
"""What is frozen with filters too, where a frozen page links to it."""
NAMES = [each.name for each in fields(Filters)]
KINDS_OF_SUM = {"stage", "measure"}
DIMENSIONS = {"area", "country", "goal", "account", "year", "basis"}
MOST_DIMENSIONS = 2
"""By how many of them entries are frozen as of the newest day."""
PLACES_OF_MATRIX = {"area", "country"}
"""By which two they are frozen as of the other days."""
PAGES_OF_FILTERS = {"commitment": "commitments", "document": "documents", "posted_in": "changes"}
"""Which page has the entries that a filter chooses."""
FORMS = (".csv", ".csv-metadata.json", ".svg")
"""The tables and charts that are frozen: what needs no program of one maker."""


@dataclass(frozen=True)
class Copy:
    """The version that is frozen, and its days, the newest one first.

    `site` is where the living site is, "" where that is not known; `files` are the paths of
    documents in the ledger's folder, by key.
    """

    version: Version
    days: tuple[date, ...]
    site: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> date:
        """The day on which the version was posted: its pages stand without a day before them."""
        return self.days[0]


@dataclass(frozen=True, order=True)
class FrozenAddress:
    """What is frozen: a path of the living site, without its language, on a day."""

    path: str
    day: date
    spanish: bool
    filters: tuple[tuple[str, str], ...] = ()
    page: int = 1

    @property
    def is_page(self) -> bool:
        """Whether it is a page, not a table or a chart."""
        return self.path.endswith("/")

    def living(self, copy: Copy) -> str:
        """Return the address under which the living site answers it."""
        asked = dict(self.filters) | {"as_of": self.day.isoformat(), "version": str(copy.version)}
        if self.page > 1:
            asked["page"] = str(self.page)
        return f"{'/es' if self.spanish else ''}{self.path}?{urlencode(asked)}"

    def place(self, copy: Copy) -> str:
        """Return the path of its file in the frozen site."""
        folder, name = posixpath.split(self.path.lstrip("/"))
        if self.filters:
            chosen = ",".join(f"{name}={quote(value, safe='')}" for name, value in self.filters)
            folder = posixpath.join(folder, chosen)
        if self.page > 1:
            folder = posixpath.join(folder, f"page-{self.page}")
        if not self.is_page:
            name = f"carsi-{name.replace('.', f'-{self.day}-v{copy.version.number}.', 1)}"
        day = "" if self.day == copy.newest else self.day.isoformat()
        return posixpath.join("es" if self.spanish else "", day, folder, name or "index.html")

    def on(self, day: date) -> Self:
        """Return the same as of another day."""
        return type(self)(self.path, day, self.spanish, self.filters, self.page)


def frozen_place(href: str, base: str, copy: Copy) -> FrozenAddress | str | None:
    """Return what of the frozen site a link of a living page means; None for what is left out.

    `base` is the address of the page. What stands in the ledger's folder is given by its path. An
    order of a table is left aside, and so are filters of pages that are frozen without them.
    """
    asked = urlsplit(urljoin(SITE + base, href))
    if asked.netloc != HOST:
        return None
    spanish = asked.path.startswith("/es/")
    path = asked.path.removeprefix("/es") if spanish else asked.path
    if path == VERIFY:
        return FrozenAddress(path, copy.newest, spanish)
    try:
        match = resolve(path)
    except Resolver404:
        return None
    name = match.url_name or ""
    if name in ("versions-file", "version-file"):
        return f"ledger{path}"
    if name == "document-file":
        return copy.files.get(match.kwargs["key"])
    is_file = name in ("table-file", "chart") and path.endswith(FORMS)
    parameters = dict(parse_qsl(asked.query))
    if (is_file or name in FROZEN_PAGES) and _is_of(copy, parameters):
        return _of_day(name, path, spanish, parameters, copy)
    return None


def _of_day(
    name: str,
    path: str,
    spanish: bool,
    parameters: Mapping[str, str],
    copy: Copy,
) -> FrozenAddress | None:
    """Return the same, of a page or file that is frozen as of days, by its name among addresses."""
    day = date.fromisoformat(parameters.get("as_of") or copy.newest.isoformat())
    page = int(parameters.get("page") or 1)
    if name not in FILTERED:
        return FrozenAddress(path, day, spanish, page=page)
    filters = {name: parameters[name] for name in NAMES if parameters.get(name)}
    if _are_frozen(set(filters) - KINDS_OF_SUM, newest=day == copy.newest):
        return FrozenAddress(path, day, spanish, tuple(filters.items()), page)
    pages = PAGES_OF_FILTERS.items() if name == "entries" else ()
    found = (f"/{list_}/{filters[filter_]}/" for filter_, list_ in pages if filter_ in filters)
    place = next(found, None)
    return FrozenAddress(place, day, spanish) if place else None


def _are_frozen(dimensions: set[str], *, newest: bool) -> bool:
    if not dimensions <= DIMENSIONS:
        return False
    most = MOST_DIMENSIONS if newest else 1
    return len(dimensions) <= most or dimensions == PLACES_OF_MATRIX


def _is_of(copy: Copy, parameters: Mapping[str, str]) -> bool:
    """Say whether what is asked is of the version and of one of the days."""
    days = {day.isoformat() for day in copy.days}
    right = parameters.get("as_of") in {*days, None}
    right = right and parameters.get("version") in (str(copy.version), None)
    return right and "known_on" not in parameters


def relative(place: str, of: str) -> str:
    """Write the way from one file of the frozen site to another as a link."""
    return quote(posixpath.relpath(place, posixpath.dirname(of) or "."), safe="/=,~")
