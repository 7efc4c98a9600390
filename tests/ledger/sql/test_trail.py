"""The audit trail: nobody rewrites it; old sign-ins are removed by its owner, and that is noted."""

from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from carsi_tracker.accounts.models import Event
from carsi_tracker.ledger.models import Stage
from tests import factories
from tests.ledger.attack import refused, run, sealed, value
from tests.ledger.conftest import Ledger

SIGNED_IN = (
    "insert into accounts_event (kind, detail, happened_at) values ('signed_in', '{}', now())"
)
AGED = "update accounts_event set happened_at = happened_at - interval '3 years'"
REWRITTEN = (
    "update accounts_event set address = null",
    "update accounts_event set detail = '{}'",
    "update accounts_event set detail = detail - 'username'",
    "update accounts_event set kind = 'refused'",
    "update accounts_event set happened_at = happened_at - interval '1 day'",
    "update accounts_event set actor_id = null, person_id = null",
    "delete from accounts_event",
    "truncate accounts_event",
)


def aged(owner: psycopg.Connection) -> None:
    """Let everything in the trail have happened three years earlier."""
    with owner.transaction():
        owner.execute("alter table accounts_event disable trigger user")
        owner.execute(AGED)
        owner.execute("alter table accounts_event enable trigger user")


@pytest.mark.parametrize("statement", REWRITTEN)
@pytest.mark.parametrize("login", ["application", "granted"])
def test_the_application_rewrites_nothing(
    ledger: Ledger,
    session: psycopg.Connection,
    owner: psycopg.Connection,
    login: str,
    statement: str,
) -> None:
    run(session, ledger.analyst, SIGNED_IN)
    aged(owner)
    with (
        sealed(login, "audit_is_final")
        if "truncate" not in statement
        else pytest.raises(psycopg.Error)
    ):
        run(session, ledger.analyst, statement)


@pytest.mark.parametrize("statement", REWRITTEN)
def test_its_owner_rewrites_nothing_either(
    ledger: Ledger, application: psycopg.Connection, owner: psycopg.Connection, statement: str
) -> None:
    run(application, ledger.analyst, SIGNED_IN)
    aged(owner)
    with refused("audit_is_final"):
        owner.execute(statement)


def test_what_was_posted_and_who_was_given_a_role_stays_for_good(
    ledger: Ledger, owner: psycopg.Connection
) -> None:
    aged(owner)
    for kind in Event.Kind.values:
        if kind not in Event.PASSING:
            with owner.transaction():
                owner.execute("alter table accounts_event disable trigger user")
                owner.execute("update accounts_event set kind = %s", [kind])
                owner.execute("alter table accounts_event enable trigger user")
            with refused("audit_is_final"):
                owner.execute("delete from accounts_event")


def test_old_sign_ins_are_removed_and_the_trail_says_how_many(
    ledger: Ledger, application: psycopg.Connection, owner: psycopg.Connection
) -> None:
    for _each in range(3):
        run(application, ledger.analyst, SIGNED_IN)
    aged(owner)
    run(application, ledger.analyst, SIGNED_IN)
    with refused("audit_is_final"):  # the last one is of today
        owner.execute("delete from accounts_event where kind = 'signed_in'")
    owner.execute(
        "delete from accounts_event where kind = 'signed_in' "
        "and happened_at < now() - interval '2 years'"
    )
    assert Event.objects.filter(kind="signed_in").count() == 1
    noted = Event.objects.get(kind="events_removed").detail
    day = value(owner, "select rules.washington_day(now() - interval '3 years')::text")
    assert noted == {"signed_in": 3, "earliest": day, "latest": day}


@pytest.mark.usefixtures("django_speaks_as_owner")
def test_the_command_removes_what_is_longer_ago_than_a_year(
    owner: psycopg.Connection, capsys: Any
) -> None:
    owner.execute(SIGNED_IN)
    aged(owner)
    owner.execute(SIGNED_IN)
    kept = Event.objects.exclude(kind="signed_in").count()
    call_command("forget_old_events", "--before=2025-06-30")
    assert capsys.readouterr().out == "Removed: 1 events of before 2025-06-30.\n"
    assert Event.objects.filter(kind="signed_in").count() == 1
    assert Event.objects.exclude(kind="signed_in").count() == kept + 1
    with pytest.raises(CommandError, match=r"^Events are kept for a year: name a day that"):
        call_command("forget_old_events", "--before=2999-01-01")
    with pytest.raises(CommandError, match="last week is no day such as 2025-01-31"):
        call_command("forget_old_events", "--before=last week")


def test_only_the_owner_forgets_a_person(
    ledger: Ledger, application: psycopg.Connection, owner: psycopg.Connection
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(application, ledger.approver, "select rules.forget_person(%s)", ledger.analyst.pk)
    with refused("event_not_witnessed"):
        run(
            application,
            ledger.approver,
            "insert into accounts_event (kind, person_id, detail, happened_at) "
            "values ('person_forgotten', %s, '{}', now())",
            ledger.analyst.pk,
        )


def test_a_person_with_unposted_work_is_not_forgotten(
    ledger: Ledger, owner: psycopg.Connection
) -> None:
    batch = factories.batch(ledger.analyst)
    helper = factories.analyst()
    factories.line(batch, ledger.appropriation, Stage.APPROPRIATED, 5, by=helper)
    for person in (ledger.analyst, helper):
        with refused("person_has_drafts", batches=[batch.pk]):
            owner.execute("select rules.forget_person(%s)", [person.pk])


def test_while_a_person_is_forgotten_nothing_else_of_the_trail_changes(
    ledger: Ledger, application: psycopg.Connection, owner: psycopg.Connection
) -> None:
    other = factories.analyst(first_name="Olga")
    gone = factories.person(first_name="Gone")
    run(application, other, SIGNED_IN)
    for statement in (
        f"update accounts_event set detail = '{{}}' where person_id = {other.pk}",
        f"update accounts_event set kind = 'refused' where person_id = {gone.pk}",
        f"update accounts_event set detail = '{{\"x\": 1}}' where person_id = {gone.pk}",
        f"update accounts_event set address = '10.0.0.1' where person_id = {gone.pk}",
        f"update accounts_event set person_id = {other.pk} where person_id = {gone.pk}",
    ):
        with refused("audit_is_final"), owner.transaction():
            owner.execute("select rules.forget_person(%s)", [gone.pk])
            owner.execute(statement)
