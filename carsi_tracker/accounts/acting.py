"""Who acts in a transaction, and why: the rules and the audit trail read it there."""

from typing import cast

from django.db import connection

from carsi_tracker.accounts.models import User
from carsi_tracker.database.limits import PATIENT


def act_as(user: User, reason: str = "") -> None:
    """Let `user` act, for `reason`, to the end of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('carsi.actor', %s, true), set_config('carsi.reason', %s, true), "
            "set_config('statement_timeout', %s, true)",
            [str(user.pk), reason, PATIENT],
        )


def actor() -> int | None:
    """Return the key of the person who acts in this transaction, if anybody does."""
    with connection.cursor() as cursor:
        cursor.execute("select rules.actor()")
        return cast("int | None", cursor.fetchone()[0])
