"""Single sign-on with a provider that others wrote, which runs here."""

from html import unescape
from typing import Any

import pytest
import requests
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.accounts.single_sign_on import SingleSignOn
from tests import factories
from tests.accounts import provider_of_others
from tests.accounts.conftest import START


@pytest.mark.parametrize("by_claim", [True, False])
def test_somebody_signs_in_at_the_provider_and_is_at_the_desk(
    db: None, settings: Any, by_claim: bool
) -> None:
    roles = {"is_analyst": frozenset({"analysts"})}
    claim: dict[str, Any] = {"roles_claim": "groups", "roles": roles} if by_claim else {}
    if not by_claim:
        factories.analyst(username="ana.ruiz", email="Ana@office.example")
    client = Client()
    with provider_of_others.running() as issuer:
        settings.SINGLE_SIGN_ON = SingleSignOn(issuer, "tracker", "known to two", **claim)
        page = client.post(START, {"next": "/admin/ledger/batch/"})
        there = page["Refresh"].removeprefix("0; url=")
        back = requests.post(
            there, data={"sub": provider_of_others.SUBJECT}, allow_redirects=False, timeout=5
        )
        answer = client.get(unescape(back.headers["Location"]).removeprefix("http://testserver"))
    assert answer["Location"] == "/admin/ledger/batch/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/account/").context["user"] == User.objects.get(username="ana.ruiz")
