"""How often somebody may try to sign in, so that guessing is bounded and locks nobody out.

A device on which a person signed in before counts for itself: whatever others try elsewhere, that
person gets in there. All other tries for a person are counted together.
"""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import RateLimitUsage, consume
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from carsi_tracker.accounts.models import User

APP = "allauth.account"
DAYS_KNOWN = 180
MOST_PEOPLE = 8
"""How many people a device is known to have, the latest ones."""


def attempt(request: HttpRequest, name: str) -> RateLimitUsage | None:
    """Count an attempt to sign in under a name; return what takes it back, None for too many."""
    person = User.objects.filter(Q(username=name) | Q(email__iexact=name)).first() if name else None
    who = f"person {person.pk}" if person else f"name {name.lower()}"
    if person and request.user == person:
        rates = [("sign_in_known", f"session {request.session.session_key}")]
    elif person and knows(request, person):
        rates = [("sign_in_known", f"{_device(request)['device']} {who}")]
    else:
        address = get_adapter().get_client_ip(request)
        rates = [("login_failed", f"{address} {who}"), ("sign_in_name", who)]
    counted = RateLimitUsage(usage=[])
    for action, key in rates:
        usage = consume(request, app=APP, action=action, key=key)
        if usage is None:
            counted.rollback()
            return None
        counted.usage += usage.usage
    return counted


def knows(request: HttpRequest, person: User) -> bool:
    """Say whether the device of a request is one on which a person signed in before."""
    return person.pk in _device(request)["people"]


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Let the device know that a person signed in on it."""
    device = _device(request)
    people = [key for key in device["people"] if key != person.pk]
    device["people"] = [person.pk, *people][:MOST_PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device, salt="device"),
        max_age=DAYS_KNOWN * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> dict[str, Any]:
    """Return what a device's cookie says: its own name, and who signed in on it."""
    try:
        said: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt="device",
            max_age=DAYS_KNOWN * 24 * 60 * 60,
        )
    except signing.BadSignature:
        return {"device": secrets.token_hex(16), "people": []}
    return said
