"""The audit trail: who did what stands in it, and nobody changes it."""

from typing import Any

import psycopg
import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from carsi_tracker.desk.people.audit import EventAdmin
from carsi_tracker.ledger import posting
from tests.desk.conftest import People, allocate, page_of, post_it, reading, told
from tests.desk.forms import PASSWORD, person
from tests.transactions import Session

TRAIL = "/admin/accounts/event/"


def kinds(**of: Any) -> list[str]:
    return list(Event.objects.filter(**of).order_by("id").values_list("kind", flat=True))


def newest(kind: str) -> Event:
    event = Event.objects.filter(kind=kind).order_by("id").last()
    assert event
    return event


def test_signing_in_and_out_and_refusals_are_noted_with_the_typed_name(people: People) -> None:
    people.ana.set_password(PASSWORD)
    people.ana.save()
    client = Client()
    client.post("/account/login/", {"login": "anna", "password": "wrong"})
    event = newest("sign_in_refused")
    assert (event.actor, event.detail["name"]) == (None, "anna")
    assert event.address == "127.0.0.1"
    client.post("/account/login/", {"login": "ana", "password": PASSWORD})
    assert newest("signed_in").actor == people.ana
    client.post("/account/logout/")
    assert newest("signed_out").actor == people.ana


def test_a_post_is_noted_by_the_database(people: People) -> None:
    batch = allocate(people.analyst)
    post_it(people.approver, batch)
    batch.refresh_from_db()
    event = newest("posted")
    assert event.actor == people.petra
    assert event.detail == {"version": batch.version, "title": batch.title}


def test_a_change_of_role_is_noted_with_what_it_was_and_became(people: People) -> None:
    path = f"/admin/accounts/user/{people.benito.pk}/change/"
    told(people.administrator, path, **person(people.benito, is_approver="on", is_analyst=None))
    event = newest("person_changed")
    assert (event.actor, event.person) == (people.adela, people.benito)
    assert event.detail == {"is_approver": [False, True], "is_analyst": [True, False]}


def test_a_password_is_noted_without_its_hash(people: People) -> None:
    told(
        people.administrator,
        f"/admin/accounts/user/{people.ana.pk}/password/",
        usable_password="true",
        password1=PASSWORD,
        password2=PASSWORD,
    )
    event = newest("password_changed")
    assert (event.actor, event.person, event.detail) == (people.adela, people.ana, {})
    people.ana.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from accounts_event where detail::text like %s",
            [f"%{people.ana.password.split('$')[-1]}%"],
        )
        assert cursor.fetchone() == (0,)


def test_a_missing_right_is_noted(people: People) -> None:
    assert people.analyst.get(TRAIL).status_code == 403
    event = newest("refused")
    assert (event.actor, event.detail["path"]) == (people.ana, TRAIL)
    odd = "/admin/ledger/account/a%00%C3%B1/delete/"
    assert people.analyst.get(odd).status_code == 403
    assert newest("refused").detail["path"] == odd


def test_a_post_that_a_rule_refuses_is_noted(people: People) -> None:
    batch = allocate(people.analyst)
    people.ana.is_approver = True
    people.ana.save()
    told(people.analyst, f"/admin/ledger/batch/{batch.pk}/post/", digest="0" * 64, confirmed="on")
    event = newest("refused")
    assert (event.actor, event.detail["batch"]) == (people.ana, batch.pk)


def test_administrators_read_search_and_filter_the_trail(people: People) -> None:
    Client().post("/account/login/", {"login": "mallory", "password": "wrong"})
    post_it(people.approver, allocate(people.analyst))
    text = reading(people.administrator.get(TRAIL))
    assert "mallory" in text
    assert "posted a version" in text
    rows = people.administrator.get(TRAIL, {"q": "mallory"}).context["cl"].result_list
    assert [event.kind for event in rows] == ["sign_in_refused"]
    rows = people.administrator.get(TRAIL, {"person": people.petra.pk}).context["cl"].result_list
    assert {"posted", "signed_in"} <= {event.kind for event in rows}
    assert people.administrator.get(TRAIL, {"person": "x"}).context["cl"].result_count == 0
    rows = people.administrator.get(TRAIL, {"kind": "posted"}).context["cl"].result_list
    assert {event.kind for event in rows} == {"posted"}


