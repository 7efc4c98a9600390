"""What pages of others can show in a frame: each chart, and each sum as one key number."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.address import as_query_string, written
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import entries_address, page_path, path

WIDTH = 640
"""How wide a frame is where no width is asked for, in pixels."""


@dataclass(frozen=True)
class Chart:
    """A chart that can be framed: its name in a list, and the height in pixels that it needs.

    `narrow` is the height where less than 480 pixels are wide.
    """

    title: Promise
    height: int
    narrow: int


CHARTS = {
    "bar": Chart(_("Status of funds"), 580, 700),
    "timeline": Chart(_("Status of funds over time"), 790, 870),
    "countries": Chart(_("Sums by country"), 410, 430),
    "map": Chart(_("Map of countries"), 600, 430),
    "matrix": Chart(_("Sums by programming area and country"), 590, 690),
}
NUMBER_HEIGHT, NARROW_NUMBER_HEIGHT = 240, 300
NARROW = 480


@dataclass(frozen=True)
class Embed:
    """A chart or a key number of what a query asks, as a page of its own to be framed."""

    name: str
    query: Query

    @property
    def chart(self) -> Chart | None:
        """The chart; None of a key number."""
        return CHARTS.get(self.name)

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return str(self.chart.title) if self.chart else name_of_balance(self.name)

    @property
    def live(self) -> str:
        """The path that always shows the newest figures."""
        return self._path(replace(self.query, dated=False, pinned=False))

    @property
    def pinned(self) -> str:
        """The path that always shows these figures."""
        return self._path(self.query.permanent())

    @property
    def asked(self) -> str:
        """The path that shows what the query asks, live or not."""
        return self._path(self.query)

    @property
    def page(self) -> str:
        """The address of the page that tells more: the overview, a subject's, or the entries."""
        if self.chart is None:
            return entries_address(self.query.summing(self.name))
        asks, filters = self.query, written(self.query.filters)
        if not filters:
            return path("overview") + as_query_string(asks)
        if filters.keys() in ({"area"}, {"country"}, {"goal"}) and "none" not in filters.values():
            ((kind, code),) = filters.items()
            return page_path(kind, code) + as_query_string(asks.everywhere())
        return entries_address(asks)

    def height(self, width: int) -> int:
        """Return how high a frame of some width has to be, both in pixels."""
        if self.chart is None:
            return NUMBER_HEIGHT if width >= NARROW else NARROW_NUMBER_HEIGHT
        return self.chart.height if width >= NARROW else self.chart.narrow

    def frame(
        self, site: str, shown: str, width: int | None = None, height: int | None = None
    ) -> str:
        """Return the line of HTML that shows it in a page of others, at a path of the site.

        It is as wide as there is room and as high as it needs, or so many pixels.
        """
        return format_html(
            '<iframe src="{}{}" title="{}" width="{}" height="{}" loading="lazy"'
            ' style="border: 0"></iframe>',
            site,
            shown,
            f"CARSI Tracker: {self.title}",
            width or "100%",
            height or self.height(width or WIDTH),
        )

    def _path(self, query: Query) -> str:
        return path("embed", self.name) + as_query_string(query)


def is_name(name: str) -> bool:
    """Say whether something is embedded by this name."""
    return name in CHARTS or name in MEASURES or name in Stage.values


def is_of(name: str, totals: Sums) -> bool:
    """Say whether sums have a stage, or both that a balance is the difference of."""
    return totals.stages.keys() >= {*MEASURES.get(name, (name,))}


def embeds(query: Query) -> Iterator[Embed]:
    """Return each chart and each known key number of what is asked, whatever stage that names."""
    query = query.where(stage=None, measure=None)
    totals = aggregates.totals(query)
    numbers = (name for name in (*Stage.values, *MEASURES) if is_of(name, totals))
    return (Embed(name, query) for name in (*CHARTS, *numbers))
