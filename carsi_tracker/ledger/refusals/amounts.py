"""The amounts that break a balance, or that a move does not move, in words."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Stage
from carsi_tracker.ledger.money import dollars


def balance_broken(detail: dict[str, Any]) -> list[str]:
    """Return a sentence for each balance that would break, and for what to undo first."""
    lines = [_broken(broken) for broken in detail["broken"]]
    more = detail["total"] - len(lines)
    if more:
        lines.append(
            ngettext("And %(more)d more balance.", "And %(more)d more balances.", more)
            % {"more": more}
        )
    lines += [
        _("Reverse first: version %(version)d, “%(title)s”.") % version
        for version in detail["undo_first"]
    ]
    return lines


def _broken(broken: dict[str, Any]) -> str:
    asked, left = Decimal(broken["asked"]), Decimal(broken["left"])
    values = {
        "what": _what(broken),
        "asked": dollars(asked),
        "left": dollars(left),
        "after": dollars(left - asked),
        "day": day_in_words(date.fromisoformat(broken["day"])),
    }
    return BROKEN[broken["balance"]]() % values


def _what(broken: dict[str, Any]) -> str:
    if broken["balance"] != "available":
        return str(broken["reference"])
    references = broken["new_references"] or []
    shown = ", ".join(references[:3]) + (" …" if len(references) > 3 else "")
    return f"{shown}, {broken['appropriation']}" if shown else str(broken["appropriation"])


BROKEN: dict[str, Callable[[], str]] = {
    "available": lambda: _(
        "%(what)s: %(asked)s is more than the uncommitted balance of %(left)s on "
        "%(day)s. Lower the amount or change the date."
    ),
    "unobligated": lambda: _(
        "%(what)s: %(asked)s is more than the %(left)s committed but not obligated on %(day)s."
    ),
    "unliquidated": lambda: _(
        "%(what)s: %(asked)s is more than the %(left)s obligated but not paid on %(day)s."
    ),
    "committed": lambda: _(
        "%(what)s: committed would fall to %(after)s on %(day)s. It cannot go below zero."
    ),
    "obligated": lambda: _(
        "%(what)s: obligated would fall to %(after)s on %(day)s. It cannot go below zero."
    ),
    "disbursed": lambda: _(
        "%(what)s: disbursed would fall to %(after)s on %(day)s. It cannot go below zero."
    ),
}


def move_uneven(detail: dict[str, Any]) -> list[str]:
    """Return a sentence for each amount of a stage and day that does not move."""
    lines = [_uneven(move) for move in detail["moves"]]
    more = detail["total"] - len(lines)
    if more:
        lines.append(
            ngettext("And %(more)d more amount.", "And %(more)d more amounts.", more)
            % {"more": more}
        )
    return lines


def _uneven(move: dict[str, Any]) -> str:
    return _(
        "A reclassification reduces by as much as it enters. From %(reference)s to "
        "%(successors)s, %(stage)s on %(day)s: reduced by %(taken)s, entered "
        "%(entered)s."
    ) % {
        "reference": move["reference"],
        "successors": move["successors"],
        "stage": Stage(move["stage"]).label.lower(),
        "day": day_in_words(date.fromisoformat(move["day"])),
        "taken": dollars(Decimal(move["taken"])),
        "entered": dollars(Decimal(move["entered"])),
    }
