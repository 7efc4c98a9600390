"""What a cell of an OpenDocument sheet holds (ODF 1.3, part 3, 19.385)."""

import re
from typing import Any

from carsi_tracker.imports.cells import number
from carsi_tracker.imports.kept import (
    CURRENCY,
    ELAPSED,
    ERROR,
    NO_NUMBER,
    NO_RESULT,
    NUMBER,
    PERCENT,
    TIME,
    moment,
)

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OF_LIBREOFFICE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"

_KIND, _FORMULA = f"{OFFICE} value-type", f"{TABLE} formula"
_KIND_OF_LIBREOFFICE = f"{_OF_LIBREOFFICE} value-type"
_SPAN = re.compile(r"(-?)PT(?:([0-9]{1,7})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,11})(?:[.,][0-9]*)?S)?")
_ERROR = re.compile(r"#[A-Z/0-9?!]+[!?]?|#N/A|Err:[0-9]{3}", re.ASCII)


def read(attributes: dict[str, str], paragraphs: str | None) -> Any:
    """Return the value of a cell: text, truth value, or (kind, what it holds).

    `paragraphs` are what it shows; None where it has none.
    """
    text = paragraphs or ""
    kind = attributes.get(_KIND, "")
    formula = _FORMULA in attributes
    if _is_error(attributes, text, formula=formula):
        return ERROR, text
    match kind:
        case "float" | "percentage" | "currency":
            return _number(attributes, text)
        case "date":
            return moment(attributes.get(f"{OFFICE} date-value", "")) or text
        case "time":
            return _span(attributes.get(f"{OFFICE} time-value", ""), text)
        case "boolean":
            return attributes.get(f"{OFFICE} boolean-value") == "true"
        case "string":
            return attributes.get(f"{OFFICE} string-value", text)
    return (NO_RESULT, "=") if formula and paragraphs is None else text


def _is_error(attributes: dict[str, str], text: str, *, formula: bool) -> bool:
    """Say whether a formula failed: LibreOffice marks that, OpenOffice only shows it."""
    if attributes.get(_KIND_OF_LIBREOFFICE) == "error":
        return True
    return formula and bool(_ERROR.fullmatch(text))


def _number(attributes: dict[str, str], text: str) -> Any:
    held = attributes.get(f"{OFFICE} value", "").strip()
    currency = attributes.get(f"{OFFICE} currency", "")
    try:
        value = str(number(held))
    except ValueError:
        return NO_NUMBER, held or text
    if attributes.get(f"{OFFICE} value-type") == "percentage":
        return PERCENT, value
    if currency not in {"", "USD"}:
        return CURRENCY, (currency, value)
    return NUMBER, value


def _span(held: str, text: str) -> Any:
    """Return a time of day, or how long; the standard has one form for both."""
    found = _SPAN.fullmatch(held)
    if not found:
        return held or text
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = hours * 3_600 + minutes * 60 + seconds
    if found[1] or length >= 86_400:
        return ELAPSED, -length if found[1] else length
    return TIME, length
