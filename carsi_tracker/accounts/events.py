"""What the web process alone can witness, noted in the audit trail."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from carsi_tracker.accounts import single_sign_on
from carsi_tracker.accounts.acting import network_address
from carsi_tracker.accounts.models import Event, SignInRefusal, User
from carsi_tracker.monitoring import metrics

LONGEST = 150  # characters of a typed name that are kept


def note(
    kind: Event.Kind,
    request: HttpRequest | None,
    *,
    actor: User | None = None,
    person: User | None = None,
    **detail: Any,
) -> None:
    """Note that `actor`, by default who asks, did something, perhaps to `person`."""
    asking = getattr(request, "user", None)
    if actor is None and isinstance(asking, User):
        actor = asking
    address = network_address(request) if request else None
    Event.objects.create(kind=kind, actor=actor, person=person, detail=detail, address=address)


def refused(request: HttpRequest, what: str, **detail: Any) -> None:
    """Note that something was refused to who asks, by right or by a rule of the ledger."""
    note(Event.Kind.REFUSED, request, what=what, path=escape_uri_path(request.path), **detail)


def sign_in_refused(
    request: HttpRequest | None, name: str, why: SignInRefusal, **detail: Any
) -> None:
    """Note that somebody who typed `name`, or whom a provider calls so, was not signed in."""
    metrics.SIGN_INS_REFUSED.labels(why.value).inc()
    note(Event.Kind.SIGN_IN_REFUSED, request, name=name[:LONGEST], why=why, **detail)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    ways = [record["method"] for record in get_authentication_records(request, user)]
    detail: dict[str, Any] = {}
    if "socialaccount" in ways and "password" not in ways:
        detail["provider"] = single_sign_on.in_use().issuer
    note(Event.Kind.SIGNED_IN, request, actor=user, **detail)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        note(Event.Kind.SIGNED_OUT, request, actor=user)


@receiver(user_login_failed)
def _refused(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    name = credentials.get("username") or credentials.get("email") or ""
    sign_in_refused(request, str(name), SignInRefusal.PASSWORD)


@receiver(authentication_failed)
def _code_refused(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    sign_in_refused(request, user.username, SignInRefusal.SECOND_FACTOR)
