from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsi_tracker.exports.frozen.asking import NotFrozen
from carsi_tracker.exports.frozen.freezing import freeze, processors
from carsi_tracker.figures.query import Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting

WIDTH = 30


class Command(BaseCommand):
    help = (
        "Write a static site of one version of the ledger into a folder: its pages in both "
        "languages, charts, tables, the ledger's files, and checksums of all."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let --version name the ledger's, not Django's, which every command has."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="empty, or not there yet")
        parser.add_argument(
            "--version", type=int, metavar="N", help="the newest version by default"
        )
        parser.add_argument(
            "--site", default="", metavar="URL", help="where the living site is, to be named"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        site = options["site"].rstrip("/")
        if site and not (urlsplit(site).scheme in ("http", "https") and urlsplit(site).netloc):
            raise CommandError(
                f"--site {site} is no address: name one such as https://example.org."
            )
        version = self._version(options["version"])
        folder = options["folder"].absolute()
        try:
            freeze(version, folder, site, self._show, processes=processors())
        except NotFrozen as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted: nothing was written.") from None
        self.stdout.write(f"Version {version} is frozen in {folder}.")

    def _version(self, number: int | None) -> Version:
        head, revision = newest()
        found = Posting.objects.filter(version=number or head.number, version__lte=head.number)
        checksum = found.values_list("checksum", flat=True).first()
        if checksum is None:
            versions = f"from 1 to {head.number}" if head.number else "none"
            raise CommandError(f"There is no version {number or 1}: the ledger has {versions}.")
        return Version(number or head.number, checksum, revision)

    def _show(self, what: str, done: int, of: int) -> None:
        """Show how far it is, on a terminal alone."""
        if self.stderr.isatty():
            full = WIDTH * done // of
            bar = "#" * full + "-" * (WIDTH - full)
            end = "\n" if done == of else ""
            self.stderr.write(f"\r{what} [{bar}] {done} of {of}", ending=end)
            self.stderr.flush()
