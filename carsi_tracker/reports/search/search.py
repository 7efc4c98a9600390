"""Search: things and entries that hold some words, or words like them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates, matching
from carsi_tracker.figures.query import Query, Words
from carsi_tracker.ledger.amounts import parse_amount
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.parameters import BadAddress, read_words
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.search.asked import asked_by, figures, scope
from carsi_tracker.reports.search.results import KINDS, Result, matching_entries

FIRST = 10
"""How many of each kind are shown together."""
A_PAGE = 50


@dataclass(frozen=True)
class ResultGroup:
    """What was found of one kind: the first of it, how many in all, and the page with all.

    Of entries that are spelled otherwise, `name` is the spelling, and `again` a search for it.
    """

    key: str
    name: str | Promise
    total: int
    rows: list[Result]
    href: str
    again: str = ""


def looks_for_words(_request: HttpRequest, public: PublicRequest) -> bool:
    """Say whether there is anything to look for."""
    return bool(dict(public.address.own).get("q", "").strip())


@public_page(own=("q", "kind"), dear=looks_for_words)
def search(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show what words find, by kind; a whole reference or key leads straight to its page."""
    own = dict(public.address.own)
    words = read_words("q", own.get("q", ""), public.label_revision)
    if not words.folded:
        return _page(request, public, words)
    if "kind" in own:
        return _all_of(request, public, words, own["kind"])
    if address := _exact(public, words):
        return HttpResponseRedirect(address)
    asked = _asked(public, words)
    found = matching.find(public.query.version, words)
    return _page(
        request,
        public,
        words,
        groups=asked
        + _groups(public, words, {kind: of.exactly for kind, of in found.items()})
        + _entries(public, words),
        like=_groups(public, words, {kind: of.alike for kind, of in found.items()}),
        spellings=[] if asked else _spellings(public, words),
    )


def _page(
    request: HttpRequest, public: PublicRequest, words: Words, status: int = 200, **context: Any
) -> HttpResponse:
    return render_page(request, public, "reports/search.html", status, sought=str(words), **context)


def _all_of(request: HttpRequest, public: PublicRequest, words: Words, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise BadAddress("kind", kind, ", ".join(KINDS))
    found = matching.find(public.query.version, words)[kind]
    paginator = Paginator([*found.exactly, *found.alike], A_PAGE)
    number = public.address.page
    try:
        page = paginator.page(number)
    except EmptyPage:
        first = request.path + public.address.at_page(1).query_string()
        return render_page(
            request, public, "reports/no_such_page.html", status=404, first_page=first
        )
    return _page(
        request,
        public,
        words,
        kind=KINDS[kind].name,
        page=page,
        rows=KINDS[kind].rows(public, list(page.object_list)),
        back=_here(public, words),
        previous=request.path + public.address.at_page(number - 1).query_string(),
        following=request.path + public.address.at_page(number + 1).query_string(),
    )


def _exact(public: PublicRequest, words: Words) -> str | None:
    """Return the address of the commitment or document whose reference or key this is."""
    query_string = as_query_string(public.query.everywhere())
    for name in ("commitment", "document"):
        if code := public.words.codes[name].get(str(words).casefold()):
            return reverse(name, args=[code]) + query_string
    return None


def _asked(public: PublicRequest, words: Words) -> list[ResultGroup]:
    """Return the figures of the question that words ask by naming its filters, if they do."""
    asked = asked_by(words, public)
    if asked is None:
        return []
    entries = aggregates.totals(asked).entries
    name = scope(asked, public)
    return [ResultGroup("figures", name, entries, figures(asked), entries_address(asked))]


def _groups(
    public: PublicRequest, words: Words, found: dict[str, Sequence[Any]]
) -> list[ResultGroup]:
    return [
        ResultGroup(
            kind,
            KINDS[kind].name,
            len(keys),
            KINDS[kind].rows(public, keys[:FIRST]),
            _here(public, words, kind),
        )
        for kind, keys in found.items()
        if keys
    ]


def _entries(public: PublicRequest, words: Words) -> list[ResultGroup]:
    """Return the entries that hold the words, and those of the amount that the words are."""
    everything = public.query.everywhere()
    groups = [_entries_of(public, everything.where(text=words), "entries", gettext_lazy("Entries"))]
    with suppress(ValidationError):
        amount = parse_amount(str(words))
        asks = everything.where(amount_from=amount, amount_to=amount)
        name = _("Entries of %s") % whole_dollars(amount)
        groups.append(_entries_of(public, asks, "amounts", name))
    return [group for group in groups if group.total]


def _entries_of(public: PublicRequest, asks: Query, key: str, name: str | Promise) -> ResultGroup:
    total = aggregates.totals(asks).entries
    rows = matching_entries(public, asks, FIRST) if total else []
    return ResultGroup(key, name, total, rows, entries_address(asks))


def _spellings(public: PublicRequest, words: Words) -> list[ResultGroup]:
    query = public.query.everywhere()
    groups = []
    for spelling in matching.other_spellings(query, words):
        asks = query.where(text=spelling.text)
        group = _entries_of(public, asks, "entries", str(spelling.text))
        groups.append(replace(group, again=_here(public, spelling.text)))
    return groups


def _here(public: PublicRequest, words: Words, kind: str | None = None) -> str:
    query_string = as_query_string(public.query.everywhere(), q=words, kind=kind)
    return reverse("search") + query_string
