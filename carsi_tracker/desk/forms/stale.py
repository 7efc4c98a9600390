"""Forms that refuse to save over what was saved meanwhile, and show both versions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _

from carsi_tracker.accounts.acting import actor
from carsi_tracker.accounts.models import User
from carsi_tracker.desk.forms.again import ShownAgain
from carsi_tracker.desk.forms.fields import offer_what_it_has
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Batch, Change, Line
from carsi_tracker.ledger.money import dollars


@dataclass(frozen=True)
class FieldDifference:
    """One field as it is saved, and as it was about to be saved, in words."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True)
class Stale:
    """What was saved after a form was shown: by whom, when, and how it differs.

    `own` says that the person who reads this saved it, in another window.
    """

    who: str
    when: datetime | None
    own: bool = False
    differences: list[FieldDifference] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What happened, for the person whose form was refused."""
        if self.own:
            return _(
                "Your changes here were not saved: you changed this in another window after "
                "you opened it here. Compare both versions below."
            )
        return _(
            "Your changes were not saved: someone else changed this after you opened it. "
            "Compare both versions below."
        )


class GuardedForm(ShownAgain, forms.ModelForm):  # type: ignore[type-arg]
    """A form that carries what its reader saw.

    Give it the row as the database holds it now, locked; `stale` is set where the row is no longer
    what the reader saw.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    stale: Stale | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = fingerprint(self.instance)
            offer_what_it_has(self)

    def clean(self) -> dict[str, Any]:
        """Refuse what was typed over an older version."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") != fingerprint(self.instance):
            self.stale = Stale(*last_change(self.instance), list(self._differences()))
            raise ValidationError(self.stale.sentence, code="stale")
        return cleaned

    def again(self) -> "GuardedForm":
        """Return the form anew, filled with what is saved now; it says why."""
        form = type(self)(instance=type(self.instance)._default_manager.get(pk=self.instance.pk))
        form.stale = self.stale
        return form

    def _differences(self) -> Iterable[FieldDifference]:
        for bound in self.visible_fields():
            if bound.name not in self.initial:
                continue
            saved = in_words(bound.field, bound.initial)
            typed = in_words(bound.field, self.cleaned_data.get(bound.name, bound.data))
            yield FieldDifference(str(bound.label), saved, typed)


def fingerprint(row: Model) -> str:
    """Return what tells one state of a row from another."""
    values = "\x1f".join(
        str(row.serializable_value(field.attname))
        for field in row._meta.concrete_fields
        if field.name not in {"state", "revision", "submitted_by", "submitted_at", "last_login"}
    )
    return sha256(values.encode()).hexdigest()[:20]


def last_change(row: Model) -> tuple[str, datetime | None, bool]:
    """Return who changed a row last, when where that is known, and whether it is who acts now."""
    if isinstance(row, Batch):
        editors = [editor.user for editor in row.editors.select_related("user")]
        names = sorted(user.display_name for user in editors)
        return ", ".join(names), None, [user.pk for user in editors] == [actor()]
    user: User | None
    when: datetime | None
    if isinstance(row, Line):
        user, when = row.changed_by, row.changed_at
    else:
        changes = Change.objects.filter(table=row._meta.db_table, row=row.pk)
        change = changes.select_related("user").last()
        user, when = (change.user, change.changed_at) if change else (None, None)
    return (user.display_name, when, user.pk == actor()) if user else ("", when, False)


def in_words(form_field: forms.Field, value: Any) -> str:
    """Write a value of a form field as people read it."""
    if isinstance(form_field, forms.ModelChoiceField):
        queryset: Any = form_field.queryset
        found = queryset.model._default_manager.filter(pk=getattr(value, "pk", value))
        return str(found.first() or "–") if value else "–"
    if isinstance(form_field, forms.ChoiceField):
        return str(dict(flatten_choices(cast("Any", form_field.choices))).get(value, value))
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value not in (None, "") else "–"
