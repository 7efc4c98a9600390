from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsi_tracker.ledger.canonical import loading
from carsi_tracker.ledger.canonical.folder import LedgerFileError, opened
from carsi_tracker.ledger.management.commands.verify_ledger import said
from carsi_tracker.ledger.sourced import LEDGER

NOTHING = "Nothing was loaded."


class Command(BaseCommand):
    help = (
        "Load a published ledger from its folder or ZIP into an empty database, as it was: the "
        "same versions, times and checksums. Without a path, the one that comes with this release."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=LEDGER)

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(step: str) -> None:
            if options["verbosity"]:
                self.stderr.write(step, style_func=str)

        try:
            with opened(options["path"]) as files:
                loaded = loading.load(files, tell)
        except LedgerFileError as error:
            raise CommandError(f"{error} {NOTHING}") from error
        except loading.CannotLoad as error:
            raise CommandError(str(error)) from error
        except loading.DoesNotVerify as error:
            raise CommandError(f"versions.csv: {said(error.problem)}. {NOTHING}") from error
        if options["verbosity"]:
            self.stdout.write(
                f"Loaded and verified: {loaded.version} versions, {loaded.entries} entries, "
                f"checksum {loaded.checksum}"
            )
