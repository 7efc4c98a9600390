"""Published totals in words: what each asks, what it says, and how ours compares."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.published import PublishedComparison, Verdict, is_worked_out
from carsi_tracker.ledger.days import day_in_words, end_of_fiscal_year, fiscal_year
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.money import figure as as_figure
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.shortened import MILLION, TENTH_OF_A_MILLION, in_prose

SENTENCES: dict[Verdict, Promise] = {
    Verdict.MATCHES: gettext_lazy("Our figure agrees, and no entry behind it cites this document."),
    Verdict.OUR_SOURCE: gettext_lazy(
        "Our figure agrees, but entries behind it cite this document. This shows only that we "
        "copied it correctly."
    ),
    Verdict.BROADER: gettext_lazy(
        "The published total covers more than we do, and our figure is within it."
    ),
    Verdict.EXPLAINED: gettext_lazy("Our figure differs from the published total, and we say why."),
    Verdict.UNEXPLAINED: gettext_lazy(
        "Our figure differs from the published total, and we do not know why."
    ),
    Verdict.MISSING: gettext_lazy(
        "We found no entry at this stage in the documents we read. That does not mean that the "
        "amount is zero."
    ),
}


def question_in_words(figure: PublishedFigure) -> str:
    """Return what a published total is about: Obligated: FY2008 INCLE, Panama."""
    return f"{name_of_balance(figure.measure)}: {money_in_words(figure)}"


def money_in_words(figure: PublishedFigure) -> str:
    """Return the money that a published total is about: FY2008 INCLE, Panama."""
    year = f"FY{figure.year}" if figure.year else ""
    money = " ".join(filter(None, (year, figure.account.code if figure.account else "")))
    about = [money, figure.agency and figure.agency.code, figure.area, figure.country]
    return ", ".join(str(each) for each in about if each) or _("all accounts")


def period_in_words(figure: PublishedFigure) -> str:
    """Return the days that a published total is about: through June 1, 2013, during FY2009."""
    if not figure.date_from:
        return _("through %(day)s") % {"day": day_in_words(figure.as_of)}
    first, last = fiscal_year(figure.date_from), fiscal_year(figure.as_of)
    begins_year = (figure.date_from.month, figure.date_from.day) == (10, 1)
    if begins_year and figure.as_of == end_of_fiscal_year(last):
        years = f"FY{first}" if first == last else f"FY{first}\N{EN DASH}{last}"
        return _("during %(years)s") % {"years": years}
    days = {"first": day_in_words(figure.date_from), "last": day_in_words(figure.as_of)}
    return _("from %(first)s through %(last)s") % days


def published_in_words(figure: PublishedFigure) -> str:
    """Return the published total: at least 463,000,000."""
    return as_meant(figure, as_figure(figure.amount))


def published_in_prose(figure: PublishedFigure) -> str:
    """Return the published total as a sentence has it: at least $463 million."""
    return as_meant(figure, dollars_in_prose(figure.amount))


def as_meant(figure: PublishedFigure, written: str) -> str:
    """Say of a published total that is written how it is meant: at least $463 million."""
    if figure.relation == PublishedFigure.Relation.EQUALS:
        return written
    return f"{figure.get_relation_display()} {written}"


def dollars_in_prose(amount: Decimal) -> str:
    """Write an amount in millions where that leaves nothing out: $463 million, $44.4 million."""
    if amount <= MILLION or amount % TENTH_OF_A_MILLION:
        return whole_dollars(amount)
    return in_prose(amount)


def asked_in_words(figure: PublishedFigure) -> str:
    """Return the stage or balance and the days: obligated, through June 1, 2013.

    It says where the amount is not one that was published, but worked out from those.
    """
    name = name_of_balance(figure.measure)
    asked = f"{name[:1].lower()}{name[1:]}, {period_in_words(figure)}"
    if is_worked_out(figure):
        return _("%(asked)s, worked out from what was published") % {"asked": asked}
    return asked


LEGENDS: dict[Verdict, Promise] = {
    Verdict.MATCHES: gettext_lazy("another document gives the same amount"),
    Verdict.OUR_SOURCE: gettext_lazy("an entry cites the same document: proves the copying only"),
    Verdict.BROADER: gettext_lazy("it covers more than we do, and ours is within it"),
    Verdict.EXPLAINED: gettext_lazy("we say why"),
    Verdict.UNEXPLAINED: gettext_lazy("we do not know why"),
    Verdict.MISSING: gettext_lazy("we found no entry at that stage"),
}


def sentence(comparison: PublishedComparison) -> str:
    """Say in a sentence how our figure compares."""
    if comparison.limit:
        return limit_in_words(comparison.limit)
    return str(SENTENCES[comparison.verdict])


def limit_in_words(mark: Mark) -> str:
    """Say that ours, which is a limit, allows the published total."""
    return _("Our figure is a limit (%(mark)s): the two do not contradict each other.") % {
        "mark": mark.label
    }
