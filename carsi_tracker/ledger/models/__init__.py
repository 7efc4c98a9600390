"""The ledger's tables."""

from carsi_tracker.ledger.models.drafts import (
    Basis,
    Batch,
    BatchEditor,
    Line,
    PasteHabit,
    Reading,
    Remark,
    Stage,
    Submission,
    Upload,
)
from carsi_tracker.ledger.models.funding import Appropriation, Bound, Commitment
from carsi_tracker.ledger.models.journal import (
    Change,
    Countersignature,
    Entry,
    LabelRevision,
    LedgerHead,
    LedgerSettings,
    Posting,
)
from carsi_tracker.ledger.models.languages import Language
from carsi_tracker.ledger.models.published import PublishedFigure
from carsi_tracker.ledger.models.questions import OpenQuestion
from carsi_tracker.ledger.models.reference import (
    Account,
    Country,
    Document,
    DocumentFile,
    Goal,
    Organization,
    ProgrammingArea,
)
from carsi_tracker.ledger.models.translations import Translation

__all__ = [
    "Account",
    "Appropriation",
    "Basis",
    "Batch",
    "BatchEditor",
    "Bound",
    "Change",
    "Commitment",
    "Countersignature",
    "Country",
    "Document",
    "DocumentFile",
    "Entry",
    "Goal",
    "LabelRevision",
    "Language",
    "LedgerHead",
    "LedgerSettings",
    "Line",
    "OpenQuestion",
    "Organization",
    "PasteHabit",
    "Posting",
    "ProgrammingArea",
    "PublishedFigure",
    "Reading",
    "Remark",
    "Stage",
    "Submission",
    "Translation",
    "Upload",
]
