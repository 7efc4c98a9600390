from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsi_tracker.ledger.canonical.checking import check
from carsi_tracker.ledger.canonical.folder import LedgerFileError, opened


class Command(BaseCommand):
    help = "Verify the files of a published ledger, in a folder or ZIP; needs no database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(step: str) -> None:
            if options["verbosity"]:
                self.stderr.write(step, style_func=str)

        try:
            with opened(options["path"]) as files:
                found = check(files, tell)
        except LedgerFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Verified: {found.version} versions, {found.entries} entries, "
            f"checksum {found.checksum}"
        )
