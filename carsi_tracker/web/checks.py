"""What of the way in and out a public installation lacks, for `manage.py check --deploy`."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 (Django's name)

from carsi_tracker import environment
from carsi_tracker.web import serving


def reached_by_others(**_of: Any) -> list[CheckMessage]:
    """Say what is missing so that hosts and addresses of readers are known."""
    if not settings.DEPLOYED:
        said = (
            "The site is served as on one's own machine, without HTTPS: set DATABASE_URL, and "
            "ALLOWED_HOSTS to the names under which readers ask."
        )
        return [Warning(said, id="web.W001")]
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        said = "ALLOWED_HOSTS takes any name: put there those under which readers ask."
        found.append(Warning(said, id="web.W002"))
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        said = (
            "TRUSTED_PROXIES is 0, so that all people count as one when they sign in: set it to "
            "how many proxies stand before the web processes."
        )
        found.append(Warning(said, id="web.W003"))
    return found


def metrics(**_of: Any) -> list[CheckMessage]:
    """Say that metrics are told to whoever reaches a public address."""
    try:
        address = ip_address(serving.metrics_host().strip("[]"))
    except ValueError:  # a name
        return []
    if not serving.metrics_port() or (address.is_private and not address.is_unspecified):
        return []
    said = (
        f"Metrics are told at {address}, which others may reach: set METRICS_HOST to an address "
        "that only your monitoring reaches."
    )
    return [Warning(said, id="web.W006")]


def mail(**_of: Any) -> list[CheckMessage]:
    """Say what is missing so that mails go out, and come from somebody."""
    if not settings.EMAIL_HOST:
        said = "EMAIL_HOST is not set, so that no mail is sent: name your mail server."
        return [Warning(said, id="web.W004")]
    if not environment.text("EMAIL_FROM"):
        said = "EMAIL_FROM is not set, so that mails come from nobody: name an address of yours."
        return [Warning(said, id="web.W005")]
    return []
