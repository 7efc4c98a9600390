"""Text that a spreadsheet would compute, and the apostrophe that keeps it from doing so."""

import re
from typing import Any

_FORMULA = re.compile(r"'*[-=+@\t\r]")
"""How text starts that a spreadsheet would compute, or that got an apostrophe for that reason."""


def escaped(text: str) -> str:
    """Return text as a download holds it: one apostrophe more before what may be a formula.

    The database says the same of a whole file (`25_formulas.sql`).
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(cell: Any) -> Any:
    """Return a cell of text without the apostrophe that downloads put before formulas."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and _FORMULA.match(cell) else cell
