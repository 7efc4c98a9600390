"""What the cells of a workbook hold: shared texts, numbers, dates, errors (ECMA-376, 18.18.11)."""

import re
import sys
from typing import Any

from carsi_tracker.imports.archive import Archive, Attributes, Handler, damaged, too_much_text
from carsi_tracker.imports.cells import number
from carsi_tracker.imports.kept import (
    DAY,
    ELAPSED,
    ERROR,
    MOMENT,
    NO_NUMBER,
    NO_RESULT,
    NUMBER,
    PERCENT,
    TIME,
    moment,
    position,
)
from carsi_tracker.imports.xlsx.formats import shows

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Of workbooks as Excel saves them, and of Strict Open XML."""
LARGEST_TEXTS = 80_000_000
"""Bytes of memory of all shared texts."""
MOST_STYLES = 70_000
DAYS_TO_1904 = 1462

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = frozenset({"1", "true"})


def local(element: str) -> str:
    """Return the name of an element of workbooks; empty for those of other namespaces."""
    namespace, _space, name = element.rpartition(" ")
    return name if namespace in NAMESPACES else ""


class Values:
    """Turns what cells hold into values, with the shared texts and the formats of a workbook."""

    def __init__(self, archive: Archive, related: dict[str, str], *, from_1904: bool) -> None:
        """Read the parts that `related` names by their kind."""
        self._texts: list[str] = []
        self._shown: list[str] = []
        self._offset = DAYS_TO_1904 if from_1904 else 0
        if part := related.get("sharedStrings"):
            texts = _Texts()
            archive.parse(part, texts)
            self._texts = texts.found
        if part := related.get("styles"):
            styles = _Styles()
            archive.parse(part, styles)
            self._shown = styles.shown()

    def read(self, attributes: Attributes, saved: list[str] | None, *, formula: bool) -> Any:
        """Return the value of a cell: text, number, truth value, or (kind, what it holds)."""
        kind = attributes.get("t", "n")
        text = "".join(saved) if saved else ""
        if kind == "s" and text:
            return self._texts[position(text)]
        if kind in {"str", "inlineStr"}:
            return _unescaped(text)
        text = text.strip()
        if not text:
            return (NO_RESULT, "=") if formula else ""
        if kind == "n":
            style = attributes.get("s")
            return self._number(text, self._shown[position(style)] if style and self._shown else "")
        if kind == "b":
            return text in _TRUE
        if kind == "e":
            return ERROR, text
        return moment(text) if kind == "d" else text

    def _number(self, text: str, shown: str) -> Any:
        try:
            held = number(text)
        except ValueError:
            return NO_NUMBER, text
        if not shown:
            return NUMBER, str(held)
        if shown == PERCENT:
            return PERCENT, str(held)
        seconds = round((held + (0 if shown == ELAPSED else self._offset)) * 86_400)
        days, rest = divmod(seconds, 86_400)
        if shown == ELAPSED:
            return ELAPSED, seconds
        if not 0 <= days < 2_958_466:
            return NUMBER, str(held)
        if not days:
            return TIME, rest
        return (MOMENT, seconds) if rest else (DAY, days)


def _unescaped(text: str) -> str:
    """Return text with the characters that XML can't hold, which are written as _x000D_.

    Half a character, which nothing can hold, comes out as what was lost (U+FFFD).
    """
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class _Texts(Handler):
    """The shared texts of a workbook, without what is said of how they are pronounced."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._parts: list[str] = []
        self._weight = self._pronounced = 0
        self._inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        match local(name):
            case "si":
                self._parts = []
            case "rPh":
                self._pronounced += 1
            case "t":
                self._inside = not self._pronounced

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def end(self, name: str) -> None:
        super().end(name)
        match local(name):
            case "t":
                self._inside = False
            case "rPh":
                self._pronounced -= 1
            case "si":
                self._keep(_unescaped("".join(self._parts)))

    def _keep(self, text: str) -> None:
        self._weight += sys.getsizeof(text) + 8
        if self._weight > LARGEST_TEXTS:
            raise too_much_text()
        self.found.append(text)


class _Styles(Handler):
    """The number formats of a workbook's cells."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._of_style: list[str] = []
        self._within = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        match local(name):
            case "numFmt":
                self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                self._within = True
            case "xf" if self._within:
                self._of_style.append(attributes.get("numFmtId", "0"))
        if max(len(self._codes), len(self._of_style)) > MOST_STYLES:
            raise damaged()

    def end(self, name: str) -> None:
        super().end(name)
        if local(name) == "cellXfs":
            self._within = False

    def shown(self) -> list[str]:
        """Return how numbers of each style are shown: as `shows` has it."""
        known = {number: shows(number, self._codes.get(number)) for number in {*self._of_style}}
        return [known[number] for number in self._of_style]
