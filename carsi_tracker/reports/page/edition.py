"""The edition of a file, which its address names so that caches may keep the file for good.

Version, day and filters fix its amounts. Titles and what else is corrected beside them, and how a
release writes a file, stand in no address otherwise.
"""

import hashlib

from django.conf import settings
from django.http import HttpRequest

from carsi_tracker.figures.query import Query

EDITION = "edition"


def edition(label_revision: int) -> str:
    """Return what tells the files of this release and this revision of the texts from others."""
    return hashlib.sha256(f"{settings.RELEASE} {label_revision}".encode()).hexdigest()[:12]


def is_fixed(request: HttpRequest, query: Query, label_revision: int) -> bool:
    """Say whether an address names all that its file depends on, so that it never changes."""
    named = request.GET.get(EDITION)
    return query.dated and query.pinned and named == edition(label_revision)


def with_edition(address: str, label_revision: int) -> str:
    """Add the edition to the address of a file that names a version and a day; else leave it."""
    if "version=" in address and "as_of=" in address:
        return f"{address}&{EDITION}={edition(label_revision)}"
    return address
