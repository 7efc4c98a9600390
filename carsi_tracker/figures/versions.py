"""The newest version, which figures are about by default."""

from carsi_tracker.database import reading
from carsi_tracker.figures.query import Version


def newest() -> tuple[Version, int]:
    """Return the newest version, and the revision of the texts that pages show."""
    head = reading.head()
    return Version(*head), head.revision
