"""The columns of downloads: what each holds, what it means, and how a query gives it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Case, F, Func, TextChoices, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.columns import CellKind, Words
from carsi_tracker.ledger.headings import SPANISH


class Holds(Enum):
    """What the cells of a column hold."""

    TEXT = _("text")
    CODE = _("a code")
    NUMBER = _("a whole number")
    AMOUNT = _("U.S. dollars, with cents")
    SUM = _(
        "U.S. dollars, with cents; empty where no entry was found, 0.00 where entries cancel out"
    )
    DAY = _("a day, YYYY-MM-DD")
    MOMENT = _("a moment in UTC, YYYY-MM-DDTHH:MM:SSZ")


OF_KIND = {
    CellKind.REFERENCE: Holds.CODE,
    CellKind.TEXT: Holds.TEXT,
    CellKind.YEAR: Holds.NUMBER,
    CellKind.CODE: Holds.CODE,
    CellKind.ORGANIZATION: Holds.TEXT,
    CellKind.AMOUNT: Holds.AMOUNT,
    CellKind.DAY: Holds.DAY,
}


@dataclass(frozen=True)
class Field:
    """A column of a download.

    `source` says where a query finds the value; `{language}` in it is the language of the page, in
    which a function returns it.
    """

    name: str
    holds: Holds
    meaning: Words
    source: str | Combinable | Callable[[], Combinable] = ""

    @property
    def heading(self) -> str:
        """What a workbook calls the column, in the language of the page."""
        return SPANISH.get(self.name, self.name) if get_language() == "es" else self.name

    @property
    def in_words(self) -> str:
        """What the column means and holds, in the language of the page."""
        return f"{self.meaning} ({self.holds.value})"

    def found(self, language: str) -> Combinable:
        """Return what a query selects for the value itself."""
        if isinstance(self.source, str):
            return F(self.source.format(language=language))
        return self.source() if callable(self.source) else self.source

    def written(self, language: str) -> Combinable:
        """Return what a query selects for the cell of a CSV file; null where it is empty."""
        value = self.found(language)
        match self.holds:
            case Holds.TEXT:
                return Neutralised(value)
            case Holds.AMOUNT | Holds.SUM:
                return Func(value, template="(%(expressions)s)::numeric(20, 2)")
            case Holds.DAY:
                return Written(value, Value("YYYY-MM-DD"))
            case Holds.MOMENT:
                return Written(AtUTC(value), Value('YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        return value


class Neutralised(Func):
    """A text with an apostrophe where a spreadsheet would compute it; null where it is empty."""

    function = "rules.neutralised"
    output_field = TextField()


class Written(Func):
    """A day or a moment in a fixed form."""

    function = "to_char"
    output_field = TextField()


class AtUTC(Func):
    """A moment as clocks show it in UTC."""

    template = "(%(expressions)s at time zone 'UTC')"
    output_field = TextField()


def named(column: str, choices: type[TextChoices]) -> Callable[[], Combinable]:
    """Return what selects the name of a code, in the language that is then spoken."""
    return lambda: Case(
        *(When(**{column: code}, then=Value(str(label))) for code, label in choices.choices),
        output_field=TextField(),
    )


def in_spanish_order(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return columns as a workbook in Spanish has them.

    A text in Spanish stands before the original, and a name before its code.
    """
    others = {f"{field.name}{end}" for field in fields for end in ("_es", "_name")}
    by_name = {field.name: field for field in fields}
    ordered = []
    for field in fields:
        if field.name not in others:
            first = (by_name.get(f"{field.name}{end}") for end in ("_es", "_name"))
            ordered += [*(each for each in first if each), field]
    return tuple(ordered)
