"""Data gaps as files: by appropriation, by country, and what would settle them."""

from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.gaps import KINDS, WHOLE
from carsi_tracker.figures.open_questions import open_questions
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.listings import BOUND, COUNTRY_NAME
from carsi_tracker.reports.downloads.summaries import (
    COUNTRY,
    ENTRIES,
    Rows,
    Summary,
    amounts,
    cells,
)
from carsi_tracker.reports.gaps.table import gap_tables
from carsi_tracker.reports.page.public_page import PublicRequest

TOTAL = "total"
OF_APPROPRIATIONS = ("appropriated", WHOLE, *KINDS)
OF_PLACES = ("committed", "unobligated", "unliquidated")


def _appropriations(public: PublicRequest) -> Rows:
    tables = gap_tables(public)
    for row in (*tables.appropriations, tables.all) if tables.appropriations else ():
        yield (row.code or TOTAL, *cells(row.gap.sums, OF_APPROPRIATIONS))


def _places(public: PublicRequest) -> Rows:
    tables = gap_tables(public)
    for row in (*tables.places, tables.all_places) if tables.places else ():
        unstated = row.unstated.amount if row.unstated.known else None
        mark = row.unstated.limits.mark
        code = row.subject.key or TOTAL
        yield (code, row.subject.name, unstated, mark, *cells(row.sums, OF_PLACES))


def _questions(public: PublicRequest) -> Rows:
    for asked in open_questions(public.query):
        question, filters = asked.question, asked.query.filters
        yield (
            question.key, question.question, question.question_es, question.measure,
            filters.account, question.year, filters.area, filters.country, filters.agency,
            asked.sum_.amount, asked.sum_.limits.mark,
            " ".join(each.figure.key for each in asked.published),
            question.settled_by, question.settled_by_es,
        )  # fmt: skip


GAPS = (
    Summary(
        "gaps",
        _("Data gaps"),
        _("an appropriation a row, largest gap first, then all; the kinds of gap add up"),
        (
            Field(
                "appropriation", Holds.CODE, _("the appropriation, such as 2008-incle; or total")
            ),
            *amounts(OF_APPROPRIATIONS),
            ENTRIES,
        ),
        _appropriations,
        filtered=False,
    ),
    Summary(
        "gaps-by-country",
        _("Data gaps by country"),
        _("a country a row, then all (total); amounts for the region have a row of their own"),
        (
            COUNTRY,
            Field("country_name", Holds.TEXT, COUNTRY_NAME),
            Field("area_not_specified_usd", Holds.SUM, _("committed with no area specified")),
            Field("area_not_specified_bound", Holds.CODE, BOUND),
            *amounts(OF_PLACES),
            ENTRIES,
        ),
        _places,
        filtered=False,
    ),
    Summary(
        "open-questions",
        _("Open questions"),
        _("what is not known, a question a row, with the kind of document that would settle it"),
        (
            Field("key", Holds.CODE, _("the question’s key")),
            Field("question", Holds.TEXT, _("what is not known, in English")),
            Field("question_es", Holds.TEXT, _("what is not known, in Spanish")),
            Field("measure", Holds.CODE, _("the stage or balance that it is about")),
            Field("account", Holds.CODE, _("the account, if it is about one")),
            Field("year", Holds.NUMBER, _("the fiscal year, if it is about one")),
            Field("area", Holds.CODE, _("the programming area, if it is about one")),
            Field("country", Holds.CODE, _("the country, if it is about one")),
            Field("agency", Holds.TEXT, _("the agency, if it is about one")),
            Field("amount_usd", Holds.AMOUNT, _("the sum that it is about")),
            Field("amount_bound", Holds.CODE, BOUND),
            Field("published", Holds.TEXT, _("keys of the published totals that bear on it")),
            Field("settled_by", Holds.TEXT, _("what would settle it, in English")),
            Field("settled_by_es", Holds.TEXT, _("what would settle it, in Spanish")),
        ),
        _questions,
        filtered=False,
    ),
)
