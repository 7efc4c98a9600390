"""How two states of a batch differ, field by field, in words, with who changed what and when."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.days import short_day
from carsi_tracker.ledger.models import Basis, Bound, Language, Stage
from carsi_tracker.ledger.money import dollars

SHOWN = 100
"""How many rows of each kind are told of; the others are counted."""

LABELS = {
    "title": _("title"),
    "reason": _("reason"),
    "prepared_by": _("prepared by"),
    "written_in": _("language"),
    "reference": _("reference"),
    "title_es": _("title in Spanish"),
    "bound": _("at most or at least"),
    "bound_note": _("what makes it a limit, in English"),
    "bound_note_es": _("what makes it a limit, in Spanish"),
    "name_en": _("name in English"),
    "name_es": _("name in Spanish"),
    "appropriation": _("appropriation"),
    "law": _("law"),
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
    "locator": _("page or section"),
    "basis": _("evidence"),
    "note": _("note"),
    "quote": _("words quoted from it"),
    "publisher": _("publisher"),
    "published_on": _("published on"),
    "language": _("language of the title"),
    "url": _("address"),
    "document_note": _("note"),
    "file": _("file"),
    "file_media_type": _("kind of file"),
    "file_sha256": _("SHA-256 of the file"),
}

WORDS: dict[str, Callable[[Any], str]] = {
    "amount": lambda text: dollars(Decimal(text)),
    "effective_date": lambda text: short_day(date.fromisoformat(text)),
    "published_on": lambda text: short_day(date.fromisoformat(text)),
    "stage": lambda code: str(Stage(code).label),
    "basis": lambda code: str(Basis(code).label),
    "bound": lambda code: str(Bound(code).label),
    "language": lambda code: str(Language(code).label),
    "written_in": lambda code: str(Language(code).label),
}

OF_LINE = ("stage", "amount", "effective_date")
"""What tells a line from others of its commitment."""

KINDS = {
    "lines": "",
    "commitments": "ledger_commitment",
    "cited_commitments": "ledger_commitment",
    "appropriations": "ledger_appropriation",
    "documents": "ledger_document",
    "areas": "ledger_programmingarea",
    "countries": "ledger_country",
    "goals": "ledger_goal",
    "accounts": "ledger_account",
    "organizations": "ledger_organization",
}
"""The kinds of rows that a batch's content has, and the tables by which their history is kept."""

NAMES = tuple(kind for kind in KINDS if kind not in {"lines", "commitments"})

DIFFERENCES = """
    with compared as (
        select
            rules.content_read(%(batch)s, %(before)s) as before,
            case when %(after)s = '' then rules.batch_content(%(batch)s)
                else rules.content_read(%(batch)s, %(after)s)
            end as after
    ),
    differing as (
        select
            kind, of_table, r.id, r.before, r.after,
            row_number() over (same_kind order by r.id) as place,
            count(*) over same_kind as total
        from compared
        cross join unnest(%(kinds)s::text[], %(tables)s::text[]) as kinds (kind, of_table)
        cross join lateral rules.rows_changed(compared.before, compared.after, kind) r
        window same_kind as (partition by kind, r.before is null, r.after is null)
    )
    select 'texts', 0, before -> 'texts', after -> 'texts', 1, null, null from compared
    union all
    select
        d.kind, d.id, d.before, d.after, d.total,
        coalesce(l.changed_by_id, c.user_id), coalesce(l.changed_at, c.changed_at)
    from differing d
    left join ledger_line l on d.kind = 'lines' and l.id = d.id
    left join lateral (
        select user_id, changed_at from ledger_change
        where "table" = d.of_table and "row" = d.id order by id desc limit 1
    ) c on true
    where place <= %(shown)s
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
    """A row and its fields that differ; an added one was empty before.

    `who` changed it last, and when; of a deleted line the database does not tell.
    """

    id: int
    name: str
    fields: tuple[FieldChange, ...]
    who: str = ""
    when: datetime | None = None


@dataclass(frozen=True)
class RowChanges:
    """Rows of one kind that were added, deleted and changed: the first of each, and all counted."""

    added: tuple[RowChange, ...] = ()
    deleted: tuple[RowChange, ...] = ()
    changed: tuple[RowChange, ...] = ()
    total: int = 0

    @property
    def ids(self) -> set[int]:
        """The rows that are told of and still there."""
        return {row.id for row in (*self.added, *self.changed)}

    @property
    def more(self) -> int:
        """How many are not told of."""
        return self.total - len(self.added) - len(self.deleted) - len(self.changed)


@dataclass(frozen=True)
class Differences:
    """What differs between two states of a batch; false where nothing does.

    `described` are the commitments, appropriations, documents and names that its lines refer to.
    """

    texts: tuple[FieldChange, ...]
    lines: RowChanges
    commitments: RowChanges
    described: RowChanges

    def __bool__(self) -> bool:
        rows = (self.lines, self.commitments, self.described)
        return bool(self.texts or any(kind.total for kind in rows))


def differences(batch_id: int, before: str, after: str = "") -> Differences:
    """Return how two states of a batch differ, named by their digests.

    Without `after`, it is what the batch holds now. Two queries, however many lines there are.
    """
    values: dict[str, Any] = {"batch": batch_id, "before": before, "after": after, "shown": SHOWN}
    values |= {"kinds": list(KINDS), "tables": list(KINDS.values())}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, values)
        rows = [
            (kind, number, json.loads(was or "{}"), json.loads(now or "{}"), *rest)
            for kind, number, was, now, *rest in cursor.fetchall()
        ]
    people = User.objects.in_bulk({row[5] for row in rows if row[5]})
    return Differences(
        texts=next(_fields(row[2], row[3]) for row in rows if row[0] == "texts"),
        lines=_row_changes([row for row in rows if row[0] == "lines"], people),
        commitments=_row_changes([row for row in rows if row[0] == "commitments"], people),
        described=_row_changes([row for row in rows if row[0] in NAMES], people),
    )


def _row_changes(rows: list[Any], people: dict[int, User]) -> RowChanges:
    groups: dict[str, list[RowChange]] = {"added": [], "deleted": [], "changed": []}
    totals: dict[tuple[str, str], int] = {}
    for kind, number, was, now, total, who, when in rows:
        how = "added" if not was else "deleted" if not now else "changed"
        name = people[who].display_name if who in people else ""
        change = RowChange(number, _name(now or was), _fields(was, now), name, when)
        groups[how].append(change)
        totals[kind, how] = total
    return RowChanges(
        **{kind: tuple(changes) for kind, changes in groups.items()}, total=sum(totals.values())
    )


def _name(row: dict[str, Any]) -> str:
    """Return what a row is called: a line by what it is an amount of, stage, amount and day."""
    names = ("code", "reference", "commitment", "appropriation", "document")
    called = next(str(row[name]) for name in names if row.get(name))
    of_line = [_in_words(name, row[name]) for name in OF_LINE if name in row]
    return ", ".join([called, *of_line])


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
