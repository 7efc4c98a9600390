"""People: given roles and deactivated by administrators, never deleted."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import ProgrammingError
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused
from tests import databases
from tests.desk.conftest import People, allocate, page_of, post_it, reading, told
from tests.desk.forms import PASSWORD, person

LIST = "/admin/accounts/user/"
SIGN_IN = "/account/login/"


def test_an_administrator_adds_a_person_who_then_signs_in_and_changes_the_password(
    people: People,
) -> None:
    text = told(
        people.administrator,
        f"{LIST}add/",
        username="nina",
        first_name="Nina",
        last_name="Nova",
        is_analyst="on",
        password1=PASSWORD,
        password2=PASSWORD,
    )
    assert "was added successfully" in text
    nina = User.objects.get(username="nina")
    assert (nina.is_analyst, nina.is_approver, nina.is_administrator) == (True, False, False)

    client = Client()
    signed_in = told(client, SIGN_IN, login="nina", password=PASSWORD, next="/admin/")
    assert "Signed in as Nina Nova" in signed_in
    told(
        client,
        "/account/password/",
        oldpassword=PASSWORD,
        password1="another-walk-home",
        password2="another-walk-home",
    )
    nina.refresh_from_db()
    assert nina.check_password("another-walk-home")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("who", ["ana", "petra", "adela"])
def test_everybody_changes_their_own_password(people: People, who: str) -> None:
    user = User.objects.get(username=who)
    user.set_password(PASSWORD)
    user.save()
    client = people.client(user)
    wrong = client.post(
        "/account/password/",
        {"oldpassword": "x", "password1": "12345678", "password2": "1"},
    )
    assert set(wrong.context["form"].errors) == {"oldpassword", "password1"}
    told(
        client,
        "/account/password/",
        oldpassword=PASSWORD,
        password1="another-walk-home",
        password2="another-walk-home",
    )
    user.refresh_from_db()
    assert user.check_password("another-walk-home")


def test_an_administrator_gives_and_takes_roles(people: People) -> None:
    path = f"{LIST}{people.benito.pk}/change/"
    told(people.administrator, path, **person(people.benito, is_approver="on", is_analyst=None))
    people.benito.refresh_from_db()
    assert (people.benito.is_analyst, people.benito.is_approver) == (False, True)
    assert people.client(people.benito).get("/admin/ledger/batch/allocate/").status_code == 403
    assert LogEntry.objects.get().user == people.adela


def test_a_deactivated_person_is_out_at_once_and_still_named(people: People) -> None:
    batch = allocate(people.analyst)
    session = people.approver
    post_it(session, batch)
    path = f"{LIST}{people.petra.pk}/change/"
    told(people.administrator, path, **person(people.petra, is_active=None))
    assert session.get("/admin/")["Location"].startswith("/admin/login/")
    assert "Petra Paz" in reading(people.analyst.get(page_of(batch)))


def test_administrators_do_not_lock_themselves_out(people: People) -> None:
    path = f"{LIST}{people.adela.pk}/change/"
    for changes in ({"is_active": None}, {"is_administrator": None}):
        text = told(people.administrator, path, **person(people.adela, **changes))
        assert "You cannot deactivate yourself" in text
    people.adela.refresh_from_db()
    assert people.adela.is_active
    assert people.adela.is_administrator


def test_people_are_not_deleted_nor_offered_to_be(people: People) -> None:
    """Case 17: whoever posted batches, and whoever did nothing yet."""
    post_it(people.approver, allocate(people.analyst))
    client, before = people.administrator, User.objects.count()
    assert "delete_selected" not in client.get(LIST).content.decode()
    for user in (people.petra, people.benito):
        assert "/delete/" not in client.get(f"{LIST}{user.pk}/change/").content.decode()
        assert client.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
        client.post(LIST, {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"})
    assert User.objects.count() == before


def test_an_administrator_sets_somebodys_password(people: People) -> None:
    path = f"{LIST}{people.ana.pk}/password/"
    page = people.administrator.get(path)
    assert page.status_code == 200
    told(
        people.administrator,
        path,
        usable_password="true",
        password1=PASSWORD,
        password2=PASSWORD,
        **{"set-password": ""},
    )
    people.ana.refresh_from_db()
    assert people.ana.check_password(PASSWORD)


def test_nobody_is_made_a_superuser_by_the_form(people: People) -> None:
    path = f"{LIST}{people.ana.pk}/change/"
    told(people.administrator, path, **person(people.ana, is_superuser="on", is_staff="on"))
    people.ana.refresh_from_db()
    assert not people.ana.is_superuser


@pytest.mark.parametrize("who", ["analyst", "approver"])
def test_only_administrators_see_people(people: People, who: str) -> None:
    client: Client = getattr(people, who)
    for path in (
        LIST,
        f"{LIST}add/",
        f"{LIST}{people.ana.pk}/change/",
        f"{LIST}{people.ana.pk}/delete/",
        f"{LIST}{people.ana.pk}/password/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, person(people.ana, is_administrator="on")).status_code == 403
    assert LIST not in client.get("/admin/").content.decode()
    people.ana.refresh_from_db()
    assert not people.ana.is_administrator


def test_who_has_no_role_does_not_enter_the_desk(people: People) -> None:
    visitor = User.objects.create_user("visitor", PASSWORD)
    text = told(Client(), SIGN_IN, login="visitor", password=PASSWORD)
    assert "Sign out" not in text
    assert people.client(visitor).get("/admin/").status_code == 302


def test_an_analysts_drafts_are_handed_to_another_and_neither_has_a_hand_by_it(
    people: People,
) -> None:
    draft, sent, posted = (allocate(people.analyst, _draft=""), *_two(people))
    text = told(people.administrator, f"{LIST}{people.ana.pk}/hand-over/", to=str(people.benito.pk))
    assert "Benito Bo now keeps 2 more batches." in text
    for batch, keeper in ((draft, people.benito), (sent, people.benito), (posted, people.ana)):
        batch.refresh_from_db()
        assert batch.keeper == keeper
        assert [editor.user for editor in batch.editors.all()] == [people.ana]
    assert sent.state == "submitted"
    event = Event.objects.get(kind="drafts_handed_over")
    assert (event.actor, event.person) == (people.adela, people.benito)
    assert event.detail == {"from": people.ana.pk, "batches": [draft.pk, sent.pk]}


def _two(people: People) -> tuple[Batch, Batch]:
    """A submitted batch, and a posted one."""
    sent, posted = allocate(people.analyst), allocate(people.analyst)
    post_it(people.approver, posted)
    return sent, posted


def test_drafts_go_to_active_analysts_only(people: People) -> None:
    allocate(people.analyst, _draft="")
    path = f"{LIST}{people.ana.pk}/hand-over/"
    for taker in (people.petra.pk, people.ana.pk, 0):
        answer = people.administrator.post(path, {"to": str(taker)})
        assert answer.context["form"].errors["to"]
    with pytest.raises(Refused, match="active analyst"):
        posting.hand_over(people.ana, people.petra, people.adela)


@pytest.mark.parametrize("who", ["ana", "petra"])
def test_only_administrators_hand_drafts_over(people: People, who: str) -> None:
    batch = allocate(people.analyst, _draft="")
    user = User.objects.get(username=who)
    path = f"{LIST}{people.ana.pk}/hand-over/"
    assert people.client(user).post(path, {"to": people.benito.pk}).status_code == 403
    with pytest.raises(Refused, match="administrator"):
        posting.hand_over(people.ana, people.benito, user)
    with pytest.raises(ProgrammingError), posting.acting(people.adela):
        Batch.objects.filter(pk=batch.pk).update(keeper=people.benito)
    batch.refresh_from_db()
    assert batch.keeper == people.ana


def test_an_administrator_removes_the_second_step_of_a_lost_phone(people: People) -> None:
    Authenticator.objects.create(user=people.ana, type="totp", data={"secret": "x"})
    page = people.administrator.get(f"{LIST}{people.ana.pk}/change/")
    assert "Phone lost: turn off two-step verification" in reading(page)
    path = f"{LIST}{people.ana.pk}/second-step/"
    assert people.approver.post(path).status_code == 403
    assert "now signs in by password alone" in told(people.administrator, path)
    assert not Authenticator.objects.exists()
    by_hand, by_page = Event.objects.filter(kind="second_factor").order_by("id")
    assert (by_hand.actor, by_hand.person, by_hand.detail) == (None, people.ana, {"added": "totp"})
    assert (by_page.actor, by_page.detail) == (people.adela, {"removed": "totp"})


def test_a_password_that_an_administrator_set_is_not_kept(people: People) -> None:
    told(
        people.administrator,
        f"{LIST}{people.ana.pk}/password/",
        usable_password="true",
        password1=PASSWORD,
        password2=PASSWORD,
    )
    client = Client()
    text = told(client, SIGN_IN, login="ana", password=PASSWORD)
    assert "Someone else set your password" in text


def test_a_locked_out_administrator_is_let_in_by_a_command(
    templates: Any, worker_id: str, django_db_blocker: Any
) -> None:
    name = f"{databases.prefix(worker_id)}_let_in"
    databases.make(name, templates.empty)
    said = StringIO()
    try:
        with django_db_blocker.unblock(), databases.speaking_to(databases.owner_of(name)):
            adela = User.objects.create_user("adela", None, is_active=False)
            Authenticator.objects.create(user=adela, type="totp", data={"secret": "x"})
            for _each in range(6):
                Client().post(SIGN_IN, {"login": "adela", "password": "wrong"})
            with pytest.raises(CommandError, match="There is no adele"):
                call_command("let_in", "adele")
            call_command("let_in", "alma", "--new", stdout=StringIO())
            assert User.objects.get(username="alma").is_administrator
            for wrong in ("", "al ma", "x" * 151):
                with pytest.raises(CommandError):
                    call_command("let_in", wrong, "--new")
            call_command("let_in", "adela", stdout=said)
            password = said.getvalue().splitlines()[-1]
            assert len(password) == 20
            text = told(Client(), SIGN_IN, login="adela", password=password)
            assert "Someone else set your password" in text
            assert not Authenticator.objects.exists()
            kinds = set(Event.objects.filter(person=adela).values_list("kind", flat=True))
            assert {"person_changed", "password_changed", "second_factor"} <= kinds
    finally:
        databases.remove(name)


def test_people_have_names_that_nobody_takes_for_anothers(people: People) -> None:
    client, new = people.administrator, {"password1": PASSWORD, "password2": PASSWORD}
    for changes, said in (
        ({"username": "\u0430na"}, "“\u0430na” is too like “ana”, which is there already."),
        ({"username": "ANA"}, "already"),
        ({"username": "nina\u115f"}, "U+115F HANGUL CHOSEONG FILLER"),
        ({"username": "nina", "first_name": "Ni\u202ena"}, "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ({"username": "nina", "last_name": "No\ufffeva"}, "U+FFFE"),
    ):
        answer = client.post(
            f"{LIST}add/", {"first_name": "Nina", "last_name": "Nova"} | changes | new
        )
        assert answer.status_code == 200
        assert said in reading(answer), changes
    assert not User.objects.filter(username__startswith="nina").exists()
