from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone

from carsi_tracker.accounts.models import Attempt
from carsi_tracker.ledger.uploads import remove_old_uploads


class Command(BaseCommand):
    help = (
        "Removes what has had its time: expired sessions, counted attempts to sign in, and "
        "uploads that nobody confirmed within a day. To be run daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
        living = Session.objects.values("session_key")
        ended, _ = UserSession.objects.exclude(session_key__in=living).delete()
        attempts, _ = Attempt.objects.filter(expires__lt=now).delete()
        uploads = remove_old_uploads()
        self.stdout.write(
            f"Removed: {sessions} expired sessions, {ended} records of sessions that ended, "
            f"{attempts} counts of attempts to sign in, {uploads} unconfirmed uploads."
        )
