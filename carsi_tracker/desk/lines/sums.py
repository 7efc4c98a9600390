"""What a draft's lines add up to, by stage; stages are never added together."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from carsi_tracker.ledger.models import Batch, Stage


@dataclass(frozen=True)
class SumOfStage:
    """What lines of a stage add up to, and those of other pages alone; None where none is."""

    stage: str
    name: str
    elsewhere: Decimal | None
    amount: Decimal | None


def sums_of(batch: Batch, here: Iterable[int]) -> list[SumOfStage]:
    """Return the sums of a batch as it is saved; `here` are the lines of the page."""
    rows = batch.lines.annotate(here=Q(pk__in=here)).values("here", "stage").order_by()
    found = {(row["here"], row["stage"]): row["sum"] for row in rows.annotate(sum=Sum("amount"))}
    sums = []
    for stage, name in Stage.choices:
        known = [sum_ for (_here, of), sum_ in found.items() if of == stage]
        amount = sum(known) if known else None
        if known or stage != Stage.APPROPRIATED:
            sums.append(SumOfStage(stage, str(name), found.get((False, stage)), amount))
    return sums
