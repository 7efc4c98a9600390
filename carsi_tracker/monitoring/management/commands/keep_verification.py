from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from carsi_tracker import environment
from carsi_tracker.database.address import DatabaseAddress, application
from carsi_tracker.ledger import verifying
from carsi_tracker.ledger.management.commands.verify_ledger import said
from carsi_tracker.ledger.models import LedgerHead

MOST_KEPT = 20
ELSEWHERE = "VERIFY_DATABASE_URL"
KEEP = """
    insert into monitoring_verification (version, checksum, place, problem_count, problems)
    values (%s, %s, %s, %s, %s)
"""


class Command(BaseCommand):
    help = (
        "Verify the ledger by reading alone, on a standby or a copy (VERIFY_DATABASE_URL) or "
        "where it is, and keep the result for the staff site and the metrics; exit 1 if it fails."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        version, checksum = None, ""
        elsewhere = environment.text(ELSEWHERE).strip()
        if elsewhere:
            _speak_to(DatabaseAddress.parse(elsewhere, ELSEWHERE))
        try:
            with verifying.snapshot():
                problems = [
                    said(problem)
                    for problem in verifying.problems(application().user)
                    if problem.is_a_fault
                ]
                head = LedgerHead.objects.get()
                version, checksum = head.version, head.checksum
                place = _place()
        except (DatabaseError, InterfaceError, LedgerHead.DoesNotExist):
            problems, place = ["the database that was to be verified does not answer"], ""
        _keep(version, checksum, place, len(problems), problems[:MOST_KEPT])
        if problems:
            raise CommandError(f"The ledger does not verify: {problems[0]}.")
        self.stdout.write(f"Verified by reading, {place}: version {version}, checksum {checksum}")


def _keep(*row: str | int | list[str] | None) -> None:
    try:
        with psycopg.connect(application().conninfo(), connect_timeout=3) as session:
            session.execute(KEEP, row)
    except psycopg.Error as error:
        raise CommandError("The result could not be kept: DATABASE_URL does not answer.") from error


def _speak_to(address: DatabaseAddress) -> None:
    connection.settings_dict.update(
        HOST=address.host,
        PORT=address.port,
        NAME=address.name,
        USER=address.user,
        PASSWORD=address.password,
        OPTIONS=connection.settings_dict["OPTIONS"] | dict(address.options),
    )


def _place() -> str:
    """Say where it was verified, without an address."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_is_in_recovery()")
        if cursor.fetchone()[0]:
            return "on a standby"
    return "on a copy" if environment.text(ELSEWHERE) else "where it is"
