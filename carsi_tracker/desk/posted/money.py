"""What the page of a posted commitment shows of its money: stages, balances, entries and lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount, Sums
from carsi_tracker.figures.bounds import EXACT, Limits, limits_of
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.remaining import Course, courses
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Batch, Commitment, Document, Entry, Line, Stage
from carsi_tracker.reports.page.unknown import not_found

STAGES = (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)
NAMES = {
    "unobligated": gettext_lazy("Committed, not obligated"),
    "unliquidated": gettext_lazy("Obligated, not disbursed"),
    "disbursed": Stage.DISBURSED.label,
}
"""Of balances that a commitment has."""
LONGEST = 200
"""How many posted entries are listed; the public page lists all."""
WIDTH = 700
"""Of the bar."""


@dataclass(frozen=True)
class AtStage:
    """A stage: its sum by posted entries, and what is said of it."""

    stage: Stage
    sum: Amount
    said: str


@dataclass(frozen=True)
class BalanceRow:
    """A balance by posted entries, what unposted batches do to it, and how low both make it."""

    name: str
    address: str
    posted: Amount
    unposted: Decimal | None
    together: Amount
    lowest: Amount
    lowest_day: date


@dataclass(frozen=True)
class Piece:
    """A part of the bar, from the left: what it is, where it begins, how wide it is."""

    kind: str
    begins: int
    width: int


@dataclass(frozen=True)
class Item:
    """A posted entry, or a line of a batch that is not posted; `state` is empty of an entry."""

    day: date
    stage: str
    amount: Amount
    document: Document
    locator: str
    basis: str
    address: str
    where: str
    state: str


@dataclass(frozen=True)
class Money:
    """All that, of one commitment."""

    commitment: Commitment
    stages: list[AtStage]
    unposted: Mapping[Stage, Decimal]
    balances: list[BalanceRow]
    items: list[Item]
    entries: int
    lines: int
    pieces: list[Piece]
    courses: Mapping[str, Course]
    is_zero: bool

    @property
    def is_cut(self) -> bool:
        """Whether the list leaves posted entries out."""
        return self.entries > LONGEST


def posted_commitment(commitment_id: int) -> Commitment:
    """Return a posted commitment with what describes it; raises Http404."""
    posted = Commitment.objects.described().select_related("replaces")
    return get_object_or_404(
        posted.prefetch_related("replaced_by").filter(first_version__isnull=False),
        pk=commitment_id,
    )


def page_of(commitment_id: int) -> dict[str, Any]:
    """Return what the pages of a posted commitment show of it; raises Http404."""
    commitment = posted_commitment(commitment_id)
    return {"commitment": commitment, "money": money_of(commitment)}


def money_of(commitment: Commitment) -> Money:
    """Return the money of a posted commitment in the newest version and in unposted batches."""
    version, _revision = newest()
    query = Query(version, today())
    sums = aggregates.totals(query.where(commitment=commitment.reference))
    of = commitment.appropriation
    available = aggregates.totals(query.where(account=of.account.code, year=str(of.fiscal_year)))
    entries = commitment.entries.select_related("document").order_by("-effective_date", "-pk")
    first = commitment.entries.aggregate(day=Min("effective_date"))["day"]
    lines = Line.objects.filter(commitment=commitment, batch__version=None)
    lines = lines.select_related("document", "batch")
    found = courses(commitment, first or today())
    items = [*_posted(entries[:LONGEST], commitment), *_unposted(lines, commitment)]
    items.sort(key=lambda item: (item.day, bool(item.state)))
    unposted = {stage: found[stage].latest.unposted or Decimal(0) for stage in STAGES}
    return Money(
        commitment,
        [_at_stage(stage, sums) for stage in STAGES],
        unposted,
        _balances(commitment, sums, available, found),
        items,
        sums.entries,
        sum(1 for item in items if item.state),
        list(_pieces(sums, unposted)),
        found,
        is_zero(commitment),
    )


def not_cancelled(entries: QuerySet[Entry]) -> QuerySet[Any]:
    """Return the stages and days on which entries of a commitment do not cancel out."""
    sums = entries.order_by().values("stage", "effective_date").annotate(total=Sum("amount"))
    return sums.exclude(total=0)


def is_zero(commitment: Commitment) -> bool:
    """Say whether a commitment's entries cancel out on every day."""
    return not not_cancelled(commitment.entries.all()).exists()


