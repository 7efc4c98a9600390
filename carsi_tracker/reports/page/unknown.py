"""What is said of a sum without entries: it is not known, which is not zero."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import MEASURES, Query
from carsi_tracker.reports.page.shortened import in_prose

NOT_FOUND: dict[str, Promise] = {
    "appropriated": gettext_lazy("no appropriation found"),
    "committed": gettext_lazy("no commitment found"),
    "obligated": gettext_lazy("no obligation found"),
    "disbursed": gettext_lazy("no payment found"),
}
DASH = gettext_lazy("“–”: no entries.")
ZERO = gettext_lazy("“0”: entries that cancel out.")


def not_found(name: str) -> str:
    """Return what was not found where a stage or measure has no entries; "" of none."""
    stage = MEASURES.get(name, (name,))[0]
    return str(NOT_FOUND.get(stage, ""))


def nothing_found(totals: Sums, query: Query) -> str:
    """Say in a sentence that nothing was found of the whole on a day, or no commitment in it."""
    if totals.of("appropriated").known:
        return _("No commitment found in the %(appropriated)s appropriated through %(day)s") % {
            "appropriated": in_prose(totals.appropriated),
            "day": query.day_in_words,
        }
    return _("No appropriation found through %(day)s") % {"day": query.day_in_words}
