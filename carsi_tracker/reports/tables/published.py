"""The table of published totals beside ours."""

from collections.abc import Iterator
from itertools import groupby

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carsi_tracker.figures.published import MATCHING, PublishedComparison, is_worked_out
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.money import figure as as_figure
from carsi_tracker.ledger.money import signed
from carsi_tracker.reports.page.links import entries_address, linked, path
from carsi_tracker.reports.page.marks import marked_plainly
from carsi_tracker.reports.page.unknown import not_found
from carsi_tracker.reports.page.written import written
from carsi_tracker.reports.published.wording import (
    limit_in_words,
    period_in_words,
    question_in_words,
)
from carsi_tracker.reports.tables.base import LedgerTable
from carsi_tracker.reports.tables.cells import document_link, link

KEY = "figure__key"
PUBLISHER = "figure__document__publisher"
RANK = "verdict__rank"
MARKS = {"about": "≈", "at-least": "≥", "at-most": "≤"}
"""How a published total is meant; one that equals has no mark."""


class PublishedTable(LedgerTable):
    """Published totals, each with our figure for the same question."""

    question = tables.Column(
        gettext_lazy("Question, and the words published"),
        empty_values=(),
        order_by=("figure__measure", "figure__as_of", KEY),
    )
    publisher = tables.Column(
        gettext_lazy("Publisher"), empty_values=(), order_by=(PUBLISHER, RANK, KEY)
    )
    published = tables.Column(
        gettext_lazy("Published, USD"), empty_values=(), order_by=("figure__amount", KEY)
    )
    ours = tables.Column(
        gettext_lazy("Our figure, USD"), empty_values=(), order_by=("our_amount", KEY)
    )
    difference = tables.Column(
        gettext_lazy("Difference, USD"), empty_values=(), order_by=("difference", KEY)
    )
    verdict = tables.Column(
        gettext_lazy("Comparison, and why"), empty_values=(), order_by=(RANK, PUBLISHER, KEY)
    )

    file = "published"
    numeric = frozenset({"published", "ours", "difference"})
    key = "ours"

    class Meta(LedgerTable.Meta):
        order_by = "publisher"

    @property
    def is_grouped(self) -> bool:
        """Whether rows stand under their publishers, which then need no column."""
        return bool(self.order_by) and self.order_by[0].bare == "publisher"

    @property
    def names(self) -> list[str]:
        """The names of the columns that are shown."""
        return [name for name in super().names if name != "publisher" or not self.is_grouped]

    def lines(self) -> Iterator[SafeString]:
        """Yield the cells of each row, under a row for each publisher."""
        if not self.is_grouped:
            yield from super().lines()
            return
        everything = [row.record for row in self.rows]
        for publisher, records in groupby(self.shown, self.render_publisher):
            yield group_head(
                publisher,
                [each for each in everything if self.render_publisher(each) == publisher],
                len(self.names),
            )
            yield from self.cells_of(records)

    @property
    def file_query(self) -> str:
        """The query of the whole table as a file: what is chosen, in the same order."""
        return self.public.address.at_page(1).query_string()

    def render_question(self, record: PublishedComparison) -> SafeString:
        figure = record.figure
        said = format_html(
            '<q lang="{}">{}</q> ', figure.document.language, figure.quote
        ) if figure.quote else ""  # fmt: skip
        place = format_html(
            ", {}", written(figure.locator, "en", self.public)
        ) if figure.locator else ""  # fmt: skip
        return format_html(
            "{}, {}<br><small>{}{}{}</small>",
            link(
                path("published-figure", figure.key) + self.query_string, question_in_words(figure)
            ),
            period_in_words(figure),
            said,
            document_link(figure.document, self.query_string),
            place,
        )

    def render_publisher(self, record: PublishedComparison) -> str:
        return record.figure.document.publisher

    def render_published(self, record: PublishedComparison) -> SafeString | str:
        return published_as_meant(record.figure)

    def render_ours(self, record: PublishedComparison) -> SafeString:
        return our_figure(record)

    def render_difference(self, record: PublishedComparison) -> str:
        return "" if record.difference is None else signed(record.difference)

    def render_verdict(self, record: PublishedComparison) -> SafeString:
        said = why(record)
        return format_html("{}{}{}", verdict_mark(record), SafeString("<br>" if said else ""), said)


def group_head(publisher: str, of_it: list[PublishedComparison], columns: int) -> SafeString:
    """Head the rows of a publisher: how many there are, and how many match."""
    matching = sum(each.verdict in MATCHING for each in of_it)
    total = ngettext("%(number)d total", "%(number)d totals", len(of_it)) % {"number": len(of_it)}
    match = ngettext("%(number)d matches", "%(number)d match", matching) % {"number": matching}
    return format_html(
        '<th scope="rowgroup" colspan="{}">{} <small>{}, {}</small></th>',
        columns, publisher, total, match,
    )  # fmt: skip


def published_as_meant(figure: PublishedFigure) -> SafeString | str:
    """Show the published total with the mark of how it is meant, which is read out in words.

    A total that the words published do not hold says that it was worked out from them.
    """
    shown: SafeString | str = as_figure(figure.amount)
    if figure.relation in MARKS:
        mark, words = MARKS[figure.relation], figure.get_relation_display()
        shown = format_html('<span role="img" aria-label="{}">{}</span> {}', words, mark, shown)
    if is_worked_out(figure):
        shown = format_html("{}<br><small>{}</small>", shown, _("worked out"))
    return shown


def our_figure(record: PublishedComparison) -> SafeString:
    """Show our figure, or in words that none was found, as a link to the entries that answer."""
    sum_ = record.ours.sum_
    if sum_.known:
        return linked(sum_, record.query).html
    return link(entries_address(record.query), not_found(record.figure.measure))


def our_figure_in_words(record: PublishedComparison) -> str:
    """Write our figure, or that none was found."""
    sum_ = record.ours.sum_
    if not sum_.known:
        return not_found(record.figure.measure)
    return marked_plainly(as_figure(sum_.amount), sum_.limits)


def verdict_mark(record: PublishedComparison) -> SafeString:
    """Show a verdict."""
    verdict = record.verdict
    return format_html('<span class="verdict verdict-{}">{}</span>', verdict, verdict.label)


def why(record: PublishedComparison) -> SafeString | str:
    """Show what the total covers beyond ours, and what explains a difference."""
    figure, said = record.figure, []
    if figure.wider:
        wider = format_html('<span lang="{}">{}</span>', figure.widened_in, figure.shown_wider)
        said.append(format_html(_("Also covers {}."), wider))
    if figure.explanation:
        explained = figure.shown_explanation
        said.append(format_html('<span lang="{}">{}.</span>', figure.explained_in, explained))
    if record.limit:
        said.append(format_html("{}", limit_in_words(record.limit)))
    return format_html("<small>{}</small>", SafeString(" ".join(said))) if said else ""
