from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.monitoring.witnesses import NotTold, tell, witnesses


class Command(BaseCommand):
    help = "Tell whom WITNESS_EMAIL and WITNESS_URL name of each version; exit 1 if one fails."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for number, witness in enumerate(witnesses(), 1):
            try:
                for version in tell(witness):
                    self.stdout.write(f"Told witness {number} of version {version}")
            except NotTold as why:
                failed.append(f"Witness {number}: {why}")
        if failed:
            raise CommandError("; ".join(failed) + ". It is tried again next time.")
