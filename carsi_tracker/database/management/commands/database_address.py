from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from carsi_tracker.database.address import application, owner


class Command(BaseCommand):
    help = "Print the address of the database in use, for psql and backup tools."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--owner", action="store_true", help="as the role that owns it")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write((owner() if options["owner"] else application()).url)
