"""The sourced ledger: `fixtures/`, posted batch by batch through the database's own verbs."""

import csv
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Batch,
    Change,
    Commitment,
    Country,
    Document,
    Goal,
    Line,
    OpenQuestion,
    Organization,
    ProgrammingArea,
    PublishedFigure,
    Stage,
    Translation,
)
from carsi_tracker.ledger.text import check

FIXTURES = settings.BASE_DIR / "fixtures"
LOADER = "sourced-data"
SELF_APPROVAL_RULE = (
    "The sourced figures come from public documents that anybody can check; "
    "they are loaded by the tracker itself, with nobody else at hand."
)
SELF_APPROVAL_REASON = "Loaded from the sourced figures read from 24 to 28 November 2026."

Row = dict[str, str]
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class SourcedBatch:
    """A file of `fixtures/ledger`, and the title and reason that `batches.csv` gives it."""

    file: Path
    title: str
    reason: str

    @property
    def token(self) -> uuid.UUID:
        """What tells that the file was loaded: the same for the same file name."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"carsi-tracker:fixtures/ledger/{self.file.name}")


def pending() -> list[SourcedBatch]:
    """Return the batches that are not in the ledger yet, in the order in which they post."""
    batches = [
        SourcedBatch(FIXTURES / "ledger" / row["file"], row["title"], row["reason"])
        for row in _rows(FIXTURES / "ledger" / "batches.csv")
    ]
    loaded = set(
        Batch.objects.filter(state=Batch.State.POSTED, token__isnull=False).values_list(
            "token", flat=True
        )
    )
    return [batch for batch in batches if batch.token not in loaded]


def load(batches: list[SourcedBatch]) -> Iterator[int]:
    """Post the batches, each in a transaction of its own, and yield each version.

    Runs as the owner of the database, who lets the loader post without a second person. Raises
    Refused for a batch that the ledger does not take as it stands; those before it stay.
    """
    loader, _ = User.objects.get_or_create(
        username=LOADER,
        defaults={"first_name": "CARSI Tracker", "is_active": False, "password": "!"},
    )
    with posting.acting(loader, "Reference data of the sourced ledger"):
        _load_reference_data()
        for row in _never_there(PublishedFigure, "published_figures.csv"):
            _add_figure(row)
        for row in _never_there(OpenQuestion, "open_questions.csv"):
            _add_question(row)
    described = _described()
    for batch in batches:
        with posting.acting(loader):
            _set_loader(loader, may_post=True)
            batch_id = _draft(batch, described)
            digest = posting.submit(batch_id, loader)
            version = posting.enter(batch_id, digest, SELF_APPROVAL_REASON)
            _set_loader(loader, may_post=False)
        yield version
    with posting.acting(loader, "Spanish of the sourced texts"):
        for row in _missing_translations():
            Translation.objects.create(**row)


def acknowledged_verdicts() -> dict[str, str]:
    """Return, for each published total of `fixtures/`, the verdict that is known and accepted."""
    return {row["key"]: row["verdict"] for row in _rows(FIXTURES / "published_verdicts.csv")}


def ever_published() -> set[str]:
    """Return the keys of the published totals that are there or were."""
    return _ever_added(PublishedFigure)


def _set_loader(loader: User, *, may_post: bool) -> None:
    User.objects.filter(pk=loader.pk).update(
        is_active=may_post, is_analyst=may_post, is_approver=may_post
    )
    with connection.cursor() as cursor:
        if may_post:
            cursor.execute(
                "select set_config('carsi.self_approval', self_approval_rule, true) "
                "from ledger_office"
            )
            cursor.execute("update ledger_office set self_approval_rule = %s", [SELF_APPROVAL_RULE])
        else:
            cursor.execute(
                "update ledger_office "
                "set self_approval_rule = current_setting('carsi.self_approval')"
            )


def _load_reference_data() -> None:
    _add(Account, "code", _rows(FIXTURES / "accounts.csv"))
    _add(ProgrammingArea, "code", _rows(FIXTURES / "areas.csv"))
    _add(Country, "code", _rows(FIXTURES / "countries.csv"))
    _add(Goal, "number", _rows(FIXTURES / "goals.csv"))
    _add(Organization, "code", _rows(FIXTURES / "organizations.csv"))
    _add(
        Document,
        "key",
        [row | {"background": True} for row in _rows(FIXTURES / "documents.csv")],
    )
    for row in _rows(FIXTURES / "appropriations.csv"):
        Appropriation.objects.get_or_create(
            fiscal_year=int(row["fiscal_year"]),
            account=Account.objects.get(code=row["account"]),
            defaults={"law": Document.objects.get(key=row["law"])},
        )


def _ever_added(model: type[models.Model], column: str = "key") -> set[str]:
    added = Change.objects.filter(table=model._meta.db_table, action="INSERT")
    return set(added.values_list(f"after__{column}", flat=True))


def _never_there(model: type[models.Model], file: str) -> list[Row]:
    """Return the rows of a file whose key was never there; what was deleted stays away."""
    known = _ever_added(model)
    return [row for row in _rows(FIXTURES / file) if row["key"] not in known]


def _asked(row: Row) -> dict[str, Any]:
    """Return what of the ledger a row is about."""
    return {
        "measure": row["measure"],
        "account": _coded(Account, row["account"]),
        "year": int(row["year"]) if row["year"] else None,
        "area": _coded(ProgrammingArea, row["area"]),
        "country": _coded(Country, row["country"]),
        "agency": _coded(Organization, row["agency"]),
    }


def _add_question(row: Row) -> None:
    texts = ("key", "question", "question_es", "settled_by", "settled_by_es")
    said = {name: row[name] for name in texts}
    OpenQuestion.objects.create(**said, **_asked(row), position=int(row["position"]))


def _add_figure(row: Row) -> None:
    figure = {name: row[name] for name in ("key", "locator", "quote", "relation")}
    figure |= {name: row[name] for name in ("wider", "wider_es", "explanation", "explanation_es")}
    PublishedFigure.objects.create(
        **figure,
        document=Document.objects.get(key=row["document"]),
        **_asked(row),
        date_from=date.fromisoformat(row["date_from"]) if row["date_from"] else None,
        as_of=date.fromisoformat(row["as_of"]),
        amount=Decimal(row["amount_usd"]),
        tolerance=Decimal(row["tolerance_usd"]),
    )


def _missing_translations() -> list[Row]:
    """Return the Spanish of texts that are posted, and that never had any."""
    known = _ever_added(Translation, "original")
    rows = [row for row in _rows(FIXTURES / "translations.csv") if row["original"] not in known]
    with connection.cursor() as cursor:
        cursor.execute(
            "select text from rules.texts_in_english where text = any(%s)",
            [[row["original"] for row in rows]],
        )
        posted = {text for (text,) in cursor.fetchall()}
    return [row for row in rows if row["original"] in posted]


def _coded(model: type[M], code: str) -> M | None:
    return model._default_manager.get(code=code) if code else None


def _add(model: type[models.Model], key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    present = {str(value) for value in model._default_manager.values_list(key, flat=True)}
    for row in rows:
        if row[key] not in present:
            model._default_manager.create(**row)


def _described() -> dict[str, Row]:
    """Return what describes commitments beside the rows of batches, by reference."""
    described: dict[str, Row] = {}
    for name in ("commitment_titles_es.csv", "commitment_bounds.csv"):
        for row in _rows(FIXTURES / name):
            reference = row.pop("reference")
            described[reference] = described.get(reference, {}) | row
    return described


def _draft(batch: SourcedBatch, described: dict[str, Row]) -> int:
    made = Batch.objects.create(title=batch.title, reason=batch.reason, token=batch.token)
    for row in _rows(batch.file):
        appropriation = Appropriation.objects.get(
            fiscal_year=int(row["fiscal_year"]), account__code=row["account"]
        )
        Line.objects.create(
            batch=made,
            appropriation=appropriation,
            commitment=_commitment(made, appropriation, row, described),
            stage=row["stage"],
            amount=Decimal(row["amount_usd"]),
            effective_date=date.fromisoformat(row["effective_date"]),
            document=Document.objects.get(key=row["document"]),
            locator=row["locator"],
            basis=row["basis"],
            note=row["note"],
            quote=row.get("quote", ""),
        )
    return made.pk


def _commitment(
    batch: Batch, appropriation: Appropriation, row: Row, described: dict[str, Row]
) -> Commitment | None:
    if row["stage"] == Stage.APPROPRIATED:
        return None
    commitment, _ = Commitment.objects.get_or_create(
        reference=row["reference"],
        defaults={
            "title": row["title"],
            **described.get(row["reference"], {}),
            "appropriation": appropriation,
            "area": ProgrammingArea.objects.get(code=row["area"]),
            "country": Country.objects.get(code=row["country"]),
            "goal": Goal.objects.get(number=row["goal"]) if row["goal"] else None,
            "agency": Organization.objects.get(code=row["agency"]),
            "partner": Organization.objects.get(code=row["partner"]) if row["partner"] else None,
            "introduced_by": batch,
        },
    )
    return commitment


def _rows(file: Path) -> list[Row]:
    """Return the rows of a file; raises ValidationError that names what may not stand in one."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows, start=2):
        for column, written in row.items():
            try:
                check(written)
            except ValidationError as error:
                place = f"{file.name}, row {number}, {column}"
                raise ValidationError(f"{place}: {error.messages[0]}") from error
    return rows
