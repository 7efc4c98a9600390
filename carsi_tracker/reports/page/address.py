"""What stands in a page's address beside the query: order and page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from django.http import HttpRequest
from django.utils.translation import gettext as _

from carsi_tracker.figures.query import BadQuery, Query


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
        return self.query.query_string(**dict(self.own), sort=self.sort, page=page)

    def carried(self, *without: str) -> dict[str, str]:
        """Return the parameters that a form carries on unseen: all but those it asks, and page."""
        query = self.query
        parameters = dict(query.filters.chosen)
        if query.dated:
            parameters["as_of"] = query.day.isoformat()
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


def read_address(
    parameters: Mapping[str, str],
    query: Query,
    sorts: frozenset[str] = frozenset(),
    own: tuple[str, ...] = (),
) -> Address:
    """Read order, page and the page's own parameters, as they are.

    Raises BadQuery for an order that the table does not have.
    """
    sort = parameters.get("sort") or None
    if sort is not None and sort.removeprefix("-") not in sorts:
        accepted = ", ".join(sorted(sorts)) or _("no order: this page has no table to sort")
        raise BadQuery("sort", sort, accepted)
    given = tuple((name, parameters[name]) for name in own if parameters.get(name))
    return Address(query, sort, _page(parameters.get("page") or "1"), given)


def _page(text: str) -> int:
    """Return the page's number; 0 for what is none, which no table has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
