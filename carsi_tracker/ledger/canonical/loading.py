"""A published ledger, loaded as it was: the same versions, times, people and checksums.

The database writes each version's file anew from what was loaded: it has to be the published one.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import DataError, connection, models, transaction

from carsi_tracker.accounts.acting import act_as
from carsi_tracker.ledger.canonical import cells, lines, tables
from carsi_tracker.ledger.canonical.checking import CheckedLedger, Tell, check
from carsi_tracker.ledger.canonical.folder import FileRow, LedgerFileError, LedgerFiles
from carsi_tracker.ledger.canonical.layout import (
    APPROPRIATIONS,
    BESIDE,
    COMMITMENTS,
    COUNTERSIGNATURES,
    COUNTERSIGNATURES_HEADER,
    DOCUMENTS,
    LANGUAGES,
    LANGUAGES_HEADER,
    REFERENCES,
    REQUIRED,
    SUMS,
    TABLES,
    VERDICTS,
    VERDICTS_HEADER,
    VERSIONS,
    VERSIONS_HEADER,
)
from carsi_tracker.ledger.canonical.people import Hands, PublishedPeople
from carsi_tracker.ledger.canonical.tables import LoadedRows, RowToLoad
from carsi_tracker.ledger.models import Appropriation, Batch, Commitment, Language, PublishedFigure
from carsi_tracker.ledger.refusals import Refused, refusals_in_words
from carsi_tracker.ledger.verifying import PARTS, Problem, found

NOT_THE_OWNER = (
    "A ledger is loaded by the owner of the database alone; DATABASE_OWNER_URL names another role."
)
NOT_EMPTY = (
    "The ledger of this database is not empty: it has {} already. Nothing was loaded; "
    "load into a new database."
)


class CannotLoad(Exception):
    """A ledger can't be loaded here; the message is one sentence."""


