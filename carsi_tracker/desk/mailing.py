"""Mails that the desk sends: in both languages, once what they tell of is committed."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from carsi_tracker.mail.sending import are_late

logger = logging.getLogger(__name__)


def send(
    request: HttpRequest, addresses: set[str], written: Callable[[], tuple[str, list[str]]]
) -> None:
    """Send a mail to each address, with the caller's transaction or not at all.

    `written` gives subject and paragraphs in the language that is active.
    """
    subjects, parts = [], []
    for language, _name in settings.LANGUAGES:
        with override(language):
            subject, paragraphs = written()
        subjects.append(" ".join(subject.split()))
        parts.append("\n\n".join(filter(None, paragraphs)))
    title, text = f"CARSI Tracker: {subjects[0]}", "\n\n--\n\n".join(parts)
    mails = [EmailMessage(title, text, to=[address]) for address in sorted(addresses)]
    _deliver(request, mails)


def _deliver(request: HttpRequest, mails: list[EmailMessage]) -> None:
    """Leave the mails to be sent; what can't be one is logged and said, and stops nothing."""
    if not mails:
        return
    try:
        get_connection().send_messages(mails)
    except ValueError:
        logger.warning("A mail could not be made", exc_info=True)
        messages.warning(request, _("This was done, but the email about it could not be made."))
    if are_late():
        late = _(
            "This was done. Emails are delayed; the one about this will be sent when the mail "
            "server accepts it."
        )
        messages.warning(request, late)
