from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.ledger import text
from carsi_tracker.ledger.models import LedgerSettings


class Command(BaseCommand):
    help = (
        "Say whether an office of one may post its own batches, and why. Each version posted so "
        "says it in public."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        switch = parser.add_mutually_exclusive_group()
        switch.add_argument("--allow", metavar="REASON", help="allow it, for a published reason")
        switch.add_argument("--forbid", action="store_true", help="forbid it again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["allow"] is not None:
            LedgerSettings.objects.update(self_approval_rule=_plain(options["allow"]))
        elif options["forbid"]:
            LedgerSettings.objects.update(self_approval_rule="")
        rule = LedgerSettings.objects.get().self_approval_rule
        self.stdout.write(f"Allowed: {rule}" if rule else "A second person posts every batch.")


def _plain(typed: str) -> str:
    """Return a reason in one line; raises CommandError for one that nobody could read."""
    reason = " ".join(typed.split())
    try:
        text.check(reason)
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error
    if text.is_empty(reason):
        raise CommandError("Give the reason; it is published with each such version.")
    return reason
