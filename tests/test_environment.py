"""The environment: blank is not set, and what is wrong is named in one sentence."""

import ast
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment
from carsi_tracker.web import serving
from tests.database.conftest import clean_environment

VARIABLES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_REPLICA_URLS",
    "REPLICA_LAG_SECONDS",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "BACKUP_STAMP",
    "CACHE_URL",
    "TRUSTED_PROXIES",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_SECURITY",
    "EMAIL_FROM",
    "HOST",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
    "OIDC_ROLES_CLAIM",
    "OIDC_ANALYSTS",
    "OIDC_APPROVERS",
    "OIDC_ADMINISTRATORS",
    "OIDC_ONLY",
    "OIDC_SECOND_FACTOR",
    "PORT",
    "REPORT_ERRORS_TO",
    "SECOND_FACTOR",
    "SESSION_IDLE_MINUTES",
    "STRICT_TRANSPORT",
    "SERVES",
    "WEB_PROCESSES",
    "WEB_THREADS",
    "DRAIN_SECONDS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LOG_ADDRESSES",
    "METRICS_PORT",
    "METRICS_HOST",
    "UPLOAD_SCANNER",
    "SECURITY_CONTACT",
    "WITNESS_EMAIL",
    "WITNESS_URL",
    "IATI_ORG_REF",
    "IATI_ORG_TYPE",
    "IATI_ORG_NAME",
    "CATALOG_PUBLISHER",
    "CATALOG_CONTACT",
    "CATALOG_CONTACT_EMAIL",
)
SHOW = """
import django
from carsi_tracker import settings
from carsi_tracker.web import serving
django.setup()
names = [name for name in dir(settings) if name.isupper() and name != "SECRET_KEY"]
print([(name, str(getattr(settings, name))) for name in names])
print(serving.processes(), serving.threads(), serving.seconds_to_drain(), serving.metrics_port())
"""


def settings_with(**variables: str) -> subprocess.CompletedProcess[str]:
    """Return what the settings are in an environment that has these variables alone."""
    bare = {name: value for name, value in clean_environment().items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=settings.BASE_DIR,
        env=bare
        | {"DJANGO_SETTINGS_MODULE": "carsi_tracker.settings", "PYTHONHASHSEED": "0"}
        | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_blank_variables_are_as_good_as_none() -> None:
    unset = settings_with()
    assert not unset.stderr
    for blank in ("", "  "):
        assert settings_with(**dict.fromkeys(VARIABLES, blank)).stdout == unset.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "one"),
        ("EMAIL_PORT", "smtp"),
        ("EMAIL_PORT", "70000"),
        ("EMAIL_SECURITY", "ssl"),
        ("SECOND_FACTOR", "yes"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("STRICT_TRANSPORT", "yes"),
        ("OIDC_ONLY", "true"),
        ("OIDC_SECOND_FACTOR", "both"),
        ("EMAIL_FROM", "the tracker"),
        ("REPORT_ERRORS_TO", "https://tracker.example/errors"),
        ("ALLOWED_HOSTS", "https://tracker.example"),
        ("CACHE_URL", "localhost:6379"),
        ("DATABASE_URL", "mysql://a@b/c"),
        ("DATABASE_REPLICA_URLS", "postgresql://a@b/c"),
        ("REPLICA_LAG_SECONDS", "soon"),
        ("SERVES", "desk"),
        ("WEB_PROCESSES", "0"),
        ("WEB_THREADS", "1"),
        ("DRAIN_SECONDS", "5s"),
        ("LOG_FORMAT", "yaml"),
        ("LOG_LEVEL", "loud"),
        ("LOG_ADDRESSES", "some"),
        ("METRICS_PORT", "metrics"),
        ("SECURITY_CONTACT", "the office"),
        ("UPLOAD_SCANNER", "no-such-scanner -"),
        ("UPLOAD_SCANNER", "sh -c 'exit"),
        ("WITNESS_EMAIL", "the court"),
        ("WITNESS_URL", "http://court.example"),
        ("IATI_ORG_REF", "the office"),
        ("IATI_ORG_TYPE", "12"),
        ("CATALOG_CONTACT_EMAIL", "office@localhost"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(name: str, value: str) -> None:
    said = settings_with(**{"SECRET_KEY": "x", name: value}).stderr.splitlines()[-1]
    assert said.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} ")
    assert said.endswith(".")


@pytest.mark.parametrize("value", ["4x", "-1", "٣", "1e3", "9" * 5000])
def test_what_is_no_number_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_THREADS", value)
    with pytest.raises(ImproperlyConfigured, match=r"it has to be a number from 2 to 32\.$"):
        serving.threads()


def test_host_names_are_read_with_spaces_and_without_blanks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,,")
    assert environment.host_names("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_a_public_installation_has_cookies_of_its_host_and_strict_transport() -> None:
    public = {"ALLOWED_HOSTS": "a.example", "DATABASE_URL": "postgresql://a@b/c", "SECRET_KEY": "x"}

    def said(**more: str) -> dict[str, str]:
        run = settings_with(**public, **more)
        return dict(ast.literal_eval(run.stdout.splitlines()[0]))

    found = said()
    for cookie in ("SESSION", "CSRF"):
        assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{cookie}_COOKIE_SECURE"] == "True"
    assert found["SECOND_FACTOR"] == "required"
    strict = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    for wanted, expected in (
        ("", "False False"),
        ("subdomains", "True False"),
        ("preload", "True True"),
    ):
        found = said(STRICT_TRANSPORT=wanted)
        assert [found[name] for name in strict] == ["31536000", *expected.split()]


def test_who_reports_to_iati_is_said_whole_or_not_at_all() -> None:
    said = {"IATI_ORG_REF": "US-EIN-123456789", "IATI_ORG_TYPE": "22", "IATI_ORG_NAME": "An office"}
    for missing in said:
        given = {name: value for name, value in said.items() if name != missing}
        complaint = settings_with(**given).stderr.splitlines()[-1]
        assert f"{missing} is not set; IATI files need" in complaint
    assert "An office" in settings_with(**said).stdout


def test_who_publishes_to_catalogues_is_said_whole_or_not_at_all() -> None:
    given = {"CATALOG_PUBLISHER": "An office", "CATALOG_CONTACT": "Its data desk"}
    complaint = settings_with(**given).stderr.splitlines()[-1]
    assert "CATALOG_CONTACT_EMAIL is not set; data.json needs" in complaint
    assert "An office" in settings_with(**given, CATALOG_CONTACT_EMAIL="data@a.example").stdout


def test_errors_and_weaknesses_have_one_address_unless_told_otherwise() -> None:
    for told, expected in (("", "errors@a.example"), ("security@a.example", "security@a.example")):
        run = settings_with(REPORT_ERRORS_TO="errors@a.example", SECURITY_CONTACT=told)
        assert dict(ast.literal_eval(run.stdout.splitlines()[0]))["SECURITY_CONTACT"] == expected
