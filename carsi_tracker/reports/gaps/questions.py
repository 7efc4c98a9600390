"""Open questions as the page shows them, with what others published."""

from dataclasses import dataclass

from carsi_tracker.figures.open_questions import AskedQuestion, open_questions
from carsi_tracker.ledger.models import OpenQuestion
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.published.beside import PublishedLine, line_of
from carsi_tracker.reports.published.wording import money_in_words
from carsi_tracker.reports.tables.published import our_figure


@dataclass(frozen=True)
class BearingTotal:
    """A published total that bears on a question, and our figure for what it asks."""

    line: PublishedLine
    ours: str


@dataclass(frozen=True)
class QuestionRow:
    """An open question: its kind, its amount, and the published totals that bear on it."""

    question: OpenQuestion
    kind: str
    figure: Linked
    published: tuple[BearingTotal, ...]


def question_rows(public: PublicRequest) -> list[QuestionRow]:
    """Return the questions that are open on the day of the page; filters are left aside."""
    return [_row(public, each) for each in open_questions(public.query)]


def _row(public: PublicRequest, asked: AskedQuestion) -> QuestionRow:
    return QuestionRow(
        asked.question,
        name_of_balance(asked.question.measure),
        linked(asked.sum_, asked.query),
        tuple(
            BearingTotal(line_of(public, each, money_in_words(each.figure)), our_figure(each))
            for each in asked.published
        ),
    )
