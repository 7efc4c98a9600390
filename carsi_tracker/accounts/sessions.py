"""Sessions end by themselves: when nothing was done for long, and after half a day in any case."""

import logging
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from carsi_tracker.accounts import events
from carsi_tracker.accounts.models import Event, User
from carsi_tracker.web.headers import PRIVATE

NOTED_EVERY = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class EndIdleSessions:
    """End a session that was idle or is old, before the desk or an account page answers it.

    The request then is one without a session: what it sent waits until its sender signs in again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and request.path_info.startswith(PRIVATE):
            user = request.user
            if isinstance(user, User):
                _look_at(request, user)
        return self.get_response(request)


def _look_at(request: HttpRequest, user: User) -> None:
    """End the session of a request where it is time, else keep when it was last used."""
    now = timezone.now()
    session = UserSession.objects.filter(session_key=request.session.session_key).first()
    if session and session.created_at < now - timedelta(seconds=settings.SESSION_COOKIE_AGE):
        _end(request, user, "age")
    elif session and session.last_seen_at < now - timedelta(minutes=settings.SESSION_IDLE_MINUTES):
        _end(request, user, "idle")
    elif session is None or session.last_seen_at < now - NOTED_EVERY:
        try:
            with transaction.atomic():
                UserSession.objects.create_from_request(request)
        except DatabaseError:  # it reads and does not write; who reads is not stopped by that
            logger.warning("When a session was last used could not be kept", exc_info=True)


def _end(request: HttpRequest, user: User, why: str) -> None:
    with transaction.atomic():
        events.note(Event.Kind.SIGNED_OUT, request, actor=user, why=why)
        request.session.flush()
    request.user = AnonymousUser()
