from typing import Any

from django.core.management.base import BaseCommand

from carsi_tracker.ledger import sourced


class Command(BaseCommand):
    help = "Load the sourced ledger of fixtures/, batch by batch; what is loaded is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        batches = sourced.pending()
        for batch, version in zip(batches, sourced.load(batches), strict=True):
            if options["verbosity"] > 0:
                self.stdout.write(f"version {version}: {batch.title}")
        if not batches:
            self.stdout.write("The sourced ledger is loaded already.")