def _at_stage(stage: Stage, sums: Sums) -> AtStage:
    found = sums.of(stage)
    missing = not_found(stage)
    return AtStage(stage, found, "" if found.known else missing[:1].upper() + missing[1:])


def _balances(
    commitment: Commitment, sums: Sums, available: Sums, found: Mapping[str, Course]
) -> list[BalanceRow]:
    of = commitment.appropriation
    uncommitted = _("%(appropriation)s, uncommitted") % {"appropriation": of}
    return [
        *(
            _balance(str(NAMES[name]), "", sums.of(name), found[name])
            for name in ("unobligated", "unliquidated")
        ),
        _balance(
            uncommitted,
            reverse("appropriation", args=[of.slug]),
            available.of("available"),
            found["available"],
        ),
    ]


def _balance(name: str, address: str, posted: Amount, course: Course) -> BalanceRow:
    unposted, lowest = course.latest.unposted, course.lowest
    known = posted.entries or (unposted is not None)
    known_then = (lowest.posted, lowest.unposted) != (None, None)
    return BalanceRow(
        name,
        address,
        posted,
        unposted,
        Amount(course.latest.together, int(known), posted.limits),
        Amount(lowest.together, int(known_then), posted.limits),
        lowest.day,
    )


def _posted(entries: QuerySet[Entry], commitment: Commitment) -> Iterator[Item]:
    for entry in entries:
        version = _("Version %(version)d, line %(line)d") % {
            "version": entry.posting_id,
            "line": entry.line,
        }
        address = reverse("entry", args=[entry.posting_id, entry.line])
        yield _item(entry, commitment, address, version, "")


def _unposted(lines: QuerySet[Line], commitment: Commitment) -> Iterator[Item]:
    for line in lines:
        address = reverse("admin:ledger_batch_change", args=[line.batch_id])
        state = Batch.State(line.batch.state)
        yield _item(line, commitment, address, line.batch.title, str(state.label))


def _item(row: Entry | Line, commitment: Commitment, address: str, where: str, state: str) -> Item:
    limits = _limits(row.stage, commitment, row.amount)
    return Item(
        row.effective_date,
        row.get_stage_display(),
        Amount(row.amount, 1, limits),
        row.document,
        row.locator,
        row.get_basis_display(),
        address,
        where,
        state,
    )


def _limits(stage: str, commitment: Commitment, amount: Decimal) -> Limits:
    return limits_of(commitment.bound, amount) if stage == Stage.COMMITTED else EXACT


def _pieces(sums: Sums, unposted: Mapping[Stage, Decimal]) -> Iterator[Piece]:
    """Yield the parts of the bar: what is committed, and what of it has got further."""
    committed, obligated, disbursed = (sums.of(stage).amount for stage in STAGES)
    more = max(unposted[Stage.COMMITTED], Decimal(0))
    pending = max(unposted[Stage.OBLIGATED], Decimal(0))
    whole = max(committed + more, obligated + pending)
    if whole <= 0:
        return
    for kind, begins, amount in (
        ("committed", Decimal(0), committed),
        ("obligated", Decimal(0), obligated),
        ("disbursed", Decimal(0), disbursed),
        ("pending", obligated, pending),
        ("pending", committed, more),
    ):
        if amount > 0:
            yield Piece(kind, round(WIDTH * begins / whole), max(1, round(WIDTH * amount / whole)))
