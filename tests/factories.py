"""The few rows that a test needs, a factory a model; each commits as the person who acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Basis,
    Batch,
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
)

FUNDED_ON = date(2008, 10, 1)
SPENT_ON = date(2009, 3, 13)

_serial = count(1)


def person(**fields: Any) -> User:
    """A person without a role."""
    return User.objects.create_user(fields.pop("username", f"person-{next(_serial)}"), **fields)


def analyst(**fields: Any) -> User:
    return person(is_analyst=True, **fields)


def approver(**fields: Any) -> User:
    return person(is_approver=True, **fields)


def administrator(**fields: Any) -> User:
    return person(is_administrator=True, **fields)


@contextmanager
def _acting(by: User | None) -> Iterator[None]:
    with posting.acting(by or administrator()):
        yield


def account(by: User | None = None, **fields: Any) -> Account:
    code = f"ACCT{next(_serial)}"
    with _acting(by):
        return Account.objects.create(
            **{"code": code, "name_en": f"Account {code}", "name_es": f"Cuenta {code}"} | fields
        )


def area(by: User | None = None, **fields: Any) -> ProgrammingArea:
    serial = next(_serial)
    names = {"name_en": f"Area {serial}", "name_es": f"Área {serial}"}
    with _acting(by):
        return ProgrammingArea.objects.create(
            **{"code": f"area-{serial}", "position": 1000 + serial, **names} | fields
        )


def country(by: User | None = None, **fields: Any) -> Country:
    taken = set(Country.objects.values_list("code", flat=True))
    serial, code = next((n, c) for n, c in _codes() if c not in taken)
    names = {"name_en": f"Country {code}", "name_es": f"País {code}"}
    with _acting(by):
        return Country.objects.create(**{"code": code, "position": 1000 + serial, **names} | fields)


def _codes() -> Iterator[tuple[int, str]]:
    """Yield two-letter codes in turn, of which the sourced ledger has some."""
    while True:
        serial = next(_serial)
        yield serial, chr(65 + serial // 26 % 26) + chr(65 + serial % 26)


def goal(by: User | None = None, **fields: Any) -> Goal:
    serial = next(_serial)
    names = {"name_en": f"Goal {serial}", "name_es": f"Objetivo {serial}"}
    with _acting(by):
        return Goal.objects.create(**{"number": 1000 + serial, **names} | fields)


def organization(by: User | None = None, **fields: Any) -> Organization:
    serial = next(_serial)
    names = {"name_en": f"Organization {serial}", "name_es": f"Organización {serial}"}
    fields = {"is_agency": True, "is_partner": True} | fields
    with _acting(by):
        return Organization.objects.create(**{"code": f"Org/{serial}", **names} | fields)


def document(by: User | None = None, **fields: Any) -> Document:
    serial = next(_serial)
    with _acting(by):
        return Document.objects.create(
            **{
                "key": f"document-{serial}",
                "title": f"Document {serial}",
                "publisher": "Department of State",
                "published_on": date(2009, 1, 9),
            }
            | fields
        )


def appropriation(by: User | None = None, **fields: Any) -> Appropriation:
    """An appropriation that nothing is entered against yet."""
    fields = {"fiscal_year": 2008} | fields
    fields.setdefault("account", None)
    fields["account"] = fields["account"] or account(by)
    fields.setdefault("law", None)
    fields["law"] = fields["law"] or document(by)
    with _acting(by):
        return Appropriation.objects.create(**fields)


def batch(by: User | None = None, **fields: Any) -> Batch:
    """An empty draft."""
    serial = next(_serial)
    with _acting(by or analyst()):
        made = Batch.objects.create(
            **{"title": f"Batch {serial}", "reason": f"Reason {serial}"} | fields
        )
    made.refresh_from_db()
    return made


def commitment(introduced_by: Batch, by: User | None = None, **fields: Any) -> Commitment:
    """A commitment that a draft introduces, without an amount yet."""
    by = by or introduced_by.created_by
    serial = next(_serial)
    fields = {"reference": f"REF-{serial}", "title": f"Commitment {serial}"} | fields
    makers = {
        "appropriation": appropriation,
        "area": area,
        "country": country,
        "agency": organization,
    }
    for name, make in makers.items():
        if name not in fields:
            fields[name] = make(by)
    with _acting(by):
        return Commitment.objects.create(introduced_by=introduced_by, **fields)


def line(
    of_batch: Batch,
    of: Appropriation | Commitment,
    stage: Stage,
    amount: Decimal | int | str,
    effective_date: date = SPENT_ON,
    by: User | None = None,
    **fields: Any,
) -> Line:
    """An amount of a draft: an appropriation's, or a commitment's."""
    by = by or of_batch.created_by
    source = fields.pop("document", None) or document(by)
    with _acting(by):
        return Line.objects.create(
            batch=of_batch,
            appropriation=of if isinstance(of, Appropriation) else of.appropriation,
            commitment=None if isinstance(of, Appropriation) else of,
            stage=stage,
            amount=Decimal(amount),
            effective_date=effective_date,
            document=source,
            **{"basis": Basis.STATED} | fields,
        )


def submitted(of_batch: Batch, by: User | None = None) -> str:
    """Submit a draft; return the digest of what an approver reads."""
    return posting.submit(of_batch.pk, by or of_batch.created_by)


def posted(of_batch: Batch, by: User | None = None) -> int:
    """Submit and post a draft; return its version."""
    return posting.post(of_batch.pk, by or approver(), submitted(of_batch))


def funded(
    amount: Decimal | int | str = 1_000_000, on: date = FUNDED_ON, **fields: Any
) -> Appropriation:
    """An appropriation with its amount posted."""
    made = appropriation(**fields)
    draft = batch()
    line(draft, made, Stage.APPROPRIATED, amount, on)
    posted(draft)
    made.refresh_from_db()
    return made


def committed(
    appropriation: Appropriation, amount: Decimal | int | str, on: date = SPENT_ON, **fields: Any
) -> Commitment:
    """A commitment with its first amount posted."""
    draft = batch()
    made = commitment(draft, appropriation=appropriation, **fields)
    line(draft, made, Stage.COMMITTED, amount, on)
    posted(draft)
    made.refresh_from_db()
    return made


def published_figure(by: User | None = None, **fields: Any) -> PublishedFigure:
    """A total that somebody published: what was appropriated, unless told otherwise."""
    fields = {
        "key": f"published-{next(_serial)}",
        "measure": "appropriated",
        "as_of": SPENT_ON,
        "relation": "equals",
        "amount": Decimal(100),
    } | fields
    fields["document"] = fields.get("document") or document(by)
    with _acting(by):
        return PublishedFigure.objects.create(**fields)


def open_question(by: User | None = None, **fields: Any) -> OpenQuestion:
    """What documents leave open: where obligations went, unless told otherwise."""
    number = next(_serial)
    fields = {
        "key": f"question-{number}",
        "question": f"Question {number}",
        "measure": "unobligated",
        "settled_by": "A list of obligations",
        "position": 100,
    } | fields
    with _acting(by):
        return OpenQuestion.objects.create(**fields)
