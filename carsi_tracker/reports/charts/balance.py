"""Which sum a chart of one sum shows: that of a stage or measure, by default what is committed."""

from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Stage


def of_one_sum(query: Query) -> Query:
    """Return the query with its stage or measure; about what is committed if it has none."""
    if query.filters.stage or query.filters.measure:
        return query
    return query.where(stage=Stage.COMMITTED.value)


def name_of_sum(query: Query) -> str:
    """Return the stage or measure that a chart of one sum shows."""
    return query.filters.stage or query.filters.measure or Stage.COMMITTED.value
