from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.database.address import application
from carsi_tracker.ledger import checksum
from carsi_tracker.ledger.models import Entry, Head

WORDS = {
    "entries": "its entries are not those of its file",
    "chain": "its line in versions.csv is not what its checksum covers",
    "head": "the head of the ledger is not the newest version",
    "ceiling": "an appropriation is committed beyond what was appropriated",
    "stages": "a commitment's disbursed, obligated and committed sums are out of order",
}


class Command(BaseCommand):
    help = "Recompute the chain of versions, their files and the rules; exit 1 if one fails."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = checksum.problems(application().user)
        if not problems:
            head = Head.objects.get()
            self.stdout.write(
                f"Verified: {head.version} versions, {Entry.objects.count()} entries, "
                f"checksum {head.checksum}"
            )
            return
        for problem in problems:
            if problem.kind == "rule":
                self.stderr.write(f"rule: {problem.name} is not as the files in sql/ say")
            else:
                self.stderr.write(f"version {problem.version}: {WORDS[problem.kind]}")
        versions = [problem.version for problem in problems if problem.version is not None]
        first = f"version {min(versions)} is the first that fails" if versions else "a rule differs"
        raise CommandError(f"The ledger does not verify: {first}.")
