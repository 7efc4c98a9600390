"""A refused rule, from the database's JSON to translated words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.utils.translation import gettext as _
from psycopg.errors import (
    DeadlockDetected,
    ForeignKeyViolation,
    LockNotAvailable,
    QueryCanceled,
    RestrictViolation,
    SerializationFailure,
    UniqueViolation,
)

from carsi_tracker.ledger.refusals.words import WORDS
from carsi_tracker.monitoring import metrics

KINDS = {
    UniqueViolation.sqlstate: "taken_already",
    ForeignKeyViolation.sqlstate: "referred_to",
    RestrictViolation.sqlstate: "referred_to",  # so since PostgreSQL 18
    LockNotAvailable.sqlstate: "held_by_another",
    DeadlockDetected.sqlstate: "met_another",
    SerializationFailure.sqlstate: "met_another",
    QueryCanceled.sqlstate: "took_too_long",
}


@dataclass(eq=False)
class Refused(Exception):
    """A rule of the ledger refused something.

    `rule` is the name that the database gave; `lines` are sentences for the person who asked, in
    the language active when they are read; `detail` is what the database said of it.
    """

    rule: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """What was refused and why, a sentence each."""
        words = WORDS.get(self.rule)
        return words(self.detail) if words else [_("The database refused this: %s.") % self.rule]

    def __str__(self) -> str:
        return " ".join(self.lines)


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Turn a rule that the database refuses into Refused; other errors pass."""
    try:
        yield
    except DatabaseError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        metrics.REFUSALS.labels(refusal.rule).inc()
        raise refusal from error


def _refusal(error: DatabaseError) -> Refused | None:
    diagnostic = getattr(error.__cause__, "diag", None)
    if diagnostic is None or not (
        isinstance(error, IntegrityError) or diagnostic.sqlstate in KINDS
    ):
        return None
    try:
        detail = json.loads(diagnostic.message_detail or "")
    except ValueError:
        detail = {}
    name = diagnostic.constraint_name or ""
    if name not in WORDS and diagnostic.sqlstate in KINDS:
        return Refused(KINDS[diagnostic.sqlstate], {"constraint": name})
    return Refused(name, detail if isinstance(detail, dict) else {})
