"""Documents by their evidence: which the page or file of a reader shows, and how many have each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.ledger.models import Basis, Document
from carsi_tracker.reports.page.parameters import BadAddress
from carsi_tracker.reports.page.public_page import PublicRequest

OWN = ("evidence",)
CHOICES: Mapping[str, tuple[Promise, Q]] = {
    Basis.STATED: (_("with stated amounts"), Q(stated__gt=0)),
    Basis.PRESS: (_("with press reports"), Q(press__gt=0)),
    Basis.INFERRED: (_("with inferred amounts"), Q(inferred__gt=0)),
    "press-only": (_("press reports only"), Q(press__gt=0, press=F("entry_count"))),
}
"""What a reader may ask of the entries that cite a document, by the page's day and version."""


@dataclass(frozen=True)
class EvidenceCount:
    """How many documents have some evidence, and the page of them alone."""

    label: Promise
    number: int
    href: str
    current: bool


def chosen(public: PublicRequest) -> QuerySet[Document]:
    """Return the documents with the evidence that is asked for, and sums. Raises BadAddress."""
    evidence = asked(public)
    documents = aggregates.summed_documents(public.query.everywhere())
    return documents.filter(CHOICES[evidence][1]) if evidence else documents


def asked(public: PublicRequest) -> str | None:
    """Return the evidence that is asked for, if any. Raises BadAddress."""
    evidence = dict(public.address.own).get("evidence")
    if evidence and evidence not in CHOICES:
        raise BadAddress("evidence", evidence, ", ".join(CHOICES))
    return evidence


def counts(path: str, public: PublicRequest) -> list[EvidenceCount]:
    """Count the documents by evidence, each with the page of them in the same order."""
    documents = aggregates.summed_documents(public.query.everywhere())
    numbers = documents.aggregate(
        **{f"n_{name}": Count("pk", filter=only) for name, (_label, only) in CHOICES.items()}
    )
    return [
        EvidenceCount(
            label,
            numbers[f"n_{name}"],
            path + replace(public.address, own=(("evidence", name),), page=1).query_string(),
            name == asked(public),
        )
        for name, (label, _only) in CHOICES.items()
    ]
