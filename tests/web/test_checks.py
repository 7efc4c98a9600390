"""`manage.py check --deploy` says what is missing before others may reach the site."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.database.conftest import clean_environment

PUBLIC = {
    "DATABASE_URL": "postgresql://carsi_app@/carsi?host=/nowhere",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "tracker.example",
    "TRUSTED_PROXIES": "1",
    "EMAIL_HOST": "mail.example",
    "EMAIL_FROM": "office@tracker.example",
}
NOT_OF_THE_ENVIRONMENT = ("database.", "release.")  # there is none here; nothing is collected


def said_with(**variables: str) -> dict[str, str]:
    """Return what is missing in an installation that has these variables, by its name."""
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=settings.BASE_DIR,
        env=clean_environment(**PUBLIC | variables),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in run.stderr.splitlines() if line.startswith("?: (")]
    found = dict(line.removeprefix("?: (").split(") ", 1) for line in lines)
    return {
        name: said for name, said in found.items() if not name.startswith(NOT_OF_THE_ENVIRONMENT)
    }


def test_a_right_environment_lacks_nothing() -> None:
    assert said_with() == {}
    assert said_with(METRICS_PORT="9100", METRICS_HOST="10.0.0.7") == {}


@pytest.mark.parametrize(
    ("variables", "name", "words"),
    [
        ({"ALLOWED_HOSTS": "*"}, "web.W002", "ALLOWED_HOSTS takes any name"),
        ({"TRUSTED_PROXIES": "0"}, "web.W003", "TRUSTED_PROXIES is 0"),
        ({"EMAIL_HOST": ""}, "web.W004", "EMAIL_HOST is not set"),
        ({"EMAIL_FROM": ""}, "web.W005", "EMAIL_FROM is not set"),
        ({"METRICS_PORT": "9100", "METRICS_HOST": "8.8.8.8"}, "web.W006", "at 8.8.8.8, which"),
        ({"METRICS_PORT": "9100", "METRICS_HOST": "::"}, "web.W006", "at ::, which"),
        ({"SECRET_KEY": "too short"}, "security.W009", "SECRET_KEY has less than 50 characters"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    variables: dict[str, str], name: str, words: str
) -> None:
    found = said_with(**variables)
    assert found.keys() == {name}
    assert words in found[name]


def test_a_site_without_hosts_is_not_one_for_others() -> None:
    assert "without HTTPS" in said_with(ALLOWED_HOSTS="")["web.W001"]
