"""Single sign-on attacked, or with a provider that fails: one sentence, and nobody is let in."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from django.test import Client

from carsi_tracker.accounts.models import Event, User
from tests import factories
from tests.accounts.conftest import BACK, PASSWORD, START, Going
from tests.accounts.provider import CLIENT, Claims, Provider, a_key, signed

NO_ANSWER = "The provider of single sign-on does not answer. Sign in here, or try again later."
NOT_GOOD = "Single sign-on did not succeed."
LATE = "This single sign-on was used already"
PUBLIC = (
    a_key("ours")
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def told(client: Client, answer: Any) -> str:
    """What the page where people sign in says, which has its form."""
    assert answer["Location"].startswith("/account/login/")
    page: str = client.get(answer["Location"]).content.decode()
    assert 'type="password"' in page
    assert not is_in(client)
    return page


def by_public_key(claims: Claims) -> str:
    """A token whose secret is what everybody knows: the provider's public key."""
    head = jwt.encode({}, b"x" * 32, algorithm="HS256", headers={"kid": "ours"}).split(".")[0]
    body = jwt.encode(claims, b"x" * 32, algorithm="HS256").split(".")[1]
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    sign = mac.sign(f"{head}.{body}".encode(), PUBLIC)
    return f"{head}.{body}.{jwt.utils.base64url_encode(sign).decode()}"


def changed(claims: Claims) -> str:
    """A good token of another subject, with the signature of this one."""
    head, _body, _signature = signed(claims).split(".")
    _head, body, _ours = signed({**claims, "sub": "someone else"}).split(".")
    return f"{head}.{body}.{signed(claims).split('.')[2]}"


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: signed(claims, key="another"),
        lambda claims: signed(claims, key="another", kid="another"),
        lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "ours"}),
        by_public_key,
        changed,
        lambda _claims: "not.a.token",
        lambda _claims: None,
        lambda _claims: {"sub": "subject-1"},
    ],
)
def test_a_forged_token_lets_nobody_in(
    provider: Provider, ana: User, sign_on: Going, sign: Callable[[Claims], Any]
) -> None:
    provider.sign = sign
    assert NOT_GOOD in told(*sign_on())
    assert not SocialAccount.objects.exists()
    assert Event.objects.latest("pk").kind == "sign_in_refused"


@pytest.mark.parametrize(
    "token",
    [
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://another.example"},
        {"exp": int(time.time()) - 90},
        {"exp": None},
        {"iat": int(time.time()) + 900},
        {"nonce": "of another request"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"sub": "\x00"},
        {"sub": "x" * 200},
        {"sub": 7},
    ],
)
def test_a_token_that_is_old_or_for_another_client_or_request_lets_nobody_in(
    provider: Provider, ana: User, sign_on: Going, token: Claims
) -> None:
    provider.token = token
    assert NOT_GOOD in told(*sign_on())


