"""What the lines of a batch that is not posted add to sums, by day: as running totals are kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from carsi_tracker.figures.bounds import EXACT, Limits, limits_of
from carsi_tracker.figures.running_totals import COMMITTED, DIMENSIONS, Key, RunningTotal, Stages
from carsi_tracker.ledger.models import Line

Dimensions = tuple[str, ...]
Step = tuple[Decimal, int, Limits]
Steps = dict[date, Step]
NONE_YET: Step = (Decimal(0), 0, EXACT)


def draft_totals(
    batch_id: int, groupings: Iterable[Dimensions]
) -> dict[Dimensions, dict[Key, Stages]]:
    """Return the running totals of a batch's lines for each grouping, keyed as those of entries.

    One query, however many groupings and lines there are.
    """
    groupings = tuple(groupings)
    names = sorted({name for grouping in groupings for name in grouping})
    steps: dict[Dimensions, dict[Key, dict[str, Steps]]] = {
        grouping: defaultdict(lambda: defaultdict(dict)) for grouping in groupings
    }
    for stage, day, bound, amount, count, *values in _rows(batch_id, names):
        named = dict(zip(names, values, strict=True))
        limits = limits_of(bound, amount) if stage == COMMITTED else EXACT
        for grouping, found in steps.items():
            days = found[tuple(named[name] for name in grouping)][stage]
            before = days.get(day, NONE_YET)
            days[day] = (before[0] + amount, before[1] + count, before[2] + limits)
    return {
        grouping: {key: _added_up(stages) for key, stages in found.items()}
        for grouping, found in steps.items()
    }


def _rows(batch_id: int, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """Return what the lines of a day add up to: stage, day, bound, amount, number, the values."""
    keys = ("stage", "effective_date", "commitment__bound", *(DIMENSIONS[name] for name in names))
    summed = Line.objects.filter(batch=batch_id).order_by().values(*keys)
    summed = summed.annotate(amount_=Sum("amount"), lines_=Count("*"))
    rows: Iterable[tuple[Any, ...]] = summed.values_list(*keys[:3], "amount_", "lines_", *keys[3:])
    return rows


def _added_up(stages: Mapping[str, Steps]) -> Stages:
    return {stage: _running(sorted(days.items())) for stage, days in stages.items()}


def _running(steps: list[tuple[date, Step]]) -> RunningTotal:
    total = RunningTotal.of((day, amount, count) for day, (amount, count, _limits) in steps)
    limits = [(day, limits) for day, (_amount, _count, limits) in steps if limits != EXACT]
    return total.marked(limits) if limits else total
