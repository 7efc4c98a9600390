"""The status of funds: what became of each account's money, by place and fiscal year.

In the shape of GAO-13-295R, Enclosure I: of each place four lines, of which the first is the sum
of the others. What no document tells is not known, and no number stands for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import NOTHING, Amount
from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Appropriation, Bound

ALLOCATED, UNOBLIGATED, UNLIQUIDATED, DISBURSED = LINES = (
    "allocated",
    "unobligated",
    "unliquidated",
    "disbursed",
)
"""A place's allocated is what is committed to it, an account's what is appropriated."""
KEPT = 64


class FundsKnown(StrEnum):
    """How some lines of a cell are known."""

    KNOWN = "known"
    NOT_APART = "not-known-apart"
    NOT_KNOWN = "not-known"
    NO_APPROPRIATION = "no-appropriation"


@dataclass(frozen=True)
class FundsFigure:
    """What is known of some lines together: their sum, where anything is.

    `at_most` says that it may be less in truth, `at_least` that it may be more; both, that it is
    only as far as documents were found.
    """

    lines: tuple[str, ...]
    known: FundsKnown
    sum_: Amount = NOTHING
    at_most: bool = False
    at_least: bool = False

    @property
    def mark(self) -> Mark | None:
        """What the sum is; None where it is exact."""
        return Mark.of(at_most=self.at_most, at_least=self.at_least)


Cell = tuple[FundsFigure, ...]
"""What is known of a place in a year: its figures have all four lines, in their order."""


@dataclass(frozen=True)
class Funds:
    """What documents tell of some money: what is allocated, obligated and disbursed of it.

    `unobligated` says that of a part of it no obligation is found, `unpaid` that of a part of what
    is obligated no payment is; `missing` that there is more, of which nothing is found; `less` and
    `more` that what is allocated may be so, where a source tells a limit.
    """

    allocated: Amount = NOTHING
    obligated: Amount = NOTHING
    disbursed: Amount = NOTHING
    unobligated: bool = False
    unpaid: bool = False
    missing: bool = False
    less: bool = False
    more: bool = False

    @classmethod
    def of(
        cls, committed: Amount, obligated: Amount, disbursed: Amount, *, bound: str = ""
    ) -> "Funds":
        """Return those of one commitment: a stage without entries is not known of all of it."""
        return cls(
            committed,
            obligated,
            disbursed,
            unobligated=bool(committed.amount) and not obligated.entries,
            unpaid=bool(obligated.amount) and not disbursed.entries,
            less=bool(committed.amount) and bound == Bound.AT_MOST,
            more=bool(committed.amount) and bound == Bound.AT_LEAST,
        )

    def __add__(self, other: "Funds") -> "Funds":
        return Funds(
            self.allocated + other.allocated,
            self.obligated + other.obligated,
            self.disbursed + other.disbursed,
            self.unobligated or other.unobligated,
            self.unpaid or other.unpaid,
            self.missing or other.missing,
            self.less or other.less,
            self.more or other.more,
        )

    def left_of(self, appropriated: Amount) -> "Funds":
        """Return those of what is appropriated and of no place: of none is more known."""
        left = appropriated.less(self.allocated)
        return Funds(left, unobligated=bool(left.amount), missing=self.less, less=self.more)

    def out_of(self, appropriated: Amount) -> "Funds":
        """Return those of the account whose commitments these are."""
        whole = self + self.left_of(appropriated)
        unknown = whole.unobligated or whole.missing
        return replace(whole, unobligated=unknown, missing=False, less=False, more=False)


MISSING = Funds(missing=True)


def cell(funds: Funds) -> Cell:
    """Return the four lines of some funds; those that are not known apart are one figure.

    What is not known apart is counted at the earliest line where it may be, so that lines and
    columns add up; `at_most` and `at_least` say which way it may move.
    """
    allocated, obligated, disbursed = funds.allocated, funds.obligated, funds.disbursed
    unknown, missing = funds.unobligated, funds.missing
    if not allocated.entries:
        return (FundsFigure(LINES, FundsKnown.NOT_KNOWN),)
    ways = (funds.less, funds.more or missing)
    whole = FundsFigure((ALLOCATED,), FundsKnown.KNOWN, allocated, *ways)
    if allocated.amount and not obligated.entries:
        return whole, FundsFigure(LINES[1:], FundsKnown.NOT_APART, allocated, *ways)
    unobligated = allocated.less(obligated)
    left = FundsFigure((UNOBLIGATED,), FundsKnown.KNOWN, unobligated, ways[0] or unknown, ways[1])
    more = unknown or missing
    if obligated.amount and not disbursed.entries:
        return whole, left, FundsFigure(LINES[2:], FundsKnown.NOT_APART, obligated, at_least=more)
    unliquidated = obligated.less(disbursed)
    owed = FundsFigure((UNLIQUIDATED,), FundsKnown.KNOWN, unliquidated, funds.unpaid, more)
    paid = FundsFigure((DISBURSED,), FundsKnown.KNOWN, disbursed, at_least=more or funds.unpaid)
    return whole, left, owed, paid


NO_APPROPRIATION: Cell = (FundsFigure(LINES, FundsKnown.NO_APPROPRIATION),)


@dataclass(frozen=True)
class FundsRow:
    """The cells of a place, of what is of no place, or of an account: a year each, and all."""

    years: tuple[Cell, ...]
    total: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, the total last."""
        return (*self.years, self.total)


