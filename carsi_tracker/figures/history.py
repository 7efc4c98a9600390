"""A figure through the versions: what each added to it, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.aggregates import NOTHING, Amount, breakdown
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage

BYTES_OF_A_STEP = 1000
"""How many bytes one change of a figure takes at most."""


@dataclass(frozen=True)
class HistoryStep:
    """A version that changed a sum: the stage or measure, the change, the sum after it."""

    version: int
    of: str
    change: Amount
    after: Amount


@remembered(weigh=lambda steps: BYTES_OF_A_STEP * len(steps))
def figure_history(query: Query) -> Sequence[HistoryStep]:
    """Return each change of the stage or measure that is asked, the oldest version first.

    Where none is asked, of each stage. A version whose entries cancel changed nothing.
    """
    asked = query.filters.measure or query.filters.stage
    names = (asked,) if asked else tuple(Stage.values)
    found = {version: sums for version, sums in breakdown(query, "version").items() if version}
    after = dict.fromkeys(names, NOTHING)
    steps: list[HistoryStep] = []
    for version in sorted(map(int, found)):
        for name in names:
            change = found[version].of(name)
            after[name] += change
            if change.amount:
                steps.append(HistoryStep(version, name, change, after[name]))
    return tuple(steps)
