"""Figures that lead to the entries they sum."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.page.address import as_query_string

PATHS = 8192
"""How many paths a process keeps: a table has hundreds of them."""
NOTHING = SafeString('<span aria-label="0">–</span>')


@dataclass(frozen=True)
class Linked:
    """An amount in U.S. dollars, and the address of the entries it sums; None without any."""

    amount: Decimal
    href: str | None

    @property
    def text(self) -> str:
        """The amount as tables write it; a dash where no entry stands behind it."""
        return figure(self.amount) if self.href else "–"

    @property
    def html(self) -> SafeString:
        """The amount with its link: built here, since a page has a hundred of them."""
        if self.href:
            return format_html('<a href="{}">{}</a>', self.href, self.text)
        return NOTHING


def entries_address(query: Query) -> str:
    """Return the address of the entries that a query is about."""
    return path("entries") + as_query_string(query)


def path(name: str, *args: object) -> str:
    """Return the path of a page by its name, in the language that is spoken."""
    return _path(get_language(), name, args)


def page_path(kind: str, code: str) -> str:
    """Return the path of the page of an area, country, goal or appropriation, by its address."""
    return path(kind, code.lower())


def linked(sum_: Amount, query: Query) -> Linked:
    """Link a sum to the entries it sums, where there are any."""
    return Linked(sum_.amount, entries_address(query) if sum_.entries else None)


def linked_sum(query: Query) -> Linked:
    """Return the sum of what is asked, linked to its entries."""
    return linked(aggregates.total(query), query)


@remembered(PATHS)
def _path(
    language: str | None,  # noqa: ARG001 (the address is in this language)
    name: str,
    args: tuple[object, ...],
) -> str:
    return reverse(name, args=args)
