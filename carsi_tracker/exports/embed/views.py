"""The page that is framed, the page that gives the lines to copy, and oEmbed."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt

from carsi_tracker.exports.embed.embeds import CHARTS, Embed, embeds, is_name, is_of
from carsi_tracker.figures import aggregates
from carsi_tracker.reports.charts.sheets import SHEETS
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.explanations import scope_in_words, stage_in_words
from carsi_tracker.reports.page.filters import form
from carsi_tracker.reports.page.how_well_known import how_well_known
from carsi_tracker.reports.page.links import entries_address, linked_in
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import lazily, render_page
from carsi_tracker.reports.page.unknown import not_found
from carsi_tracker.web.headers import OF_OTHERS


def framed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return a view whose answers pages of any site may show in a frame, but not its refusals."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code >= 400:  # a whole page of the site
            return response
        response[OF_OTHERS] = "cross-origin"

        @xframe_options_exempt
        @csp_replace({"frame-ancestors": ["*"]})
        def for_any_frame(_request: HttpRequest) -> HttpResponseBase:
            return response

        return for_any_frame(request)

    return shown


@framed
@public_page()
def embed(request: HttpRequest, public: PublicRequest, name: str) -> HttpResponse:
    """Show a chart or a key number alone, with its day, its version and its source."""
    if not is_name(name):
        raise Http404
    shown = Embed(name, public.query)
    context = _chart(public, name) if name in CHARTS else _number(public, name)
    return render_page(
        request,
        public,
        "exports/embed.html",
        embed=shown,
        scope=scope_in_words(public),
        **context,
    )


def _chart(public: PublicRequest, name: str) -> dict[str, Any]:
    if name == "bar":  # has all stages in it
        public = replace(public, query=public.query.where(stage=None, measure=None))
    sheet = SHEETS[name](public)
    return {"sheet": sheet, **sheet.drawn}


def _number(public: PublicRequest, name: str) -> dict[str, Any]:
    query = public.query.summing(name)
    totals = aggregates.totals(query.where(stage=None, measure=None))
    return {
        "number": linked_in(totals, name, query) if is_of(name, totals) else None,
        "entries": entries_address(query),
        "stage": stage_in_words(query),
        "not_found": not_found(name),
        "known": how_well_known(query),
    }


@csp_update({"frame-src": [SELF]})
@public_page()
def embed_list(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show each chart and key number as it would be framed, and the lines that frame it."""
    site = site_of(request)
    return render_page(
        request,
        public,
        "exports/embeds.html",
        embeds=[
            (each, each.frame(site, each.live), each.frame(site, each.pinned))
            for each in embeds(public.query)
        ],
        scope=scope_in_words(public),
        filters=lazily(form, request.path, public),
    )
