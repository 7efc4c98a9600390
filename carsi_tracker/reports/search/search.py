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
from carsi_tracker.figures.query import BadQuestion, Question, Words
from carsi_tracker.figures.reading import read_words
from carsi_tracker.ledger.amounts import parse_amount
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.public_page import Asked, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.search.results import KINDS, Row, said_by_entries

FIRST = 10
"""How many of each kind are shown together."""
A_PAGE = 50


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first of it, how many in all, and the page with all.

    Of entries that are spelled otherwise, `name` is the spelling, and `again` a search for it.
    """

    key: str
    name: str | Promise
    total: int
    rows: list[Row]
    href: str
    again: str = ""


def looks_for_words(_request: HttpRequest, asked: Asked) -> bool:
    """Say whether there is anything to look for."""
    return bool(dict(asked.address.own).get("q", "").strip())


@public_page(own=("q", "kind"), dear=looks_for_words)
def search(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show what words find, by kind; a whole reference or key leads straight to its page."""
    own = dict(asked.address.own)
    words = read_words("q", own.get("q", ""), asked.texts_revision)
    if not words.folded:
        return _page(request, asked, words)
    if "kind" in own:
        return _all_of(request, asked, words, own["kind"])
    if address := _exact(asked, words):
        return HttpResponseRedirect(address)
    found = matching.find(asked.question.version, words)
    return _page(
        request,
        asked,
        words,
        groups=_groups(asked, words, {kind: of.exactly for kind, of in found.items()})
        + _entries(asked, words),
        like=_groups(asked, words, {kind: of.alike for kind, of in found.items()}),
        spellings=_spellings(asked, words),
    )


def _page(
    request: HttpRequest, asked: Asked, words: Words, status: int = 200, **context: Any
) -> HttpResponse:
    return render_page(request, asked, "reports/search.html", status, sought=str(words), **context)


def _all_of(request: HttpRequest, asked: Asked, words: Words, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise BadQuestion("kind", kind, ", ".join(KINDS))
    found = matching.find(asked.question.version, words)[kind]
    paginator = Paginator([*found.exactly, *found.alike], A_PAGE)
    number = asked.address.page
    try:
        page = paginator.page(number)
    except EmptyPage:
        first = request.path + asked.address.at_page(1).query()
        return render_page(
            request, asked, "reports/no_such_page.html", status=404, first_page=first
        )
    return _page(
        request,
        asked,
        words,
        kind=KINDS[kind].name,
        page=page,
        rows=KINDS[kind].rows(asked, list(page.object_list)),
        back=_here(asked, words),
        previous=request.path + asked.address.at_page(number - 1).query(),
        following=request.path + asked.address.at_page(number + 1).query(),
    )


def _exact(asked: Asked, words: Words) -> str | None:
    """Return the address of the commitment or document whose reference or key this is."""
    query = asked.question.everywhere().query()
    for name in ("commitment", "document"):
        if code := asked.words.codes[name].get(str(words).casefold()):
            return reverse(name, args=[code]) + query
    return None


def _groups(asked: Asked, words: Words, found: dict[str, Sequence[Any]]) -> list[Group]:
    return [
        Group(
            kind,
            KINDS[kind].name,
            len(keys),
            KINDS[kind].rows(asked, keys[:FIRST]),
            _here(asked, words, kind),
        )
        for kind, keys in found.items()
        if keys
    ]


def _entries(asked: Asked, words: Words) -> list[Group]:
    """Return the entries that hold the words, and those of the amount that the words are."""
    everything = asked.question.everywhere()
    groups = [_entries_of(asked, everything.where(text=words), "entries", gettext_lazy("Entries"))]
    with suppress(ValidationError):
        amount = parse_amount(str(words))
        asks = everything.where(amount_from=amount, amount_to=amount)
        name = _("Entries of %s") % whole_dollars(amount)
        groups.append(_entries_of(asked, asks, "amounts", name))
    return [group for group in groups if group.total]


def _entries_of(asked: Asked, asks: Question, key: str, name: str | Promise) -> Group:
    total = aggregates.totals(asks).entries
    rows = said_by_entries(asked, asks, FIRST) if total else []
    return Group(key, name, total, rows, entries_address(asks))


def _spellings(asked: Asked, words: Words) -> list[Group]:
    question = asked.question.everywhere()
    groups = []
    for spelling in matching.other_spellings(question, words):
        asks = question.where(text=spelling.text)
        group = _entries_of(asked, asks, "entries", str(spelling.text))
        groups.append(replace(group, again=_here(asked, spelling.text)))
    return groups


def _here(asked: Asked, words: Words, kind: str | None = None) -> str:
    query = asked.question.everywhere().query(q=words, kind=kind)
    return reverse("search") + query
