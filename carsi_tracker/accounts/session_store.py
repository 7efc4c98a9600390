"""Sessions in the database, whose outage is not taken for a session that was deleted."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError


class SessionStore(db.SessionStore):
    """Django's own; but its save takes every failure of the database for a deleted session."""

    def save(self, must_create: bool = False) -> None:  # noqa: FBT002 (as Django calls it)
        """Save it. Raises UpdateError where it is gone, and what the database said otherwise."""
        try:
            super().save(must_create)
        except UpdateError as error:
            failure = error.__context__
            if failure is None or failure.__cause__ is None:
                raise
            raise failure from failure.__cause__
