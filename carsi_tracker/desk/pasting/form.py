"""The answers to what a paste asks, as its form sends them."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.http import QueryDict

from carsi_tracker.imports.pasting.answers import DEFAULTS, UNITS, Answers, By, CellPlace
from carsi_tracker.imports.pasting.grid import Breaks, PastedGrid
from carsi_tracker.imports.pasting.guessing import Guess, understood
from carsi_tracker.imports.pasting.roles import role
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.dates import Order

ASKED = "asked"
"""Sent along by the form whose answers these are: what is not in it was cleared."""
LEAVE = "_leave"
"""The button at a problem that leaves its row out."""
Choice = TypeVar("Choice", By, Order, Breaks)
CELL = re.compile(r"cell-([0-9]{1,6})-([a-z_]{1,20})(?:-([0-9]{1,2}))?", re.ASCII)


def answered(sent: QueryDict, grid: PastedGrid, guessed: Guess) -> Guess:
    """Return how a grid is read by the answers sent, and by what was guessed for the others.

    A row that became a subtotal by another answer is proposed to be left out, one that is none
    any more is read; what was chosen by hand stays.
    """
    before = guessed.answers
    roles = tuple(role(sent.get(f"role-{index}", of.code)) for index, of in enumerate(before.roles))
    by = _one(sent.get("by"), By, before.by)
    answers = Answers(
        roles=roles,
        written=_written(sent, before.written),
        order=_one(sent.get("dates"), Order, None),
        defaults={name: sent.get(f"default-{name}", "").strip() for name in DEFAULTS},
        by=by,
        cells=_cells(sent, found_otherwise=sent.get("was_by", by) != by),
    )
    found = replace(
        understood(grid, answers, plain=guessed.plain),
        unit=guessed.unit,
        totals=guessed.totals,
        silent=guessed.silent,
        kept=guessed.kept,
    )
    out = _numbers(",".join([*sent.getlist("out"), sent.get(LEAVE, "")]))
    was_proposed = _numbers(sent.get("proposed", ""))
    kept_out = {row for row in out if row not in was_proposed or row in found.proposed}
    left_out = frozenset(kept_out | (found.proposed - was_proposed)) & frozenset(grid.rows)
    return replace(found, answers=replace(found.answers, out=left_out | found.headed))


def breaks_of(sent: QueryDict) -> Breaks | None:
    """Return how cells with line breaks are read, where that was answered."""
    found: Breaks | None = _one(sent.get("breaks"), Breaks, None)
    return found


def fingerprint(grid: PastedGrid, answers: Answers) -> str:
    """Return what stands for how a paste was read when its lines were shown."""
    kept = answers.kept() | {"out": sorted(answers.out), "breaks": grid.breaks, "defaults": None}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


def name_of(place: CellPlace) -> str:
    """Return the name of the field of a cell."""
    index = f"-{place.index}" if place.index >= 0 else ""
    return f"cell-{place.row}-{place.name}{index}"


def _cells(sent: QueryDict, *, found_otherwise: bool) -> Mapping[CellPlace, str]:
    """Return the cells typed; commitments chosen before are dropped where they are found anew."""
    cells: dict[CellPlace, str] = {}
    for name, text in sent.items():
        found = CELL.fullmatch(name)
        if not found or found[2] not in NAMES or (found_otherwise and found[2] == "reference"):
            continue
        index = int(found[3]) if found[3] else -1
        cells[CellPlace(int(found[1]), found[2], index)] = str(text)
    return cells


def _written(sent: QueryDict, before: AmountStyle) -> AmountStyle:
    unit, decimal = sent.get("unit", ""), sent.get("decimal")
    return AmountStyle(
        int(unit) if unit in map(str, UNITS) else before.unit,
        decimal if decimal in {".", ","} else before.decimal if decimal is None else "",
    )


def _one(text: str | None, of: type[Choice], otherwise: Any) -> Any:
    return of(text) if text in list(of) else otherwise


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in re.findall(r"\b[0-9]{1,6}\b", text))
