"""What an administrator is told of the verification of the ledger, before anything else."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.days import moment_in_words
from carsi_tracker.monitoring.models import Verification

LIMIT = timedelta(days=3)


def of_verification(user: User | AnonymousUser) -> str:
    """Say what is wrong with the last verification: "" where nothing is, or to others.

    An installation that is not deployed, as on a person's own machine, need not verify at all.
    """
    if not user.has_perm("accounts.view_event"):
        return ""
    last = Verification.objects.first()
    if last is None:
        return (
            _("The ledger has never been verified. Start the verification timer.")
            if settings.DEPLOYED
            else ""
        )
    when = {"when": moment_in_words(last.finished_at)}
    if last.problem_count:
        return ngettext(
            "The verification of %(when)s found %(problems)s problem. Post nothing until it is "
            "explained, and keep all backups.",
            "The verification of %(when)s found %(problems)s problems. Post nothing until they "
            "are explained, and keep all backups.",
            last.problem_count,
        ) % {**when, "problems": last.problem_count}
    if timezone.now() - last.finished_at > LIMIT:
        return _("The ledger was last verified on %(when)s. Check the verification timer.") % when
    return ""
