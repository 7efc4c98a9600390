"""The status of funds: its lines and columns add up, and nothing unknown has a number."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.status_of_funds import (
    LINES,
    AccountFunds,
    Cell,
    Funds,
    FundsKnown,
    FundsRow,
    StatusOfFunds,
    cell,
    status_of_funds,
)
from carsi_tracker.figures.timeline import timeline
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Country, Stage
from carsi_tracker.reports.page.parameters import read
from tests import factories, sourced
from tests.figures.funds import added_up, said

NOTHING_YET = StatusOfFunds((), (), FundsRow((), cell(Funds())))


def ask(**address: str) -> Query:
    head, revision = newest()
    return read(address, head, revision)


def codes() -> tuple[str, ...]:
    return tuple(Country.objects.values_list("code", flat=True))


def status(**address: str) -> StatusOfFunds:
    return status_of_funds(ask(**address), codes())


def close(account: AccountFunds) -> None:
    """Assert that all lines of an account add up, down and across."""
    rows = [*(row for _place, row in account.places), account.nowhere]
    for row in (*rows, account.total):
        assert len(row.cells) == len(account.total.cells)
        for shown in row.cells:
            assert added_up(shown) == 0
    for column, total in enumerate(account.total.cells):
        for line in LINES:
            parts = sum((counted(row.cells[column], line) for row in rows), Decimal(0))
            assert parts == counted(total, line), (account.code, column, line)


def counted(shown: Cell, line: str) -> Decimal:
    """Return what a cell counts at a line: what is not known apart, at its first line."""
    found = (figure.sum_.amount for figure in shown if figure.lines[0] == line)
    return sum(found, Decimal(0))


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("version", [1, 3, 9, 12, sourced.VERSION])
def test_every_line_and_column_adds_up_on_every_day_and_is_what_the_sums_are(version: int) -> None:
    days = [point.day for point in timeline(ask(version=str(version)))]
    for day in (days[0] - timedelta(days=1), *days):
        address = {"as_of": day.isoformat(), "version": str(version)}
        found = status(**address)
        assert bool(found.accounts) == (day >= days[0])
        for column, whole in enumerate(found.total.cells):
            for line in LINES:
                parts = (counted(each.total.cells[column], line) for each in found.accounts)
                assert sum(parts, Decimal(0)) == counted(whole, line)
        for account in found.accounts:
            close(account)
            for row, country in (
                (account.total, None),
                *((row, place) for place, row in account.places),
            ):
                for shown, year in zip(row.cells, (*found.years, None), strict=True):
                    check_sums(shown, ask(**address), account.code, year, country)


def check_sums(
    shown: Cell, query: Query, account: str, year: int | None, country: str | None
) -> None:
    """Compare what a cell says with the sums of its entries."""
    asked = query.where(account=account, year=year, country=country)
    sums = aggregates.totals(asked)
    whole = sums.of("committed") if country else sums.of("appropriated")
    if shown[0].known is not FundsKnown.KNOWN:
        assert not whole.entries
        assert (shown[0].known is FundsKnown.NO_APPROPRIATION) == (
            not aggregates.totals(query.where(account=account, year=year))
            .of("appropriated")
            .entries
        )
        return
    amounts = dict(
        zip(
            LINES,
            (
                whole.amount,
                whole.amount - sums.obligated,
                sums.unliquidated,
                sums.disbursed,
            ),
            strict=True,
        )
    )
    for figure in shown:
        assert figure.sum_.amount == sum(amounts[line] for line in figure.lines)
        if figure.known is FundsKnown.KNOWN and figure.lines == (LINES[3],):
            assert sums.of("disbursed").entries or not sums.obligated


@pytest.mark.usefixtures("sourced")
def test_it_is_empty_before_the_first_law_and_in_a_ledger_without_versions() -> None:
    assert status(as_of="2008-06-29") == NOTHING_YET


@pytest.mark.usefixtures("db")
def test_an_empty_ledger_has_no_accounts() -> None:
    assert status() == NOTHING_YET


@pytest.mark.usefixtures("sourced")
def test_a_year_before_its_law_is_no_column_and_one_without_a_law_is_no_appropriation() -> None:
    assert status(as_of="2009-03-10").years == (2008,)
    found = status()
    (nadr,) = (account for account in found.accounts if account.code == "NADR")
    assert found.years == (2008, 2009)
    assert {row.years[1][0].known for _place, row in nadr.places} == {FundsKnown.NO_APPROPRIATION}
    (belize,) = (row for place, row in nadr.places if place == "BZ")
    assert not belize.total[0].at_least
    (esf,) = (account for account in found.accounts if account.code == "ESF")
    (belize,) = (row for place, row in esf.places if place == "BZ")
    assert belize.years[1][0].known is FundsKnown.NOT_KNOWN
    assert belize.total[0].at_least


@pytest.mark.usefixtures("sourced")
def test_new_accounts_years_and_countries_are_asked_in_no_more_queries() -> None:
    def queries() -> int:
        query, places = ask(), codes()
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            found = status_of_funds(query, places)
        for account in found.accounts:
            close(account)
        return len(asked)

    before = queries()
    money = factories.funded(9_000_000, fiscal_year=2010)
    for number in range(30):
        factories.committed(money, 1000 + number, country=factories.country())
    assert queries() == before
    found = status()
    assert found.years == (2008, 2009, 2010)
    new = found.accounts[0]
    assert len(new.places) == 30
    assert said(new.total.total)[1] == ("unounldis", "n/k 9000000")


@pytest.mark.usefixtures("sourced")
def test_a_place_whose_commitment_is_back_at_zero_is_known_to_have_none() -> None:
    money = factories.funded(500)
    draft = factories.batch()
    made = factories.commitment(draft, appropriation=money)
    for given_ in (200, -200):
        factories.line(draft, made, Stage.COMMITTED, given_)
    factories.posted(draft)
    found = status()
    (account,) = (each for each in found.accounts if each.code == money.account.code)
    ((place, row),) = account.places
    assert place == made.country.code
    assert [text for _lines, text in said(row.total)] == ["0", "0", "0", "0"]
    close(account)
