"""How much of a sum is of commitments that are limits, and what marks it as one."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models import Bound

ZERO = Decimal(0)


class Mark(TextChoices):
    """What a sum that holds limits is itself."""

    AT_MOST = "at-most", _("at most")
    AT_LEAST = "at-least", _("at least")
    BOTH = "both", _("at most in part, at least in part")

    @property
    def sign(self) -> str:
        """What stands before the amount."""
        return {Mark.AT_MOST: "≤", Mark.AT_LEAST: "≥"}.get(self, "≥≤")

    @classmethod
    def of(cls, *, at_most: bool, at_least: bool) -> "Mark | None":
        """Return what a sum is that may be less in truth, or more; None where it may be neither."""
        if at_most and at_least:
            return cls.BOTH
        if at_most:
            return cls.AT_MOST
        return cls.AT_LEAST if at_least else None


@dataclass(frozen=True, slots=True)
class Limits:
    """What commitments at most, and at least, contribute to a sum, in U.S. dollars with its sign.

    What is at most, taken off, leaves a rest that is at least what it says.
    """

    at_most: Decimal = ZERO
    at_least: Decimal = ZERO

    def __add__(self, other: "Limits") -> "Limits":
        return Limits(self.at_most + other.at_most, self.at_least + other.at_least)

    def __sub__(self, other: "Limits") -> "Limits":
        return Limits(self.at_most - other.at_most, self.at_least - other.at_least)

    def __neg__(self) -> "Limits":
        return Limits() - self

    @property
    def mark(self) -> Mark | None:
        """What the sum is; None where it is the amount itself."""
        return Mark.of(
            at_most=self.at_most > 0 or self.at_least < 0,
            at_least=self.at_least > 0 or self.at_most < 0,
        )


EXACT = Limits()
"""The limits of a sum that is the amount itself."""


def limits_of(bound: str, amount: Decimal) -> Limits:
    """Return what an amount committed in a commitment contributes, by what the commitment is."""
    return Limits(
        amount if bound == Bound.AT_MOST else ZERO, amount if bound == Bound.AT_LEAST else ZERO
    )
