from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsi_tracker.exports.canonical.writing import write_folder
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting


class Command(BaseCommand):
    help = "Write the files of the published ledger, up to its newest version or an earlier one."

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        """Let `--version` name one of the ledger: Django's own tells the version of Django."""
        return super().create_parser(*args, conflict_handler="resolve", **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--version", type=int, dest="number", metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        head, _revision = newest()
        number = head.number if options["number"] is None else options["number"]
        if not Posting.objects.filter(version=number).exists():
            raise CommandError(f"There is no version {number}; the newest is {head.number}.")
        folder: Path = options["folder"]
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty; name a new folder.")
        write_folder(number, folder)
        posted = Posting.objects.get(version=number)
        self.stdout.write(f"Written: version {posted.version}, checksum {posted.checksum}")
