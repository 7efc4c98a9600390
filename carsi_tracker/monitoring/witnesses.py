"""Witnesses are told of each version and its checksum, so that they could tell if it changed.

Whoever controls the database can rewrite all of it, but not what others have kept.
"""

import json
from collections.abc import Iterator
from smtplib import SMTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from carsi_tracker.ledger.models import Posting
from carsi_tracker.monitoring.models import WitnessedVersion

BACKEND = "django.core.mail.backends.smtp.EmailBackend"
"""Past the mails that wait, which are thrown away when they have waited for days."""
IN_TURN = 7_719_503
"""Names the lock by which one process tells at a time."""
SECONDS_TO_WAIT = 10


class NotTold(Exception):
    """A witness could not be told; the message says why, in one line."""


class NoRedirect(HTTPRedirectHandler):
    """A witness that has moved has to be named anew: what it is told goes nowhere else."""

    def redirect_request(self, *_args: Any) -> None:
        """Follow nothing."""


def witnesses() -> list[str]:
    """Return whom the office names: mail addresses and URLs."""
    return [*settings.WITNESS_EMAILS, *settings.WITNESS_URLS]


def tell(witness: str) -> Iterator[int]:
    """Tell a witness of each version that it was not told of, in order; yield their numbers.

    A new witness is told of the newest alone, whose checksum covers all before it. Raises NotTold
    where it can't be told, to be told of the same version again.
    """
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [IN_TURN])
            posting = _next_of(witness)
            if posting is None:
                return
            if witness.startswith("https://"):
                _post(witness, posting)
            else:
                _mail(witness, posting)
            WitnessedVersion.objects.create(
                witness=witness, version=posting.version, checksum=posting.checksum
            )
        yield posting.version


def _next_of(witness: str) -> Posting | None:
    told = WitnessedVersion.objects.filter(witness=witness).order_by("-version").first()
    postings = Posting.objects.order_by("version")
    return postings.filter(version__gt=told.version).first() if told else postings.last()


def _post(url: str, posting: Posting) -> None:
    told = {
        "version": posting.version,
        "posted_at": posting.posted_at.isoformat(),
        "entries_sha256": posting.entries_sha256,
        "checksum": posting.checksum,
    }
    headers = {"Content-Type": "application/json", "User-Agent": "carsi-tracker"}
    request = Request(url, json.dumps(told).encode(), headers)  # noqa: S310 (the settings want https)
    try:
        with build_opener(NoRedirect).open(request, timeout=SECONDS_TO_WAIT):
            pass
    except (OSError, ValueError) as error:
        raise NotTold(f"a URL was not told of version {posting.version}: {error}") from error


def _mail(address: str, posting: Posting) -> None:
    if not settings.EMAIL_HOST:
        raise NotTold("no mail server is named: set EMAIL_HOST")
    host = settings.ALLOWED_HOSTS[0]
    facts = {
        "version": posting.version,
        "checksum": posting.checksum,
        "address": f"https://{host}/versions.csv",
    }
    texts = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            texts.append(
                _(
                    "Version %(version)s of the ledger was posted. Its checksum is:\n\n"
                    "%(checksum)s\n\n"
                    "Keep this email. If the checksum of version %(version)s in %(address)s is "
                    "ever another one, the ledger was changed afterwards."
                )
                % facts
            )
    subject = f"CARSI Tracker: {posting.version} {posting.checksum}"
    try:
        EmailMessage(
            subject, "\n\n--\n\n".join(texts), to=[address], connection=get_connection(BACKEND)
        ).send()
    except (OSError, SMTPException, ValueError) as error:
        why = type(error).__name__
        raise NotTold(f"a mail of version {posting.version} was not sent: {why}") from error
