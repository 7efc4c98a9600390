"""A session that can't be saved is told from one that was deleted."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import InternalError, connection

from carsi_tracker.accounts.session_store import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> SessionStore:
    """Give a session that was saved once and has changed since."""
    made = SessionStore()
    made["asked"] = 1
    made.save()
    made["asked"] = 2
    return made


def test_what_the_database_says_against_saving_a_session_is_raised_as_it_is(
    session: SessionStore,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set transaction read only")
    with pytest.raises(InternalError, match="read-only transaction"):
        session.save()


def test_a_session_that_was_deleted_meanwhile_is_said_to_be_gone(session: SessionStore) -> None:
    Session.objects.filter(session_key=session.session_key).delete()
    with pytest.raises(UpdateError):
        session.save()
