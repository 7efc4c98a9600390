"""Finds commitments, batches, versions and documents by parts of their words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Func, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.folding import Folded, folded
from carsi_tracker.ledger.models import Batch, Commitment, Document, Posting

LONGEST = 100
"""How many characters of a text are looked for."""
FIRST = 10
"""How many of each kind are shown together."""
A_PAGE = 50


@dataclass(frozen=True)
class FoundRow:
    """Something that was found: where it is, and how it is told from others."""

    href: str
    name: str
    title: str
    language: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is looked for, and the columns in which it is."""

    key: str
    name: Promise
    permission: str
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[str, ...]
    shown: Callable[[Any], FoundRow]


@dataclass(frozen=True)
class Group:
    """What was found of one kind, a page of it; `total` counts all of it."""

    kind: Kind
    total: int
    rows: list[FoundRow]
    page: "Page[Any]"


def _commitment(commitment: Commitment) -> FoundRow:
    href = reverse("admin:ledger_commitment_change", args=[commitment.pk])
    return FoundRow(href, commitment.reference, commitment.shown_title, commitment.shown_in)


def _document(document: Document) -> FoundRow:
    href = reverse("admin:ledger_document_change", args=[document.pk])
    return FoundRow(href, document.key, document.shown_title, document.shown_in)


def _batch(batch: Batch) -> FoundRow:
    href = reverse("admin:ledger_batch_change", args=[batch.pk])
    return FoundRow(href, batch.title, batch.get_state_display(), "")


def _version(posting: Posting) -> FoundRow:
    href = reverse("admin:ledger_posting_change", args=[posting.pk])
    return FoundRow(href, _("Version %d") % posting.version, posting.title, "")


KINDS = (
    Kind(
        "commitments",
        gettext_lazy("Commitments"),
        "ledger.view_commitment",
        lambda: Commitment.objects.order_by("reference"),
        ("reference", "title", "title_es"),
        _commitment,
    ),
    Kind(
        "batches",
        gettext_lazy("Batches"),
        "ledger.view_batch",
        lambda: Batch.objects.order_by("-pk"),
        ("title", "reason"),
        _batch,
    ),
    Kind(
        "versions",
        gettext_lazy("Versions"),
        "ledger.view_batch",
        lambda: Posting.objects.order_by("-version"),
        ("version", "title", "reason"),
        _version,
    ),
    Kind(
        "documents",
        gettext_lazy("Documents"),
        "ledger.view_document",
        lambda: Document.objects.order_by("key"),
        ("key", "title", "title_es", "publisher"),
        _document,
    ),
)


def asked_for(text: str) -> str:
    """Return what is looked for: the first of it, on one line, without control characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable[:LONGEST].split())


NUMBERED: tuple[tuple[re.Pattern[str], type[Model], str, Callable[[Any], FoundRow]], ...] = (
    (re.compile(r"(?:version|v)\.? ?(\d{1,9})"), Posting, "version", _version),
    (re.compile(r"(?:batch|lote) ?(\d{1,9})"), Batch, "pk", _batch),
)
"""How people call versions and batches, in both languages."""


def exact(user: User, text: str) -> str | None:
    """Return the address of what this names: a reference, a key, "version 17", "lote 63"."""
    if user.has_perm("ledger.view_batch"):
        for form, model, column, shown in NUMBERED:
            named = form.fullmatch(folded(text))
            row = model._default_manager.filter(**{column: named[1]}).first() if named else None
            if row:
                return shown(row).href
    if user.has_perm("ledger.view_commitment"):
        commitment = Commitment.objects.filter(reference=text.upper()).first()
        if commitment:
            return _commitment(commitment).href
    if user.has_perm("ledger.view_document"):
        document = Document.objects.filter(key=text.lower()).first()
        if document:
            return _document(document).href
    return None


def find(user: User, text: str, only: str = "", page: str | None = None) -> list[Group]:
    """Return what holds every word of a text, by kind, of the kinds that a person may view.

    Accents and case make no difference. `only` names the one kind to page through.
    """
    kinds = [kind for kind in KINDS if user.has_perm(kind.permission)]
    chosen = [kind for kind in kinds if kind.key == only]
    size = A_PAGE if chosen else FIRST
    groups = []
    for kind in chosen or kinds:
        shown = Paginator(_matching(kind, text), size).get_page(page if chosen else 1)
        rows = [kind.shown(row) for row in shown]
        groups.append(Group(kind, shown.paginator.count, rows, shown))
    return groups


def _matching(kind: Kind, text: str) -> QuerySet[Any]:
    words = folded(text).split()
    if not words:
        return kind.rows().none()
    rows: QuerySet[Any] = kind.rows().alias(words=_words(kind.columns))
    for word in words:
        rows = rows.filter(words__contains=word)
    return rows


def _words(columns: tuple[str, ...]) -> Folded:
    """Return columns as one folded text, a line each."""
    text = CharField()
    parts = (Cast(column, text) for column in columns)
    return Folded(Func(Value("\n"), *parts, function="concat_ws", output_field=text))
