"""Figures that lead to the entries they sum."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.bounds import EXACT, Limits
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.money import figure, signed, signed_dollars, whole_dollars
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.marks import marked, marked_plainly

PATHS = 8192
"""How many paths a process keeps: a table has hundreds of them."""


@dataclass(frozen=True)
class Linked:
    """A sum in U.S. dollars, and the address of its entries; without any, of the page that answers.

    `known` says whether there are entries, `follows_amount` whether an earlier stage has an amount,
    `limits` what of the sum is a limit.
    """

    amount: Decimal
    href: str
    known: bool = True
    follows_amount: bool = False
    limits: Limits = EXACT

    @property
    def text(self) -> str:
        """The sum as tables write it, or what stands in its place where it is not known."""
        return marked_plainly(figure(self.amount), self.limits) if self.known else self._empty

    @property
    def html(self) -> SafeString:
        """The sum with its link: built here, since a page has a hundred of them."""
        return self._linked(figure(self.amount))

    @property
    def in_dollars(self) -> SafeString:
        """The sum with its link, as prose writes it."""
        return self._linked(whole_dollars(self.amount))

    @property
    def words(self) -> str:
        """The sum as a sentence says it."""
        if not self.known:
            return _("no amount found")
        return marked_plainly(whole_dollars(self.amount), self.limits)

    @property
    def signed(self) -> SafeString:
        """The sum of what something changed with its link, and with its sign."""
        return self._linked(signed(self.amount))

    @property
    def signed_in_dollars(self) -> SafeString:
        """The same, as prose writes it."""
        return self._linked(signed_dollars(self.amount))

    @property
    def recomputed(self) -> str:
        """The address of the lines that compute the sum from a download."""
        return path("recompute") + self.href.removeprefix(path("entries"))

    @property
    def _empty(self) -> str:
        return _("none found") if self.follows_amount else "–"

    def _linked(self, written: str) -> SafeString:
        if not self.known:
            return empty_cell(self.href, self._empty)
        text = marked(written, self.limits)
        kind = SafeString(' class="zero"') if self.amount == 0 else ""
        return format_html('<a{} href="{}">{}</a>', kind, self.href, text)


def empty_cell(href: str, text: str = "–") -> SafeString:
    """Link what stands where no entry was found to the page that answers; a dash is read out."""
    if text == "–":
        text = format_html(
            '<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>',
            _("no entries"),
        )
    return format_html('<a class="empty" href="{}">{}</a>', href, text)


def entries_address(query: Query) -> str:
    """Return the address of the entries that a query is about."""
    return path("entries") + as_query_string(query)


def path(name: str, *args: object) -> str:
    """Return the path of a page by its name, in the language that is spoken."""
    return _path(get_language(), name, args)


def page_path(kind: str, code: str) -> str:
    """Return the path of the page of an area, country, goal or appropriation, by its address."""
    return path(kind, code.lower())


def linked(sum_: Amount, query: Query, *, follows_amount: bool = False) -> Linked:
    """Link a sum to the page of its entries."""
    return Linked(sum_.amount, entries_address(query), sum_.known, follows_amount, sum_.limits)


def linked_in(sums: Sums, name: str, query: Query) -> Linked:
    """Link the sum of a stage or measure among those of a query."""
    follows_amount = sums.follows_amount(name)
    return linked(sums.of(name), query.summing(name), follows_amount=follows_amount)


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
