"""What posted texts say in Spanish."""

from collections.abc import Mapping

from django.db.models import OuterRef, Subquery

from carsi_tracker.caching.remembered import remembered, unalterable
from carsi_tracker.ledger.models import Translation


@remembered(2)
def in_spanish(
    label_revision: int,  # noqa: ARG001 (renews the translations in the cache)
) -> Mapping[str, str]:
    """Return the Spanish of posted texts, by the text as it was posted."""
    found: Mapping[str, str] = unalterable(
        {each.original: each.spanish for each in Translation.objects.all()}
    )
    return found


def spanish_of(column: str) -> Subquery:
    """Return what a query selects for the Spanish of a column; null where none is entered."""
    return Subquery(Translation.objects.filter(original=OuterRef(column)).values("spanish")[:1])
