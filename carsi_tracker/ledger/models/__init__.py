"""The ledger's tables."""

from carsi_tracker.ledger.models.drafts import Basis, Batch, BatchEditor, Line, Remark, Stage
from carsi_tracker.ledger.models.funding import Appropriation, Commitment
from carsi_tracker.ledger.models.journal import Change, Entry, Head, Office, Posting, Texts
from carsi_tracker.ledger.models.reference import (
    Account,
    Country,
    Document,
    Goal,
    Organization,
    ProgrammingArea,
)

__all__ = [
    "Account",
    "Appropriation",
    "Basis",
    "Batch",
    "BatchEditor",
    "Change",
    "Commitment",
    "Country",
    "Document",
    "Entry",
    "Goal",
    "Head",
    "Line",
    "Office",
    "Organization",
    "Posting",
    "ProgrammingArea",
    "Remark",
    "Stage",
    "Texts",
]
