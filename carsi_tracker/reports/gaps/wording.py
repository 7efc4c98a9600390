"""What the page of data gaps says first, and over its tables."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures.gaps import KINDS
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.gaps.table import GapRow, PlaceRow
from carsi_tracker.reports.page.marks import marked
from carsi_tracker.reports.page.shortened import in_prose
from carsi_tracker.reports.page.unknown import nothing_found

HEADLINES: dict[str, Promise] = {
    "available": gettext_lazy("No commitment found for %(amount)s"),
    "unobligated": gettext_lazy("No obligation found for %(amount)s"),
    "unliquidated": gettext_lazy("No payment found for %(amount)s"),
}
LARGEST: dict[str, Promise] = {
    "committed": gettext_lazy(
        "%(name)s is the largest gap: no commitment found for any of its %(whole)s"
    ),
    "obligated": gettext_lazy(
        "%(name)s is the largest gap: no obligation found for any of its %(whole)s"
    ),
    "disbursed": gettext_lazy(
        "%(name)s is the largest gap: no payment found for any of its %(whole)s"
    ),
    "": gettext_lazy("%(name)s is the largest gap: no payment found for %(gap)s of its %(whole)s"),
}
"""By the first stage of which it has no entry."""
OTHERS: dict[tuple[str, ...], Promise] = {
    ("unobligated", "unliquidated"): gettext_lazy(
        "For another %(unobligated)s we found no obligation, and for %(unliquidated)s no payment."
    ),
    ("unobligated",): gettext_lazy("For another %(unobligated)s we found no obligation."),
    ("unliquidated",): gettext_lazy("For another %(unliquidated)s we found no payment."),
}


def headline(row: GapRow, query: Query) -> SafeString:
    """Say how much is not known at the first stage where anything is missing."""
    gap = row.gap
    if not gap.whole.known:
        return _said(nothing_found(gap.sums, query))
    if not gap.first:
        whole = in_prose(gap.sums.appropriated)
        return _said(_("No data gaps: payments found for all %(whole)s appropriated"), whole=whole)
    sum_ = gap.kinds[gap.first]
    return _said(HEADLINES[gap.first], amount=marked(in_prose(sum_.amount), sum_.limits))


def lead(row: GapRow, publishers: Sequence[str]) -> SafeString:
    """Say what else is not known, and that it does not mean unspent.

    `publishers` are those who published larger totals than ours of the whole.
    """
    if not row.gap.first:
        return SafeString("")
    others = {
        kind: figure.in_dollars
        for kind, figure in zip(KINDS, row.kinds, strict=True)
        if figure.amount and kind != row.gap.first
    }
    said = [_said(OTHERS.get(tuple(others), ""), **others)]
    said.append(_said(_("This does not mean that the money is unspent.")))
    if publishers:
        more = _("Others published larger totals: %(publishers)s.")
        said.append(_said(more, publishers=", ".join(publishers)))
    return SafeString(" ".join(filter(None, said)))


def largest(row: GapRow) -> str:
    """Say which appropriation has the largest gap, and of what."""
    sums = row.gap.sums
    unknown = next((stage for stage in LARGEST if stage and not sums.of(stage).known), "")
    return str(LARGEST[unknown]) % {
        "name": row.name,
        "gap": in_prose(row.gap.whole.amount),
        "whole": in_prose(sums.appropriated),
    }


def most_unpaid(places: Sequence[PlaceRow], whole: PlaceRow) -> str:
    """Say which country has the most that is obligated and for which no payment was found."""
    total = whole.unliquidated.amount
    if not total:
        return _("Data gaps by country")
    most = max(places, key=lambda row: row.unliquidated.amount)
    return _("%(name)s has %(share)s of the %(total)s obligated with no payment found") % {
        "name": most.subject.name,
        "share": f"{round(most.unliquidated.amount / total * 100)}%",
        "total": whole_dollars(total),
    }


def _said(form: str | Promise, **values: str) -> SafeString:
    """Return a sentence as HTML, with values of which some are HTML already."""
    written = {name: conditional_escape(value) for name, value in values.items()}
    return SafeString(conditional_escape(str(form)) % written)