def test_user_information_about_somebody_else_is_not_believed(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    provider.told = {"sub": "subject-2"}
    assert NOT_GOOD in told(*sign_on())


def test_a_state_is_good_once_in_the_browser_in_which_it_was_begun(
    provider: Provider, ana: User, leave: Going, come_back: Going
) -> None:
    client = Client()
    leave(client)
    other = Client()
    assert LATE in told(other, come_back(other))
    assert LATE in told(other, come_back(other, state="made up"))
    assert LATE in told(other, other.get(BACK))
    assert come_back(client)["Location"] == "/admin/"
    client.post("/account/logout/")
    assert LATE in told(client, come_back(client))


def test_a_state_is_good_for_ten_minutes(
    provider: Provider, ana: User, leave: Going, come_back: Going, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    leave(client)
    later = time.time() + 601
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.time.time", lambda: later)
    answer = come_back(client)
    monkeypatch.undo()
    assert LATE in told(client, answer)


def test_a_code_is_exchanged_with_the_verifier_of_its_own_request_alone(
    provider: Provider, ana: User, leave: Going, come_back: Going
) -> None:
    client, thief = Client(), Client()
    leave(client)
    asked = dict(provider.asked)
    leave(thief)
    state = provider.asked["state"]
    provider.asked = asked
    assert NOT_GOOD in told(thief, come_back(thief, state=state))


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_leads_to_no_other_site(
    provider: Provider, ana: User, sign_on: Going, wanted: str
) -> None:
    _client, answer = sign_on(next=wanted)
    assert answer["Location"] == "/admin/"
    _client, answer = sign_on(process="connect", auth_params="prompt=none", scope="all")
    assert answer["Location"] == "/admin/"


def test_who_is_signed_in_as_another_is_signed_out_and_connected_with_nothing(
    provider: Provider, ana: User, sign_on: Going
) -> None:
    bob = factories.analyst(username="bob", password=PASSWORD)
    client = Client()
    client.post("/account/login/", {"login": "bob", "password": PASSWORD})
    sign_on(client, process="connect")
    assert client.get("/account/").context["user"] == ana
    assert not SocialAccount.objects.filter(user=bob).exists()


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<b>x</b>"])
def test_who_cancels_or_is_refused_there_is_back_at_the_form(
    provider: Provider, leave: Going, come_back: Going, error: str
) -> None:
    client = Client()
    leave(client, next="/admin/ledger/batch/")
    answer = client.get(BACK, {"error": error, "state": provider.asked["state"]})
    assert answer["Location"] == "/account/login/?next=/admin/ledger/batch/".replace(
        "/admin/ledger/batch/", "%2Fadmin%2Fledger%2Fbatch%2F"
    )
    page = told(client, answer)
    assert ("was cancelled" if error == "access_denied" else NOT_GOOD) in page
    assert "<b>x" not in page


def test_a_provider_that_is_down_is_said_in_a_sentence_above_the_form(
    provider: Provider, settings: Any
) -> None:
    settings.SINGLE_SIGN_ON = provider.configured()
    provider.down = {"/.well-known/openid-configuration"}
    client = Client()
    assert NO_ANSWER in told(client, client.post(START))
    assert "no responde" in client.get(client.post("/es" + START)["Location"]).content.decode()


@pytest.mark.parametrize(
    "page", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]
)
def test_a_provider_that_goes_down_in_the_middle_is_said_in_a_sentence(
    provider: Provider, ana: User, leave: Going, come_back: Going, page: str
) -> None:
    client = Client()
    leave(client)
    provider.down = {page}
    assert NO_ANSWER in told(client, come_back(client))
    client.post("/account/login/", {"login": "ana", "password": PASSWORD})
    assert is_in(client)


@pytest.mark.parametrize("page", ["/token", "/userinfo"])
def test_a_slow_provider_is_waited_for_five_seconds_in_all(
    provider: Provider, ana: User, leave: Going, come_back: Going, page: str
) -> None:
    client = Client()
    leave(client)
    provider.slow = {page}
    begun = time.monotonic()
    answer = come_back(client)
    assert 4 < time.monotonic() - begun < 6
    assert NO_ANSWER in told(client, answer)


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": ["x"]},
    ],
)
def test_a_provider_that_says_of_itself_what_cannot_be_is_not_asked(
    provider: Provider, says: dict[str, Any]
) -> None:
    provider.says = says
    client = Client()
    assert NOT_GOOD in told(client, client.post(START))


@pytest.mark.parametrize(
    "page", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]
)
@pytest.mark.parametrize(
    "said", [[], "x", None, 7, b"<html>", b"\xff", b" " * 2_000_000], ids=lambda said: str(said)[:9]
)
def test_nonsense_of_the_provider_is_no_error_of_ours(
    provider: Provider,
    ana: User,
    leave: Going,
    come_back: Going,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    said: Any,
) -> None:
    client = Client()
    leave(client)
    answers = provider.answer
    monkeypatch.setattr(
        provider,
        "answer",
        lambda asked, *more: (200, said) if asked == page else answers(asked, *more),
    )
    shown = told(client, come_back(client))
    assert NOT_GOOD in shown or NO_ANSWER in shown


def test_who_begins_too_often_waits(provider: Provider) -> None:
    answers = [Client().post(START).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_the_policy_of_pages_stays_as_it_is_since_the_way_there_is_no_redirection_of_a_form(
    provider: Provider,
) -> None:
    page = Client().post(START)
    assert page.status_code == 200
    assert "form-action 'self';" in page["Content-Security-Policy"]
    assert page["Cache-Control"].count("no-store") == 1
    link = page["Refresh"].removeprefix("0; url=")
    assert link.replace("&", "&amp;") in page.content.decode()
    assert urlsplit(link).netloc == urlsplit(provider.issuer).netloc
