from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from carsi_tracker.accounts.models import Event

DAYS = 366
"""Until then the database keeps every event; a day more than its year, for leap years."""


class Command(BaseCommand):
    help = (
        "Removes sign-ins and refusals of before a day from the audit trail, which notes how many. "
        "What was posted, and what changed about people, stays for good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--before",
            required=True,
            type=_day,
            metavar="DATE",
            help="a day such as 2025-01-31, in Washington, at least a year ago",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.make_aware(datetime.combine(options["before"], datetime.min.time()))
        if (timezone.now() - before).days < DAYS:
            raise CommandError("Events are kept for a year: name a day that is longer ago.")
        removed, _by_model = Event.objects.filter(
            kind__in=Event.PASSING, happened_at__lt=before
        ).delete()
        self.stdout.write(f"Removed: {removed} events of before {options['before']}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day such as 2025-01-31") from None
