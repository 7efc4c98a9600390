"""What is committed in each country: bars, and the same on a map; beside them the region's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import NOTHING, Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.vocabulary import shown
from carsi_tracker.ledger.models import Country, Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.charts.files import File, chart_files
from carsi_tracker.reports.charts.scale import shade
from carsi_tracker.reports.charts.shapes import HEIGHT, Outline, shapes
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.headlines import place_of_largest
from carsi_tracker.reports.page.links import Linked, linked, linked_in, page_path
from carsi_tracker.reports.page.marks import marked, marked_plainly
from carsi_tracker.reports.page.shortened import TENTH_OF_A_MILLION, part_in_prose, part_on_map

REGIONAL = "regional"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Bar:
    """A country with what is committed there; `width` is in percent of the longest.

    `shown` is rounded to tenths of a million dollars, so that all countries add up to the total.
    """

    country: Country
    page: str
    figure: Linked
    shown: Decimal
    width: Decimal
    shade: int

    @property
    def row_html(self) -> SafeString:
        """The country, its bar and its sum as a row of a table."""
        return format_html(
            """
          <tr>
            <th scope="row"><a href="{}">{}</a></th>
            <td class="stretch"><svg width="100%" height="16" aria-hidden="true">\
<rect class="length" width="{}%" height="16"/></svg></td>
            <td class="number">{}</td>
          </tr>
        """,
            self.page,
            self.country,
            self.width,
            self.figure.html,
        )

    @property
    def words(self) -> str:
        """The amount as prose writes it, rounded."""
        return marked_plainly(part_in_prose(self.figure.amount, self.shown), self.figure.limits)

    @property
    def html(self) -> SafeString | str:
        """The same, with its mark read out."""
        return marked(part_in_prose(self.figure.amount, self.shown), self.figure.limits)


@dataclass(frozen=True)
class Place:
    """A country on the map: its outline, and where its name stands, in percent of the map."""

    bar: Bar
    path: str
    x: int
    y: int
    amount: str
    label: str


@dataclass(frozen=True)
class Countries:
    """What is committed in each country, largest first, and for the region as a whole.

    `as_of` names the day; `around` is the path of what lies around the countries on
    the map, which is `map_height` high.
    """

    bars: tuple[Bar, ...]
    regional: Bar | None
    total: Linked
    as_of: str
    files: tuple[File, ...]
    map_files: tuple[File, ...]
    around: str = field(default_factory=lambda: shapes().around)
    map_height: int = HEIGHT

    @property
    def largest(self) -> Bar | None:
        """The country with the largest sum; None where two have it, or a limit may hide another."""
        place = place_of_largest([bar.figure for bar in self.bars])
        if place is None or any(bar.figure.limits.mark for bar in self.bars):
            return None
        return self.bars[place]

    @property
    def rows_html(self) -> SafeString:
        """The bars as rows of a table: built here, as all of these are on the page asked most."""
        return format_html_join("", "{}", ((bar.row_html,) for bar in self.bars))

    @property
    def outlines_html(self) -> SafeString:
        """The countries on the map, shaded, each a link to its page."""
        return format_html_join(
            "",
            '<a href="{}" aria-label="{}"><path class="country shade-{}" d="{}"/></a>\n    ',
            ((each.bar.page, each.label, each.bar.shade, each.path) for each in self.places),
        )

    @property
    def names_html(self) -> SafeString:
        """The names of the countries on the map, each over its sum."""
        return format_html_join(
            "",
            '<text class="halo" x="{0}%" y="{1}%">{2}</text>'
            '<text class="halo figure" x="{0}%" y="{1}%" dy="1.2em">{3}</text>',
            ((each.x, each.y, each.bar.country, each.amount) for each in self.places),
        )

    @cached_property
    def places(self) -> list[Place]:
        """The countries that the map knows."""
        outlines = shapes().countries
        return [
            _place(bar, outlines[bar.country.code])
            for bar in self.bars
            if bar.country.code in outlines
        ]


def countries_chart(asked: Query, countries: Sequence[Country]) -> Countries | None:
    """Return the sums of what is asked by country, by default of what is committed.

    None where there are none.
    """
    name, query = name_of_sum(asked), asked.where(stage=None, measure=None)
    found = aggregates.breakdown(query, "country")
    figures = {
        country: linked_in(found.get(country.code, Sums()), name, query.where(country=country.code))
        for country in shown(countries, "country", query.filters, found)
    }
    if not any(each.known for each in figures.values()):
        return None
    sum_of_all = sum((found.get(each.code, Sums()).of(name) for each in figures), NOTHING)
    longest = max(each.amount for each in figures.values())
    strongest = max(
        (each.amount for country, each in figures.items() if country.code != REGIONAL),
        default=aggregates.ZERO,
    )
    ordered = sorted(
        figures, key=lambda each: (not figures[each].known, -figures[each].amount, each.position)
    )
    amounts = [figures[country].amount for country in ordered]
    whole = sum(amounts, aggregates.ZERO)
    rounded = split(whole, amounts, TENTH_OF_A_MILLION)
    bars = [
        Bar(
            country=country,
            page=page_path("country", country.code) + as_query_string(query.everywhere()),
            figure=figures[country],
            shown=shown,
            width=_share(figures[country].amount, longest),
            shade=shade(figures[country].amount, strongest),
        )
        for country, shown in zip(ordered, rounded, strict=True)
    ]
    return Countries(
        bars=tuple(bar for bar in bars if bar.country.code != REGIONAL),
        regional=next((bar for bar in bars if bar.country.code == REGIONAL), None),
        total=linked(sum_of_all, of_one_sum(asked)),
        as_of=_("as of %(day)s") % {"day": query.day_in_words},
        files=chart_files("countries", asked),
        map_files=chart_files("map", asked),
    )


def _share(amount: Decimal, longest: Decimal) -> Decimal:
    if longest <= 0 or amount <= 0:
        return aggregates.ZERO
    return min(amount / longest * 100, HUNDRED).quantize(Decimal("0.1"))


def _place(bar: Bar, outline: Outline) -> Place:
    figure = bar.figure
    words = figure.text if figure.follows_amount else _("no entries")
    return Place(
        bar=bar,
        path=outline.path,
        x=outline.x,
        y=outline.y,
        amount=marked_plainly(part_on_map(figure.amount, bar.shown), figure.limits)
        if figure.known
        else figure.text,
        label=_("%(country)s: %(amount)s")
        % {"country": bar.country, "amount": bar.words if figure.known else words},
    )


def of_one_sum(query: Query) -> Query:
    """Return the query with its stage or measure; about what is committed if it has none."""
    if query.filters.stage or query.filters.measure:
        return query
    return query.where(stage=Stage.COMMITTED.value)


def name_of_sum(query: Query) -> str:
    """Return the stage or measure that a chart of one sum shows."""
    return query.filters.stage or query.filters.measure or Stage.COMMITTED.value
