"""What versions did to the totals: in words, each sum linked to the entries that made it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.ledger.money import signed_dollars
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.marks import marked, marked_plainly

CHANGES = {
    Stage.APPROPRIATED: gettext_lazy("%(amount)s appropriated"),
    Stage.COMMITTED: gettext_lazy("%(amount)s committed"),
    Stage.OBLIGATED: gettext_lazy("%(amount)s obligated"),
    Stage.DISBURSED: gettext_lazy("%(amount)s disbursed"),
}


@dataclass(frozen=True)
class ListedVersion:
    """A version, and what it did to the sums of a query."""

    posting: Posting
    effect: SafeString


def listed(postings: Iterable[Posting], query: Query) -> list[ListedVersion]:
    """Return versions with what each did to the sums by stage of a query."""
    postings = tuple(postings)
    oldest = min((posting.version for posting in postings), default=1)
    effects = aggregates.breakdown(query.where(posted_from=oldest), "version")
    return [
        ListedVersion(
            posting,
            effect_linked(
                effects.get(posting.version, Sums()),
                query.where(posted_from=None, posted_in=posting.version),
            ),
        )
        for posting in postings
    ]


def effect_in_words(effect: Sums) -> str:
    """Say what was added to the sums by stage, in U.S. dollars: +$3,182,000 committed."""
    words = (
        CHANGES[stage] % {"amount": marked_plainly(signed_dollars(sum_.amount), sum_.limits)}
        for stage, sum_ in _changes(effect)
    )
    return ", ".join(words) or _("No totals changed")


def effect_linked(effect: Sums, query: Query) -> SafeString:
    """Say what was added to the sums by stage, each linked to those entries of a query."""
    links = (
        (entries_address(query.where(stage=stage)), _said(stage, sum_))
        for stage, sum_ in _changes(effect)
    )
    return format_html_join(", ", '<a class="effect" href="{}">{}</a>', links) or format_html(
        '<span class="no-change">{}</span>', _nothing_changed(query)
    )


def _nothing_changed(query: Query) -> str:
    """Say that no sum changed; by the day, where one is asked: later days may have changed."""
    if not query.dated:
        return _("No totals changed")
    return _("No totals changed through %(day)s") % {"day": query.day_in_words}


def _said(stage: Stage, sum_: Amount) -> SafeString:
    amount = marked(signed_dollars(sum_.amount), sum_.limits)
    return format_html(str(CHANGES[stage] % {"amount": "{}"}), amount)


def _changes(effect: Sums) -> Iterator[tuple[Stage, Amount]]:
    return ((stage, effect.of(stage)) for stage in Stage if effect.of(stage).amount)
