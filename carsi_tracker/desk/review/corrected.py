"""What a batch's lines correct: amounts already posted of the same commitment, stage and day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from carsi_tracker.ledger.models import Batch, Entry, Line

PLACE = ("appropriation", "commitment", "stage", "effective_date")
Place = tuple[object, ...]


@dataclass(frozen=True)
class Corrected:
    """What is posted for a place and a day, and what the whole batch adds there, in U.S. dollars.

    A place is a stage of a commitment, or of an appropriation where there is no commitment.
    """

    before: Decimal
    difference: Decimal

    @property
    def after(self) -> Decimal:
        """What stands there once the batch is posted."""
        return self.before + self.difference


def corrected(batch: Batch, lines: Iterable[Line]) -> dict[int, Corrected]:
    """Return what each line corrects, by its key; none of those where nothing is posted yet.

    Two queries, however many lines there are.
    """
    shown = list(lines)
    asked = Q(commitment__in={line.commitment_id for line in shown if line.commitment_id}) | Q(
        commitment=None,
        appropriation__in={line.appropriation_id for line in shown if not line.commitment_id},
    )
    posted = _sums(Entry.objects.filter(asked))
    added = _sums(batch.lines.filter(asked))
    places = {line.pk: _place(line) for line in shown}
    return {
        pk: Corrected(posted[place], added[place])
        for pk, place in places.items()
        if place in posted and place in added
    }


def _sums(rows: QuerySet[Entry] | QuerySet[Line]) -> dict[Place, Decimal]:
    summed = rows.order_by().values_list(*PLACE).annotate(Sum("amount"))
    return {tuple(place): amount for *place, amount in summed}


def _place(line: Line) -> Place:
    return line.appropriation_id, line.commitment_id, line.stage, line.effective_date
