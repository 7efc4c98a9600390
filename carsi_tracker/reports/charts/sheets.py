"""What each chart shows on a sheet of its own, for download."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.reports.charts.bar import bar, bar_marks
from carsi_tracker.reports.charts.countries import countries_chart, name_of_sum
from carsi_tracker.reports.charts.marks import published_marks
from carsi_tracker.reports.charts.shapes import HEIGHT as MAP_HEIGHT
from carsi_tracker.reports.charts.shapes import WIDTH as MAP_WIDTH
from carsi_tracker.reports.charts.timeline import timeline_chart
from carsi_tracker.reports.overview.matrix import MatrixRow, matrix
from carsi_tracker.reports.page.address import written
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.shortened import in_prose
from carsi_tracker.reports.page.unknown import DASH, ZERO, nothing_found

INNER_WIDTH = 1000
AREA_LETTERS = 28
AREA_WIDTH = 200
ROW, LOW_ROW = 60, 30


@dataclass(frozen=True)
class ChartSheet:
    """A chart's title, the height of its drawing, and what its template draws.

    `empty` says why there is nothing to draw, where there isn't; `note` what its signs mean.
    """

    title: str
    height: int = 60
    drawn: Mapping[str, Any] = field(default_factory=dict)
    empty: str = ""
    note: str = ""


def bar_sheet(public: PublicRequest) -> ChartSheet:
    """Return the bar with its legend."""
    totals = aggregates.totals(public.query)
    parts = bar(totals, public.query)
    if not parts:
        why = _("This selection has no total to divide, so it has no bar chart.")
        empty = why if totals.entries else nothing(public)
        return ChartSheet(_("Status of funds"), empty=empty)
    if any(part.name == "available" for part in parts):
        title = _("%(whole)s appropriated, and how far it has got")
        title %= {"whole": in_prose(totals.appropriated)}
    else:
        title = _("%(whole)s committed, and how far it has got")
        title %= {
            "whole": marked_plainly(in_prose(totals.committed), totals.of("committed").limits)
        }
    marks = bar_marks(totals, public.query, published_marks(public.query))
    legend = [(part, 106 + LOW_ROW * place) for place, part in enumerate(parts)]
    below = 106 + LOW_ROW * len(parts)
    drawn = {
        "bar": parts,
        "bar_marks": marks,
        "legend": legend,
        "marks": [(mark, below + LOW_ROW * place) for place, (mark, _x) in enumerate(marks)],
    }
    return ChartSheet(title, below + LOW_ROW * len(marks) - 10, drawn)


def matrix_sheet(public: PublicRequest) -> ChartSheet:
    """Return the table of areas by countries."""
    title = _("%(sum)s by programming area and country, U.S. dollars") % balance(public)
    found = matrix(public.query, public.words)
    if not found.total.known:
        return ChartSheet(title, empty=nothing(public))
    wide = (INNER_WIDTH - AREA_WIDTH) // (len(found.heads) + 1)
    drawn = {
        "matrix": found,
        "heads": [
            (country, AREA_WIDTH + wide * (n + 1)) for n, (country, _href) in enumerate(found.heads)
        ],
        "rows": [_matrix_row(row, LOW_ROW + ROW * n, wide) for n, row in enumerate(found.rows)],
        "sums": [(cell, AREA_WIDTH + wide * (n + 1)) for n, cell in enumerate(found.totals)],
        "wide": wide,
        "foot": LOW_ROW + ROW * len(found.rows),
    }
    texts = {cell.figure.text for row in found.rows for cell in row.cells}
    texts |= {figure.text for figure in found.totals}
    height = LOW_ROW * 2 + ROW * len(found.rows) + 10
    return ChartSheet(title, height, drawn, note=signs_in_words(texts))


def countries_sheet(public: PublicRequest) -> ChartSheet:
    """Return the bars of the countries."""
    title = _("%(sum)s by country, U.S. dollars") % balance(public)
    found = countries_chart(public.query, public.words.countries)
    if not found:
        return ChartSheet(title, empty=nothing(public))
    bars = [(bar, LOW_ROW * place) for place, bar in enumerate(found.bars)]
    drawn = {"countries": found, "bars": bars, "foot": LOW_ROW * len(bars)}
    return ChartSheet(title, LOW_ROW * (len(bars) + 2) + 20, drawn)


def map_sheet(public: PublicRequest) -> ChartSheet:
    """Return the map."""
    title = _("%(sum)s by country, millions of U.S. dollars") % balance(public)
    found = countries_chart(public.query, public.words.countries)
    if not found:
        return ChartSheet(title, empty=nothing(public))
    height = INNER_WIDTH * MAP_HEIGHT // MAP_WIDTH
    return ChartSheet(title, height + LOW_ROW, {"countries": found, "map_height": height})


def timeline_sheet(public: PublicRequest) -> ChartSheet:
    """Return the sums over time with their legend."""
    title = _("Sums over time, U.S. dollars")
    found = timeline_chart(public.query, published_marks(public.query))
    if not found:
        return ChartSheet(title, empty=nothing(public))
    legend = [(curve, 250 * place) for place, curve in enumerate(found.curves)]
    marks = [(each, 60 + LOW_ROW * place) for place, each in enumerate(found.marks)]
    top = 56 + LOW_ROW * len(marks)
    drawn = {"timeline": found, "legend": legend, "marks": marks, "top": top}
    return ChartSheet(title, top + found.height + 74, drawn)


def balance(public: PublicRequest) -> dict[str, str]:
    """Return the name of what a chart of one sum shows, for its title."""
    return {"sum": name_of_balance(name_of_sum(public.query))}


def signs_in_words(texts: set[str]) -> str:
    """Say what a dash and a zero mean, where they are among the texts of a drawing."""
    return " ".join(str(words) for sign, words in (("–", DASH), ("0", ZERO)) if sign in texts)


def nothing(public: PublicRequest) -> str:
    """Say that there is nothing to draw."""
    if written(public.query.filters):
        return _("No entry found through %(day)s") % {"day": public.query.day_in_words}
    return nothing_found(aggregates.totals(public.query), public.query)


SHEETS: Mapping[str, Callable[[PublicRequest], ChartSheet]] = {
    "bar": bar_sheet,
    "matrix": matrix_sheet,
    "countries": countries_sheet,
    "map": map_sheet,
    "timeline": timeline_sheet,
}


def _matrix_row(row: MatrixRow, top: int, wide: int) -> dict[str, Any]:
    lines = wrap(str(row.area), AREA_LETTERS)
    return {
        "top": top,
        "lines": [
            (line, top + 35 + 16 * place - 8 * (len(lines) - 1)) for place, line in enumerate(lines)
        ],
        "cells": [(cell, AREA_WIDTH + wide * place) for place, cell in enumerate(row.cells)],
        "total": row.total,
    }
