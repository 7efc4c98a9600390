"""Single sign-on is configured whole or not at all."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from carsi_tracker.accounts.single_sign_on import SingleSignOn, configured

WHOLE = {
    "OIDC_ISSUER": "https://id.office.example/realm/",
    "OIDC_CLIENT_ID": "tracker",
    "OIDC_CLIENT_SECRET": "known to two",
}
ROLES = {
    "OIDC_ROLES_CLAIM": "groups",
    "OIDC_ANALYSTS": "analysts",
    "OIDC_APPROVERS": "approvers, directors",
}


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> SingleSignOn | None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return configured()


def test_nothing_is_configured_by_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None
    assert read(monkeypatch, OIDC_ONLY="no") is None


def test_all_is_read_as_it_is_written_and_the_secret_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more = {"OIDC_ONLY": "yes", "OIDC_SECOND_FACTOR": "provider", "OIDC_NAME": "the office"}
    found = read(monkeypatch, **WHOLE, **ROLES, **more)
    assert found == SingleSignOn(
        issuer="https://id.office.example/realm",
        client_id="tracker",
        client_secret="known to two",
        name="the office",
        roles_claim="groups",
        roles={
            "is_analyst": frozenset({"analysts"}),
            "is_approver": frozenset({"approvers", "directors"}),
        },
        only=True,
        proves_second_factor=True,
    )
    assert "known to two" not in repr(found)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OIDC_NAME": "the office"}, "OIDC_ISSUER is not set"),
        ({"OIDC_ONLY": "yes"}, "OIDC_ISSUER is not set"),
        (ROLES, "OIDC_ISSUER is not set"),
        ({**WHOLE, "OIDC_CLIENT_SECRET": " "}, "OIDC_CLIENT_SECRET is not set"),
        ({**WHOLE, "OIDC_ROLES_CLAIM": "groups"}, "without a value that gives a role"),
        ({**WHOLE, "OIDC_ANALYSTS": "analysts"}, "without OIDC_ROLES_CLAIM"),
        ({**WHOLE, "OIDC_ISSUER": "http://id.office.example"}, "begin with https://"),
        ({**WHOLE, "OIDC_ISSUER": "id.office.example"}, "begin with https://"),
        ({**WHOLE, "OIDC_ISSUER": "https://"}, "begin with https://"),
        ({**WHOLE, "OIDC_ISSUER": "https://a:b@id.office.example"}, "begin with https://"),
        ({**WHOLE, "OIDC_ISSUER": "https://id.office.example/?x=1"}, "begin with https://"),
        ({**WHOLE, "OIDC_ISSUER": "https://id.office.example/" + "x" * 200}, "longer than 200"),
    ],
)
def test_half_of_it_ends_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        read(monkeypatch, **variables)
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_a_provider_of_this_machine_may_be_tried_without_encryption(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    found = read(monkeypatch, **{**WHOLE, "OIDC_ISSUER": f"http://{host}"})
    assert found
    assert found.issuer == f"http://{host}"
