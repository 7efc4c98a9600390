"""Where Django leaves mails: in the database, so that no page waits for a mail server."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.encoding import punycode

from carsi_tracker.mail.models import WaitingMail
from carsi_tracker.mail.sending import SENDER


class Outbox(BaseEmailBackend):
    """Keeps mails in the caller's transaction; once it is committed, a thread sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep a mail for each recipient, and return how many.

        Raises ValueError for what is no mail.
        """
        waiting = [
            WaitingMail(
                sender=_for_servers(message.from_email),
                recipients=[_for_servers(recipient)],
                content=message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # by Django
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        WaitingMail.objects.bulk_create(waiting)
        transaction.on_commit(SENDER.begin)
        return len(waiting)


def _for_servers(address: str) -> str:
    """Return an address as mail servers take it: without a name, its host in ASCII."""
    local, at, host = parseaddr(address)[1].rpartition("@")
    return local + at + punycode(host)
