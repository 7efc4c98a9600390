"""How the cells and rows of a canonical ledger are written, and read: in one way each."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
WORDS = {True: "true", False: "false"}
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def line(values: list[str] | tuple[str, ...]) -> str:
    """Return a row of a file: fields in quotes where they hold a comma, a quote or a line break."""
    return ",".join(_quoted(value) for value in values) + "\n"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if re.search(r'[",\r\n]', value) else value


def written(value: Any) -> str:
    """Return a value as a file has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(TIME)
    return value.isoformat() if isinstance(value, date) else str(value)


def read(kind: "models.Field[Any, Any]", text: str) -> Any:
    """Return the value of a cell that is not empty; raises ValueError with what is accepted."""
    if isinstance(kind, models.BooleanField):
        return _of(text, text in WORDS.values(), lambda: text == "true", "true or false")
    if isinstance(kind, models.DecimalField):
        return amount(text)
    if isinstance(kind, models.DateField):
        return day(text)
    return number(text) if isinstance(kind, models.IntegerField) else text


def number(text: str) -> int:
    """Return a whole number that is not negative; raises ValueError."""
    return int(_of(text, NUMBER.fullmatch(text), lambda: int(text), "a whole number"))


def amount(text: str) -> Decimal:
    """Return U.S. dollars and cents; raises ValueError."""
    found = AMOUNT.fullmatch(text)
    return Decimal(_of(text, found, lambda: Decimal(text), "an amount such as 1200.00"))


def day(text: str) -> date:
    """Return a day; raises ValueError."""
    found: date = _of(
        text, DAY.fullmatch(text), lambda: date.fromisoformat(text), "a day such as 2009-03-13"
    )
    return found


def moment(text: str) -> datetime:
    """Return a time in UTC; raises ValueError."""
    found: datetime = _of(
        text,
        MOMENT.fullmatch(text),
        lambda: datetime.strptime(text, TIME).replace(tzinfo=UTC),
        "a time such as 2026-11-29T06:00:00.000000Z",
    )
    return found


def _of(text: str, fits: Any, value: Any, accepted: str) -> Any:
    """Return the value of a text that fits; raises ValueError with what is accepted."""
    try:
        if fits:
            return value()
    except ValueError:
        pass
    shown = f"“{text[:40]}”" if text else "empty"
    raise ValueError(f"{shown} is not {accepted}")
