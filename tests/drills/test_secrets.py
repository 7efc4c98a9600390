"""Nothing that lets somebody in stands in the log or in the metrics."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from tests.accounts.authenticator import code_of
from tests.drills.clusters import OWNER, PASSWORD, PATIENCE, SUPERUSER, Cluster, free_port
from tests.drills.machines import Visitor, WebMachine, manage, serving

KEY = "signs nothing but what this drill makes"
CHOSEN, MISTYPED = "a password that nobody reads", "mistyped, which is almost the password"
OF_MAIL = "password of the mail server"


def cookies(visitor: Visitor) -> Iterator[str]:
    """Yield what the cookies of a visitor hold: session and token of forms."""
    for handler in visitor.opener.handlers:
        for cookie in getattr(handler, "cookiejar", ()):
            yield cookie.value


def works(machine: WebMachine, first: str, primary: Cluster) -> list[str]:
    """Do what handles secrets, right and wrong, and return all of them."""
    visitor, secrets = machine.visitor(), [first, CHOSEN, MISTYPED]
    visitor.post("/account/login/", {"login": "ada", "password": MISTYPED})
    secrets += cookies(visitor)
    visitor.sign_in("ada", first)
    secrets += cookies(visitor)
    changed = {"oldpassword": MISTYPED, "password1": CHOSEN, "password2": CHOSEN}
    visitor.post("/account/password/", changed)
    visitor.post("/account/password/", changed | {"oldpassword": first})
    secrets += cookies(visitor)
    for password in (MISTYPED, CHOSEN):
        visitor.post("/account/confirm/", {"password": password})
    page = visitor.get("/account/second-step/app/")
    (secret,) = set(re.findall(r"\b[A-Z2-7]{32}\b", page.body))
    visitor.post("/account/second-step/app/", {"code": "000000"}, form=page)
    visitor.post("/account/second-step/app/", {"code": code_of(secret)}, form=page)
    visitor.get("/account/second-step/")
    secrets += [secret, *re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)]
    visitor.get("/admin/")
    refused = machine.visitor()
    refused.post("/admin/accounts/user/add/", {"csrf": "none", "password": MISTYPED})
    with psycopg.connect(primary.url(SUPERUSER)) as session:
        kept = session.execute(
            "select session_key from django_session union select session_data from django_session"
            " union select password from accounts_user union select data ->> 'secret'"
            " from mfa_authenticator union select data ->> 'seed' from mfa_authenticator"
        ).fetchall()
        secrets += [value for (value,) in kept if value and len(value) > 5]
    assert len(kept) > 4
    return secrets


@pytest.fixture
def mail_server() -> Iterator[int]:
    """Give the port of a mail server that takes mails, but no name and password."""
    port = free_port()
    sink = [sys.executable, str(Path(__file__).with_name("mail_sink.py")), str(port)]
    with subprocess.Popen(sink, stdout=subprocess.DEVNULL) as server:
        yield port
        server.kill()


def metrics_with_failed_mails(port: int) -> str:
    """Return the metrics once a mail could not be sent."""
    patience = time.monotonic() + PATIENCE
    while True:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            told: str = answer.read().decode()
        if re.search(r"^carsi_mails_failed_total [1-9]", told, re.MULTILINE):
            return told
        assert time.monotonic() < patience, told


def test_no_secret_is_logged_or_told(
    checkout: Path, primary: Cluster, folder: Path, mail_server: int
) -> None:
    printed = manage(checkout, "let_in", "ada", "--new", **primary.environment)
    with psycopg.connect(primary.url(SUPERUSER)) as session:
        session.execute("update accounts_user set email = 'ada@tracker.example'")
    first, port = printed.splitlines()[-1], free_port()
    with serving(
        checkout, folder / "web.log", DATABASE_URL=primary.url(), SECRET_KEY=KEY,
        METRICS_PORT=str(port), LOG_LEVEL="debug", LOG_FORMAT="json", EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(mail_server), EMAIL_HOST_USER="tracker", EMAIL_HOST_PASSWORD=OF_MAIL,
    ) as machine:  # fmt: skip
        secrets = [*works(machine, first, primary), KEY, PASSWORD, OF_MAIL]
        metrics = metrics_with_failed_mails(port)
        with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
            session.execute(f"alter role {OWNER} password 'another'")
            session.execute("alter role carsi_app password 'another'")
            session.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                            " where usename = 'carsi_app'")  # fmt: skip
        for address in ("/", "/es/", "/ready/", "/versions.csv"):
            assert machine.get(address).status == 503
    log = (folder / "web.log").read_text()
    assert '"route": "account_login"' in log
    assert '"logger": "carsi_tracker.mail.sending"' in log
    assert log.count('"status": 503') >= 4
    assert [secret for secret in secrets if secret in log + metrics] == []
