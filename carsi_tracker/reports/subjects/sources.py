"""Where the figures of a query come from: the documents cited, and the versions posted."""

from dataclasses import dataclass
from decimal import Decimal

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Document, Posting, Stage
from carsi_tracker.reports.page.links import Linked, entries_address, linked_in


@dataclass(frozen=True)
class Cited:
    """A document: how many entries cite it, and what these commit."""

    document: Document
    entries: Linked
    committed: Linked


@dataclass(frozen=True)
class TouchingVersion:
    """A version, and what it did to what is committed."""

    posting: Posting
    change: Linked


def cited(query: Query) -> list[Cited]:
    """Return the documents that the entries cite, the oldest first."""
    found = aggregates.breakdown(query, "document")
    documents = Document.objects.filter(key__in=found)
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


def touching_versions(query: Query) -> list[TouchingVersion]:
    """Return the versions that posted the entries, the newest first."""
    found = aggregates.breakdown(query, "version")
    postings = Posting.objects.filter(version__in=[int(version) for version in found if version])
    return [
        TouchingVersion(
            posting,
            linked_in(
                found[posting.version], Stage.COMMITTED, query.where(posted_in=posting.version)
            ),
        )
        for posting in postings.order_by("-version")
    ]
