"""What others published, held against the ledger: our figure for the same question, and a verdict.

No verdict is typed: each is computed from the entries of a version.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.our_figures import OurFigure, our_figures
from carsi_tracker.figures.query import MEASURES, Filters, Query, Version
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Entry, Line, OpenQuestion, PublishedFigure

NAMED = ("document", "account", "area", "country", "agency")
"""What a published total refers to, which is read with it."""
INFINITY = Decimal("Infinity")
AMOUNTS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
DAYS = re.compile(
    r"[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} (?:de )?[A-Za-z]+ (?:de )?\d{4}|\b(?:FY)?(?:19|20)\d{2}\b"
)
"""Days and years, as published words write them."""
KEPT = 16
"""How many versions a process keeps the comparisons of."""

Known = tuple[PublishedFigure, OurFigure]


class Verdict(models.TextChoices):
    """How a published total and ours compare."""

    MATCHES = "matches", _("Matches")
    OUR_SOURCE = "matches-our-source", _("Matches (our source)")
    BROADER = "broader", _("Published total is broader")
    EXPLAINED = "differs-explained", _("Differs, explained")
    UNEXPLAINED = "differs-unexplained", _("Differs, unexplained")
    MISSING = "not-in-the-ledger", _("Not in the ledger")

    @property
    def rank(self) -> int:
        """Its place where the differences come first."""
        return WORST_FIRST.index(self)

    @property
    def urgency(self) -> int:
        """What differs without explanation (0), what else differs or is missing (1), the rest."""
        if self == Verdict.UNEXPLAINED:
            return 0
        return 1 if self in (Verdict.EXPLAINED, Verdict.MISSING) else 2


WORST_FIRST = (
    Verdict.UNEXPLAINED, Verdict.EXPLAINED, Verdict.MISSING, Verdict.BROADER, Verdict.MATCHES,
    Verdict.OUR_SOURCE,
)  # fmt: skip

MATCHING = (Verdict.MATCHES, Verdict.OUR_SOURCE)


@dataclass(frozen=True)
class PublishedComparison:
    """A published total beside our figure for the same question."""

    figure: PublishedFigure
    query: Query
    ours: OurFigure
    verdict: Verdict

    @property
    def our_amount(self) -> Decimal | None:
        """Our sum; None where the ledger has no entry at that stage."""
        return self.ours.sum_.amount if self.ours.known else None

    @property
    def difference(self) -> Decimal | None:
        """Ours less the published total; None where the ledger has no entry at that stage."""
        return None if self.our_amount is None else self.our_amount - self.figure.amount

    @property
    def limit(self) -> Mark | None:
        """What ours is, where that explains why the two differ and both may be true."""
        differs = self.verdict == Verdict.EXPLAINED
        return self.ours.sum_.limits.mark if differs and may_hold(self.figure, self.ours) else None


def published_figures() -> QuerySet[PublishedFigure]:
    """Return the published totals that are compared, with all that they refer to."""
    return PublishedFigure.objects.filter(retired=False).select_related(*NAMED)


def question(figure: PublishedFigure, query: Query) -> Query:
    """Ask the published question of the version of a query, on the day that it was about."""
    return Query(query.version, figure.as_of, asked_by(figure), dated=True, pinned=query.pinned)


def asked_by(figure: PublishedFigure | OpenQuestion) -> Filters:
    """Return the filters that a published total, or an open question, asks for."""
    balance = figure.measure in MEASURES
    return Filters(
        stage=None if balance else figure.measure,
        measure=figure.measure if balance else None,
        account=figure.account.code if figure.account else None,
        year=str(figure.year) if figure.year else None,
        area=figure.area.code if figure.area else None,
        country=figure.country.code if figure.country else None,
        agency=figure.agency.code if figure.agency else None,
        date_from=getattr(figure, "date_from", None),
    )


def compared(figures: Iterable[PublishedFigure], query: Query) -> list[PublishedComparison]:
    """Compare published totals with a version of the ledger, in the order given."""
    figures = list(figures)
    asked = [(question(figure, query), figure.document.key) for figure in figures]
    ours = our_figures(Entry.objects.filter(posting_id__lte=query.version.number), asked)
    return _judged(zip(figures, ours, strict=True), query)


def all_compared(query: Query) -> list[PublishedComparison]:
    """Compare all published totals that are about a day up to the query's, by key."""
    everything = _all(query.version)
    return _judged(((f, ours) for f, ours in everything if f.as_of <= query.day), query)


def beside(query: Query) -> list[PublishedComparison]:
    """Return the published totals that ask what a query asks, those that matter most first.

    Where the query asks for no stage or balance, a total may ask for any.
    """
    found = _by_filters(query.version).get(query.filters, ())
    return by_importance(_judged(((f, our) for f, our in found if f.as_of <= query.day), query))


