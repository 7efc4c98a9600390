"""What charts measure by: where days and amounts stand, how amounts are shaded and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from carsi_tracker.ledger import money
from carsi_tracker.ledger.days import fiscal_year
from carsi_tracker.reports.page.shortened import MILLION

TENTH = Decimal("0.1")
STEPS = (1, 2, 5, 10, 20, 50, 100)
DARKEST = 5


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

    def fiscal_years(self) -> Sequence[int]:
        """Return the fiscal years that are within the axis for the most part."""
        years = range(fiscal_year(self.first), fiscal_year(self.last) + 1)
        return [year for year in years if self.first <= middle_of_fiscal_year(year) <= self.last]

    def later_years(self) -> Sequence[int]:
        """Return the fiscal years that begin within the axis."""
        return range(fiscal_year(self.first) + 1, fiscal_year(self.last) + 1)


def beginning_of_fiscal_year(year: int) -> date:
    """Return the first day of a U.S. fiscal year."""
    return date(year - 1, 10, 1)


def middle_of_fiscal_year(year: int) -> date:
    """Return the day in the middle of a U.S. fiscal year."""
    return date(year, 4, 1)


def shade(amount: Decimal, largest: Decimal) -> int:
    """Return the shade of an amount on the map: from 0 (nothing) to 5 (the largest).

    Each shade is for amounts of half as much as the next one.
    """
    if amount <= 0 or largest <= 0:
        return 0
    halvings = (largest / amount).ln() / Decimal(2).ln()
    return max(DARKEST - int(halvings), 1)


def heat(amount: Decimal, largest: Decimal) -> int:
    """Return the shade of an amount: from 0 (nothing) to 5 (the largest).

    It goes by the square root of its share of the largest one.
    """
    if amount <= 0 or largest <= 0:
        return 0
    share = min(amount / largest, Decimal(1))
    return int((share.sqrt() * DARKEST).to_integral_value("ROUND_CEILING"))


def at_axis(amount: Decimal) -> str:
    """Write a round amount as an axis does: $50 m."""
    if amount < MILLION:
        return money.whole_dollars(amount)
    return _("$%(amount)s m") % {"amount": f"{(amount / MILLION).normalize():,f}"}
