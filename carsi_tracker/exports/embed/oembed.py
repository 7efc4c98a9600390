"""What a program has to put into its page to show one of ours (oEmbed, https://oembed.com/)."""

from dataclasses import replace

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation

from carsi_tracker.exports.embed.embeds import WIDTH, Embed, is_name
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.reports.page.address import Address, site_of
from carsi_tracker.reports.page.answering import ASK_AGAIN
from carsi_tracker.reports.page.anywhere import from_any_server
from carsi_tracker.reports.page.explanations import scope_in_words
from carsi_tracker.reports.page.parameters import BadAddress, read
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.subjects.kinds import KINDS

SMALLEST, LARGEST = 200, 4000
"""Pixels that a frame may be wide or high."""
NO_PAGE = "There is no such page."
NOTHING = "This page has no chart or number of its own to embed."
SECONDS = 3600
"""How long a program may keep an answer."""


class NotEmbedded(Exception):
    """An address has nothing to embed; the sentence says why."""


@from_any_server
def oembed(request: HttpRequest) -> HttpResponseBase:
    """Say how a page of ours is embedded: 404 where it isn't, 400 where the question is wrong."""
    asked = request.GET
    if asked.get("format", "json") != "json":
        return _refused(501, "The format is json.")
    try:
        width = _pixels(asked, "maxwidth")
        most_high = _pixels(asked, "maxheight")
    except ValueError as wrong:
        return _refused(400, str(wrong))
    site = site_of(request)
    page = asked.get("url", "")
    if not page.startswith(f"{site}/"):
        return _refused(404, f"Give url: the address of a page of {site}.")
    path, _mark, parameters = page.removeprefix(site).partition("#")[0].partition("?")
    with translation.override("es" if path.startswith("/es/") else "en"):
        try:
            public, shown = _embed_of(path, QueryDict(parameters))
        except NotEmbedded as nothing:
            return _refused(404, str(nothing))
        except TooManyFieldsSent:
            return _refused(404, NO_PAGE)
        except BadAddress as bad:
            return _refused(404, f"The page does not take {bad.parameter}={bad.value}.")
        width = min(width or WIDTH, LARGEST)
        height = min(shown.height(width), most_high or LARGEST)
        scope = scope_in_words(public)
        title = f"{shown.title}, {scope}" if scope else shown.title
        answer = JsonResponse(
            {
                "version": "1.0",
                "type": "rich",
                "provider_name": "CARSI Tracker",
                "provider_url": site,
                "title": title,
                "cache_age": SECONDS,
                "width": width,
                "height": height,
                "html": shown.frame(site, shown.asked, width, height),
            }
        )
    answer["Cache-Control"] = ASK_AGAIN
    return answer


def _pixels(asked: QueryDict, name: str) -> int | None:
    written = asked.get(name, "")
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and int(written[:9]) >= SMALLEST):
        raise ValueError(f"Give {name} as whole pixels from {SMALLEST}.")
    return int(written[:9])


def _embed_of(path: str, parameters: QueryDict) -> tuple[PublicRequest, Embed]:
    """Return what stands for a page: its chart, or the sum that it is about.

    Raises BadAddress and NotEmbedded.
    """
    head, revision = newest()
    for name, values in parameters.lists():
        if len(values) > 1:
            raise BadAddress(name, " ".join(map(str, values)))
    query = read({name: str(parameters[name]) for name in parameters}, head, revision)
    version = query.version
    words = vocabulary(version.number, version.checksum, revision)
    public = PublicRequest(query, Address(query), words, head, revision)
    shown = _shown(path, public)
    asks = shown.query
    return replace(public, query=asks, address=Address(asks)), shown


def _shown(path: str, public: PublicRequest) -> Embed:
    query = public.query
    try:
        page = resolve(path)
    except Resolver404:
        raise NotEmbedded(NO_PAGE) from None
    name = page.url_name
    if name == "embed" and is_name(page.kwargs["name"]):
        return Embed(page.kwargs["name"], query)
    if name == "overview":
        return Embed("bar", query.everywhere())
    if name in KINDS:
        return Embed("bar", _of_subject(name, page.kwargs["code"], public))
    summed = query.filters.measure or query.filters.stage
    if name == "entries" and summed:
        return Embed(summed, query.where(stage=None, measure=None))
    raise NotEmbedded(NOTHING)


def _of_subject(kind: str, code: str, public: PublicRequest) -> Query:
    subject = KINDS[kind].subject(public, code.lower())
    if subject is None:
        raise NotEmbedded(NO_PAGE)
    return subject.query(public.query)


def _refused(status: int, why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
