"""How sure the figures are: on what basis they stand, and what entries note of the largest."""

from dataclasses import dataclass

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.notes import Note, noted
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.reports.page.links import Linked, linked, linked_in


@dataclass(frozen=True)
class CommittedOnBasis:
    """What is committed on a basis, linked to its entries."""

    basis: Basis
    committed: Linked


def committed_by_basis(query: Query) -> list[CommittedOnBasis]:
    """Return what is committed on each basis that has entries."""
    committed = query.where(stage=Stage.COMMITTED)
    found = aggregates.breakdown(committed, "basis")
    return [
        CommittedOnBasis(basis, linked_in(found[basis], "committed", query.where(basis=basis)))
        for basis in Basis
        if basis in found
    ]


@dataclass(frozen=True)
class WeakSpot:
    """A commitment, what is committed in it, and what its entries note of their amounts."""

    reference: str
    notes: tuple[Note, ...]
    committed: Linked


def weak_spots(query: Query, most: int) -> list[WeakSpot]:
    """Return the commitments with notes that have the largest committed sums by the day."""
    committed = query.summing(Stage.COMMITTED)
    return [
        WeakSpot(
            each.reference,
            each.notes,
            linked(each.committed, committed.where(commitment=each.reference)),
        )
        for each in noted(query, most)
    ]
