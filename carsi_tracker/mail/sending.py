"""How mails that wait are sent: one after the other, by whichever process comes first to each."""

import logging
import smtplib
import threading
from collections.abc import Callable
from datetime import timedelta

from django.core.mail.backends.smtp import EmailBackend
from django.db import Error, connections, transaction
from django.db.models.functions import Now

from carsi_tracker.mail.models import WaitingMail
from carsi_tracker.monitoring import metrics

LATE = timedelta(minutes=2)
GIVEN_UP = timedelta(days=3)
HANGS_UP, NO_ADDRESS = 421, 553
log = logging.getLogger(__name__)


def are_late() -> bool:
    """Say whether mails wait that should have been sent by now."""
    return WaitingMail.objects.filter(queued_at__lt=Now() - LATE).exists()


def send_waiting() -> int:
    """Try each mail that waits, once; return how many the mail server took.

    Stops where the server does not answer. A mail that it refuses for good, or has not taken for
    three days, is thrown away, and the log says so. One whose process ended as it was taken is
    sent again.
    """
    given_up, _by_kind = WaitingMail.objects.filter(queued_at__lt=Now() - GIVEN_UP).delete()
    if given_up:
        log.error("The mail server took %d mails for three days not: thrown away", given_up)
    if not WaitingMail.objects.exists():
        return 0
    server, sent, tried = EmailBackend(), 0, set[int]()
    try:
        server.open()
        while (taken := _send_next(server, tried)) is not None:
            sent += taken
        server.close()
    except OSError as error:
        metrics.MAILS_FAILED.inc()
        log.warning("The mail server takes no mails: %s", error or type(error).__name__)
    return sent


def _send_next(server: EmailBackend, tried: set[int]) -> bool | None:
    """Send a mail that was not tried, and say whether it was taken; None where none waits.

    Raises OSError where the server does not answer.
    """
    assert server.connection  # noqa: S101 (it is open)
    with transaction.atomic():
        waiting = WaitingMail.objects.select_for_update(skip_locked=True).exclude(pk__in=tried)
        mail = waiting.order_by("tries", "pk").first()
        if mail is None:
            return None
        tried.add(mail.pk)
        lost: OSError | None = None
        codes: list[int] = []
        try:
            server.connection.sendmail(mail.sender, mail.recipients, bytes(mail.content))
        except smtplib.SMTPResponseException as refused:
            codes = [refused.smtp_code]
            lost = refused if HANGS_UP in codes else None
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _why in refused.recipients.values()]
            lost = refused if HANGS_UP in codes else None
        except UnicodeError:  # an address that can't be said to a mail server
            server.connection.rset()
            codes = [NO_ADDRESS]
        except OSError as error:
            lost = error
        if codes and min(codes) >= 500:
            metrics.MAILS_FAILED.inc()
            log.error("The mail server refused a mail for good, by %d: thrown away", min(codes))
        if lost or (codes and min(codes) < 500):
            mail.tries += 1
            mail.save(update_fields=["tries"])
        else:
            mail.delete()
    if lost:
        raise lost
    return not codes


class Sender:
    """The one thread of a process that sends, while something waits."""

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._is_wanted = self._is_at_work = False

    def begin(self) -> None:
        """Send what waits now, and return at once."""
        with self._lock:
            self._is_wanted = True
            if not self._is_at_work:
                self._is_at_work = True
                threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while self._goes_on():
            try:
                self._send()
            except Error as error:  # the mails wait in the database until it is back
                log.warning("Mails could not be read: %s", str(error).strip().partition("\n")[0])
            except Exception:  # or nothing would be sent until this process ends
                log.exception("Mails could not be sent")
            finally:
                connections.close_all()

    def _goes_on(self) -> bool:
        with self._lock:
            self._is_at_work, self._is_wanted = self._is_wanted, False
            return self._is_at_work


SENDER = Sender(send_waiting)
