"""The largest commitments whose entries carry a note, each sum linked to its entries."""

from dataclasses import dataclass

from carsi_tracker.figures.notes import noted
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.links import Linked, linked


@dataclass(frozen=True)
class WeakSpot:
    """A commitment, what is committed in it, and what its entries note of their amounts."""

    reference: str
    notes: tuple[str, ...]
    committed: Linked


def weak_spots(query: Query, most: int) -> list[WeakSpot]:
    """Return the commitments with notes that have the largest committed sums by the day."""
    committed = query.where(stage=Stage.COMMITTED, measure=None)
    return [
        WeakSpot(
            each.reference,
            each.notes,
            linked(
                each.committed.amount,
                each.committed.entries,
                committed.where(commitment=each.reference),
            ),
        )
        for each in noted(query, most)
    ]
