"""A cell of the status of funds: what is true is within what it says, and it adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.figures.aggregates import NOTHING, Amount
from carsi_tracker.figures.status_of_funds import (
    LINES,
    Cell,
    Funds,
    cell,
)
from carsi_tracker.ledger.models import Bound
from tests.figures.funds import added_up, said

Drawn = tuple[int, int, int, int, str, int]
commitments = st.lists(
    st.tuples(
        *(st.integers(1, 9) for _stage in range(3)),
        st.integers(1, 3),
        st.sampled_from(("", *Bound.values)),
        st.integers(0, 3),
    ).map(lambda drawn: (*sorted(drawn[:3], reverse=True), *drawn[3:])),
    min_size=1,
    max_size=6,
)
"""What is true of a commitment at three stages, of how many documents tell, and how they limit it.

The last says by how much the limit is off.
"""


def told(committed: int, obligated: int, disbursed: int, shown: int, bound: str, off: int) -> Funds:
    """Return what documents tell of a commitment: nothing of a stage, a limit, or the truth."""
    said = {"": committed, "at-most": committed + off, "at-least": max(obligated, committed - off)}
    stages = (said[bound], obligated, disbursed)
    told = [Amount(Decimal(sum_), 1) if n < shown else NOTHING for n, sum_ in enumerate(stages)]
    return Funds.of(*told, bound=bound)


@given(commitments)
def test_what_is_true_is_within_what_a_cell_says(drawn: list[Drawn]) -> None:
    true = [sum(each[stage] for each in drawn) for stage in range(3)]
    within(cell(sum((told(*each) for each in drawn), Funds())), by_line(true))


def by_line(stages: list[int]) -> dict[str, int]:
    """Return what each line is of what is allocated, obligated and disbursed."""
    whole, owed, paid = stages
    return dict(zip(LINES, (whole, whole - owed, owed - paid, paid), strict=True))


def within(shown: Cell, lines: dict[str, int]) -> None:
    """Assert that what is true of each line is within what a cell says, and that it adds up."""
    assert added_up(shown) == 0
    assert [line for figure in shown for line in figure.lines] == [*LINES]
    for figure in shown:
        truth = sum(lines[line] for line in figure.lines)
        assert truth <= figure.sum_.amount or figure.at_least
        assert truth >= figure.sum_.amount or figure.at_most


@given(commitments, *(st.integers(0, 9) for _stage in range(3)))
def test_what_is_true_of_an_account_is_within_what_its_cells_say(
    drawn: list[Drawn], extra: int, obligated: int, disbursed: int
) -> None:
    """Some of what no commitment is found of may be obligated and paid, too."""
    funds = sum((told(*each) for each in drawn), Funds())
    true = [sum(each[stage] for each in drawn) for stage in range(3)]
    whole = max(true[0], int(funds.allocated.amount)) + extra
    other = [whole - true[0]]
    other += [min(other[0], obligated)]
    other += [min(other[1], disbursed)]
    within(cell(funds.left_of(amount(whole))), by_line(other))
    shown = cell(funds.out_of(amount(whole)))
    within(shown, by_line([one + another for one, another in zip(true, other, strict=True)]))
    assert (shown[0].sum_.amount, shown[0].at_most, shown[0].at_least) == (whole, False, False)


@given(commitments)
def test_a_cell_is_exact_where_documents_tell_all(drawn: list[Drawn]) -> None:
    shown = cell(sum((told(*each[:3], 3, "", 0) for each in drawn), Funds()))
    assert [figure.lines for figure in shown] == [(line,) for line in LINES]
    assert not any(figure.at_most or figure.at_least for figure in shown)


def amount(dollars: int) -> Amount:
    return Amount(Decimal(dollars), 1)


BACK_AT_ZERO = Funds.of(amount(0), NOTHING, NOTHING)
DEOBLIGATED = Funds.of(amount(5), amount(0), NOTHING)
NOT_OBLIGATED = Funds.of(amount(5), NOTHING, NOTHING)
NOT_PAID = Funds.of(amount(7), amount(6), NOTHING)
AT_MOST = Funds.of(amount(8), amount(3), amount(3), bound="at-most")
AT_LEAST = Funds.of(amount(8), NOTHING, NOTHING, bound="at-least")
PAID = Funds.of(amount(9), amount(9), amount(9))


@pytest.mark.parametrize(
    ("funds", "expected"),
    [
        (Funds(), [("allunounldis", "not-known")]),
        (BACK_AT_ZERO, [("all", "0"), ("uno", "0"), ("unl", "0"), ("dis", "0")]),
        (DEOBLIGATED, [("all", "5"), ("uno", "5"), ("unl", "0"), ("dis", "0")]),
        (PAID, [("all", "9"), ("uno", "0"), ("unl", "0"), ("dis", "9")]),
        (NOT_OBLIGATED, [("all", "5"), ("unounldis", "n/k 5")]),
        (NOT_PAID, [("all", "7"), ("uno", "1"), ("unldis", "n/k 6")]),
        (PAID + NOT_PAID, [("all", "16"), ("uno", "1"), ("unl", "≤6"), ("dis", "≥9")]),
        (PAID + NOT_OBLIGATED, [("all", "14"), ("uno", "≤5"), ("unl", "≥0"), ("dis", "≥9")]),
        (NOT_PAID + NOT_OBLIGATED, [("all", "12"), ("uno", "≤6"), ("unldis", "n/k ≥6")]),
        (
            PAID + NOT_PAID + NOT_OBLIGATED,
            [("all", "21"), ("uno", "≤6"), ("unl", "≥≤6"), ("dis", "≥9")],
        ),
        (PAID + Funds(missing=True), [("all", "≥9"), ("uno", "≥0"), ("unl", "≥0"), ("dis", "≥9")]),
        (PAID.out_of(amount(10)), [("all", "10"), ("uno", "≤1"), ("unl", "≥0"), ("dis", "≥9")]),
        (AT_MOST, [("all", "≤8"), ("uno", "≤5"), ("unl", "0"), ("dis", "3")]),
        (AT_MOST.left_of(amount(8)), [("all", "≥0"), ("uno", "≥0"), ("unl", "≥0"), ("dis", "≥0")]),
        (AT_MOST.out_of(amount(8)), [("all", "8"), ("uno", "≤5"), ("unl", "≥0"), ("dis", "≥3")]),
        (AT_LEAST, [("all", "≥8"), ("unounldis", "n/k ≥8")]),
        (AT_LEAST.left_of(amount(9)), [("all", "≤1"), ("unounldis", "n/k ≤1")]),
        (AT_LEAST.out_of(amount(9)), [("all", "9"), ("unounldis", "n/k 9")]),
        (NOT_PAID.left_of(amount(13)), [("all", "6"), ("unounldis", "n/k 6")]),
    ],
)  # fmt: skip
def test_a_cell_says_what_is_known_and_which_way_it_may_move(
    funds: Funds, expected: list[tuple[str, str]]
) -> None:
    assert said(cell(funds)) == expected
    if funds.allocated.entries:
        assert added_up(cell(funds)) == 0