def most_important(query: Query, most: int) -> list[PublishedComparison]:
    """Return the published totals that matter most, one of each stage or balance."""
    found: dict[str, PublishedComparison] = {}
    for each in by_importance(all_compared(query)):
        found.setdefault(each.figure.measure, each)
    return list(found.values())[:most]


def by_importance(comparisons: Iterable[PublishedComparison]) -> list[PublishedComparison]:
    """Order what differs first, the unexplained before all; then by the amount, largest first."""
    return sorted(
        comparisons,
        key=lambda each: (each.verdict.urgency, -each.figure.amount, each.figure.key),
    )


def _judged(found: Iterable[Known], query: Query) -> list[PublishedComparison]:
    return [
        PublishedComparison(figure, question(figure, query), ours, judged(figure, ours))
        for figure, ours in found
    ]


@remembered(KEPT)
def _all(version: Version) -> Sequence[Known]:
    query = Query(version, today())
    return [(each.figure, each.ours) for each in compared(published_figures(), query)]


@remembered(KEPT)
def _by_filters(version: Version) -> Mapping[Filters, Sequence[Known]]:
    """Return all published totals under the filters they ask for, with and without their stage."""
    found: dict[Filters, list[Known]] = defaultdict(list)
    for figure, ours in _all(version):
        filters = asked_by(figure)
        found[filters].append((figure, ours))
        found[replace(filters, stage=None, measure=None)].append((figure, ours))
    return found


def judged(figure: PublishedFigure, ours: OurFigure) -> Verdict:
    """Say how our figure compares with a published total."""
    if not ours.known:
        return Verdict.MISSING
    difference = ours.sum_.amount - figure.amount
    if _holds(figure, difference, difference):
        return Verdict.OUR_SOURCE if ours.copied else Verdict.MATCHES
    if figure.wider and difference <= figure.tolerance:
        return Verdict.BROADER
    if figure.explanation or may_hold(figure, ours):
        return Verdict.EXPLAINED
    return Verdict.UNEXPLAINED


def may_hold(figure: PublishedFigure, ours: OurFigure) -> bool:
    """Say whether our sum, which may be less or more where it is a limit, allows the total."""
    mark, difference = ours.sum_.limits.mark, ours.sum_.amount - figure.amount
    least = -INFINITY if mark in {Mark.AT_MOST, Mark.BOTH} else difference
    most = INFINITY if mark in {Mark.AT_LEAST, Mark.BOTH} else difference
    return _holds(figure, least, most)


def _holds(figure: PublishedFigure, least: Decimal, most: Decimal) -> bool:
    """Say whether a total holds for a difference from ours that is within some bounds."""
    at_least, at_most = bool(most >= -figure.tolerance), bool(least <= figure.tolerance)
    if figure.relation == PublishedFigure.Relation.AT_LEAST:
        return at_least
    if figure.relation == PublishedFigure.Relation.AT_MOST:
        return at_most
    return at_least and at_most


@dataclass(frozen=True)
class VerdictChange:
    """A published total whose verdict is another after a version, or with a draft posted."""

    before: PublishedComparison
    after: PublishedComparison


def verdicts_changed(before: Query, after: Query) -> list[VerdictChange]:
    """Return the published totals that compare otherwise with a later version."""
    return _changed(all_compared(before), all_compared(after))


def verdicts_of_draft(query: Query, batch_id: int) -> list[VerdictChange]:
    """Return the published totals that would compare otherwise with a draft posted."""
    before = all_compared(query)
    asked = [(each.query, each.figure.document.key) for each in before]
    added = our_figures(Line.objects.filter(batch=batch_id), asked)
    with_it = ((old.figure, old.ours + new) for old, new in zip(before, added, strict=True))
    return _changed(before, _judged(with_it, query))


def _changed(
    before: Iterable[PublishedComparison], after: Iterable[PublishedComparison]
) -> list[VerdictChange]:
    known = {old.figure.key: old for old in before}  # one may come or go between the two readings
    pairs = [(known[new.figure.key], new) for new in after if new.figure.key in known]
    return [VerdictChange(old, new) for old, new in pairs if old.verdict != new.verdict]


def tally(comparisons: Iterable[PublishedComparison]) -> Mapping[Verdict, int]:
    """Count comparisons by verdict; each verdict is there, in its order."""
    counted = dict.fromkeys(Verdict, 0)
    for comparison in comparisons:
        counted[comparison.verdict] += 1
    return counted


def is_worked_out(figure: PublishedFigure) -> bool:
    """Say whether the words published hold amounts, but not this one: it is worked out from them.

    Dates and years in the words are no amounts.
    """
    numbers = [
        Decimal(number.replace(",", "")) for number in AMOUNTS.findall(DAYS.sub("", figure.quote))
    ]
    units = (1, 1_000, 1_000_000)
    return bool(numbers) and not any(
        number * unit == figure.amount for number in numbers for unit in units
    )
