"""Text that a spreadsheet would compute, and the apostrophe that keeps it from doing so."""

import re
from typing import Any

SIGNS = "-=+@\t\r"
"""How text starts that a spreadsheet would compute."""
FIRST_LETTERS = f"'{SIGNS}"
FORMULA = f"'*[{SIGNS}]"
"""The start of such text, and of text that got an apostrophe for that reason."""
_FORMULA = re.compile(FORMULA)


def escaped(text: str) -> str:
    """Return text as a download holds it: one apostrophe more before what may be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(cell: Any) -> Any:
    """Return a cell of text without the apostrophe that downloads put before formulas."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and _FORMULA.match(cell) else cell
