"""Where Django leaves mails: in the database, so that no page waits for a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from carsi_tracker.mail.models import WaitingMail
from carsi_tracker.mail.sending import SENDER


class Outbox(BaseEmailBackend):
    """Keeps mails in the caller's transaction; once it is committed, a thread sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails, and return how many. Raises ValueError for what is no mail."""
        waiting = [
            WaitingMail(
                sender=message.from_email,
                recipients=message.recipients(),
                content=message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # by Django
            )
            for message in email_messages
        ]
        WaitingMail.objects.bulk_create(waiting)
        transaction.on_commit(SENDER.begin)
        return len(waiting)
