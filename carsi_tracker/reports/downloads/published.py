"""The table of published totals as a file: each with our figure, the difference, the verdict."""

from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.published import PublishedComparison, all_compared
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.listings import BOUND
from carsi_tracker.reports.downloads.summaries import Rows, Summary
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.published.chosen import OWN, chosen
from carsi_tracker.reports.tables.published import PublishedTable

FIELDS = (
    Field("key", Holds.CODE, _("the published total’s key")),
    Field("publisher", Holds.TEXT, _("who published it")),
    Field("document", Holds.CODE, _("the document’s key")),
    Field("locator", Holds.TEXT, _("page or section")),
    Field("quote", Holds.TEXT, _("words quoted from it")),
    Field("measure", Holds.CODE, _("the stage or balance that it is about")),
    Field("account", Holds.CODE, _("the account, if it is about one")),
    Field("year", Holds.NUMBER, _("the fiscal year, if it is about one")),
    Field("area", Holds.CODE, _("the programming area, if it is about one")),
    Field("country", Holds.CODE, _("the country, if it is about one")),
    Field("agency", Holds.TEXT, _("the agency, if it is about one")),
    Field("date_from", Holds.DAY, _("the first day that it is about, if it begins on one")),
    Field("as_of", Holds.DAY, _("the last day that it is about")),
    Field("relation", Holds.CODE, _("equals, about, at-least or at-most")),
    Field("amount_usd", Holds.AMOUNT, _("the published total")),
    Field("tolerance_usd", Holds.AMOUNT, _("how far ours may be from it and still match")),
    Field("wider", Holds.TEXT, _("what it covers beyond the question, in English")),
    Field("wider_es", Holds.TEXT, _("what it covers beyond the question, in Spanish")),
    Field(
        "explanation",
        Holds.TEXT,
        _("why ours differs, in English; empty if our_bound tells"),
    ),
    Field(
        "explanation_es",
        Holds.TEXT,
        _("why ours differs, in Spanish; empty if our_bound tells"),
    ),
    Field(
        "our_usd", Holds.AMOUNT, _("our figure for the same question; empty where none is found")
    ),
    Field("our_bound", Holds.CODE, BOUND),
    Field("our_entries", Holds.NUMBER, _("how many entries ours sums")),
    Field("difference_usd", Holds.AMOUNT, _("ours less the published total")),
    Field("verdict", Holds.CODE, _("how they compare, computed from the entries")),
)


def _rows(public: PublicRequest) -> Rows:
    found = chosen(public, all_compared(public.query))
    table = PublishedTable(found, "", public, public.query)
    return [_cells(row.record) for row in table.rows]


def _cells(row: PublishedComparison) -> tuple[object, ...]:
    figure, ours = row.figure, row.ours
    coded = (figure.area, figure.country, figure.agency)
    return (
        figure.key, figure.document.publisher, figure.document.key, figure.locator, figure.quote,
        figure.measure, figure.account and figure.account.code, figure.year,
        *(each and each.code for each in coded),
        figure.date_from, figure.as_of, figure.relation, figure.amount, figure.tolerance,
        figure.wider, figure.wider_es, figure.explanation, figure.explanation_es,
        ours.sum_.amount if ours.known else None, ours.sum_.limits.mark, ours.sum_.entries,
        row.difference, row.verdict,
    )  # fmt: skip


PUBLISHED = Summary(
    "published",
    _("Published totals"),
    _("one total that others published a row, beside our figure for the same question"),
    FIELDS,
    _rows,
    PublishedTable.sorts(),
    OWN,
)
