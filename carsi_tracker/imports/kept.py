"""Cells of a workbook as they are kept until they are wanted: (kind, what they hold)."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import EXCEL_EPOCH, Broken, Cell, number, shown

ERROR, NO_RESULT, NUMBER, NO_NUMBER = "error", "no result", "number", "no number"
DAY, MOMENT, TIME, ELAPSED, CURRENCY = "day", "moment", "time", "for", "currency"
PERCENT = "percent"

_POSITION = re.compile(r"[0-9]{1,9}", re.ASCII)


def cell(kind: str, held: Any) -> Cell:
    """Return the cell that was kept as (kind, what it holds)."""
    if kind in {ERROR, NO_RESULT, NO_NUMBER, CURRENCY, PERCENT}:
        return _broken(kind, held)
    if kind == NUMBER:
        return number(held)
    if kind == DAY:
        return EXCEL_EPOCH + timedelta(days=held)
    midnight = datetime.combine(EXCEL_EPOCH, time())
    if kind == MOMENT:
        return midnight + timedelta(seconds=held)
    if kind == TIME:
        return (midnight + timedelta(seconds=held)).time()
    return timedelta(seconds=held)


def _broken(kind: str, held: Any) -> Broken:
    if kind == ERROR:
        return Broken(held, _("The cell shows the error %s.") % held)
    if kind == NO_RESULT:
        message = _("The formula in this cell has no saved result. Write the value itself.")
        return Broken(held, message)
    if kind == NO_NUMBER:
        message = _("The cell is marked as a number, but holds “%s”.")
        return Broken(held, message % shown(held))
    if kind == PERCENT:
        message = _("The cell is formatted as a percentage. Format it as a number, if it is one.")
        return Broken(f"{(number(held) * 100).normalize():f}%", message)
    currency, amount = held
    message = _(
        "The cell is formatted as an amount in %s, but amounts are in U.S. dollars. Format it as a "
        "number, if it is in dollars."
    )
    return Broken(amount, message % shown(currency))


def position(text: str) -> int:
    """Return a whole number that counts in a workbook; raises ValueError for what is none."""
    if not _POSITION.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)


def moment(text: str) -> Any:
    """Return a day or a moment as it is kept; text that is none, as it is."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    if read.tzinfo:
        return text
    seconds = (read - datetime.combine(EXCEL_EPOCH, time())).total_seconds()
    days, rest = divmod(int(seconds), 86_400)
    return (MOMENT, int(seconds)) if rest else (DAY, days)
