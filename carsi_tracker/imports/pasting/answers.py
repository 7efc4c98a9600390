"""How a pasted table is to be read: all that its owner was asked, with what was guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from carsi_tracker.imports.pasting.roles import Role, role
from carsi_tracker.ledger.amounts import IN_DOLLARS, AmountStyle
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.dates import Order

DEFAULTS = (
    "stage", "document", "basis", "locator", "effective_date",
    "account", "fiscal_year", "area", "country", "agency",
)  # fmt: skip
"""What may be said once for all rows; the last five describe new commitments."""
OF_NEW = DEFAULTS[5:]
LASTING = tuple(name for name in DEFAULTS if name not in {"locator", "effective_date"})
"""What is said of the next table of the same kind, too."""
UNITS = (1, 1_000, 1_000_000)


class By(StrEnum):
    """How the commitment of a row is found."""

    REFERENCE = "reference"
    TITLE = "title"
    NEW = "new"


@dataclass(frozen=True)
class CellPlace:
    """A cell of the lines that result: a pasted row, a column of the import, and of the grid.

    `index` is the column of the amount, where the cell is of one line of the row alone; else -1.
    """

    row: int
    name: str
    index: int = -1


@dataclass(frozen=True)
class Answers:
    """How a grid becomes lines.

    `roles` are by column; `out` are the rows left out; `defaults` are said of every row that
    doesn't say it itself; `cells` are typed in place of what stands there.
    """

    roles: tuple[Role, ...]
    written: AmountStyle = IN_DOLLARS
    order: Order | None = None
    out: frozenset[int] = frozenset()
    defaults: Mapping[str, str] = field(default_factory=dict)
    by: By = By.REFERENCE
    cells: Mapping[CellPlace, str] = field(default_factory=dict)

    @property
    def amounts(self) -> list[int]:
        """The columns of amounts."""
        return [index for index, of in enumerate(self.roles) if of.is_amount]

    def kept(self) -> dict[str, Any]:
        """Return what is remembered of a table for the next of its shape."""
        return {
            "roles": [of.code for of in self.roles],
            "unit": self.written.unit,
            "decimal": self.written.decimal,
            "order": self.order.value if self.order else "",
            "by": self.by.value,
            "defaults": {name: text for name, text in self.defaults.items() if name in LASTING},
        }


def remembered(kept: Mapping[str, Any], width: int) -> Answers | None:
    """Return the answers that were kept; None where they are of another width, or no answers."""
    roles, defaults = kept.get("roles"), kept.get("defaults")
    if not isinstance(roles, list) or len(roles) != width or not isinstance(defaults, dict):
        return None
    unit, decimal = kept.get("unit"), kept.get("decimal")
    order, by = kept.get("order"), kept.get("by")
    return Answers(
        roles=tuple(role(str(code)) for code in roles),
        written=AmountStyle(
            unit if isinstance(unit, int) and unit in UNITS else 1,
            decimal if isinstance(decimal, str) and decimal in {".", ","} else "",
        ),
        order=Order(order) if order in list(Order) else None,
        defaults={
            name: str(text)
            for name, text in defaults.items()
            if name in DEFAULTS and name in BY_NAME
        },
        by=By(by) if by in list(By) else By.REFERENCE,
    )
