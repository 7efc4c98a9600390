"""Others are told of each version once, in order, whatever fails on the way."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from smtplib import SMTPServerDisconnected
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from carsi_tracker.ledger.models import LedgerHead, Posting
from carsi_tracker.monitoring import witnesses
from carsi_tracker.monitoring.models import WitnessedVersion

COURT, PAPER = "witness@court.example", "desk@paper.example"
pytestmark = pytest.mark.usefixtures("sourced")


@pytest.fixture
def court(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the court be the witness; its mails are kept as those of other tests are."""
    settings.WITNESS_EMAILS, settings.EMAIL_HOST = [COURT], "mail.example"
    monkeypatch.setattr(witnesses, "BACKEND", "django.core.mail.backends.locmem.EmailBackend")


def told_until(version: int, witness: str = COURT) -> None:
    """Let a witness have been told of a version, and of none since."""
    checksum = Posting.objects.get(version=version).checksum
    WitnessedVersion.objects.create(witness=witness, version=version, checksum=checksum)


def told() -> list[tuple[str, int]]:
    rows = WitnessedVersion.objects.order_by("id").values_list("witness", "version")
    return list(rows)


def test_a_new_witness_is_told_of_the_newest_version_and_only_once(court: None) -> None:
    call_command("tell_witnesses")
    call_command("tell_witnesses")
    head = LedgerHead.objects.get()
    (sent,) = mail.outbox
    assert sent.to == [COURT]
    assert sent.subject == f"CARSI Tracker: {head.version} {head.checksum}"
    assert sent.body.count(head.checksum) == 2
    assert "Conserve este correo" in sent.body
    assert told() == [(COURT, head.version)]


def test_what_was_posted_meanwhile_is_told_in_order(court: None) -> None:
    head = LedgerHead.objects.get().version
    told_until(head - 3)
    call_command("tell_witnesses")
    numbers = [int(sent.subject.split()[2]) for sent in mail.outbox]
    assert numbers == [head - 2, head - 1, head]
    for sent in mail.outbox:
        version, checksum = sent.subject.split()[2:]
        assert Posting.objects.get(version=version).checksum == checksum


class Failing(EmailBackend):
    """Sends one mail, then none."""

    def send_messages(self, messages: Any) -> int:
        if mail.outbox:
            raise SMTPServerDisconnected("Connection unexpectedly closed")
        return int(super().send_messages(messages))


def test_a_mail_server_that_goes_loses_nothing(
    court: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = LedgerHead.objects.get().version
    told_until(head - 3)
    working = witnesses.BACKEND
    monkeypatch.setattr(witnesses, "BACKEND", f"{__name__}.Failing")
    with pytest.raises(CommandError, match=f"^Witness 1: a mail of version {head - 1} was not"):
        call_command("tell_witnesses")
    monkeypatch.setattr(witnesses, "BACKEND", working)
    call_command("tell_witnesses")
    assert [int(sent.subject.split()[2]) for sent in mail.outbox] == [head - 2, head - 1, head]


def test_without_a_mail_server_nobody_counts_as_told(court: None, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    with pytest.raises(CommandError, match="set EMAIL_HOST"):
        call_command("tell_witnesses")
    assert told() == []


def test_one_witness_that_fails_is_in_no_others_way(court: None, settings: Any) -> None:
    settings.WITNESS_URLS = ["https://127.0.0.1:1/ledger"]
    with pytest.raises(CommandError, match=r"^Witness 2: a URL was not told of version \d+:"):
        call_command("tell_witnesses")
    assert [witness for witness, _version in told()] == [COURT]


@dataclass
class Archive:
    """A witness with a web server; `status` is what it answers."""

    url: str = ""
    status: int = 204
    received: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Archive]:
    """Give a witness that is told by HTTPS, with a certificate that this machine trusts."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", tmp_path / "key", "-out", tmp_path / "certificate"],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
    made = Archive()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            made.received.append(json.loads(body))
            self.send_response(made.status)
            self.send_header("Location", "https://localhost:1/elsewhere")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        made.url = f"https://localhost:{server.server_port}/ledger"
        settings.WITNESS_URLS = [made.url]
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def test_a_url_is_told_of_version_time_and_checksums(archive: Archive) -> None:
    call_command("tell_witnesses")
    posting = Posting.objects.order_by("version").last()
    assert posting is not None
    assert archive.received == [
        {
            "version": posting.version,
            "posted_at": posting.posted_at.isoformat(),
            "entries_sha256": posting.entries_sha256,
            "checksum": posting.checksum,
        }
    ]
    assert told() == [(archive.url, posting.version)]


@pytest.mark.parametrize("status", [302, 400, 503])
def test_a_url_that_does_not_take_it_is_told_again(archive: Archive, status: int) -> None:
    archive.status = status
    with pytest.raises(CommandError, match="It is tried again next time"):
        call_command("tell_witnesses")
    assert told() == []
    archive.status = 200
    call_command("tell_witnesses")
    assert len(told()) == 1
    assert [one["version"] for one in archive.received] == [told()[0][1]] * 2
