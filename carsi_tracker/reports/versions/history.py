"""A figure through the versions, as pages show it: its newest changes, and all as a file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from carsi_tracker.figures.aggregates import NOTHING, Amount, breakdown
from carsi_tracker.figures.history import figure_history
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked
from carsi_tracker.reports.versions.effects import effect_linked

NEWEST = 10


@dataclass(frozen=True)
class HistoryRow:
    """A version that changed a figure: what it added, and what the figure came to."""

    posting: Posting
    effect: SafeString
    figure: Linked


@dataclass(frozen=True)
class FigureHistory:
    """The newest changes of a figure, newest first; `more` counts the older ones."""

    figure: str
    rows: list[HistoryRow]
    more: int
    file_query: str


def history_of(query: Query) -> FigureHistory:
    """Return the changes of the stage or measure that is asked.

    Where none is asked: of all stages, and what is committed after each.
    """
    figure = query.filters.measure or query.filters.stage or Stage.COMMITTED
    after: dict[int, Amount] = {}
    latest = NOTHING
    for step in figure_history(query):
        latest = step.after if step.of == figure else latest
        after[step.version] = latest
    versions = sorted(after, reverse=True)[:NEWEST]
    postings = Posting.objects.filter(version__in=versions).order_by("-version")
    return FigureHistory(
        name_of_balance(figure),
        [
            HistoryRow(posting, _effect(query, posting), _figure(query, posting, figure, after))
            for posting in postings
        ],
        len(after) - len(versions),
        as_query_string(query),
    )


def _effect(query: Query, posting: Posting) -> SafeString:
    added = breakdown(query, "version")[posting.version]
    own = query.where(posted_in=posting.version)
    asked = query.filters.measure or query.filters.stage
    if not asked:
        return effect_linked(added, own)
    return linked(added.of(asked), own).signed_in_dollars


def _figure(query: Query, posting: Posting, figure: str, after: Mapping[int, Amount]) -> Linked:
    """Link what a figure came to in a version to its entries in that version."""
    version = Version(posting.version, posting.checksum, query.version.label_revision)
    then = replace(query, version=version, pinned=True).summing(figure)
    return linked(after[posting.version], then)
