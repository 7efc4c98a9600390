"""What is said around the status of funds: its first sentences, its signs, its notes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.limits import Limit
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.status_of_funds import Cell, FundsKnown, StatusOfFunds
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.links import path

MOST_LIMITS = 5
"""So many limits of each account have a note of their own: the largest."""
NOWHERE, WHOLE = "none", "total"
"""How files name the row of no country, and that of an account; and the column of all years."""


def names_of_lines() -> dict[str, str]:
    """Return what each line is called."""
    return {
        "allocated": _("Allocated"),
        "unobligated": _("Unobligated balance"),
        "unliquidated": _("Unliquidated obligations"),
        "disbursed": _("Disbursed"),
    }


def nothing(query: Query) -> str:
    """Say of a day before the first law that nothing was appropriated."""
    said = _("No money had been appropriated by %(day)s.") % {"day": query.day_in_words}
    if (first := aggregates.first_law(query)) is None:
        return said
    law = _("The first law is dated %(day)s.") % {"day": day_in_words(first)}
    return f"{said} {law}"


def caption(query: Query) -> str:
    """Say what the amounts are."""
    return _(
        "U.S. dollars by account and fiscal year of the money, through %(day)s, version "
        "%(version)d. In the form of GAO-13-295R, Enclosure I: the first line of each place is "
        "the sum of the other three."
    ) % {"day": query.day_in_words, "version": query.version.number}


def lead(total: Cell) -> Iterator[str]:
    """Yield the sentences that say the whole, of what is appropriated to all accounts."""
    lines = {figure.lines: figure for figure in total}
    said = {names[0]: whole_dollars(figure.sum_.amount) for names, figure in lines.items()}
    whole = said["allocated"]
    balance = lines.get(("unobligated",))
    if balance is None:
        yield _("For the %(whole)s appropriated, no obligation was found.") % {"whole": whole}
        return
    obligated = whole_dollars(total[0].sum_.amount - balance.sum_.amount)
    form = _(
        "Of %(whole)s appropriated, documents show %(obligated)s obligated, so the unobligated "
        "balance is %(balance)s."
    )
    if balance.at_most:
        form = _(
            "Of %(whole)s appropriated, documents show at least %(obligated)s obligated, so what "
            "GAO calls the unobligated balance is at most %(balance)s."
        )
    yield form % {"whole": whole, "obligated": obligated, "balance": said["unobligated"]}
    paid = lines.get(("disbursed",))
    if paid is None:
        yield _("No payment was found.")
    elif paid.at_least:
        yield _("At least %(amount)s was paid out.") % {"amount": said["disbursed"]}
    else:
        yield _("%(amount)s was paid out.") % {"amount": said["disbursed"]}


def signs(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """Return the signs that some cells have, each with what it means."""
    figures = [figure for cell in cells for figure in cell]
    known = {figure.known for figure in figures}
    exact = [figure for figure in figures if not figure.mark]
    marks = {figure.mark for figure in figures}
    found = [
        (
            FundsKnown.NOT_KNOWN in known,
            _("n/k"),
            _("not known: we searched and found no document"),
        ),
        (
            FundsKnown.NOT_APART in known,
            _("n/k, sum"),
            _("known only together: the lines beside a rule add up to the sum given"),
        ),
        (FundsKnown.NO_APPROPRIATION in known, "–", _("nothing was appropriated for that year")),
        (
            any(each.sum_.entries and not each.sum_.amount for each in exact),
            "0",
            _("known to be zero: entries add up to it"),
        ),
        (
            Mark.AT_MOST in marks,
            "≤",
            _("at most: a part has no document, or the source gives a limit"),
        ),
        (
            Mark.AT_LEAST in marks,
            "≥",
            _("at least: a part has no document, or the source gives a limit"),
        ),
        (Mark.BOTH in marks, "≥≤", _("as far as found: it may be less or more")),
    ]
    return [(sign, meaning) for is_there, sign, meaning in found if is_there]


@dataclass(frozen=True)
class FundsNote:
    """A note that the data need: its letter and text, and the line that it is about.

    Without an account it is about that line of the places in every one. `href` leads to more.
    """

    letter: str
    text: str
    account: str
    places: Collection[str]
    line: str
    href: str = ""


def notes(found: StatusOfFunds, limits: Sequence[Limit], query: Query) -> list[FundsNote]:
    """Return the notes that the status of funds needs, in the order of their letters."""
    needed: list[tuple[str, str, Collection[str], str, str]] = []
    if any(account.nowhere.total[0].sum_.amount for account in found.accounts):
        said = _(
            "Appropriated, with no commitment found: it may have been used. The row lets the "
            "columns add up."
        )
        needed.append((said, "", {NOWHERE}, "allocated", ""))
    if found.accounts:
        said = _(
            "For an account, allocated is what was appropriated; for a country or the region, "
            "what was committed to it."
        )
        needed.append((said, "", {WHOLE}, "allocated", ""))
    if any(figure.at_most for figure in found.total.total):
        said = _(
            "Appropriated less the obligations that we found: at most this amount, because "
            "documents on other obligations may exist. It does not mean that the money can still "
            "be spent."
        )
        needed.append((said, "", {WHOLE}, "unobligated", ""))
    for account, its in groupby(limits, key=attrgetter("account")):
        all_ = list(its)
        largest = sorted(all_, key=lambda each: (-each.amount, each.reference))[:MOST_LIMITS]
        needed += [
            (_limit_in_words(each), account, {each.place}, "allocated", "")
            for each in all_
            if each in largest
        ]
        if more := [each for each in all_ if each not in largest]:
            said = ngettext(
                "%(number)d smaller limit of %(account)s is in the list of commitments.",
                "%(number)d smaller limits of %(account)s are in the list of commitments.",
                len(more),
            ) % {"number": len(more), "account": account}
            asks = query.everywhere().where(account=account, stage="committed")
            href = path("commitments") + as_query_string(asks)
            needed.append((said, account, {each.place for each in more}, "allocated", href))
    return [FundsNote(letter(n), *each) for n, each in enumerate(needed)]


def _limit_in_words(limit: Limit) -> str:
    return _("%(reference)s, FY%(year)s, %(amount)s. %(limit)s") % {
        "year": limit.year,
        "amount": whole_dollars(limit.amount),
        "reference": limit.reference,
        "limit": limit.in_words[:1].upper() + limit.in_words[1:],
    }


def letter(number: int) -> str:
    """Return the letter of a note, counted from 0: a to z, then aa, ab and so on."""
    before, last = divmod(number, 26)
    return (letter(before - 1) if before else "") + chr(ord("a") + last)
