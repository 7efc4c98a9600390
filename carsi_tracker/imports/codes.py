"""What the cells of a column may hold: codes, as the reference data has them now, and values."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from carsi_tracker.imports import spelling
from carsi_tracker.imports.cells import (
    Cell,
    code_text,
    has_two_readings,
    read_amount,
    read_day,
    read_reference,
    read_text,
    read_year,
    shown,
)
from carsi_tracker.imports.placeholders import refuse_error, refuse_placeholder
from carsi_tracker.imports.spelling import LONGEST_CODE, nearest
from carsi_tracker.ledger.amounts import IN_DOLLARS, AmountStyle
from carsi_tracker.ledger.columns import BY_NAME, COLUMNS, OF_LINE, CellKind, Column
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Basis,
    Bound,
    Country,
    Document,
    Goal,
    Organization,
    ProgrammingArea,
    Stage,
)

NAMES = ("name_en", "name_es")
LISTED = 12
"""Up to so many accepted codes are listed in a fault; of more, the nearest is named."""
REPEATED = {
    column.name
    for column in COLUMNS
    if column.kind in {CellKind.REFERENCE, CellKind.CODE, CellKind.ORGANIZATION, CellKind.DAY}
}
"""The columns whose cells say the same few things again and again: each is read once."""

FORMER_WORDS = {
    "appropriated": ("asignada",), "committed": ("comprometida",), "obligated": ("obligada",),
    "disbursed": ("desembolsada", "pagado", "pagada", "paid"),
    "stated": ("indicado", "indicada"), "press": ("prensa", "press report"),
    "inferred": ("deducida",),
}  # fmt: skip
"""Words that people and earlier tables write for a stage or an evidence, beside its own."""

_WHOLE_NUMBER = re.compile(r"([0-9]+)\.0")


@dataclass(frozen=True)
class Code:
    """A code as it is written, with key and names of its row; stages and bases have no row.

    `words` are taken for it, as they stand in tables of either language; `fits` says that an
    organization is of the kind that the column asks for.
    """

    text: str
    pk: int | None = None
    retired: bool = False
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    fits: bool = True


class Codes:
    """The codes of one column."""

    def __init__(self, codes: Iterable[Code]) -> None:
        self._by_key = {spelling.key(code.text): code for code in codes}
        self._by_word = {
            spelling.key(word): code for code in self._by_key.values() for word in code.words
        }
        self._by_look = self._looks(lambda code: code.names) | self._looks(lambda code: [code.text])

    def __getitem__(self, text: str) -> Code:
        """Return the code that a cell names; raises ValidationError with what is accepted."""
        code = self.get(text)
        if code is None:
            raise ValidationError(self._unknown(text), "unknown")
        return code

    def get(self, text: str) -> Code | None:
        """Return the code that a cell names, or None."""
        key = spelling.key(text)
        return self._by_key.get(key) or self._by_word.get(key)

    def meant(self, text: str) -> str | None:
        """Return the code that a cell looks like, names, or nearly spells, if there is one."""
        if looks_like := self.looks_like(text):
            return looks_like
        near = nearest(spelling.key(text), list(self._by_key))
        return self._by_key[near].text if near else None

    def looks_like(self, text: str) -> str | None:
        """Return the code that a cell can be mistaken for, by itself or by its name, if any."""
        looks = (self._by_look.get(look) for look in spelling.skeletons(text))
        return next((code.text for code in looks if code), None)

    def _looks(self, texts: Callable[[Code], Iterable[str]]) -> dict[str, Code]:
        return {
            look: code
            for code in self._by_key.values()
            for text in texts(code)
            for look in spelling.skeletons(text)
        }

    def _unknown(self, text: str) -> str:
        values = {"text": text, "accepted": ", ".join(self.offered()), "meant": self.meant(text)}
        if len(self.offered()) <= LISTED:
            message = _("“%(text)s” is not one of %(accepted)s.")
        else:
            message = _("“%(text)s” is not known.")
        if values["meant"]:
            message = " ".join((message, _("Probably meant: %(meant)s.")))
        return message % values

    def __iter__(self) -> Iterator[Code]:
        """Yield all codes, retired ones too."""
        return iter(self._by_key.values())

    def offered(self) -> list[str]:
        """Return the codes that new rows take."""
        return [code.text for code in self._by_key.values() if code.fits and not code.retired]


class NewCodes:
    """The codes that a file adds to those of a column."""

    def __init__(self, known: Codes) -> None:
        self._known = known
        self._by_key: dict[str, str] = {}
        self._by_look: dict[str, str] = {}

    @property
    def texts(self) -> list[str]:
        """The codes, as they were written first."""
        return list(self._by_key.values())

    def take(self, text: str) -> Code:
        """Return a code that is new; raises ValidationError where it looks like another."""
        if before := self._by_key.get(text.casefold()):
            return Code(before)
        looks = spelling.skeletons(text)
        alike = filter(None, map(self._by_look.get, looks))
        if other := self._known.looks_like(text) or next(alike, None):
            raise ValidationError(
                _("“%(text)s” looks like “%(other)s”. Did you mean that?")
                % {"text": text, "other": other},
                "lookalike",
            )
        self._by_key[text.casefold()] = text
        self._by_look |= dict.fromkeys(looks, text)
        return Code(text)


class AcceptedCodes:
    """All codes by column, and the appropriations by year and account."""

    def __init__(self) -> None:
        self.columns = {
            "account": Codes(_rows(Account, "code", *NAMES)),
            "area": Codes(_rows(ProgrammingArea, "code", *NAMES)),
            "country": Codes(_rows(Country, "code", *NAMES)),
            "goal": Codes(_rows(Goal, "number", *NAMES)),
            "agency": Codes(_organizations("is_agency")),
            "partner": Codes(_organizations("is_partner")),
            "stage": Codes(_choices(Stage)),
            "basis": Codes(_choices(Basis)),
            "bound": Codes(Code(value) for value in Bound.values),
            "document": Codes(_rows(Document, "key", "title")),
        }
        self.documents = dict(Document.objects.values_list("pk", "title"))
        self.appropriations = {
            (appropriation.fiscal_year, appropriation.account.code): appropriation.pk
            for appropriation in Appropriation.objects.select_related("account")
        }

    def appropriation(self, year: int, account: str) -> int:
        """Return the key of an appropriation; raises ValidationError that lists them."""
        try:
            return self.appropriations[year, account]
        except KeyError:
            known = ", ".join(f"{code} FY{year}" for year, code in sorted(self.appropriations))
            raise ValidationError(
                _("There is no appropriation %(account)s FY%(year)d. There are: %(known)s.")
                % {"account": account, "year": year, "known": known},
                "no_appropriation",
            ) from None


def _choices(choices: type[TextChoices]) -> Iterable[Code]:
    """Return codes that are taken in the words of both languages, whichever is spoken."""
    for choice in choices:
        words = [*FORMER_WORDS.get(str(choice), ())]
        for language, _name in settings.LANGUAGES:
            with override(language):
                words.append(str(choice.label))
        yield Code(str(choice), words=tuple(words))


def _rows(model: Any, field: str, *names: str) -> Iterable[Code]:
    rows = model.objects.values_list(field, "pk", "retired", *names)
    return [Code(str(text), pk, retired, tuple(names)) for text, pk, retired, *names in rows]


def _organizations(kind: str) -> Iterable[Code]:
    fitting = set(Organization.objects.filter(**{kind: True}).values_list("pk", flat=True))
    return [replace(code, fits=code.pk in fitting) for code in _rows(Organization, "code", *NAMES)]


class Cells:
    """Reads the cells of a file by their columns; `order` is of dates in numbers."""

    def __init__(
        self,
        vocabulary: AcceptedCodes,
        new_partners: NewCodes,
        order: Order | None,
        amounts: AmountStyle = IN_DOLLARS,
    ) -> None:
        self._amounts = amounts
        self._codes, self._new_partners, self.order = vocabulary.columns, new_partners, order
        self._read_before: dict[tuple[str, str], Any] = {}

    def read(self, name: str, cell: Cell) -> Any:
        """Read a cell, or take what was read of the same one before; raises ValidationError."""
        if name not in REPEATED or not isinstance(cell, str):
            return self._read(name, cell)
        if (name, cell) not in self._read_before:
            self._read_before[name, cell] = self._read(name, cell)
        return self._read_before[name, cell]

    def by_order(self) -> tuple[str, date] | None:
        """Return the first date in numbers that was read by the order chosen, if any was."""
        days = (
            (shown(cell), day)
            for (name, cell), day in self._read_before.items()
            if name == "effective_date" and has_two_readings(cell)
        )
        return next(days, None) if self.order else None

    def _read(self, name: str, cell: Cell) -> Any:
        column = BY_NAME[name]
        refuse_error(cell)
        if name in self._codes:
            return self._code(column, cell)
        match column.kind:
            case CellKind.AMOUNT:
                return read_amount(cell, self._amounts)
            case CellKind.DAY:
                return read_day(cell, self.order)
            case CellKind.TEXT:
                return _text(column, cell)
            case CellKind.YEAR:
                return read_year(cell)
        return read_reference(cell)

    def _code(self, column: Column, cell: Cell) -> Code:
        text = code_text(cell)
        if len(text) > LONGEST_CODE:
            raise ValidationError(_("“%s” is too long for a code.") % shown(text), "too_long")
        if column.name == "goal" and (whole := _WHOLE_NUMBER.fullmatch(text)):
            text = whole[1]
        codes = self._codes[column.name]
        if codes.get(text) is None:
            refuse_placeholder(column.name, text)
            if column.name == "partner":
                name = " ".join(read_text(cell, column.longest).split())
                return self._new_partners.take(name)
        return codes[text]


def _text(column: Column, cell: Cell) -> str:
    text = read_text(cell, column.longest)
    if column.name not in OF_LINE:
        refuse_placeholder(column.name, text)
    return text
