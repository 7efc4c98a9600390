"""Housekeeping removes what has had its time, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from carsi_tracker.accounts.models import Attempt
from carsi_tracker.ledger.models import Upload
from tests import factories
from tests.desk.forms import PASSWORD


@pytest.mark.usefixtures("db")
def test_what_has_had_its_time_is_removed_and_counted(capsys: Any) -> None:
    person = factories.analyst(username="ana")
    person.set_password(PASSWORD)
    person.save()
    here, gone = Client(), Client()
    for client in (here, gone):
        client.post("/account/login/", {"login": "ana", "password": PASSWORD})
    Attempt.objects.all().delete()
    now = timezone.now()
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=now)
    for key, hours in (("over", -1), ("counted", 1)):
        moment = now + timedelta(hours=hours)
        Attempt.objects.create(cache_key=key, value="x", expires=moment)
    for number, days in enumerate((0, 2)):
        made = Upload.objects.create(person=person, token=f"{number:032}", name="x", content=b"x")
        Upload.objects.filter(pk=made.pk).update(made_at=now - timedelta(days=days))
    call_command("housekeeping")
    assert capsys.readouterr().out == (
        "Removed: 1 expired sessions, 1 records of sessions that ended, "
        "1 counts of attempts to sign in, 1 unconfirmed uploads.\n"
    )
    assert Session.objects.get().pk == here.session.session_key
    assert UserSession.objects.get().session_key == here.session.session_key
    assert Attempt.objects.get().cache_key == "counted"
    assert Upload.objects.get().token.int == 0
