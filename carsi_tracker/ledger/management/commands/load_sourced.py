from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.ledger import sourced


class Command(BaseCommand):
    help = "Load the sourced ledger of fixtures/, batch by batch; what is loaded is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        batches = sourced.pending()
        try:
            for batch, version in zip(batches, sourced.load(batches), strict=True):
                if options["verbosity"] > 0:
                    self.stdout.write(f"version {version}: {batch.title}")
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        if not batches:
            self.stdout.write("The sourced ledger is loaded already.")
