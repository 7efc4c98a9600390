"""Mails: approvers hear of what waits for them, editors of what became of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F
from django.test import RequestFactory

from carsi_tracker.accounts.models import User
from carsi_tracker.desk import mailing
from carsi_tracker.ledger.models import Batch, Commitment, Country, Document
from carsi_tracker.mail.models import WaitingMail
from tests import factories
from tests.desk.conftest import People, address, allocate, appropriation, post_it, told


@pytest.fixture
def reachable(people: People) -> People:
    for user in User.objects.filter(username__in=("ana", "benito", "petra", "adela")):
        user.email = f"{user.username}@office.example"
        user.save()
    for name in ("ana", "benito", "petra", "adela"):
        getattr(people, name).refresh_from_db()
    return people


def recipients() -> list[str]:
    return sorted(name for sent in mail.outbox for name in sent.to)


def test_active_approvers_hear_of_a_submitted_batch(reachable: People) -> None:
    factories.approver(username="gone", email="gone@office.example", is_active=False)
    factories.approver(username="silent")
    batch = allocate(reachable.analyst)
    assert recipients() == ["petra@office.example"]
    (sent,) = mail.outbox
    assert "Ana Alva" in sent.subject
    assert batch.title in sent.subject
    assert f"http://testserver/admin/ledger/batch/{batch.pk}/review/" in sent.body
    assert f"http://testserver/es/admin/ledger/batch/{batch.pk}/review/" in sent.body
    assert "$250,000 committed\nINCLE FY2008, Honduras\nFY 2008 Supp" in sent.body
    assert "Plan de gasto" in sent.body
    assert "\nWithin balance.\n" in sent.body


def test_a_mail_says_what_does_not_fit_once_earlier_batches_are_posted(reachable: People) -> None:
    of = {"appropriation": appropriation(2008, "NADR").pk, "effective_date": "2009-09-30"}
    for _ in range(2):
        allocate(reachable.analyst, amount="1,000,000", **of)
    first, second = mail.outbox
    assert "\nWithin balance.\n" in first.body
    said = "Within balance now; over by $635,000 once earlier batches are posted."
    assert said in second.body


def test_an_approver_who_had_a_hand_is_not_asked_to_post(reachable: People) -> None:
    reachable.benito.is_approver = True
    reachable.benito.save()
    batch = allocate(reachable.client(reachable.benito), _draft="")
    told(reachable.client(reachable.benito), address(batch, "submit"))
    assert recipients() == ["petra@office.example"]


def test_editors_hear_that_it_was_posted_or_why_it_was_sent_back(reachable: People) -> None:
    batch = allocate(reachable.analyst)
    mail.outbox.clear()
    told(reachable.approver, address(batch, "send-back"), text="Which page?\nSay so.")
    assert recipients() == ["ana@office.example"]
    assert "Which page?\nSay so." in mail.outbox[0].body
    told(reachable.analyst, address(batch, "submit"))
    mail.outbox.clear()
    post_it(reachable.approver, batch)
    assert recipients() == ["ana@office.example"]
    assert "Petra Paz" in mail.outbox[0].body


def test_a_draft_that_is_only_saved_tells_nobody(reachable: People) -> None:
    allocate(reachable.analyst, _draft="")
    assert mail.outbox == []


def test_a_mail_server_that_nobody_runs_stops_nothing_and_is_said_once_mails_are_late(
    reachable: People, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "carsi_tracker.mail.outbox.Outbox"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    batch = allocate(reachable.analyst)
    assert batch.state == Batch.State.SUBMITTED
    assert WaitingMail.objects.get().recipients == ["petra@office.example"]
    WaitingMail.objects.update(queued_at=F("queued_at") - timedelta(minutes=3))
    text = post_it(reachable.approver, batch)
    assert "Posted as version" in text
    assert (
        "Emails are delayed; the one about this will be sent when the mail server accepts it."
        in text
    )


@pytest.mark.usefixtures("people")
def test_a_mail_is_kept_with_what_it_tells_of_or_not_at_all(
    rf: RequestFactory, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "carsi_tracker.mail.outbox.Outbox"
    with transaction.atomic():
        mailing.send(rf.get("/"), {"ana@office.example"}, lambda: ("Posted", ["It was."]))
        assert WaitingMail.objects.count() == 1
        transaction.set_rollback(True)
    assert not WaitingMail.objects.exists()


def test_what_can_not_be_made_a_mail_stops_nothing_and_is_said(
    reachable: People, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    batch = allocate(reachable.analyst)
    settings.DEFAULT_FROM_EMAIL = "tracker@office.example\nBcc: all@office.example"
    text = post_it(reachable.approver, batch)
    assert "Posted as version" in text
    assert "the email about it could not be made" in text
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("move", {"how": "whole"}),
        ("take-back", {"stage": "committed", "amount": "5.00", "effective_date": "2010-02-01"}),
    ],
)
def test_moves_and_what_is_taken_back_are_told_of_as_other_submissions(
    reachable: People, verb: str, sent: dict[str, str]
) -> None:
    old = Commitment.objects.get(reference="CARSI-09-INCLE-02")
    page = reachable.analyst.get(f"/admin/ledger/commitment/{old.pk}/{verb}/")
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | sent
    if verb == "move":
        typed["country"] = Country.objects.get(code="PA").pk
    else:
        typed["document"] = Document.objects.get(key="activities-2010").pk
    told(reachable.analyst, page.request["PATH_INFO"], **typed, _submit="")
    assert Batch.objects.get(token=typed["token"]).state == Batch.State.SUBMITTED
    assert recipients() == ["petra@office.example"]
