"""What tests of single sign-on share: a provider, and a browser that goes there and comes back."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from carsi_tracker.accounts.models import User
from tests import factories
from tests.accounts.provider import Provider, running

PASSWORD = "a-long-walk-in-Tegucigalpa"
START, BACK = "/account/single-sign-on/", "/account/single-sign-on/back/"
GIVES = {
    "roles_claim": "groups",
    "roles": {
        "is_analyst": frozenset({"analysts"}),
        "is_approver": frozenset({"approvers", "directors"}),
        "is_administrator": frozenset({"it"}),
    },
}
Going = Callable[..., Any]


@pytest.fixture(scope="session")
def a_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(a_provider: Provider, settings: Any, db: None) -> Provider:
    """A provider that proves Ana's address, and gives no roles; the tracker is told of it."""
    a_provider.__init__(a_provider.issuer)  # type: ignore[misc]  # as if it were new
    a_provider.claims |= {"email": "ana@office.example", "email_verified": True}
    settings.SINGLE_SIGN_ON = a_provider.configured()
    return a_provider


@pytest.fixture
def roles(provider: Provider, settings: Any) -> Provider:
    """A provider whose groups give roles."""
    settings.SINGLE_SIGN_ON = provider.configured(**GIVES)
    provider.claims |= {"preferred_username": "ana", "groups": ["analysts"]}
    return provider


@pytest.fixture
def ana(db: None) -> User:
    return factories.analyst(username="ana", password=PASSWORD, email="ana@office.example")


@pytest.fixture
def leave(provider: Provider) -> Going:
    """Give what goes to the provider, and returns what it is asked."""

    def go(client: Client, start: str = START, **posted: str) -> dict[str, str]:
        page = client.post(start, posted)
        assert page.status_code == 200, page
        address = page["Refresh"].removeprefix("0; url=")
        assert address.startswith(f"{provider.issuer}/authorize?")
        provider.asked = dict(parse_qsl(urlsplit(address).query))
        provider.code = "code-1"
        return provider.asked

    return go


@pytest.fixture
def come_back(provider: Provider) -> Going:
    """Give what comes back from the provider, and returns the answer."""

    def come(client: Client, **other: str) -> Any:
        return client.get(BACK, {"code": "code-1", "state": provider.asked["state"], **other})

    return come


@pytest.fixture
def sign_on(leave: Going, come_back: Going) -> Going:
    """Give what goes to the provider and back, and returns the browser and the answer."""

    def go(client: Client | None = None, **posted: str) -> tuple[Client, Any]:
        going = client or Client()
        leave(going, **posted)
        return going, come_back(going)

    return go
