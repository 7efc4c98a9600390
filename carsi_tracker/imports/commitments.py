"""The commitments that a file's rows belong to: those in the ledger, and new ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from carsi_tracker.imports import spelling
from carsi_tracker.imports.codes import AcceptedCodes, Code, Codes, NewCodes
from carsi_tracker.imports.errors import Finding, row_as_sent
from carsi_tracker.imports.placeholders import refuse_placeholder
from carsi_tracker.ledger.columns import COLUMNS, Needed
from carsi_tracker.ledger.models import Commitment
from carsi_tracker.ledger.refusals import Refused

Value = str | int | Code
# The columns that describe a commitment, and where the ledger has them.
OF_LEDGER = {
    "title": "title",
    "title_es": "title_es",
    "fiscal_year": "appropriation__fiscal_year",
    "account": "appropriation__account__code",
    "area": "area__code",
    "country": "country__code",
    "goal": "goal__number",
    "agency": "agency__code",
    "partner": "partner__code",
    "bound": "bound",
    "bound_note": "bound_note",
    "bound_note_es": "bound_note_es",
}


@dataclass(frozen=True)
class Known:
    """A commitment that the database has; `batch_id` introduces it where it isn't posted yet."""

    reference: str
    described: dict[str, str]
    batch_id: int | None
    batch_title: str


@dataclass
class New:
    """A commitment that the file introduces: each value with the row that gave it first."""

    reference: str
    row: int
    described: dict[str, tuple[Value, int]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def value(self, column: str) -> Any:
        """Return what the file says of it, or None."""
        return self.described[column][0] if column in self.described else None


class Commitments:
    """What is known of a file's commitments and partners; rows go into the draft `own_batch`.

    `described` are the cells that agree with what is known already.
    """

    def __init__(self, vocabulary: AcceptedCodes, own_batch: int | None = None) -> None:
        self.vocabulary = vocabulary
        self.new_partners = NewCodes(vocabulary.columns["partner"])
        self.described: set[tuple[Any, ...]] = set()
        self._own_batch = own_batch
        self._known: dict[str, Known] = {}
        self._references: Codes | None = None
        self._looks: dict[str, str] = {}
        self.new: dict[str, New] = {}

    def look_up(self, references: Iterable[str]) -> None:
        """Ask the database for the references that were not met before, in one query."""
        unmet = {name for name in references if name not in self._known and name not in self.new}
        rows = Commitment.objects.filter(reference__in=unmet).values(
            "reference",
            "first_version",
            "introduced_by",
            "introduced_by__title",
            **{f"their_{name}": F(path) for name, path in OF_LEDGER.items()},
        )
        for row in rows if unmet else ():
            values: dict[str, Any] = dict(row)
            pending = row["first_version"] is None and row["introduced_by"] != self._own_batch
            self._known[row["reference"]] = Known(
                row["reference"],
                {name: _text(values[f"their_{name}"]) for name in OF_LEDGER},
                row["introduced_by"] if pending else None,
                row["introduced_by__title"],
            )

    def known(self, reference: str) -> Known | None:
        """Return a commitment of the database that was looked up."""
        return self._known.get(reference)

    def introduce(self, reference: str, row: int) -> New:
        """Return a new commitment; raises ValidationError where it looks like another."""
        if reference not in self.new:
            refuse_placeholder("reference", reference)
            if other := self.looks_like(reference):
                raise ValidationError(
                    _("“%(reference)s” looks like %(other)s. Did you mean that?")
                    % {"reference": reference, "other": other},
                    "lookalike",
                )
            self.new[reference] = New(reference, row)
            self._looks |= dict.fromkeys(spelling.skeletons(reference), reference)
        return self.new[reference]

    def looks_like(self, reference: str) -> str | None:
        """Return the reference, of the database or the file, that another can be mistaken for."""
        if self._references is None:
            references = Commitment.objects.values_list("reference", flat=True)
            self._references = Codes(Code(text) for text in references.iterator())
        in_file = map(self._looks.get, spelling.skeletons(reference))
        return self._references.looks_like(reference) or next(filter(None, in_file), None)

    def missing(self, sheet: str) -> Iterable[Finding]:
        """Yield what new commitments still need, at their first rows."""
        for new in self.new.values():
            for column in COLUMNS:
                if column.needed is Needed.OF_NEW and column.name not in new.named:
                    message = _("%(reference)s is new, so this is needed: %(meaning)s.")
                    values = {"reference": new.reference, "meaning": column.meaning}
                    yield Finding(message % values, sheet, new.row, column.name)
            if {"bound", "bound_note", "bound_note_es"} & new.named and (
                not {"bound", "bound_note"} <= new.named
            ):
                yield Finding(str(Refused("limit_explained")), sheet, new.row, "bound_note")
            year, account = new.value("fiscal_year"), new.value("account")
            if year and account:
                try:
                    self.vocabulary.appropriation(year, account.text)
                except ValidationError as error:
                    row = new.described["account"][1]
                    yield Finding(error.messages[0], sheet, row, "account", account.text)


def disagreement(known: Known, column: str, value: Value) -> str | None:
    """Say how a cell disagrees with a commitment of the database, if it does."""
    theirs = known.described[column]
    accepted = {_plain(theirs)}
    if column == "title":
        accepted.add(_plain(known.described["title_es"]))
    if _plain(_text(value)) in accepted:
        return None
    values = {"value": _text(value), "reference": known.reference, "theirs": theirs}
    if not theirs:
        return (
            _(
                "The ledger has nothing here for %(reference)s, not “%(value)s”. Leave the "
                "cell empty."
            )
            % values
        )
    return (
        _(
            "The ledger has “%(theirs)s” for %(reference)s, not “%(value)s”. Correct the "
            "cell or leave it empty."
        )
        % values
    )


def describe(new: New, column: str, value: Value, row: int) -> str | None:
    """Take a cell into a new commitment; say how it disagrees with an earlier row, if it does."""
    if column not in new.described:
        if isinstance(value, Code) and value.retired:
            return _("“%s” is retired. Choose another for new entries.") % value.text
        if isinstance(value, Code) and not value.fits:
            return str(Refused(f"no_{column}", {"code": value.text}))
        new.described[column] = value, row
        return None
    first, of_row = new.described[column]
    if _plain(_text(first)) == _plain(_text(value)):
        return None
    return _(
        "Row %(row)d has “%(first)s” for %(reference)s, not “%(value)s”. Correct one of them."
    ) % {
        "value": _text(value),
        "row": row_as_sent(of_row),
        "reference": new.reference,
        "first": _text(first),
    }


def _text(value: Value | None) -> str:
    if isinstance(value, Code):
        return value.text
    return "" if value is None else str(value)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
