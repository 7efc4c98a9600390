"""How a posted commitment stands: its balances on a day, and the batches that are to change it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Batch, Commitment, Stage


@dataclass(frozen=True)
class Standing:
    """The sums of a commitment through `day`, in U.S. dollars, and batches that are not posted."""

    day: date
    totals: aggregates.Sums
    pending: QuerySet[Batch]

    def left(self, stage: str) -> Decimal:
        """Return what can be taken back at a stage without going below the one after it."""
        return {
            Stage.COMMITTED.value: self.totals.unobligated,
            Stage.OBLIGATED.value: self.totals.unliquidated,
            Stage.DISBURSED.value: self.totals.disbursed,
        }[stage]

    @property
    def rows(self) -> list[tuple[str, str, Decimal, Decimal]]:
        """Each stage with its name, its sum, and what can be taken back of it."""
        return [
            (stage.value, str(stage.label), getattr(self.totals, stage.value), self.left(stage))
            for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)
        ]


def standing(commitment: Commitment, day: date) -> Standing:
    """Return how a commitment stands on a day in the newest version."""
    version, _revision = newest()
    query = Query(version, day).where(commitment=commitment.reference)
    pending = Batch.objects.filter(version=None, lines__commitment=commitment).distinct()
    return Standing(day, aggregates.totals(query), pending)
