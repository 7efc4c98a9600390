from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsi_tracker.database.address import application
from carsi_tracker.ledger import verifying
from carsi_tracker.ledger.models import Entry, LedgerHead
from carsi_tracker.ledger.verifying import Problem

WORDS = {
    "release": "migrate has not brought this database to this release",
    "entries": "its entries are not those of its file",
    "lines": "its entries are not numbered from 1 on without a gap",
    "chain": "its line in versions.csv is not what its checksum covers",
    "order": "it does not follow the version before, by number and time",
    "head": "the head of the ledger is not the newest version",
    "one row": "a table of one row has none, or another",
    "amounts": "an amount, a date or a stage is none that can be posted",
    "another appropriation": "an entry counts against another appropriation than its commitment",
    "ceiling": "an appropriation is committed beyond what was appropriated",
    "stages": "a commitment's disbursed, obligated and committed sums are out of order",
    "first version": "this is not public from the version on that enters it first",
    "introduced": "a commitment was introduced by another batch",
    "move": "a commitment does not hold what was taken back from the one that it replaces",
    "old move": "its move was uneven when no rule asked for more; it is final, and no fault",
    "names twice": "these names are one, from before the rule that keeps them apart",
    "reversal": "it is not the exact negation of what it reverses, or not the only one",
    "batch": "the batch on the desk is not what was posted",
    "batch lines": "the lines of its batch are not its entries",
    "submission": "what was submitted is not what was posted",
    "approver": "the approver is not the person named, or was none that day",
    "preparers": "the preparers are not the people who had a hand in its batch",
    "hands": "its approver had a hand in it, or its preparers had none, without being said",
    "countersignature": "its countersignature is none that could be given",
    "trail": "the audit trail tells it otherwise",
    "person": "the audit trail tells otherwise of this person",
    "history": "this is not what its history says",
    "file": "the file of this document is not the one in its history",
    "texts": "the corrections of names and titles are not counted right",
    "numbers": "new rows may be refused until it has passed them; it is no fault of the ledger",
    "not computed": "this could not be computed",
    "schema": "the database is not as this release makes it",
}


class Command(BaseCommand):
    help = "Compute the ledger, its rules and its schema anew, and compare; exit 1 if one fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-grants",
            action="store_true",
            help="do not ask who may do what, in a copy restored without privileges",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found: list[Problem] = []
        with verifying.snapshot():
            grants = not options["without_grants"]
            for step in verifying.steps(application().user, grants=grants):
                if options["verbosity"]:
                    self.stderr.write(f"Checking: {step.title}", style_func=str)
                for problem in step.find():
                    self.stderr.write(said(problem))
                    found += [problem] if problem.is_a_fault else []
            if found:
                raise CommandError(f"The ledger does not verify: {first_of(found)}.")
            head, entries = LedgerHead.objects.get(), Entry.objects.count()
        self.stdout.write(
            f"Verified: {head.version} versions, {entries} entries, checksum {head.checksum}"
        )


def said(problem: Problem) -> str:
    """Return the sentence that names what is wrong, and where."""
    where = problem.kind if problem.version is None else f"version {problem.version}"
    about = f" ({problem.name})" if problem.name else ""
    return f"{where}: {WORDS[problem.kind]}{about}"


def first_of(problems: list[Problem]) -> str:
    """Say which version fails first, or that none of them does."""
    versions = [problem.version for problem in problems if problem.version is not None]
    if versions:
        return f"version {min(versions)} is the first that fails"
    if any(problem.kind == "schema" for problem in problems):
        return "the schema differs"
    return WORDS[problems[0].kind]
