"""Single sign-on, as people see it: a button, the provider's page, the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.accounts import provider_of_others
from tests.browser.conftest import Site, faults, is_wider_than_its_window, served
from tests.conftest import Templates


@pytest.fixture
def office(
    templates: Templates,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """The tracker, whose people sign in at a provider that runs here."""
    name = f"{databases.prefix(worker_id)}_office"
    with provider_of_others.running() as issuer:
        for variable, value in {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "tracker",
            "OIDC_CLIENT_SECRET": "known to two",
            "OIDC_NAME": "the office",
            "OIDC_ROLES_CLAIM": "groups",
            "OIDC_ANALYSTS": "analysts",
        }.items():
            monkeypatch.setenv(variable, value)
        folder = tmp_path_factory.mktemp("office")
        with served(name, templates.empty, folder, django_db_blocker) as running:
            yield running


@pytest.mark.parametrize("with_script", [True, False])
def test_a_button_leads_to_the_provider_and_back_to_where_somebody_wanted(
    office: Site, open_page: Callable[..., Page], with_script: bool
) -> None:
    said: list[str] = []
    page = open_page(java_script_enabled=with_script)
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.goto(f"{office.address}/es/admin/ledger/batch/")
    page.get_by_role("button", name="Iniciar sesión con the office").click()
    page.wait_for_url("http://localhost:*/**")
    assert not [text for text in said if "Content Security Policy" in text]
    page.get_by_role("button", name=provider_of_others.SUBJECT).click()
    page.wait_for_url(f"{office.address}/es/admin/ledger/batch/")
    expect(page.get_by_text("Ana Ruiz").first).to_be_visible()


def test_its_pages_are_clean_in_both_schemes_and_languages(
    office: Site, open_page: Callable[..., Page]
) -> None:
    for language, width, scheme in (("", 1280, "light"), ("/es", 360, "dark")):
        page = open_page(width, color_scheme=scheme)
        page.route("http://localhost:*/**", lambda route: route.abort())
        page.goto(f"{office.address}{language}/account/login/")
        assert faults(page) == []
        assert not is_wider_than_its_window(page)
