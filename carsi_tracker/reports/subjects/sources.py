"""Where the figures of a query come from: the documents cited."""

from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Document, Stage
from carsi_tracker.reports.page.links import Linked, entries_address, linked_in


@dataclass(frozen=True)
class Cited:
    """A document: how many entries cite it, and what these commit."""

    document: Document
    entries: Linked
    committed: Linked


def cited(query: Query) -> list[Cited]:
    """Return the documents that the entries cite, the oldest first."""
    found = aggregates.breakdown(query, "document")
    documents = Document.objects.filter(key__any_of=found)
    return [
        Cited(
            document,
            Linked(
                Decimal(found[document.key].entries),
                entries_address(query.where(document=document.key)),
            ),
            linked_in(found[document.key], Stage.COMMITTED, query.where(document=document.key)),
        )
        for document in documents.order_by("published_on", "key")
    ]
