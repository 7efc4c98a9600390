"""Charts as files: SVG, and PNG of the same; and the picture that stands for a page elsewhere."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from textwrap import wrap

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.reports.charts import drawing
from carsi_tracker.reports.charts.bar import bar
from carsi_tracker.reports.charts.sheets import SHEETS, ChartSheet
from carsi_tracker.reports.page.address import as_query_string, written
from carsi_tracker.reports.page.filters import chips
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.shortened import in_prose
from carsi_tracker.reports.page.unknown import nothing_found

MARGINS = 180
WIDTH, CARD_WIDTH = 1080, 1200
CARD_LETTERS = 42


def is_picture(request: HttpRequest, _asked: PublicRequest) -> bool:
    """Say whether a chart is asked for in pixels, which take most of the time."""
    return request.path.endswith(".png")


@public_page(dear=is_picture, file=True)
def chart(request: HttpRequest, public: PublicRequest, name: str, form: str) -> HttpResponse:
    """Give a chart of what is asked, as SVG or PNG, with its day, version and source in it."""
    if name == "bar":  # has all stages in it
        public = replace(public, query=public.query.where(stage=None, measure=None))
    sheet = SHEETS[name](public)
    permanent = request.path + as_query_string(public.query.permanent())
    about = " · ".join([day_and_version(public.query), *scope_in_words(public)])
    svg = drawn(name, sheet, about, request.build_absolute_uri(permanent))
    if form == "png":
        return _file(public, f"{name}.png", drawing.png(svg, WIDTH), "image/png")
    return _file(public, f"{name}.svg", svg.encode(), "image/svg+xml")


@public_page(dear=is_picture, file=True)
def card(_request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Give the picture that other sites show beside a link: the sentence and the bar."""
    query = public.query.everywhere()
    totals = aggregates.totals(query)
    sentence = nothing_found(totals, query)
    if totals.of("committed").known:
        sentence = _(
            "Public documents account for %(committed)s of %(appropriated)s in U.S. security aid "
            "to Central America."
        ) % {
            "appropriated": in_prose(totals.appropriated),
            "committed": marked_plainly(in_prose(totals.committed), totals.of("committed").limits),
        }
    lines = even_lines(sentence)
    context = {
        "sentence": sentence,
        "lines": [(line, 170 + 66 * place) for place, line in enumerate(lines)],
        "bar": bar(totals, query),
        "about": day_and_version(query),
    }
    svg = drawing.svg("charts/sheets/card.svg", context)
    return HttpResponse(drawing.png(svg, CARD_WIDTH, density=1), content_type="image/png")


def drawn(name: str, sheet: ChartSheet, about: str, address: str) -> str:
    """Return a chart as an SVG document that says what it is about and where it is from."""
    context = {
        "sheet": sheet,
        "width": WIDTH,
        "height": sheet.height + MARGINS,
        "about": about,
        "source": _("Source: CARSI Tracker"),
        "address": address,
    }
    return drawing.svg(f"charts/sheets/{name}.svg", context)


def scope_in_words(public: PublicRequest) -> list[str]:
    """Return the chosen filters in words."""
    return [f"{chip.label}: {chip.value}" for chip in chips("", public)]


def even_lines(sentence: str) -> list[str]:
    """Return the sentence in as few lines as the card's width needs, about equally long."""
    lines = len(wrap(sentence, CARD_LETTERS))
    return next(
        found
        for letters in range(1, CARD_LETTERS + 1)
        if len(found := wrap(sentence, letters)) == lines
    )


def day_and_version(query: Query) -> str:
    """Return the day and the version that a picture shows."""
    return _("As of %(day)s, ledger version %(version)s") % {
        "day": day_in_words(query.day),
        "version": query.version,
    }


def _file(public: PublicRequest, name: str, content: bytes, media_type: str) -> HttpResponse:
    """Answer with a download named after what it holds and its day.

    An SVG document is a page of its own: its policy allows its one style, and nothing else.
    """
    what, _dot, form = name.partition(".")
    chosen = filter(None, map(slugify, written(public.query.filters).values()))
    parts = ("carsi", what, *chosen, public.query.day.isoformat())
    digest = b64encode(hashlib.sha256(drawing.style().encode()).digest()).decode()
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=f"{'-'.join(parts)}.{form}"
            ),
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'",
        },
    )