class DoesNotVerify(Exception):
    """What was loaded breaks a rule of the ledger, which `problem` tells."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


@dataclass
class LedgerToLoad:
    """What is known while a ledger is loaded."""

    files: LedgerFiles
    codes: LoadedRows
    people: PublishedPeople
    hands: dict[int, Hands]
    introduced: dict[int, list[RowToLoad]]
    languages: dict[int, str]


def load(files: LedgerFiles, tell: Tell) -> CheckedLedger:
    """Load a ledger, as the owner, into an empty one; all of it or nothing.

    Raises LedgerFileError, CannotLoad or DoesNotVerify; `tell` is told each step.
    """
    checked = check(files, tell)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("select rules.runs_as_owner()")
            if cursor.fetchone() != (True,):
                raise CannotLoad(NOT_THE_OWNER)
            cursor.execute("select version from ledger_head for update")
        if already := held():
            raise CannotLoad(NOT_EMPTY.format(already))
        loading = LedgerToLoad(files, LoadedRows(), PublishedPeople(), {}, defaultdict(list), {})
        loader = loading.people.loader()
        reason = f"Loaded with version {checked.version}-{checked.checksum[:8]}"
        act_as(loader, reason)
        retired = _load_references(loading)
        _read_what_describes(loading, checked.version)
        for row in files.records(VERSIONS, VERSIONS_HEADER):
            tell(f"Loading version {row.cells[0]} of {checked.version}: {row.cells[2]}")
            _load_version(loading, row)
        act_as(loader, reason)
        _require_first_versions(loading)
        _countersign(loading)
        for table in BESIDE:
            tables.insert(table, tables.read(files, table, loading.codes), loading.codes)
        _require_compared(files)
        _retire(retired)
        with connection.cursor() as cursor:
            cursor.execute("select rules.note_loaded()")
        _verify(checked.version, tell)
    return checked


def held() -> str:
    """Say what the ledger of this database holds already; empty where it holds nothing."""
    tables_of_a_ledger: list[type[models.Model]] = [Batch, *(table.model for table in TABLES)]
    for table in tables_of_a_ledger:
        if table._default_manager.exists():
            return str(table._meta.verbose_name_plural)
    return ""


def _load_references(loading: LedgerToLoad) -> list[tuple[Any, list[int]]]:
    """Load what versions refer to, and return which of it is retired: nothing new may have that."""
    files, codes = loading.files, loading.codes
    retired = []
    for table in (*REFERENCES, DOCUMENTS, APPROPRIATIONS):
        rows = list(tables.read(files, table, codes))
        gone = [row.code for row in rows if row.values.pop("retired", False)]
        for row in rows:
            row.values.pop("first_version", None)  # versions set it
        tables.insert(table, rows, codes)
        retired.append((table.model, [codes.find(table.model, code) for code in gone]))
        if table is DOCUMENTS:
            for row in rows:
                tables.add_file(files, row, codes.find(table.model, row.code))
            _require_known(files, {row.text["file"] for row in rows})
    return retired


def _require_known(files: LedgerFiles, of_documents: set[str]) -> None:
    """Raise LedgerFileError for a file that loading would lose; of versions all are checked."""
    known = {SUMS, *REQUIRED, *of_documents}
    for name in sorted(files.names - known):
        if not name.startswith("changes/"):
            raise LedgerFileError(name, "this release does not know such a file, and would lose it")


def _retire(retired: list[tuple[Any, list[int]]]) -> None:
    for model, rows in retired:
        if rows:
            model._default_manager.filter(pk__in=rows).update(retired=True)


def _read_what_describes(loading: LedgerToLoad, newest: int) -> None:
    """Read which commitments each version introduces, and the language of its texts."""
    of_versions = _Introduced(loading.codes)
    for row in tables.read(loading.files, COMMITMENTS, of_versions):
        version = row.values.pop("first_version")
        if version is None or not 1 <= version <= newest:
            said = f"first_version is none of the versions 1 to {newest}"
            raise LedgerFileError(COMMITMENTS.file, said, row.number)
        loading.introduced[version].append(row)
    for said_of in loading.files.records(LANGUAGES, LANGUAGES_HEADER):
        version, language = said_of.cells
        if version != str(said_of.number - 1) or language not in Language.values:
            said = "it is not the next version and its language"
            raise LedgerFileError(LANGUAGES, said, said_of.number)
        loading.languages[said_of.number - 1] = language
    if len(loading.languages) != newest:
        raise LedgerFileError(
            LANGUAGES, f"it has {len(loading.languages)} versions, expected {newest}"
        )


class _Introduced(LoadedRows):
    """What is known while commitments are read: one may replace another that is loaded later."""

    def __init__(self, known: LoadedRows) -> None:
        super().__init__(known.by_table)

    def find(self, model: Any, code: tuple[str, ...]) -> Any:
        return code if model is Commitment else super().find(model, code)


def _load_version(loading: LedgerToLoad, row: FileRow) -> None:
    said = dict(zip(VERSIONS_HEADER, row.cells, strict=True))
    version = int(said["version"])
    alone = said["self_approval_reason"] != ""
    with _named(VERSIONS, row):
        hands = loading.people.of_version(
            said["prepared_by"].split("; "), said["approved_by"], alone=alone
        )
    loading.hands[version] = hands
    act_as(hands.prepared[0])
    with _named(VERSIONS, row):
        batch = Batch.objects.create(
            title=said["title"],
            reason=said["reason"],
            language=loading.languages[version],
            reverses_id=cells.number(said["reverses"]) if said["reverses"] else None,
        )
        _introduce(loading, version, batch)
        lines.add_lines(loading.files, loading.codes, version, batch.pk)
        computed = _computed(batch.pk, said, hands)
    if computed[1] != said["entries_sha256"]:
        lines.tell_first_difference(loading.files, version)
    if computed[2] != said["checksum"]:
        written = f"what was loaded gives the checksum {computed[2]}"
        raise LedgerFileError(VERSIONS, f"{written}, expected {said['checksum']}", row.number)


def _introduce(loading: LedgerToLoad, version: int, batch: Batch) -> None:
    rows = loading.introduced[version]
    for row in rows:
        if replaced := row.values["replaces_id"]:
            try:
                row.values["replaces_id"] = loading.codes.find(Commitment, replaced)
            except ValueError as error:
                raise LedgerFileError(COMMITMENTS.file, f"{error} before it", row.number) from error
    tables.insert(COMMITMENTS, rows, loading.codes, introduced_by_id=batch.pk)


def _computed(batch: int, said: dict[str, str], hands: Hands) -> tuple[int, str, str]:
    """Make the version, and return how many entries, their SHA-256 and the checksum it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select entry_count, entries_sha256, checksum"
            " from rules.load_version(%s, %s, %s::text[], %s::bigint[], %s, %s, %s, %s)",
            [
                batch,
                cells.moment(said["posted_at"]),
                said["prepared_by"].split("; "),
                [each.pk for each in hands.prepared],
                said["approved_by"],
                hands.approver.pk,
                said["self_approval_rule"],
                said["self_approval_reason"],
            ],
        )
        found: tuple[int, str, str] = cursor.fetchone()
    return found