def test_a_persons_page_leads_to_what_they_did(people: People) -> None:
    page = people.administrator.get(f"/admin/accounts/user/{people.petra.pk}/change/")
    assert f'href="{TRAIL}?person={people.petra.pk}"' in page.content.decode()


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"names": ["Ana Núñez", "A. Núñez"]}, "names in versions: Ana Núñez, A. Núñez"),
        ({"names": []}, "names in versions: –"),
        (
            {"signed_in": 3, "latest": "2025-01-31"},
            "signed in: 3; latest: 2025-01-31",
        ),
    ],
)
def test_what_the_owner_removed_is_said(detail: dict[str, Any], words: str) -> None:
    assert EventAdmin(Event, admin.site).what(Event(detail=detail)) == words


def test_nothing_is_added_changed_or_deleted_by_page(people: People) -> None:
    event = Event.objects.order_by("id").first()
    assert event
    client = people.administrator
    for path in ("add/", f"{event.pk}/delete/"):
        assert client.post(f"{TRAIL}{path}", {"post": "yes"}).status_code == 403
    assert client.post(f"{TRAIL}{event.pk}/change/", {"kind": "posted"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": event.pk, "post": "yes"}
    client.post(TRAIL, sent)
    assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize("who", ["analyst", "approver"])
def test_only_administrators_read_it(people: People, who: str) -> None:
    assert getattr(people, who).get(TRAIL).status_code == 403


def test_the_trail_asks_as_often_for_many_events_as_for_few(
    people: People, django_assert_max_num_queries: Any
) -> None:
    client = people.administrator
    client.get(TRAIL)
    for _each in range(40):
        Event.objects.create(kind=Event.Kind.REFUSED, actor=people.ana, person=people.petra)
    with django_assert_max_num_queries(8):
        client.get(TRAIL)


@pytest.fixture
def application(db: None) -> Session:
    """Give the session of the application role, in a transaction that is rolled back."""
    return Session(connection.connection)


@pytest.mark.parametrize(
    "attack",
    [
        "update accounts_event set kind = 'signed_out'",
        "delete from accounts_event",
        "truncate accounts_event",
        "insert into accounts_event (kind, detail, happened_at) values ('posted', '{}', now())",
        "insert into accounts_event (kind, detail, happened_at)"
        " values ('person_changed', '{}', now())",
        "merge into accounts_event e using (select 1) s on true"
        " when matched then update set detail = '{}'",
        "insert into accounts_event (id, kind, detail, happened_at)"
        " select id, 'refused', '{}', now() from accounts_event"
        " on conflict (id) do update set kind = 'refused'",
        "alter table accounts_event disable trigger all",
        "set session_replication_role = replica",
        "select rules.note_event('posted', '{}')",
    ],
)
def test_the_application_role_forges_nothing(application: Session, attack: str) -> None:
    noted = "insert into accounts_event (kind, detail, happened_at) values (%s, '{}', now())"
    application.execute(noted, ["refused"])
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
        application.execute(attack)


def test_an_event_has_the_time_and_number_that_the_database_gives(application: Session) -> None:
    row = application.execute(
        "insert into accounts_event (id, kind, detail, happened_at)"
        " values (999999, 'refused', '{}', '1999-01-01')"
        " returning id, happened_at > now() - interval '1 day'"
    ).fetchone()
    assert row
    assert row[0] != 999999
    assert row[1]


def test_the_owner_does_not_change_it_by_mistake(owner: psycopg.Connection) -> None:
    owner.autocommit = True
    owner.execute(
        "insert into accounts_event (kind, detail, happened_at) values ('refused', '{}', now())"
    )
    for attack in (
        "update accounts_event set kind = 'signed_out'",
        "delete from accounts_event",
        "truncate accounts_event cascade",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(attack)


def test_a_temporary_table_of_its_name_takes_nothing_away(people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table accounts_event (like public.accounts_event)")
        cursor.execute(
            "update public.accounts_user set is_approver = true where username = 'benito'"
        )
        cursor.execute("drop table pg_temp.accounts_event")
    assert newest("person_changed").person == User.objects.get(username="benito")


def test_drafts_that_were_handed_over_are_named_and_lead_there(people: People) -> None:
    batch = allocate(people.analyst, title="Radios", _draft="")
    posting.hand_over(people.ana, people.benito, people.adela)
    response = people.administrator.get(TRAIL)
    assert f'<a href="{page_of(batch)}">' in response.content.decode()
    assert "from: Ana Alva" in reading(response)