@dataclass(frozen=True)
class AccountFunds:
    """An account: its places with what is known, by code, and those of which nothing is.

    `nowhere` is appropriated and committed to no place; with the places it adds up to `total`.
    """

    code: str
    places: tuple[tuple[str, FundsRow], ...]
    silent: tuple[str, ...]
    nowhere: FundsRow
    total: FundsRow


@dataclass(frozen=True)
class StatusOfFunds:
    """The fiscal years that have an appropriation of any account, and the accounts by code.

    `total` is of all accounts.
    """

    years: tuple[int, ...]
    accounts: tuple[AccountFunds, ...]
    total: FundsRow

    @property
    def cells(self) -> Iterator[Cell]:
        """All cells, those of places first, the total of all accounts last."""
        for account in self.accounts:
            for _place, row in account.places:
                yield from row.cells
            yield from (*account.nowhere.cells, *account.total.cells)
        yield from self.total.cells


@remembered(KEPT)
def status_of_funds(query: Query, places: tuple[str, ...]) -> StatusOfFunds:
    """Return the status of all funds; its filters aside, of a query.

    `places` are the codes of all countries (and the region), in their order.
    """
    query = query.everywhere()
    appropriated = {
        key: sums.of("appropriated")
        for key, sums in aggregates.breakdown(query, "appropriation").items()
    }
    money = _of_commitments(query)
    of_account: defaultdict[str, dict[int, Year]] = defaultdict(dict)
    named = Appropriation.objects.filter(pk__in=[*appropriated]).order_by("account__code")
    for pk, code, year in named.values_list("pk", "account__code", "fiscal_year"):
        of_account[code][year] = (appropriated[pk], money.get(pk, {}))
    years = tuple(sorted({year for found in of_account.values() for year in found}))
    return StatusOfFunds(
        years,
        tuple(
            _account(code, [found.get(year) for year in years], places)
            for code, found in of_account.items()
        ),
        _row(
            _all_of(found[year] for found in of_account.values() if year in found) for year in years
        ),
    )


Year = tuple[Amount, dict[str, Funds]]
"""What is appropriated to an account in a year, and what is known of it by place."""


def _account(code: str, years: list[Year | None], places: tuple[str, ...]) -> AccountFunds:
    made = [year for year in years if year]
    found = {place for _whole, its in made for place in its if its[place].allocated.entries}
    return AccountFunds(
        code,
        tuple(
            (place, _row(year and _at(year[1], place) for year in years))
            for place in places
            if place in found
        ),
        tuple(place for place in places if place not in found),
        _row(year and _committed(year).left_of(year[0]) for year in years),
        _row(year and _all_of([year]) for year in years),
    )


def _committed(year: Year) -> Funds:
    return sum(year[1].values(), Funds())


def _all_of(years: Iterable[Year]) -> Funds:
    return sum((_committed(year).out_of(year[0]) for year in years), Funds())


def _at(funds: dict[str, Funds], place: str) -> Funds:
    found = funds.get(place)
    return found if found and found.allocated.entries else MISSING


def _row(years: Iterable[Funds | None]) -> FundsRow:
    each = list(years)
    return FundsRow(
        tuple(NO_APPROPRIATION if year is None else cell(year) for year in each),
        cell(sum((year for year in each if year), Funds())),
    )


def _of_commitments(query: Query) -> dict[int, dict[str, Funds]]:
    """Return what is known of each appropriation's money by country."""
    stages = ("committed", "obligated", "disbursed")
    columns = [name for stage in stages for name in (stage, f"{stage}_entries")]
    rows = aggregates.summed_commitments(query).order_by()
    read = rows.values_list("appropriation_id", "country__code", "bound", *columns)
    found: defaultdict[int, defaultdict[str, Funds]] = defaultdict(lambda: defaultdict(Funds))
    for pk, country, bound, *sums in read:
        amounts = (Amount(*pair) for pair in zip(sums[::2], sums[1::2], strict=True))
        found[pk][country] += Funds.of(*amounts, bound=bound)
    return {pk: dict(countries) for pk, countries in found.items()}
