"""The address of a page: its query, and beside it the order and the page of its table."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self
from urllib.parse import urlencode

from django.http import HttpRequest

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.query import Filters, Query

KEPT = 8192
"""How many filters a process keeps the query strings of: a page has hundreds of links."""


def as_written(value: object) -> str:
    """Write the value of a filter in plain text: an amount without cents where it has none."""
    return f"{value:f}".removesuffix(".00") if isinstance(value, Decimal) else str(value)


def written(filters: Filters) -> dict[str, str]:
    """Return the filters that are set, as an address writes them, in a fixed order."""
    return {name: as_written(value) for name, value in filters.given.items()}


def as_query_string(query: Query, **more: object) -> str:
    """Write a query as the query string of an address, with what else is given; "" if none."""
    own = {name: value for name, value in more.items() if value is not None}
    parts = (
        _filters_string(query.filters),
        f"as_of={query.day_as_written}" if query.dated else "",
        f"version={query.version}" if query.pinned else "",
        urlencode(own),
    )
    query_string = "&".join(part for part in parts if part)
    return f"?{query_string}" if query_string else ""


@remembered(KEPT)
def _filters_string(filters: Filters) -> str:
    return urlencode(written(filters))


@dataclass(frozen=True)
class Address:
    """A query with the order and the page of its table.

    `sort` is a column's name, with a hyphen in front for descending order; None is the default.
    `own` are the parameters that only this kind of page has, as (name, value).
    """

    query: Query
    sort: str | None = None
    page: int = 1
    own: tuple[tuple[str, str], ...] = ()

    def query_string(self) -> str:
        """Write the whole as the query string of an address; "" where nothing is asked."""
        page = None if self.page == 1 else self.page
        return as_query_string(self.query, **dict(self.own), sort=self.sort, page=page)

    def carried(self, *without: str) -> dict[str, str]:
        """Return the parameters that a form carries on unseen: all but those it asks, and page."""
        query = self.query
        parameters = written(query.filters)
        if query.dated:
            parameters["as_of"] = query.day_as_written
        if query.pinned:
            parameters["version"] = str(query.version)
        parameters |= dict(self.own)
        if self.sort:
            parameters["sort"] = self.sort
        return {name: value for name, value in parameters.items() if name not in without}

    def at_page(self, page: int) -> Self:
        """Return the address of another page of the same table."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> Self:
        """Return the address of the table in another order, from its first page."""
        return replace(self, sort=sort, page=1)

    def asking(self, query: Query) -> Self:
        """Return the address of another query in the same order, from its first page."""
        return replace(self, query=query, page=1)


def site_of(request: HttpRequest) -> str:
    """Return the scheme and host under which the site is asked, without a slash at the end."""
    return request.build_absolute_uri("/").removesuffix("/")


def other_languages(path: str, query_string: str) -> dict[str, str]:
    """Return the address of a page in each language, by language code."""
    english = "/" + path.removeprefix("/es/").removeprefix("/")
    return {"en": english + query_string, "es": f"/es{english}{query_string}"}
