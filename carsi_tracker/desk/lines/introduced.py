"""A row of the table that is a new commitment; its amounts stand under it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.lines.new_commitments import NewCommitmentForm, suggest_titles
from carsi_tracker.desk.lines.sheet import Cell, SheetRow
from carsi_tracker.ledger.models import Batch, Commitment
from carsi_tracker.ledger.refusals import Refused

TEXTS = ("reference", "title", "title_es")
CHOSEN = ("appropriation", "area", "country", "goal", "agency", "partner")
NEEDED = frozenset({"appropriation", "area", "country", "agency"})
CARRIED = ("appropriation", "area", "country", "agency")
"""What a new commitment takes of the one before it, at first."""
IN_MORE = frozenset({"partner", "title_es"})
CONTENT = ("title", "title_es", *(f"{name}_id" for name in CHOSEN))

Offer = dict[str, tuple[tuple[str, str], ...]]


class OfferedLists:
    """What the lists of commitments offer, looked up once for all rows."""

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The current rows of each kind, by the name of the field and their id."""
        fields: Any = NewCommitmentForm.base_fields
        return {name: {str(row.pk): row for row in fields[name].queryset.all()} for name in CHOSEN}

    @cached_property
    def choices(self) -> Offer:
        """Their ids and names, by the name of the field."""
        return {
            name: tuple((key, str(row)) for key, row in rows.items())
            for name, rows in self.rows.items()
        }


class CommitmentRow(SheetRow):
    """A row of a commitment ("commitment-<id>") or of one to be added ("introduced-<n>")."""

    begins = "introduced-"
    called = gettext_lazy("new commitment 0")
    field_order = ("reference", "title", *CHOSEN[:5], "partner", "title_es")

    class Meta:
        model = Commitment
        fields = TEXTS
        formfield_callback = formfield

    def __init__(self, *args: Any, offered: OfferedLists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.is_wanted, self.is_entered = offered, False, bool(self.saved)
        for name in CHOSEN:
            self.fields[name] = self._list(name)
        self.order_fields(self.field_order)
        label, suggested = self.fields["title"].label, _("suggested")
        self.fields["title"].widget.attrs["placeholder"] = label
        if self.is_new:
            self.fields["reference"].required = self.fields["title"].required = False
            self.fields["reference"].widget.attrs["placeholder"] = suggested
            self.fields["title"].widget.attrs["placeholder"] = f"{label} ({suggested})"

    @staticmethod
    def named(saved: Commitment) -> dict[str, Any]:
        """Return what is chosen in lists."""
        return {name: str(getattr(saved, f"{name}_id") or "") for name in CHOSEN}

    def content(self) -> tuple[Any, ...]:
        """Return all that the row says of its commitment."""
        return described(self.instance), self.instance.reference

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed, and no amount stands under it."""
        return super().is_blank and not self.is_wanted

    @property
    def main_cells(self) -> list[Cell]:
        """The cells that every commitment has, behind its reference."""
        return [c for c in self.cells if c.bound.name not in IN_MORE | {"reference"}]

    @property
    def more_cells(self) -> list[Cell]:
        """The cells that few have."""
        return [cell for cell in self.cells if cell.bound.name in IN_MORE]

    @property
    def reference_cell(self) -> Cell:
        """The cell of the reference."""
        return next(cell for cell in self.cells if cell.bound.name == "reference")

    @property
    def has_more(self) -> bool:
        """Whether something stands in the cells that few have."""
        return any(cell.text or cell.fault for cell in self.more_cells)

    @property
    def label(self) -> str:
        """What stands before the row."""
        return super().label if self.is_new else str(self.initial.get("reference", ""))

    @property
    def name(self) -> str:
        """What the row is called in sentences."""
        return Cell(self["title"]).text or _("an empty row")

    def clean(self) -> dict[str, Any]:
        """Give the commitment what was chosen."""
        cleaned = super().clean() or self.cleaned_data
        for name in CHOSEN:
            if name in cleaned:
                chosen = cleaned[name]
                setattr(self.instance, f"{name}_id", int(chosen) if chosen else None)
        if self.is_new:
            rows = {name: self.offered.rows[name].get(cleaned.get(name, "")) for name in CHOSEN}
            suggest_titles(cleaned, rows)
        return cleaned

    def validate_unique(self) -> None:
        """Leave it to the table, which asks for all rows at once."""

    def shown(self, now: Commitment) -> "CommitmentRow":
        """Return the row as it is saved now."""
        return CommitmentRow(instance=now, prefix=self.key, offered=self.offered)

    def _list(self, name: str) -> forms.ChoiceField:
        label = NewCommitmentForm.base_fields[name].label
        choices = self.offered.choices[name]
        own = getattr(self.saved, name) if self.saved else None
        if own and str(own.pk) not in dict(choices):
            choices = (*choices, (str(own.pk), str(own)))
        field = forms.ChoiceField(
            label=label,
            choices=(("", ""), *choices),
            required=name in NEEDED,
            error_messages={"required": _("This is needed.")},
        )
        field.nothing = f"– {label}"  # type: ignore[attr-defined]
        return field


def described(commitment: Commitment) -> tuple[Any, ...]:
    """Return all that a row says of a commitment but its reference."""
    return tuple(getattr(commitment, name) for name in CONTENT)


def introduced(batch: Batch) -> QuerySet[Commitment]:
    """Return the commitments that a draft introduces, with what they name, to be locked."""
    return batch.introduces.described().select_for_update(of=("self",), no_key=True)


def refuse_taken(rows: Sequence[CommitmentRow], batch: Batch, newest: int) -> None:
    """Put a fault at each reference that exists, but not at those this very form has made."""
    typed = {row: row.instance.reference for row in rows if not row.delete and not row.is_left_out}
    there = Commitment.objects.filter(reference__in=set(typed.values()) - {""}) if typed else ()
    by_reference = {commitment.reference: commitment for commitment in there}
    count = Counter(reference for reference in typed.values() if reference)
    for row, reference in typed.items():
        other = by_reference.get(reference)
        is_own = other is not None and (
            other.pk == row.instance.pk or _made_before(row, other, batch, newest)
        )
        if count[reference] > 1 or (other is not None and not is_own):
            row.faults.setdefault("reference", str(Refused("taken_already")))


def enter(rows: Iterable[CommitmentRow], batch: Batch, newest: int) -> tuple[int, int]:
    """Save the commitments of rows that were read; returns how many were changed and added."""
    made_before = list(batch.introduces.filter(pk__gt=newest).order_by("pk"))
    changed = added = 0
    for row in rows:
        if row.delete or row.is_left_out:
            continue
        commitment = row.instance
        if row.is_new:
            same = next((c for c in made_before if _made_before(row, c, batch, newest)), None)
            if same:
                made_before.remove(same)
                row.instance = same
            else:
                commitment.introduced_by = batch
                commitment.reference = (
                    commitment.reference or commitment.appropriation.next_reference()
                )
                commitment.save(force_insert=True)
                added += 1
        elif row.is_changed:
            commitment.save()
            changed += 1
        row.is_entered = True
    return changed, added


def _made_before(row: CommitmentRow, other: Commitment, batch: Batch, newest: int) -> bool:
    """Say whether the same form, sent before, made a commitment of this row."""
    return (
        row.is_new
        and other.introduced_by_id == batch.pk
        and other.pk > newest
        and described(other) == described(row.instance)
        and row.instance.reference in {"", other.reference}
    )
