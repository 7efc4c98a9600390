"""What the columns of the import are called on pages, in the language of the page."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from carsi_tracker.ledger.changes import LABELS


def label(name: str) -> str:
    """Return the words for a column."""
    own = {
        "amount_usd": _("amount"),
        "fiscal_year": _("fiscal year"),
        "account": _("account"),
    }
    return str(capfirst(own.get(name) or LABELS[name]))


def with_code(name: str) -> str:
    """Return the words for a column, and behind them its heading in the import."""
    return f"{label(name)} ({name})"
