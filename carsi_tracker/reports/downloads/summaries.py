"""The tables of sums that a reader can download: what pages and charts show, as rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import xlsxwriter
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.history import figure_history
from carsi_tracker.figures.query import NONE
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.figures.vocabulary import shown
from carsi_tracker.ledger.columns import Words
from carsi_tracker.ledger.models import Appropriation, Posting
from carsi_tracker.reports.balances.sums import BALANCES, OF_APPROPRIATIONS, STAGES
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.listings import AREA_NAME, BOUND, COUNTRY_NAME
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.public_page import PublicRequest

Rows = Iterable[Sequence[Any]]
Draw = Callable[[xlsxwriter.Workbook, str, PublicRequest], None]


@dataclass(frozen=True)
class Summary:
    """A table whose rows are computed, by `sorts` in an order that the page's own table has.

    `own` are the parameters that its page has beside the query. Filters are left aside unless it
    is `filtered`; `draw` writes the sheet of a workbook in a shape of its own.
    """

    name: str
    title: Words
    meaning: Words
    fields: tuple[Field, ...]
    rows: Callable[[PublicRequest], Rows]
    sorts: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()
    filtered: bool = True
    draw: Draw | None = None


AMOUNTS = {
    "appropriated": _("what is appropriated"),
    "committed": _("what is committed"),
    "obligated": _("what is obligated"),
    "disbursed": _("what is disbursed"),
    "available": _("appropriated less committed"),
    "unobligated": _("committed less obligated"),
    "unliquidated": _("obligated less disbursed"),
    "unobligated-balance": _("appropriated less obligated, GAO’s “unobligated balance”"),
    "undisbursed": _("all gaps: appropriated less disbursed"),
}
PARTS = ("disbursed", "unliquidated", "unobligated", "available")


MARKED = ("committed", "available", "unobligated")
"""The sums that can hold commitments that are limits: a column more each says so."""


def amounts(names: Iterable[str]) -> Iterator[Field]:
    """Yield the columns of sums by the names of stages and balances."""
    for name in names:
        column = name.replace("-", "_")
        yield Field(f"{column}_usd", Holds.SUM, AMOUNTS[name])
        if name in MARKED:
            yield Field(f"{column}_bound", Holds.CODE, BOUND)


def cells(sums: Sums, names: Iterable[str]) -> Iterator[Any]:
    """Yield the cells of those columns, and how many entries there are in all."""
    for name in names:
        yield _known(sums, name)
        if name in MARKED:
            yield sums.of(name).limits.mark
    yield sums.entries


def _known(sums: Sums, name: str) -> Decimal | None:
    sum_ = sums.of(name)
    return sum_.amount if sum_.known else None


ENTRIES = Field("entries", Holds.NUMBER, _("how many entries the row sums"))
NAMES = (
    Field("name_en", Holds.TEXT, _("the name in English")),
    Field("name_es", Holds.TEXT, _("the name in Spanish")),
)
FEDERAL_ACCOUNT = Field(
    "federal_account", Holds.CODE, _("Treasury’s code of the account, if a document says it")
)
AREA = Field("area", Holds.CODE, _("the programming area’s code"))
COUNTRY = Field("country", Holds.CODE, _("the country’s code: ISO 3166-1, or regional"))


def _areas(public: PublicRequest) -> Rows:
    return _by_name(public, "area", public.words.areas)


def _countries(public: PublicRequest) -> Rows:
    return _by_name(public, "country", public.words.countries)


def _by_name(public: PublicRequest, dimension: str, things: Iterable[Any]) -> Rows:
    sums = aggregates.breakdown(public.query, dimension)
    for thing in shown(things, dimension, public.query.filters, sums):
        found = sums.get(thing.code, Sums())
        yield (thing.code, thing.name_en, thing.name_es, *cells(found, BALANCES))


def _goals(public: PublicRequest) -> Rows:
    query = public.query
    sums = aggregates.breakdown(query, "goal")
    for goal in public.words.goals:
        if (goal.number in sums or not goal.retired) and query.filters.admits(
            "goal", str(goal.number)
        ):
            found = sums.get(goal.number, Sums())
            yield (str(goal.number), goal.name_en, goal.name_es, *cells(found, BALANCES))
    if query.filters.goal in (None, NONE):
        unstated = aggregates.totals(query.where(goal=NONE))
        yield (NONE, *_in_both("not specified"), *cells(unstated, BALANCES))


def _in_both(text: str) -> Iterator[str]:
    for language in ("en", "es"):
        with override(language):
            yield gettext(text)


def _matrix(public: PublicRequest) -> Rows:
    query, words = public.query, public.words
    found = aggregates.matrix(query)
    used = {code for key in found for code in key}
    areas = shown(words.areas, "area", query.filters, used)
    countries = shown(words.countries, "country", query.filters, used)
    for area, country in product(areas, countries):
        sums = found.get((area.code, country.code), Sums())
        named = (area.code, area.name, country.code, country.name)
        yield (*named, *cells(sums, BALANCES))


def _appropriations(public: PublicRequest) -> Rows:
    query = public.query
    sums = aggregates.breakdown(query, "appropriation")
    rows = Appropriation.objects.select_related("account", "law").order_by(
        "fiscal_year", "account__code"
    )
    for row in rows.filter(first_version__lte=query.version.number):
        found = sums.get(row.pk, Sums())
        said = (row.account.federal_account, row.treasury_account, row.available_until)
        summed = cells(found, OF_APPROPRIATIONS)
        yield (row.fiscal_year, row.account.code, row.law.key, *summed, *said)


def _timeline(public: PublicRequest) -> Rows:
    for point in timeline(public.query):
        yield (point.day, *cells(point.totals, STAGES))


def _figure_history(public: PublicRequest) -> Rows:
    steps = figure_history(public.query)
    shown = {step.version for step in steps}
    postings = {
        posting.version: posting for posting in Posting.objects.filter(version__any_of=shown)
    }
    for step in steps:
        posting = postings[step.version]
        change, after = step.change, step.after
        made = (step.version, posting.posted_at, posting.title, posting.reason)
        sums = (change.amount, change.limits.mark, after.amount, after.limits.mark)
        yield (*made, step.of, *sums, change.entries)


def _stages(public: PublicRequest) -> Rows:
    sums = aggregates.totals(public.query)
    for part in PARTS:
        yield (part, name_of_balance(part), _known(sums, part), sums.of(part).limits.mark)


SUMMARIES = (
    Summary(
        "areas",
        _("Programming areas"),
        _("one programming area a row"),
        (AREA, *NAMES, *amounts(BALANCES), ENTRIES),
        _areas,
    ),
    Summary(
        "countries",
        _("Countries"),
        _("one country a row; amounts for the region have a row of their own"),
        (COUNTRY, *NAMES, *amounts(BALANCES), ENTRIES),
        _countries,
    ),
    Summary(
        "matrix",
        _("Programming areas by country"),
        _("one programming area in one country a row, those without entries too"),
        (
            AREA,
            Field("area_name", Holds.TEXT, AREA_NAME),
            COUNTRY,
            Field("country_name", Holds.TEXT, COUNTRY_NAME),
            *amounts(BALANCES),
            ENTRIES,
        ),
        _matrix,
    ),
    Summary(
        "goals",
        _("Goals"),
        _("one goal a row, and what has no goal specified"),
        (
            Field("goal", Holds.CODE, _("the goal’s number; none where it is not specified")),
            *NAMES,
            *amounts(BALANCES),
            ENTRIES,
        ),
        _goals,
    ),
    Summary(
        "appropriations",
        _("Appropriations"),
        _("one appropriation a row, with its totals by stage"),
        (
            Field("fiscal_year", Holds.NUMBER, _("the fiscal year")),
            Field("account", Holds.CODE, _("the account")),
            Field("law", Holds.CODE, _("the key of the law’s document")),
            *amounts(OF_APPROPRIATIONS),
            ENTRIES,
            FEDERAL_ACCOUNT,
            Field(
                "treasury_account",
                Holds.CODE,
                _("Treasury’s symbol, with its years, if a document says it"),
            ),
            Field(
                "available_until",
                Holds.CODE,
                _(
                    "through when it may be obligated, if a document says it: a day, a fiscal "
                    "year as FY2009, or no-year"
                ),
            ),
        ),
        _appropriations,
    ),
    Summary(
        "timeline",
        _("Sums over time"),
        _("one day on which something changed a row, with the sums up to its end"),
        (Field("day", Holds.DAY, _("the day")), *amounts(STAGES), ENTRIES),
        _timeline,
    ),
    Summary(
        "figure-history",
        _("A figure through the versions"),
        _(
            "one version that changed the sum of the stage or balance asked for a row, the oldest "
            "first; without one, of each stage"
        ),
        (
            Field("version", Holds.NUMBER, _("the version’s number")),
            Field("posted_at", Holds.MOMENT, _("when it was posted")),
            Field("title", Holds.TEXT, _("its title")),
            Field("reason", Holds.TEXT, _("why it was made")),
            Field("figure", Holds.CODE, _("the stage or balance that it changed")),
            Field("change_usd", Holds.AMOUNT, _("what it added")),
            Field("change_bound", Holds.CODE, BOUND),
            Field("after_usd", Holds.AMOUNT, _("what the figure came to")),
            Field("after_bound", Holds.CODE, BOUND),
            Field("entries", Holds.NUMBER, _("how many of its entries made the change")),
        ),
        _figure_history,
    ),
    Summary(
        "stages",
        _("Stages"),
        _("the four parts that add up to what is appropriated, one a row"),
        (
            Field("part", Holds.CODE, _("the part")),
            Field("name", Holds.TEXT, _("its name, in the language of the address")),
            Field("amount_usd", Holds.SUM, _("its amount")),
            Field("bound", Holds.CODE, BOUND),
        ),
        _stages,
    ),
)
