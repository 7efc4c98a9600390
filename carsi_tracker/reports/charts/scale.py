"""Scales of charts: where a day and an amount stand, and which of them are written at the axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TENTH = Decimal("0.1")
STEPS = (1, 2, 5, 10, 20, 50, 100)
MOST_YEARS = 6


@dataclass(frozen=True)
class Amounts:
    """Amounts from `lowest` to `highest` U.S. dollars on `height` units, upwards."""

    lowest: Decimal
    highest: Decimal
    height: int

    def y(self, amount: Decimal) -> Decimal:
        """Return how far below the top an amount stands."""
        return (self.height * (self.highest - amount) / (self.highest - self.lowest)).quantize(
            TENTH
        )

    def steps(self, most: int) -> Sequence[Decimal]:
        """Return from one to `most` round amounts above zero, evenly apart; `most` is 2 or more."""
        unit = Decimal(1).scaleb(self.highest.adjusted() - 1)
        step = next(unit * factor for factor in STEPS if self.highest < unit * factor * (most + 1))
        return [step * number for number in range(1, int(self.highest / step) + 1)]


@dataclass(frozen=True)
class Days:
    """Days from `first` to `last` on `width` units."""

    first: date
    last: date
    width: int

    def x(self, day: date) -> Decimal:
        """Return how far from the left a day stands."""
        span = max((self.last - self.first).days, 1)
        return (self.width * Decimal((day - self.first).days) / span).quantize(TENTH)

    def years(self) -> Sequence[date]:
        """Return the beginnings of years, as many as can be written beside each other."""
        every = -(-(self.last.year - self.first.year + 1) // MOST_YEARS)
        beginnings = (date(year, 1, 1) for year in range(self.first.year, self.last.year + 1))
        return [day for day in beginnings if day >= self.first][::every]
