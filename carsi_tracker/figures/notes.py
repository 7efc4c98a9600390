"""What entries say about their own amounts: an upper bound, a floor, an inferred account."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Sum

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import Amount, breakdown_of
from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.ledger.models import Stage

SEARCHED = 50
"""The notes are those of so many commitments that have the largest sums with a note."""
BYTES_OF_A_NOTE = 2000
"""How many bytes the note of an entry takes, of those that are long."""
ORDER = ("posting_id", "line")


@dataclass(frozen=True)
class Note:
    """A note as it was posted, the code of its language, and the amount that it is about.

    `amount` is what the entries of a version that carry the note add, in U.S. dollars.
    """

    language: str
    text: str
    version: int
    amount: Decimal


class _Posted(NamedTuple):
    """The note of an entry, as the database gives it: the fields of an entry that have it."""

    effective_date: date
    posting_id: int
    posting__language: str
    note: str
    amount: Decimal


@dataclass(frozen=True)
class Noted:
    """A commitment whose committed entries carry notes, and what is committed in all of them."""

    reference: str
    notes: tuple[Note, ...]
    committed: Amount


def noted(query: Query, most: int) -> list[Noted]:
    """Return the commitments with notes that have the largest committed sums by the day."""
    committed = query.summing(Stage.COMMITTED)
    notes = dict(_notes(committed.version, committed.filters))
    sums = breakdown_of(committed, "commitment", list(notes))
    found = [
        Noted(reference, its_notes, its.of(Stage.COMMITTED))
        for reference, its in sums.items()
        if its.committed and (its_notes := _gathered(notes[reference], query.day))
    ]
    return sorted(found, key=lambda each: (-each.committed.amount, each.reference))[:most]


def notes_of(query: Query, references: Collection[str]) -> dict[str, tuple[Note, ...]]:
    """Return the notes of the committed entries of commitments by the day, by reference."""
    committed = query.everywhere().where(stage=Stage.COMMITTED)
    rows = (
        entries(committed)
        .filter(commitment__reference__in=references)
        .exclude(note="")
        .order_by(*ORDER)
        .values_list("commitment__reference", *_Posted._fields)
    )
    found: dict[str, list[_Posted]] = {}
    for reference, *posted in rows:
        found.setdefault(reference, []).append(_Posted(*posted))
    return {reference: _gathered(posted, query.day) for reference, posted in found.items()}


@remembered(weigh=lambda notes: BYTES_OF_A_NOTE * sum(len(posted) for _of, posted in notes))
def _notes(version: Version, filters: Filters) -> Sequence[tuple[str, tuple[_Posted, ...]]]:
    gathered = {f"{name}_": ArrayAgg(name, order_by=ORDER) for name in _Posted._fields}
    rows = (
        entries(Query(version, date.max, filters))
        .exclude(note="")
        .order_by()
        .values("commitment__reference")
        .annotate(sum_=Sum("amount"), **gathered)
        .order_by("-sum_")
        .values_list("commitment__reference", *gathered)[:SEARCHED]
    )
    return [
        (reference, tuple(_Posted(*each) for each in zip(*columns, strict=True)))
        for reference, *columns in rows
    ]


def _gathered(posted: Iterable[_Posted], day: date) -> tuple[Note, ...]:
    """Return the notes of entries by a day; what repeats in a version is one note of their sum."""
    amounts: dict[tuple[str, str, int], Decimal] = {}
    for each in posted:
        if each.effective_date <= day:
            said = (each.posting__language, each.note, each.posting_id)
            amounts[said] = amounts.get(said, Decimal(0)) + each.amount
    return tuple(Note(*said, amount) for said, amount in amounts.items())
