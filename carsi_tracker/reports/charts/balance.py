"""Which sum a chart of one sum shows: that of a stage or measure, by default what is committed."""

from carsi_tracker.figures.query import Question
from carsi_tracker.ledger.models import Stage


def of_one_sum(question: Question) -> Question:
    """Return the question with its stage or measure; about what is committed if it has none."""
    if question.scope.stage or question.scope.measure:
        return question
    return question.where(stage=Stage.COMMITTED.value)


def name_of_sum(question: Question) -> str:
    """Return the stage or measure that a chart of one sum shows."""
    return question.scope.stage or question.scope.measure or Stage.COMMITTED.value
