"""What changed in a batch since it was last submitted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Basis, Batch, Stage
from carsi_tracker.ledger.money import dollars

SHOWN = 100
"""How many lines, and how many commitments, are told of; the others are counted."""

LABELS = {
    "title": _("title"),
    "reason": _("reason"),
    "reference": _("reference"),
    "title_es": _("title in Spanish"),
    "appropriation": _("appropriation"),
    "area": _("programming area"),
    "country": _("country"),
    "goal": _("goal"),
    "agency": _("agency"),
    "partner": _("partner"),
    "replaces": _("replaces"),
    "commitment": _("commitment"),
    "stage": _("stage"),
    "amount": _("amount, U.S. dollars"),
    "effective_date": _("effective date"),
    "document": _("source document"),
    "locator": _("where in it"),
    "basis": _("how directly it says so"),
    "note": _("note"),
    "quote": _("words quoted from it"),
}

WORDS: dict[str, Callable[[Any], str]] = {
    "amount": lambda text: dollars(Decimal(text)),
    "effective_date": lambda text: short_day(date.fromisoformat(text)),
    "stage": lambda code: str(Stage(code).label),
    "basis": lambda code: str(Basis(code).label),
}

DIFFERENCES = """
    with latest as (
        select content, row_number() over (order by id desc) as place
        from ledger_submission where batch_id = %(batch)s order by id desc limit 2
    ),
    compared as (
        select
            content as before,
            coalesce(
                (select content from latest where place = %(before)s - 1),
                rules.batch_content(%(batch)s)
            ) as after
        from latest where place = %(before)s
    ),
    differing as (
        select
            kind, r.id, r.before, r.after,
            row_number() over (same_kind order by r.id) as place,
            count(*) over same_kind as total
        from compared
        cross join (values ('lines'), ('commitments')) as kinds (kind)
        cross join lateral rules.rows_changed(compared.before, compared.after, kind) r
        window same_kind as (partition by kind, r.before is null, r.after is null)
    )
    select 'texts', 0, before -> 'texts', after -> 'texts', 1 from compared
    union all
    select kind, id, before, after, total from differing where place <= %(shown)s
    order by 1, 2
"""


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, in words; empty where there was nothing."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """A line or a new commitment, and its fields that differ; an added one was empty before."""

    id: int
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class RowChanges:
    """Rows of one kind that were added, deleted and changed: the first of each, and all counted."""

    added: tuple[RowChange, ...] = ()
    deleted: tuple[RowChange, ...] = ()
    changed: tuple[RowChange, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        """How many are not told of."""
        return self.total - len(self.added) - len(self.deleted) - len(self.changed)


@dataclass(frozen=True)
class Changes:
    """What differs between two states of a batch; false where nothing does."""

    texts: tuple[FieldChange, ...]
    lines: RowChanges
    commitments: RowChanges

    def __bool__(self) -> bool:
        return bool(self.texts or self.lines.total or self.commitments.total)


def changes_since_submission(batch: Batch) -> Changes | None:
    """Return how a draft differs from what was submitted last, or a submission from the one before.

    None where there is nothing to compare with. One query, however many lines there are.
    """
    before = 1 if batch.state == Batch.State.DRAFT else 2
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"batch": batch.pk, "before": before, "shown": SHOWN})
        rows = [
            (kind, number, json.loads(was or "{}"), json.loads(now or "{}"), total)
            for kind, number, was, now, total in cursor.fetchall()
        ]
    if not rows:
        return None
    return Changes(
        texts=next(_fields(was, now) for kind, _id, was, now, _total in rows if kind == "texts"),
        lines=_row_changes([row[1:] for row in rows if row[0] == "lines"]),
        commitments=_row_changes([row[1:] for row in rows if row[0] == "commitments"]),
    )


def _row_changes(rows: list[Any]) -> RowChanges:
    groups: dict[str, list[RowChange]] = {"added": [], "deleted": [], "changed": []}
    totals: dict[str, int] = {}
    for number, was, now, total in rows:
        kind = "added" if not was else "deleted" if not now else "changed"
        shown = now or was
        name = shown.get("reference") or shown.get("commitment") or shown["appropriation"]
        groups[kind].append(RowChange(number, name, _fields(was, now)))
        totals[kind] = total
    return RowChanges(
        **{kind: tuple(changes) for kind, changes in groups.items()}, total=sum(totals.values())
    )


def _fields(was: dict[str, Any], now: dict[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(label, _in_words(name, was.get(name)), _in_words(name, now.get(name)))
        for name, label in LABELS.items()
        if (was.get(name) or "") != (now.get(name) or "")
    )


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return WORDS.get(name, str)(value)
