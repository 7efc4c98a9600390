"""A person is forgotten: all goes but the names in versions, and the ledger verifies."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from carsi_tracker.database import address
from carsi_tracker.ledger.models import Commitment, PasteHabit, Posting, Stage, Upload
from carsi_tracker.mail.models import WaitingMail
from tests import databases, factories
from tests.conftest import Templates
from tests.database import filled
from tests.ledger.forging import as_owner, sentences

ROLE = address.application().user
PASSWORD = "of the person who leaves"
PERSONAL = ("leaver", "Leocadia", "Verdugo", "lea@example.org", "lea.ver@example.net", "10.1.2.3")


@pytest.fixture(scope="module")
def left(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Give a ledger in which somebody who leaves has prepared, posted and renamed."""
    name = f"{databases.prefix(worker_id)}_left"
    with django_db_blocker.unblock():
        databases.make_limited(name, templates.sourced)
        with databases.speaking_to(databases.application_of(name)):
            filled.fill()
            _work_and_leave()
        yield name
    databases.remove(name)


def _work_and_leave() -> None:
    lea = factories.person(
        username="leaver", first_name="Leocadia", last_name="Verdugo", email="lea@example.org",
        is_analyst=True, is_approver=True,
    )  # fmt: skip
    lea.set_password(PASSWORD)
    lea.save()
    batch = factories.batch(lea, title="Prepared by Lea")
    known = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    factories.line(batch, known.appropriation, Stage.APPROPRIATED, 50, by=lea)
    factories.posted(batch, User.objects.get(username="pablo"))
    User.objects.filter(pk=lea.pk).update(email="lea.ver@example.net")
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post("/account/login/", {"login": "Leaver", "password": "wrong"})
    client.post("/account/login/", {"login": "leaver", "password": PASSWORD})
    client.get("/admin/accounts/event/")
    codes = {"seed": "x", "used_mask": 0}
    Authenticator.objects.create(user=lea, type="recovery_codes", data=codes)
    WaitingMail.objects.create(sender="office", recipients=["lea@example.org"], content=b"Lea")
    EmailAddress.objects.create(user=lea, email="lea@example.org")
    PasteHabit.objects.create(person=lea, shape="x", answers={})
    Upload.objects.create(person=lea, token="0" * 32, name="Lea.csv", content=b"Leocadia Verdugo")
    LogEntry.objects.create(
        user=User.objects.get(username="ada"), object_id=str(lea.pk), object_repr=str(lea),
        content_type=ContentType.objects.get_for_model(User), action_flag=CHANGE,
    )  # fmt: skip


NOT_SEARCHED = {"ledger_posting", "ledger_submission", "accounts_attempt"}
"""Posted names, as printed and as submitted; and what is counted for a minute."""


@pytest.fixture
def owner(left: str) -> Iterator[None]:
    """Let Django speak as the owner, in a transaction."""
    with as_owner(databases.owner_of(left)):
        yield


def forget(username: str) -> User:
    person = User.objects.get(username=username)
    call_command("forget_person", username, no_input=True)
    person.refresh_from_db()
    return person


def everything_else() -> str:
    """Return all rows of all other tables, as text."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in NOT_SEARCHED:
                cursor.execute(f"select to_jsonb(t)::text from {table} t")
                found += [row[0] for row in cursor]
    return "\n".join(found)


@pytest.mark.usefixtures("owner")
def test_nothing_is_left_of_a_person_but_the_names_that_versions_print(capsys: Any) -> None:
    assert [word for word in PERSONAL if word not in everything_else()] == []
    files = list(Posting.objects.order_by("version").values())
    person = forget("leaver")
    assert capsys.readouterr().out == (
        f"Removed; the person is removed-{person.pk} now.\n"
        "Names that stay in posted versions: Leocadia Verdugo.\n"
    )
    left = [
        line
        for line in everything_else().splitlines()
        if any(word.lower() in line.lower() for word in PERSONAL)
    ]
    assert [json.loads(line).get("detail", line) for line in left] == [
        {"names": ["Leocadia Verdugo"]}
    ]
    assert list(Posting.objects.order_by("version").values()) == files
    assert sentences(ROLE) == []


@pytest.mark.usefixtures("owner")
def test_access_ends_and_the_trail_tells_still_what_was_done() -> None:
    lea = User.objects.get(username="leaver")
    before = list(Event.objects.order_by("id").values_list("id", "kind", "actor", "person"))
    roles = Event.objects.filter(person=lea, detail__has_key="is_approver").count()
    assert Session.objects.exists()
    assert UserSession.objects.filter(user=lea).exists()
    person = forget("leaver")
    after = list(Event.objects.order_by("id").values_list("id", "kind", "actor", "person"))
    assert after[: len(before)] == before
    assert Event.objects.filter(person=lea, detail__has_key="is_approver").count() == roles + 1
    assert not person.is_active
    assert not person.has_usable_password()
    assert not Session.objects.exists()


REFERS_STILL = {
    "accounts_event", "django_admin_log", "ledger_batch", "ledger_batcheditor",
    "ledger_change", "ledger_countersignature", "ledger_documentfile", "ledger_line",
    "ledger_posting", "ledger_reading", "ledger_remark", "ledger_submission",
}  # fmt: skip
"""What names a person by number alone, as their work."""


@pytest.mark.usefixtures("owner")
def test_every_other_table_that_refers_to_a_person_is_emptied_of_them() -> None:
    person = forget("leaver")
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, attname from pg_constraint"
            " join pg_attribute on attrelid = conrelid and attnum = conkey[1]"
            " where contype = 'f' and confrelid = 'accounts_user'::regclass"
        )
        references = cursor.fetchall()
        assert {table for table, _column in references} > REFERS_STILL
        for table, column in references:
            if table not in REFERS_STILL:
                cursor.execute(f"select count(*) from {table} where {column} = %s", [person.pk])
                assert cursor.fetchone() == (0,), table


@pytest.mark.usefixtures("owner")
def test_a_person_is_forgotten_twice_and_one_without_versions_whole() -> None:
    person = forget("leaver")
    call_command("forget_person", person.username, no_input=True)
    assert sentences(ROLE) == []
    idle = forget("gone")
    noted = Event.objects.filter(kind="person_forgotten", person=idle).get()
    assert noted.detail == {"names": []}


@pytest.mark.usefixtures("owner")
def test_the_command_asks_first_and_says_what_is_in_the_way(monkeypatch: Any) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "leave")
    with pytest.raises(CommandError, match=r"^Nothing was removed\.$"):
        call_command("forget_person", "leaver")
    assert User.objects.filter(username="leaver").exists()
    with pytest.raises(CommandError, match=r"^There is nobody with the username nobody\.$"):
        call_command("forget_person", "nobody")
    with pytest.raises(CommandError, match=r"^This person keeps or worked on batches that are not"):
        call_command("forget_person", "ana", no_input=True)
