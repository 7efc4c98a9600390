"""What entries say about their own amounts: an upper bound, a floor, an inferred account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Concat

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import Amount, breakdown_of, summed_commitments
from carsi_tracker.figures.bounds import limits_of
from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Commitment, Stage

SEARCHED = 50
"""The notes are those of so many commitments that have the largest sums with a note."""
KEPT = 20_000
MARKED = Concat("posting__language", "note", output_field=TextField())
"""A note behind the two letters of its language, so that both are gathered as one."""


@dataclass(frozen=True)
class Note:
    """A note as it was posted, and the code of the language it was written in."""

    language: str
    text: str


@dataclass(frozen=True)
class Noted:
    """A commitment whose committed entries carry notes, and what is committed in all of them."""

    reference: str
    notes: tuple[Note, ...]
    committed: Amount


def noted(query: Query, most: int) -> list[Noted]:
    """Return the commitments with notes that have the largest committed sums by the day."""
    committed = query.where(stage=Stage.COMMITTED, measure=None)
    notes = dict(_notes(committed.version, committed.filters))
    sums = breakdown_of(committed, "commitment", list(notes))
    found = [
        Noted(reference, notes[reference], its.of(Stage.COMMITTED))
        for reference, its in sums.items()
        if its.committed
    ]
    return sorted(found, key=lambda each: (-each.committed.amount, each.reference))[:most]


def notes_of(query: Query, references: Collection[str]) -> dict[str, list[Note]]:
    """Return the notes of the committed entries of commitments by the day, by reference."""
    committed = query.everywhere().where(stage=Stage.COMMITTED)
    rows = (
        entries(committed)
        .filter(commitment__reference__in=references)
        .exclude(note="")
        .order_by("commitment__reference", "note")
        .values_list("commitment__reference", "posting__language", "note")
        .distinct()
    )
    found: dict[str, list[Note]] = {}
    for reference, language, text in rows:
        found.setdefault(reference, []).append(Note(language, text))
    return found


def limited(query: Query, most: int) -> tuple[list[tuple[Commitment, Amount]], int]:
    """Return the largest commitments that are limits by the day, and how many more there are."""
    asks = query.where(stage=Stage.COMMITTED, measure=None)
    summed: QuerySet[Any] = summed_commitments(asks)
    rows = summed.filter(bound__gt="").exclude(committed=0).order_by("-committed", "reference")
    largest = [
        (row, Amount(row.committed, row.committed_entries, limits_of(row.bound, row.committed)))
        for row in rows[:most]
    ]
    return largest, rows.count() - len(largest)


@remembered(KEPT, weigh=lambda notes: 1 + len(notes))
def _notes(version: Version, filters: Filters) -> Sequence[tuple[str, tuple[Note, ...]]]:
    rows = (
        entries(Query(version, date.max, filters))
        .exclude(note="")
        .order_by()
        .values("commitment__reference")
        .annotate(sum_=Sum("amount"), notes_=ArrayAgg(MARKED, distinct=True))
        .order_by("-sum_")
        .values_list("commitment__reference", "notes_")[:SEARCHED]
    )
    return [
        (reference, tuple(Note(marked[:2], marked[2:]) for marked in notes))
        for reference, notes in rows
    ]
