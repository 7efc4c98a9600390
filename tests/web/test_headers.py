"""Headers and cookies by which browsers guard every answer, whatever the address."""

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.reports.addresses import answer, everywhere

PASSWORD = "a-long-walk-in-Tegucigalpa"
SHOWN_ELSEWHERE = (
    "/tables/",
    "/charts/",
    "/versions.csv",
    "/changes/12.csv",
    "/status-of-funds.pdf",
    "/feed/",
    "/documents/gao-13-295r/file/",
    "/oembed/",
    "/iati/",
    "/report.pdf",
    "/countries/gt.pdf",
)
SAID = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OTHERS = ("/no-such-page/", "/areas/community/?as_of=x", "/entries", "/favicon.ico")


@pytest.mark.usefixtures("sourced")
def test_every_public_answer_says_what_browsers_may_do_with_it(client: Client) -> None:
    for address in everywhere(*OTHERS):
        response, _sent = answer(client, address)
        assert SAID.items() <= dict(response.headers).items(), address
        assert "camera=()" in response["Permissions-Policy"], address
        shown = address.removeprefix("/es").startswith(SHOWN_ELSEWHERE)
        expected = "cross-origin" if shown else "same-origin"
        assert response["Cross-Origin-Resource-Policy"] == expected, address
        assert response.get("Access-Control-Allow-Origin") == ("*" if shown else None), address
        assert "Content-Security-Policy" in response.headers, address
        assert "Set-Cookie" not in response.headers, address


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "address",
    ["/tables/entries.csv", "/tables/none.csv", "/charts/bar.svg?as_of=x", "/versions.csv",
     "/es/feed/?version=12", "/status-of-funds.pdf"],
)  # fmt: skip
def test_scripts_of_other_sites_read_data_whatever_it_answers(client: Client, address: str) -> None:
    before = client.options(
        address,
        headers={
            "Origin": "https://notebook.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert (before.status_code, before.content) == (204, b"")
    assert before["Access-Control-Allow-Origin"] == before["Access-Control-Allow-Headers"] == "*"
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for response in (client.get(address), client.head(address), client.post(address)):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link"} <= set(response["Access-Control-Expose-Headers"].split(", "))
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.usefixtures("sourced")
def test_no_script_of_another_site_reads_a_page_or_the_desk(client: Client) -> None:
    for address in ("/", "/es/entries/", "/admin/", "/es/account/login/", "/sitemap.xml", "/none/"):
        for response in (client.get(address), client.options(address)):
            assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.usefixtures("sourced")
def test_what_caches_give_to_others_sets_nobodys_cookie(client: Client, settings: Any) -> None:
    for address in ("/", "/es/entries/", "/no-such-page/", "/tables/entries.csv"):
        client.cookies[settings.SESSION_COOKIE_NAME] = "x"  # no session's name: it would be removed
        response = client.get(address)
        assert "public" in response["Cache-Control"], address
        assert not response.cookies, address


def test_static_files_are_guarded_and_of_this_site_alone(client: Client) -> None:
    response = client.get("/static/site.css")
    response.close()
    assert response.status_code == 200
    assert SAID.items() <= dict(response.headers).items()
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_cookies_are_no_scripts_and_no_other_sites(db: None) -> None:
    factories.analyst(username="ana", password=PASSWORD)
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "ana", "password": PASSWORD})
    client.post("/account/password/", {"oldpassword": PASSWORD})
    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name
