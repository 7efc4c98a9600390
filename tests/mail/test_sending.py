"""Mails wait in the database until the mail server has taken them, or refuses them for good."""

import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from threading import Semaphore
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import F

from carsi_tracker.mail.models import WaitingMail
from carsi_tracker.mail.sending import GIVEN_UP, LATE, Sender, are_late, send_waiting
from tests.mail.postbox import Postbox, open_postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """Give a mail server, and let mails be sent there."""
    settings.EMAIL_BACKEND = "carsi_tracker.mail.outbox.Outbox"
    with open_postbox() as opened:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        yield opened


def queue(*people: str, subject: str = "Publicación “uno”") -> None:
    for person in people:
        mail.send_mail(subject, "Se publicó.\n.\nAdiós", "tracker@office.example", [person])


def waiting() -> list[list[str]]:
    return list(WaitingMail.objects.order_by("pk").values_list("recipients", flat=True))


def test_each_mail_is_sent_as_it_was_written_and_waits_no_longer(postbox: Postbox) -> None:
    queue("ana@office.example", "petra@office.example")
    assert send_waiting() == 2
    assert [people for people, _text in postbox.taken] == [
        ["ana@office.example"], ["petra@office.example"],
    ]  # fmt: skip
    sent = message_from_bytes(postbox.taken[0][1].replace(b"\r\n..", b"\r\n."), policy=default)
    assert (sent["subject"], sent["from"]) == ("Publicación “uno”", "tracker@office.example")
    assert sent.get_content().splitlines() == ["Se publicó.", ".", "Adiós"]
    assert waiting() == []


@pytest.mark.parametrize(("answer", "left"), [("550 nobody", 0), ("450 later", 1)])
def test_a_refused_mail_holds_no_other_up_and_waits_where_it_may_be_taken_later(
    postbox: Postbox, answer: str, left: int, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.refused["gone@office.example"] = answer
    queue("gone@office.example", "ana@office.example")
    assert send_waiting() == 1
    assert len(waiting()) == left
    assert ("refused a mail for good, by 550" in caplog.text) is not left
    postbox.refused.clear()
    assert send_waiting() == left


def test_where_no_mail_server_answers_mails_wait(
    settings: Any, caplog: pytest.LogCaptureFixture, postbox: Postbox
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.2
        queue("ana@office.example")
        assert send_waiting() == 0
    assert send_waiting() == 0
    assert waiting() == [["ana@office.example"]]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    settings.EMAIL_PORT = postbox.port
    call_command("send_mails")
    assert waiting() == []


def test_a_mail_at_which_the_server_hangs_up_lets_others_go_first(
    postbox: Postbox, capsys: pytest.CaptureFixture[str]
) -> None:
    queue("trap@office.example", "ana@office.example")
    postbox.refused["trap@office.example"] = "421 goodbye"
    call_command("send_mails")
    call_command("send_mails")
    assert waiting() == [["trap@office.example"]]
    assert "1 mails were sent, 1 wait." in capsys.readouterr().out


@pytest.mark.parametrize(
    "address", ["ana@compañía.example", "Ana Núñez <ana@compañía.example>"], ids=["bare", "named"]
)
def test_an_address_in_letters_of_any_language_holds_no_mail_up(
    postbox: Postbox, address: str
) -> None:
    queue(address, "petra@office.example")
    assert send_waiting() == 2
    assert [people for people, _text in postbox.taken] == [
        ["ana@xn--compaa-7va5a.example"], ["petra@office.example"],
    ]  # fmt: skip


def test_a_mail_that_no_server_could_take_is_thrown_away_and_holds_no_other_up(
    postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    queue("ana@office.example", "petra@office.example")
    WaitingMail.objects.filter(recipients=["ana@office.example"]).update(recipients=["ñ@ñ"])
    assert send_waiting() == 1
    assert waiting() == []
    assert "thrown away" in caplog.text


def test_of_several_recipients_each_gets_the_mail_who_can(postbox: Postbox) -> None:
    postbox.refused["busy@office.example"] = "450 later"
    everyone = ["ana@office.example", "busy@office.example"]
    mail.send_mail("Posted", "It was.", "tracker@office.example", everyone)
    assert send_waiting() == 1
    assert waiting() == [["busy@office.example"]]


def test_the_thread_that_sends_survives_whatever_goes_wrong(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = Semaphore(0)

    def fail() -> None:
        asked.release()
        raise UnicodeEncodeError("ascii", "contraseña", 7, 8, "the password of the mail server")

    sender = Sender(fail)
    for _time in range(2):
        sender.begin()
        assert asked.acquire(timeout=10)
    assert "Mails could not be sent" in caplog.text


def test_mails_are_late_after_two_minutes_and_given_up_after_three_days(
    postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    queue("ana@office.example")
    for age, late in ((timedelta(0), False), (LATE, True), (GIVEN_UP, True)):
        WaitingMail.objects.update(queued_at=F("queued_at") - age)
        assert are_late() is late
    assert send_waiting() == 0
    assert postbox.taken == waiting() == []
    assert "thrown away" in caplog.text
