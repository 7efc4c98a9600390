"""Who changed a row of the ledger's reference data, when, why and what, as a person reads it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Field, ForeignKey, Model
from django.utils.translation import gettext as _

from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Change


@dataclass(frozen=True)
class ChangedField:
    """A field before and after a change."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Revision:
    """One change of a row."""

    when: datetime
    who: str
    action: str
    reason: str
    fields: list[ChangedField]
    adds: bool


def history(row: Model) -> list[Revision]:
    """Return the changes of a row, newest first; one query, and one for each kind it refers to."""
    changes = list(
        Change.objects.filter(table=row._meta.db_table, row=row.pk)
        .select_related("user")
        .order_by("-id")
    )
    names = _names(row, changes)
    return [
        Revision(
            when=change.changed_at,
            who=change.user.display_name if change.user else "",
            action=change.get_action_display(),
            reason=change.reason,
            fields=list(_changed_fields(row, change, names)),
            adds=change.before is None,
        )
        for change in changes
    ]


def _changed_fields(
    row: Model, change: Change, names: dict[str, dict[Any, str]]
) -> Iterable[ChangedField]:
    before, after = change.before or {}, change.after or {}
    for field in row._meta.concrete_fields:
        was, became = before.get(field.column), after.get(field.column)
        if was != became and not field.primary_key:
            yield ChangedField(
                str(field.verbose_name), _word(field, was, names), _word(field, became, names)
            )
    if before.get("file") != after.get("file"):
        yield ChangedField(_("file"), before.get("file", "–"), after.get("file", "–"))


def _word(field: "Field[Any, Any]", value: Any, names: dict[str, dict[Any, str]]) -> str:
    if value in {None, ""}:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateField):
        return day_in_words(date.fromisoformat(value))
    return names.get(field.column or "", {}).get(value, str(value))


def _names(row: Model, changes: list[Change]) -> dict[str, dict[Any, str]]:
    names: dict[str, dict[Any, str]] = defaultdict(dict)
    for field in row._meta.concrete_fields:
        if isinstance(field, ForeignKey) and not field.primary_key:
            keys = {
                state[field.column]
                for change in changes
                for state in (change.before, change.after)
                if state and state.get(field.column)
            }
            referred = field.related_model._default_manager.in_bulk(keys)
            names[field.column] = {key: str(value) for key, value in referred.items()}
    return names
