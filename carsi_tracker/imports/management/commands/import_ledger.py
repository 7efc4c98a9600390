import json
import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.accounts.models import User
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.importing import ImportOptions, Outcome, import_table
from carsi_tracker.imports.table import Table, open_file
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.text import check


class Command(BaseCommand):
    help = (
        "Make one draft batch of a CSV, text, XLSX or ODS file, with every check, whole or not at "
        "all. Exit 0 where it is accepted, 1 where it is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True, metavar="NAME", help="the analyst who imports")
        parser.add_argument("--title", default="", help="the batch's title; suggested if left out")
        parser.add_argument("--reason", default="", help="why; the documents cited, if left out")
        parser.add_argument("--check", action="store_true", help="check all and make nothing")
        parser.add_argument(
            "--new-despite-duplicates",
            action="store_true",
            help="say that rows which a batch has already are new",
        )
        parser.add_argument(
            "--dates",
            type=Order,
            choices=list(Order),
            help="what comes first in dates such as 10/1/2009, in all rows",
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, longest in (("title", 200), ("reason", 1000)):
            if len(options[name]) > longest:
                raise CommandError(f"A {name} has at most {longest} characters.")
            try:
                check(" ".join(options[name].split()))
            except ValidationError as error:
                raise CommandError(f"--{name}: {error.messages[0]}") from error
        user = _analyst(options["user"])
        outcome = _outcome(options["file"], user, options)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcome), ensure_ascii=False, indent=2))
        else:
            self._say(outcome, options["file"].name)
        if not outcome.accepted:
            if outcome.asks_order:
                self.stderr.write("What comes first in dates may be said by --dates, for all rows.")
            count = len(outcome.faults)
            faults = "1 fault" if count == 1 else f"{count} faults"
            raise CommandError(f"{options['file'].name} is refused for {faults}; nothing is made.")

    def _say(self, outcome: Outcome, name: str) -> None:
        for warning in outcome.warnings:
            self.stderr.write(f"{_place(name, warning)}: {warning.message}")
        for fault in outcome.faults:
            self.stderr.write(self.style.ERROR(f"{_place(name, fault)}: {fault.message}"))
        if not outcome.draft:
            return
        for part in outcome.draft.sums:
            entries = "1 entry" if part.count == 1 else f"{part.count} entries"
            self.stdout.write(f"{part.stage}: {entries}, {part.total:+,.2f} U.S. dollars")
        if outcome.batch_id:
            self.stdout.write(f"Made batch {outcome.batch_id}, a draft: {outcome.draft.title}")
        else:
            self.stdout.write("It would be accepted; nothing is made.")


def _analyst(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None or not user.is_active or not user.has_perm("ledger.add_batch"):
        raise CommandError(f"{name} is not the user name of an active analyst.")
    return user


def _outcome(file: Path, user: User, options: dict[str, Any]) -> Outcome:
    try:
        table = open_file(file.name, file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except Unreadable as unreadable:
        return Outcome(faults=unreadable.findings)
    wanted = ImportOptions(
        keep=not options["check"],
        title=" ".join(options["title"].split()),
        reason=" ".join(options["reason"].split()),
        new_despite_duplicates=options["new_despite_duplicates"],
        listed=None if options["json"] else 0,
        order=options["dates"],
    )
    with _progress(table, shown=not options["json"]) as bar:
        return import_table(table, user, wanted, lambda rows: bar.update(rows - bar.pos))


def _progress(table: Table, *, shown: bool) -> AbstractContextManager[Any]:
    """Return a progress bar, which shows itself on a terminal alone."""
    hidden = not (shown and sys.stderr.isatty())
    return click.progressbar(length=table.size, label="Reading", file=sys.stderr, hidden=hidden)


def _place(name: str, finding: Finding) -> str:
    value = f" “{finding.value}”" if finding.value else ""
    return ", ".join(part for part in (name, finding.place) if part) + value


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "accepted": outcome.accepted,
        "entries": [_entry(row) for row in outcome.draft.rows] if outcome.draft else [],
        "faults": [_finding(fault) for fault in outcome.faults],
        "warnings": [_finding(warning) for warning in outcome.warnings],
    }


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "reference": row["reference"] or "",
        "amount_usd": f"{row['amount_usd']:.2f}",
        "effective_date": row["effective_date"].isoformat(),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "value": finding.value,
        "message": finding.message,
    }
