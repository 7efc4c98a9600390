"""One bar of a whole: disbursed, unliquidated, unobligated, available."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.bounds import Limits
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.money import split_in_steps
from carsi_tracker.reports.charts.marks import PublishedMark
from carsi_tracker.reports.page.links import linked_in
from carsi_tracker.reports.page.marks import marked, marked_plainly
from carsi_tracker.reports.page.shortened import TENTH_OF_A_MILLION, part_in_prose

WHOLE = 100

LABELS: dict[str, Promise] = {
    "disbursed": _("Disbursed"),
    "unliquidated": _("Obligated, no payment found"),
    "unobligated": _("Committed, no obligation found"),
    "available": _("No commitment found"),
}
MEANINGS: dict[str, Promise] = {
    "disbursed": _("paid out"),
    "unliquidated": _("under a signed agreement, grant or contract"),
    "unobligated": _("reserved for a purpose and a place"),
    "available": _("it may have been used; no document that we read says what for"),
}


@dataclass(frozen=True)
class BarPart:
    """A part of the bar, with one line on what it means.

    `amount` is exact; `shown` is rounded to tenths of a million dollars, so that the parts up to
    each stage add up to its shown sum; `x` and `width` are percent of the bar.
    """

    name: str
    label: Promise
    meaning: Promise
    amount: Decimal
    shown: Decimal
    href: str
    x: Decimal
    width: Decimal
    limits: Limits

    @property
    def words(self) -> str:
        """The part as prose writes it, rounded."""
        return marked_plainly(part_in_prose(self.amount, self.shown), self.limits)

    @property
    def html(self) -> str:
        """The same on a page, where its mark is read out in words."""
        return marked(part_in_prose(self.amount, self.shown), self.limits)


def bar(totals: Sums, query: Query) -> list[BarPart]:
    """Return the parts of what is appropriated; where that is not asked, of what is committed.

    A part without entries is not known, so it is left out: the one before it says so in its words.
    None before the first law, nor where what is asked is not a whole with its parts.
    """
    names = [name for name in LABELS if totals.of(name).known]
    if totals.appropriated < totals.committed:
        names.remove("available")
    amounts = [getattr(totals, name) for name in names]
    whole = sum(amounts)
    if not whole or min(amounts) < 0:
        return []
    rounded = split_in_steps(amounts, TENTH_OF_A_MILLION)
    parts = []
    x = Decimal(0)
    for name, amount, shown in zip(names, amounts, rounded, strict=True):
        width = (amount / whole * WHOLE).quantize(Decimal("0.01"))
        href, limits = linked_in(totals, name, query).href, totals.of(name).limits
        parts.append(
            BarPart(name, LABELS[name], MEANINGS[name], amount, shown, href, x, width, limits)
        )
        x += width
    return parts


def bar_marks(
    totals: Sums, query: Query, marks: Iterable[PublishedMark]
) -> list[tuple[PublishedMark, Decimal]]:
    """Return where published totals stand on the bar, in percent; what is beyond it does not."""
    whole = sum(part.amount for part in bar(totals, query))
    places = ((mark, mark.amount / whole * WHOLE) for mark in marks if whole)
    return [(mark, x.quantize(Decimal("0.01"))) for mark, x in places if x <= WHOLE]
