"""What tests of charts share: questions as an address asks them, and the sum behind a link."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import Vocabulary, vocabulary
from carsi_tracker.reports.page.parameters import read


def asked(**address: str) -> Query:
    """Return what an address asks in the newest version."""
    return read(address, *newest())


def words() -> Vocabulary:
    """Return the names that the newest version may use."""
    version, revision = newest()
    return vocabulary(version.number, version.checksum, revision)


def sum_behind(href: str) -> Decimal:
    """Return the sum of the entries that a link leads to."""
    where = urlsplit(href)
    assert where.path.endswith("/entries/")
    return aggregates.total(asked(**dict(parse_qsl(where.query)))).amount
