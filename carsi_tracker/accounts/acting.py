"""Who acts in a transaction, and why: the rules and the audit trail read it there."""

from typing import cast

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest

from carsi_tracker.accounts.models import User
from carsi_tracker.database.limits import PATIENT


def act_as(user: User, reason: str = "") -> None:
    """Let `user` act, for `reason`, to the end of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('carsi.actor', %s, true), set_config('carsi.provider', '', true), "
            "set_config('carsi.reason', %s, true), "
            "set_config('statement_timeout', %s, true)",
            [str(user.pk), reason, PATIENT],
        )


def act_for_provider(issuer: str) -> None:
    """Let the provider of single sign-on act, and no person, to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('carsi.actor', '', true), set_config('carsi.provider', %s, true)",
            [issuer],
        )


def act_from(request: HttpRequest) -> None:
    """Say from where who acts does so, to the end of the caller's transaction.

    What ends that person's sessions leaves the one of this request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('carsi.address', %s, true), set_config('carsi.session', %s, true)",
            [network_address(request) or "", request.session.session_key or ""],
        )


def network_address(request: HttpRequest) -> str | None:
    """Return the address that a request comes from, as far as the proxies tell."""
    try:
        return cast("str", get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None


def actor() -> int | None:
    """Return the key of the person who acts in this transaction, if anybody does."""
    with connection.cursor() as cursor:
        cursor.execute("select rules.actor()")
        return cast("int | None", cursor.fetchone()[0])
