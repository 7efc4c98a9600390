"""What a measurement prints: two figures that took turns, and the ratios of their rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

HEADS = ("", "tracker", "against", "min", "median", "max", "goal")
WIDTHS = (46, 12, 12, 7, 7, 7, 9)


@dataclass(frozen=True)
class Row:
    """A line of the table: medians as text, a ratio for each round, and what it should be."""

    what: str
    tracker: str
    against: str
    ratios: list[float]
    goal: str = ""

    def __str__(self) -> str:
        ratios = (min(self.ratios), median(self.ratios), max(self.ratios))
        figures = (f"{ratio:.2f}" for ratio in ratios)
        return _line((self.what, self.tracker, self.against, *figures, self.goal))


def head() -> str:
    """Return the head of the table."""
    return _line(HEADS)


def _line(cells: Iterable[str]) -> str:
    first, *others = (
        f"{cell:<{width}}" if position == 0 else f"{cell:>{width}}"
        for position, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    return first + " ".join(others)
