from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.ledger import sourced
from carsi_tracker.ledger.refusals import Refused


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
        except Refused as refusal:
            title = sourced.pending()[0].title
            message = f"The ledger does not take the batch {title} as it stands. {refusal}"
            raise CommandError(message) from refusal
        if not batches:
            self.stdout.write("The sourced ledger is loaded already.")
