"""The newest versions, which pages lead to."""

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.query import Version
from carsi_tracker.ledger.models import Posting

NEWEST = 12


@remembered(64)
def newest_versions(version: Version) -> tuple[Posting, ...]:
    """Return the newest versions up to one, that one first; what they say is final."""
    known = Posting.objects.filter(version__lte=version.number)
    return tuple(known.order_by("-version")[:NEWEST])
