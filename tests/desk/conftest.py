"""The desk over the sourced ledger, asked by each role over HTTP as the application role."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Commitment,
    Country,
    Document,
    Line,
    Organization,
    ProgrammingArea,
)
from tests import databases, factories

ALLOCATE = "/admin/ledger/batch/allocate/"
SUGGESTED = (
    "$250,000 committed, INCLE FY2008, Honduras: FY 2008 Supplemental Appropriations Spending Plan"
)
"""The title of a batch that `allocation` makes."""
Ask = Callable[..., HttpResponse]


@dataclass
class People:
    """Two analysts, an approver, an administrator, and a client signed in as each."""

    ana: User
    benito: User
    petra: User
    adela: User

    def client(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        UserSession.objects.create(
            user=person, session_key=client.session.session_key, ip="127.0.0.1", user_agent=""
        )
        return client

    @property
    def analyst(self) -> Client:
        return self.client(self.ana)

    @property
    def approver(self) -> Client:
        return self.client(self.petra)

    @property
    def administrator(self) -> Client:
        return self.client(self.adela)


@pytest.fixture
def people(desk_database: Any) -> People:
    """Give the sourced ledger and the people who work on it."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("carsi_app",)
    return People(
        ana=factories.analyst(username="ana", first_name="Ana", last_name="Alva"),
        benito=factories.analyst(username="benito", first_name="Benito", last_name="Bo"),
        petra=factories.approver(username="petra", first_name="Petra", last_name="Paz"),
        adela=factories.administrator(username="adela"),
    )


def allocation(**changes: Any) -> dict[str, Any]:
    """What somebody fills into the allocation form: patrol boats of INCLE FY2008."""
    return {
        "token": str(uuid4()),
        "amount": "250,000.00",
        "effective_date": "2009-06-15",
        "appropriation": appropriation(2008, "INCLE").pk,
        "area": ProgrammingArea.objects.get(code="law-enforcement").pk,
        "country": Country.objects.get(code="HN").pk,
        "goal": "",
        "agency": Organization.objects.get(code="State/INL").pk,
        "partner": "",
        "title": "Patrol boats, Honduras",
        "title_es": "",
        "document": Document.objects.get(key="spend-plan-2008").pk,
        "locator": "page 12, table 3",
        "basis": "stated",
        "note": "",
        "quote": "",
        "reason": "",
        "reference": "",
        "_submit": "",
    } | changes


def appropriation(year: int, account: str) -> Appropriation:
    return Appropriation.objects.get(fiscal_year=year, account__code=account)


def allocate(client: Client, called: str = "", **changes: Any) -> Batch:
    """Send the allocation form and return its batch; both titles are `called` so, if told."""
    if called:
        texts = {"token": str(uuid4()), "title": called, "reason": "A trial", "language": "en"}
        assert client.post("/admin/ledger/batch/add/", texts).status_code == 302
        batch = Batch.objects.get(token=texts["token"]).pk
        changes = {"title": called, "batch": batch, **changes}
    sent = allocation(**changes)
    if "_draft" in changes:
        del sent["_submit"]
    response = client.post(ALLOCATE, sent)
    assert response.status_code == 302, reading(response)
    made = {"pk": changes["batch"]} if called else {"token": sent["token"]}
    return Batch.objects.get(**made)


def page_of(batch: Batch) -> str:
    return f"/admin/ledger/batch/{batch.pk}/change/"


def address(batch: Batch, verb: str) -> str:
    return f"/admin/ledger/batch/{batch.pk}/{verb}/"


def reading(response: HttpResponse) -> str:
    """What a person reads on a page, in one line."""
    body = re.sub(r"(?s)<(head|script)\b.*?</\1>|<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+([.,:;)]|$)", r"\1", re.sub(r"\s+", " ", unescape(body)))


def told(client: Client, address: str, **sent: Any) -> str:
    """Send a form, follow to the page that it ends at, and return what a person reads there."""
    response = client.post(address, sent, follow=True)
    assert response.status_code == 200
    return reading(response)


def hidden(html: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found, name
    return unescape(found[1])


def post_it(client: Client, batch: Batch, **sent: Any) -> str:
    """Read a batch, confirm that it is to be posted, and return what a person reads then."""
    digest = posting.digest(batch.pk)
    return told(client, address(batch, "post"), digest=digest, confirmed="on", **sent)


def error_of(response: Any, field: str) -> str:
    """What stands at a field of a form that was refused."""
    assert response.status_code == 200
    return " ".join(response.context["form"].errors.get(field, []))


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def committed() -> Decimal:
    """All that the ledger holds as committed."""
    with connection.cursor() as cursor:
        cursor.execute("select sum(amount) from ledger_entry where stage = 'committed'")
        return Decimal(cursor.fetchone()[0])


def allow_self_approval(rule: str) -> None:
    """Switch self-approval on, as the owner of the database does."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(databases.owner_of(name).conninfo()) as owner:
        owner.execute("update ledger_office set self_approval_rule = %s", [rule])


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def add_lines(people: People, batch: Batch, count: int) -> None:
    """Give a draft as many new commitments, with a line each."""
    pattern = batch.introduces.all()[0]
    with posting.acting(people.ana):
        for number in range(count):
            commitment = Commitment.objects.create(
                reference=f"MANY-{batch.pk}-{number}",
                title="One of many",
                appropriation=pattern.appropriation,
                area=pattern.area,
                country=pattern.country,
                agency=pattern.agency,
                introduced_by=batch,
            )
            Line.objects.create(
                batch=batch,
                appropriation=pattern.appropriation,
                commitment=commitment,
                stage="committed",
                amount=10,
                effective_date=date(2010, 1, 4),
                document_id=batch.lines.all()[0].document_id,
                basis="stated",
            )


def place(row: models.Model | type[models.Model], verb: str = "") -> str:
    path = f"/admin/ledger/{row._meta.model_name}/"
    if not verb:
        return path
    return f"{path}{verb}/" if isinstance(row, type) else f"{path}{row.pk}/{verb}/"


def of_one(client: Client, row: models.Model, **changes: Any) -> dict[str, Any]:
    """What stands in the form of a row that was opened now, with some changes."""
    response = client.get(place(row, "change"))
    sent = {
        name: "" if value is None else value
        for name, value in response.context["adminform"].form.initial.items()
    }
    seen = hidden(response.content.decode(), "seen")
    return sent | {"seen": seen, "retired": ""} | changes


def panama() -> Country:
    return Country.objects.get(code="PA")
