"""What a machine serves: everything, or the public site alone, without desk and sign-in."""

from carsi_tracker import environment

OF_THE_DESK = (
    "allauth",
    "carsi_tracker.accounts.sessions",
    "carsi_tracker.desk",
    "django.contrib.auth.context_processors",
    "django.contrib.auth.middleware",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.middleware.csrf",
)
"""How the names of the parts of Django's settings begin that only the desk needs."""


def is_public_only() -> bool:
    """Say whether the public site alone is served. Raises ImproperlyConfigured."""
    return environment.choice("SERVES", "public") == "public"


def served(parts: list[str]) -> list[str]:
    """Return those of some apps, middleware or context processors that this machine needs."""
    if not is_public_only():
        return parts
    return [part for part in parts if not part.startswith(OF_THE_DESK)]