def _require_first_versions(loading: LedgerToLoad) -> None:
    found = dict(Appropriation.objects.values_list("pk", "first_version"))
    for row in tables.read(loading.files, APPROPRIATIONS, loading.codes):
        first = found[loading.codes.find(Appropriation, row.code)]
        if row.values["first_version"] != first:
            stated = row.text["first_version"] or "empty"
            said = f"first_version is {stated}, and the versions give {first}"
            raise LedgerFileError(APPROPRIATIONS.file, said, row.number)


def _countersign(loading: LedgerToLoad) -> None:
    before = 0
    for row in loading.files.records(COUNTERSIGNATURES, COUNTERSIGNATURES_HEADER):
        version, signed_by, signed_at, remark = row.cells
        try:
            number, moment = cells.number(version), cells.moment(signed_at)
        except ValueError as error:
            raise LedgerFileError(COUNTERSIGNATURES, str(error), row.number) from error
        if number <= before or number not in loading.hands:
            said = f"version {version} is not there, or not in its place in the order"
            raise LedgerFileError(COUNTERSIGNATURES, said, row.number)
        with _named(COUNTERSIGNATURES, row), connection.cursor() as cursor:
            person = loading.people.another(signed_by, loading.hands[number])
            cursor.execute(
                "select rules.load_countersignature(%s, %s, %s, %s, %s)",
                [number, person.pk, signed_by, moment, remark],
            )
        before = number


def _require_compared(files: LedgerFiles) -> None:
    """Raise LedgerFileError where other totals are compared than those that were loaded."""
    keys = sorted(PublishedFigure.objects.filter(retired=False).values_list("key", flat=True))
    for row, key in zip_longest(files.records(VERDICTS, VERDICTS_HEADER), keys):
        if row is None or row.cells[0] != key:
            stands = row.cells[0][:60] if row else "nothing"
            said = f"{stands} stands where {key or 'nothing'} is expected"
            raise LedgerFileError(VERDICTS, said, row.number if row else len(keys) + 1)


@contextmanager
def _named(name: str, row: FileRow) -> Iterator[None]:
    """Name the row that the ledger refuses."""
    try:
        with refusals_in_words():
            yield
    except (Refused, DataError, ValueError) as error:
        raise LedgerFileError(name, tables.in_words(error), row.number) from error


def _verify(newest: int, tell: Tell) -> None:
    """Verify what was loaded as `verify_ledger` does; raises DoesNotVerify."""
    tell(f"Verifying versions 1 to {newest}")
    for part in (f"rules.verify_files(1, {newest})", *PARTS.values()):
        for problem in found(part):
            if problem.is_a_fault:
                raise DoesNotVerify(problem)
