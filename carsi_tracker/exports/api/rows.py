"""The rows of an answer: a thousand at a time, in the order of the list, or one by its key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from carsi_tracker.exports.api.fields import ApiField, writers_of, written
from carsi_tracker.reports.page.parameters import UNREADABLE

SIZE = 1000
"""The rows of an answer."""

Row = dict[str, Any]


@dataclass(frozen=True)
class PartOfList:
    """Some of all the `count` rows of a list, and the key after which the next begin, if any do."""

    rows: list[Row]
    count: int
    last: str | None = None


class NoSuchKey(Exception):
    """A list has no row of that key."""


@dataclass(frozen=True)
class Key:
    """What tells the rows of a list apart: fields of theirs, and where a query finds them."""

    fields: tuple[str, ...]
    lookups: tuple[tuple[str, type[int] | type[str]], ...] = ()
    joint: str = "-"

    def of(self, row: Row) -> str:
        """Return the key of a row."""
        return self.joint.join(str(row[name]) for name in self.fields)

    def asked(self, text: str) -> Q:
        """Return the condition of a row that has a key. Raises NoSuchKey."""
        parts = text.split(self.joint) if len(self.lookups) > 1 else [text]
        condition = Q()
        if len(parts) != len(self.lookups):
            raise NoSuchKey
        for part, (lookup, kind) in zip(parts, self.lookups, strict=True):
            number = part.isascii() and part.isdigit() and part == str(int(part[:9]))
            if UNREADABLE.search(part) or (kind is int and not number):
                raise NoSuchKey
            condition &= Q(**{lookup: kind(part)})
        return condition


def found_in(
    query: QuerySet[Any], count: int, key: Key, fields: Sequence[ApiField], after: str | None
) -> PartOfList:
    """Return the rows of a query, `count` in all, that follow that of a key. Raises NoSuchKey."""
    if after is not None:
        query = query.filter(_following(query, key.asked(after)))
    columns = {f"column{number}": field.source for number, field in enumerate(fields)}
    chosen = query.annotate(**columns).values_list(*columns)
    writers = writers_of(fields)
    return _cut([written(writers, cells) for cells in chosen[: SIZE + 1]], count, key)


def _following(query: QuerySet[Any], row: Q) -> Q:
    """Return the condition of what follows a row in the order of a query.

    The database sorts what is empty last, and first where it sorts downwards.
    """
    order = [str(name) for name in query.query.order_by]
    values = query.filter(row).values_list(*(name.removeprefix("-") for name in order)).first()
    if values is None:
        raise NoSuchKey
    following, alike = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        column = name.removeprefix("-")
        if name.startswith("-"):
            less = {f"{column}__isnull": False} if value is None else {f"{column}__lt": value}
            beyond = Q(**less)
        elif value is None:
            beyond = Q(pk__in=[])
        else:
            beyond = Q(**{f"{column}__gt": value}) | Q(**{f"{column}__isnull": True})
        following |= alike & beyond
        alike &= Q(**{f"{column}__isnull": True} if value is None else {column: value})
    return following


def computed(
    cells: Iterable[Sequence[Any]], key: Key, fields: Sequence[ApiField], after: str | None
) -> PartOfList:
    """Return the rows of a table that follow the row of a key. Raises NoSuchKey."""
    writers, everything = writers_of(fields), list(cells)
    rows = iter(everything)
    if after is not None:
        for each in rows:
            if key.of(written(writers, each)) == after:
                break
        else:
            raise NoSuchKey
    found = [written(writers, each) for each in islice(rows, SIZE + 1)]
    return _cut(found, len(everything), key)


def _cut(rows: list[Row], count: int, key: Key) -> PartOfList:
    if len(rows) <= SIZE:
        return PartOfList(rows, count)
    return PartOfList(rows[:SIZE], count, key.of(rows[SIZE - 1]))


def one_in(query: QuerySet[Any], key: Key, fields: Sequence[ApiField], text: str) -> Row:
    """Return the row of a query that has a key. Raises NoSuchKey."""
    rows = found_in(query.filter(key.asked(text)), 1, key, fields, None).rows
    if not rows:
        raise NoSuchKey
    return rows[0]


def one_of(cells: Iterable[Sequence[Any]], key: Key, fields: Sequence[ApiField], text: str) -> Row:
    """Return the row of a table that has a key, in any case. Raises NoSuchKey."""
    writers = writers_of(fields)
    for each in cells:
        row = written(writers, each)
        if key.of(row).casefold() == text.casefold():
            return row
    raise NoSuchKey
