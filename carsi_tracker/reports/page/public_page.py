"""Public pages: asked once, computed once, and fresh as soon as the ledger changes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.ledger.days import today
from carsi_tracker.reports.page.address import Address, other_languages, written
from carsi_tracker.reports.page.answering import ASK_AGAIN, answer, takes_gzip
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.edition import is_fixed
from carsi_tracker.reports.page.parameters import BadAddress, read, read_address
from carsi_tracker.reports.page.places import Busy, busy

P = ParamSpec("P")


@dataclass(frozen=True)
class PublicRequest:
    """What a page answers: the query, the rest of the address, the words it may use.

    `head` is the newest version, which the page need not be about.
    """

    query: Query
    address: Address
    words: Vocabulary
    head: Version
    label_revision: int

    def everywhere(self) -> Self:
        """Ask the same of all entries."""
        query = self.query.everywhere()
        return replace(self, query=query, address=replace(self.address, query=query))

    def with_blank_day(self) -> Self:
        """Ask the same with a blank for the day, on a page of which parts are kept."""
        blank = replace(self.query, blank=True)
        return replace(self, query=blank, address=replace(self.address, query=blank))


def never(_request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say of an ordinary page that it is not dear."""
    return False


def always(_request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say of a dear page that it is dear, whatever it is asked."""
    return True


def public_page(
    *,
    sorts: frozenset[str] = frozenset(),
    own: tuple[str, ...] = (),
    filtered: bool = True,
    dear: Callable[[HttpRequest, PublicRequest], bool] = never,
    file: bool = False,
    configured_by: tuple[str, ...] = (),
    refused: Callable[[HttpRequest, BadAddress], HttpResponse] | None = None,
) -> Callable[
    [Callable[Concatenate[HttpRequest, PublicRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Make a view of a query into a public page.

    The page answers 400 where the address asks nonsense, leads a version without checksum to its
    full address and a filter to how links write it, and is kept in the cache under all that it
    depends on: version, revision of the texts, release, language, day and address. `own` names the
    parameters that only this page has: the view reads them, and may raise BadAddress. What is
    not `filtered` refuses filters. A page that is `dear`, or asks for entries that hold some words,
    takes a place: 503 where none is free, in plain text for a `file`. `configured_by` names the
    settings that it shows. What can't be read is `refused` by a page, if by nothing else.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, PublicRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @require_safe
        @from_any_server
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                public = _read(request, sorts, own, filtered=filtered)
                if _needs_redirect(request, public):
                    return HttpResponseRedirect(request.path + public.address.query_string())
                return answer(
                    request,
                    _etag(request, public, *(getattr(settings, name) for name in configured_by)),
                    lambda: view(request, public, *args, **kwargs),
                    dear=dear(request, public) or bool(public.query.filters.text),
                    fixed=file and is_fixed(request, public.query, public.label_revision),
                )
            except BadAddress as bad:
                return (refused or _bad)(request, bad)
            except Busy:
                return busy(request, file=file)

        return page

    return decorate


def _read(
    request: HttpRequest, sorts: frozenset[str], own: tuple[str, ...], *, filtered: bool
) -> PublicRequest:
    """Read what is asked, of the newest version unless another is named. Raises BadAddress."""
    head, revision = newest()
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise BadAddress(name, " ".join(values), because=_("It is given twice. Give it once."))
    query = read(request.GET.dict(), head, revision)
    if not filtered:
        _refuse_filters(query)
    address = read_address(request.GET.dict(), query, sorts, own)
    version = query.version
    words = vocabulary(version.number, version.checksum, revision)
    return PublicRequest(query, address, words, head, revision)


def _refuse_filters(query: Query) -> None:
    """Raise BadAddress where a query has a filter."""
    because = _(
        "A report is on all that its page is about: it takes no filters. Ask for it without this "
        "one. Each area, country, goal and appropriation has its own report."
    )
    for name, value in written(query.filters).items():
        raise BadAddress(name, value, because=because)


def _needs_redirect(request: HttpRequest, public: PublicRequest) -> bool:
    """Say whether the address is not the one that links have.

    Its version may have no checksum, or be named by a moment; a day or a filter may be sent empty,
    as forms do, or a filter be written otherwise.
    """
    version = request.GET.get("version", "")
    if "known_on" in request.GET or (version and "-" not in version):
        return True
    if request.GET.get("as_of") == "":
        return True
    names = vars(public.query.filters).keys() & request.GET.keys()
    chosen = written(public.query.filters) if names else {}
    return any(request.GET[name] != chosen.get(name) for name in names)


def _bad(request: HttpRequest, bad: BadAddress) -> HttpResponse:
    others = request.GET.copy()
    others.pop(bad.parameter, None)
    without = f"{request.path}?{others.urlencode()}" if others else request.path
    languages = other_languages(request.path, f"?{request.GET.urlencode()}")
    context = {"bad": bad, "without": without, "languages": languages}
    response = render(request, "400.html", context, status=400)
    response["Cache-Control"] = ASK_AGAIN
    return response


def _etag(request: HttpRequest, public: PublicRequest, *configured: object) -> str:
    parts = (
        *configured,
        public.head.checksum,
        public.label_revision,
        settings.RELEASE,
        request.LANGUAGE_CODE,
        takes_gzip(request),
        request.scheme,
        request.get_host(),
        request.path,
        public.address.query_string(),
        public.query.day,
        today(),
    )
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])
