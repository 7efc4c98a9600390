"""Every address of the desk and of an account, asked nonsense by everybody."""

import os
from typing import Any

import pytest
from django.test import Client

from tests.desk.addresses import of_an_account, of_the_desk
from tests.desk.conftest import People

NONSENSE = ("", "\x00", "-1", "9" * 40, "' or 1=1 --", "<script>", "٣", "../../etc/passwd", "NaN")
FIELDS = (
    "q", "o", "p", "next", "token", "seen", "amount", "title", "reason", "digest", "after",
    "action", "_selected_action", "id", "login", "password", "password1", "code", "credential",
    "session", "code_verifier", "state", "line", "pasted", "username",
)  # fmt: skip
EVERYTHING = bool(os.environ.get("EVERYTHING"))
ROLES = ("analyst", "approver", "administrator", "nobody")


def nonsense(turn: int) -> dict[str, str]:
    return {name: NONSENSE[(turn + at) % len(NONSENSE)] for at, name in enumerate(FIELDS)}


def addresses() -> list[str]:
    return [path for path in (*of_the_desk(), *of_an_account()) if "logout" not in path]


@pytest.mark.parametrize("role", ROLES)
def test_no_address_fails_whoever_asks_and_whatever_is_sent(people: People, role: str) -> None:
    """Each role asks one half and sends to the other, each another half, or all of both."""
    client: Any = Client() if role == "nobody" else getattr(people, role)
    client.raise_request_exception = False
    asked = addresses()
    assert len(asked) > 100
    for turn, path in enumerate(asked, ROLES.index(role)):
        for ask in (
            (client.get, client.post) if EVERYTHING else ((client.get, client.post)[turn % 2],)
        ):
            assert ask(path, nonsense(turn)).status_code < 500, path


def test_who_is_not_signed_in_is_led_to_sign_in_or_told_nothing(people: People) -> None:
    client = Client()
    for turn, path in enumerate(addresses()):
        for ask in (client.get, client.post):
            answer = ask(path, nonsense(turn))
            if answer.status_code == 200 and path not in OPEN:
                assert 'name="login"' in answer.content.decode(), path


OPEN = {"/admin/jsi18n/", "/account/inactive/", "/account/login/passkey/"}
"""What answers anybody: words of script, a sentence, and what a passkey signs."""
