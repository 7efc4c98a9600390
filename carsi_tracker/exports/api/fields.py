"""The fields of answers: the columns of the downloads, with names in both languages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db.models.expressions import Combinable
from django.utils.translation import override

from carsi_tracker.exports.tables import LANGUAGES
from carsi_tracker.reports.downloads.fields import Field, Holds

SPOKEN = frozenset(
    {"account_name", "area_name", "basis_name", "country_name", "place_name", "stage_name"}
)
"""The columns that a download has in the language of its address: answers have one a language."""


@dataclass(frozen=True)
class ApiField:
    """A field of an answer: the column that it is, in a language where it is in two."""

    name: str
    column: Field
    language: str = "en"

    @property
    def source(self) -> Combinable:
        """What a query selects for it."""
        with override(self.language):
            return self.column.found(self.language)


def api_fields(columns: Iterable[Field]) -> Iterator[ApiField]:
    """Yield the fields that columns become."""
    for column in columns:
        if column.name in SPOKEN:
            for language in LANGUAGES:
                yield ApiField(f"{column.name}_{language}", column, language)
        else:
            yield ApiField(column.name, column)


def _amount(value: Any) -> str:
    return f"{value:.2f}"


def _moment(value: Any) -> str:
    return str(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


WRITERS: dict[Holds, Callable[[Any], Any]] = {
    Holds.TEXT: str,
    Holds.CODE: str,
    Holds.NUMBER: int,
    Holds.AMOUNT: _amount,
    Holds.SUM: _amount,
    Holds.DAY: str,
    Holds.MOMENT: _moment,
}


def writers_of(fields: Iterable[ApiField]) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return how the cells of each field are written, with its name."""
    return [(field.name, WRITERS[field.column.holds]) for field in fields]


def written(
    writers: Sequence[tuple[str, Callable[[Any], Any]]], cells: Iterable[Any]
) -> dict[str, Any]:
    """Return a row as JSON has it: null where a download's cell is empty."""
    return {
        name: None if cell is None or cell == "" else write(cell)
        for (name, write), cell in zip(writers, cells, strict=True)
    }
