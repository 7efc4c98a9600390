"""What others published, as other pages show it: a line beside a figure, three cards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.figures.published import (
    MATCHING,
    PublishedComparison,
    Verdict,
    VerdictChange,
    beside,
    most_important,
    tally,
    verdicts_changed,
    verdicts_of_draft,
)
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import path
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.published.wording import (
    asked_in_words,
    period_in_words,
    published_in_prose,
    question_in_words,
)
from carsi_tracker.reports.tables.published import (
    our_figure,
    our_figure_in_words,
    published_as_meant,
    verdict_mark,
    why,
)

MOST_LINES = 3
CARDS = 3


@dataclass(frozen=True)
class PublishedLine:
    """A published total in a line: who says how much, about what, and how ours compares.

    `about` names the subject where the page is of several.
    """

    publisher: str
    amount: str
    asked: str
    href: str
    verdict: SafeString
    about: str = ""


@dataclass(frozen=True)
class PublishedCard:
    """A published total beside ours: the question, both, the words published, and why."""

    title: str
    href: str
    verdict: SafeString
    published: SafeString | str
    ours: SafeString | str
    figure: PublishedFigure
    why: SafeString | str


@dataclass(frozen=True)
class PublishedChange:
    """A published total that compares otherwise than before: both our figures, both verdicts."""

    title: str
    href: str
    publisher: str
    published: SafeString | str
    ours_before: SafeString
    ours: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class PublishedCounts:
    """How many published totals there are, match, match as copies of them, differ unexplained."""

    number: int
    matching: int
    copied: int
    unexplained: int

    @property
    def headline(self) -> str:
        """How many match, and how many differ without explanation."""
        matching = ngettext(
            "%(matching)d of %(number)d published total matches the ledger",
            "%(matching)d of %(number)d published totals match the ledger",
            self.number,
        )
        unexplained = ngettext(
            "%(unexplained)d differs without explanation",
            "%(unexplained)d differ without explanation",
            self.unexplained,
        )
        none = _("none differs without explanation")
        return f"{matching}; {unexplained if self.unexplained else none}" % vars(self)

    @property
    def copies(self) -> str:
        """How many of those that match prove only that they were copied; empty where none does."""
        said = ngettext(
            "%(copied)d of the %(matching)d is our own source, so it proves the copying only.",
            "%(copied)d of the %(matching)d are our own sources, so they prove the copying only.",
            self.copied,
        )
        return said % vars(self) if self.copied else ""


def lines_beside(public: PublicRequest, query: Query) -> list[PublishedLine]:
    """Return the lines of the published totals that ask what a page asks, at most three."""
    found = beside(query)
    return [line_of(public, each) for each in found[:MOST_LINES]]


def line_of_each(public: PublicRequest, queries: Mapping[str, Query]) -> list[PublishedLine]:
    """Return a line for each of several subjects, by name, about which a total was published."""
    return [
        line_of(public, found[0], name)
        for name, query in queries.items()
        if (found := beside(query))
    ]


def changed_comparisons(before: Query, after: Query) -> list[PublishedChange]:
    """Return the published totals that compare otherwise in a later version."""
    return [_change(each, after) for each in verdicts_changed(before, after)]


def comparisons_of_draft(batch_id: int) -> list[PublishedChange]:
    """Return the published totals that would compare otherwise with a draft posted today."""
    version, _revision = newest()
    now = Query(version, today()).permanent()
    return [_change(each, now) for each in verdicts_of_draft(now, batch_id)]


def _change(changed: VerdictChange, query: Query) -> PublishedChange:
    figure = changed.after.figure
    return PublishedChange(
        f"{question_in_words(figure)}, {period_in_words(figure)}",
        path("published-figure", figure.key) + as_query_string(query.everywhere()),
        figure.document.publisher,
        published_as_meant(figure),
        our_figure(changed.before),
        our_figure_in_words(changed.after),
        changed.before.verdict,
        changed.after.verdict,
    )


def most_important_cards(public: PublicRequest) -> list[PublishedCard]:
    """Return the published totals that matter most, for the overview."""
    found = most_important(public.query, CARDS)
    return [_card(public, each) for each in found]


def counts_of(comparisons: Iterable[PublishedComparison]) -> PublishedCounts:
    """Count comparisons as a headline does."""
    counted = tally(comparisons)
    matching = sum(counted[verdict] for verdict in MATCHING)
    copied, unexplained = counted[Verdict.OUR_SOURCE], counted[Verdict.UNEXPLAINED]
    return PublishedCounts(sum(counted.values()), matching, copied, unexplained)


def line_of(
    public: PublicRequest, comparison: PublishedComparison, about: str = ""
) -> PublishedLine:
    """Return the line of a published total; `about` names what it is of."""
    figure = comparison.figure
    return PublishedLine(
        figure.document.publisher,
        published_in_prose(figure),
        asked_in_words(figure),
        _address(public, figure),
        verdict_mark(comparison),
        about,
    )


def _card(public: PublicRequest, comparison: PublishedComparison) -> PublishedCard:
    figure = comparison.figure
    return PublishedCard(
        f"{question_in_words(figure)}, {period_in_words(figure)}",
        _address(public, figure),
        verdict_mark(comparison),
        published_as_meant(figure),
        our_figure(comparison),
        figure,
        why(comparison),
    )


def _address(public: PublicRequest, figure: PublishedFigure) -> str:
    return path("published-figure", figure.key) + as_query_string(public.query.everywhere())
