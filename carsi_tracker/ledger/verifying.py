"""Verification: everything that decides what is shown is computed anew, or compared.

It reads one snapshot and locks nothing that a posting or an edit waits for.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from carsi_tracker.ledger import rules, schema
from carsi_tracker.ledger.schema import rows

ENTRIES_A_STEP = 100_000
Compare = Callable[[BaseDatabaseWrapper, str], Iterator[schema.SchemaDifference]]


@dataclass(frozen=True)
class Problem:
    """What verification found: of a version, where one can be named; `name` says what of."""

    version: int | None
    kind: str
    name: str = ""

    @property
    def is_a_fault(self) -> bool:
        """Whether the ledger fails by it: not by what an earlier release or a grant lets in."""
        return self.kind not in NO_FAULTS


@dataclass(frozen=True)
class Step:
    """A part of the verification; `find` looks and gives what is wrong."""

    title: str
    find: Callable[[], list[Problem]]


PARTS = {
    "chain of checksums and head": "rules.verify_chain()",
    "amounts, dates and stages of entries": "rules.verify_journal()",
    "balances on every day": "rules.verify_balances()",
    "first versions of commitments and appropriations": "rules.verify_first_versions()",
    "moves": "rules.verify_moves()",
    "reversals": "rules.verify_reversals()",
    "batches that were posted": "rules.verify_batches()",
    "lines of these batches": "rules.verify_lines()",
    "what was submitted": "rules.verify_submissions()",
    "approvers, preparers and countersignatures": "rules.verify_people()",
    "audit trail": "rules.verify_trail()",
    "history of names, titles and documents": "rules.verify_history()",
}

NO_FAULTS = {"old move", "names twice", "numbers"}
FOUND = "select version, problem, name from {} order by 1, 2, 3"
COUNTED = """
    select version, count(e.line) from public.ledger_posting p
    full join public.ledger_entry e using (version)
    group by version order by version
"""
OWNS = """
    select pg_has_role(relowner, 'usage') from pg_class where oid = 'public.ledger_entry'::regclass
"""
LAST_OF_ALL = 2_147_483_647


@contextmanager
def snapshot() -> Iterator[None]:
    """See the ledger as it is now until the end, whatever is posted meanwhile, and change nothing.

    A policy of row security that would hide rows is an error here for the owner of the tables, whom
    none applies to; another role is told by the schema of one that is not the release's.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(OWNS)
        if cursor.fetchone() == (True,):
            cursor.execute("set local row_security = off")
        yield


def steps(application_role: str, *, grants: bool = True) -> Iterator[Step]:
    """Yield what is to be verified, as the owner, in a snapshot; cheap until a step looks.

    Without `grants`, it is not asked who may do what: of a copy restored without privileges.
    """
    if grants:
        yield Step("release", partial(_of_another_release, application_role))
    look = partial(schema.differences, grants=grants)
    yield Step("schema", lambda: _with_names_twice(_differing(look, application_role)))
    for first, last in _ranges():
        title = f"files of versions {first} to {last}"
        yield Step(title, partial(found, "rules.verify_files(%s, %s)", first, last))
    for title, part in PARTS.items():
        yield Step(title, partial(found, part))
    yield Step(
        "constraints and sequences, row by row", partial(_differing, rows.broken, application_role)
    )


def problems(application_role: str) -> list[Problem]:
    """Return all that is wrong, as the caller's transaction sees it."""
    return [problem for step in steps(application_role) for problem in step.find()]


def _of_another_release(application_role: str) -> list[Problem]:
    """Look whether `migrate` is still to be run, so that all that follows differs."""
    loader = MigrationExecutor(connection).loader
    known, applied = set(loader.graph.nodes), set(loader.applied_migrations)
    if known - applied or applied - known or not rules.are_current(connection, application_role):
        return [Problem(None, "release")]
    return []


def _ranges() -> list[tuple[int, int]]:
    """Return ranges of versions that together are all, each with entries for a second or two."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(COUNTED)
            counted: list[tuple[int, int]] = cursor.fetchall()
    except DatabaseError:
        return [(0, LAST_OF_ALL)]  # the step itself will say why
    ranges = []
    first, entries = 1, 0
    for version, count in counted:
        entries += count
        if entries >= ENTRIES_A_STEP or version == counted[-1][0]:
            ranges.append((min(first, version), version))
            first, entries = version + 1, 0
    return ranges


def found(part: str, *values: int) -> list[Problem]:
    """Return what a function of `7_verify/` finds wrong."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FOUND.format(part), values)
            return [Problem(*row) for row in cursor.fetchall()]
    except DatabaseError as error:
        return [Problem(None, "not computed", str(error).splitlines()[0])]


def _differing(look: Compare, application_role: str) -> list[Problem]:
    try:
        with transaction.atomic():
            return [
                Problem(None, _kind(difference), f"{difference.name} is {difference.how}")
                for difference in look(connection, application_role)
            ]
    except DatabaseError as error:
        return [Problem(None, "not computed", str(error).splitlines()[0])]


def _kind(difference: schema.SchemaDifference) -> str:
    return "numbers" if difference.how == rows.NUMBERED_BY_HAND else "schema"


def _with_names_twice(problems: list[Problem]) -> list[Problem]:
    """Say that names stand twice where an index is missing that they don't allow."""
    try:
        with transaction.atomic():
            twice = {
                f"index public.{of_table}_{of_column}_once is missing": names
                for of_table, of_column, names in rules.names_twice(connection)
            }
    except DatabaseError:
        return problems  # the view is gone, and among them
    return [
        Problem(None, "names twice", twice[one.name]) if one.name in twice else one
        for one in problems
    ]
