"""What charts measure by: where days and amounts stand, how amounts are shaded and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.ledger import money

TENTH = Decimal("0.1")
STEPS = (1, 2, 5, 10, 20, 50, 100)
MOST_YEARS = 6
DARKEST = 5
MILLION = 1_000_000


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


def heat(amount: Decimal, largest: Decimal) -> int:
    """Return the shade of an amount: from 0 (nothing) to 5 (the largest).

    It goes by the square root of its share of the largest one.
    """
    if amount <= 0 or largest <= 0:
        return 0
    share = min(amount / largest, Decimal(1))
    return int((share.sqrt() * DARKEST).to_integral_value("ROUND_CEILING"))


def at_axis(amount: Decimal) -> str:
    """Write a round amount as an axis does: $50 million."""
    if amount < MILLION:
        return money.whole_dollars(amount)
    return _("$%(amount)s million") % {"amount": f"{(amount / MILLION).normalize():,f}"}
