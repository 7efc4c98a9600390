"""Rule 8: amounts are dollars and cents, dates are days that have come."""

import os
from datetime import date, timedelta

import psycopg
import pytest

from carsi_tracker.ledger.models import Commitment, Stage
from tests import factories
from tests.ledger.attack import acting, post, refused, run, value
from tests.ledger.conftest import Ledger

EVERYTHING = bool(os.environ.get("EVERYTHING"))
ADD = """
    insert into ledger_line (batch_id, appropriation_id, commitment_id, stage, amount,
        effective_date, document_id, locator, basis, note, revision)
    select c.introduced_by_id, c.appropriation_id, c.id, 'committed', {amount}, {day}, a.law_id,
        {note}, 'stated', {note}, 0
    from ledger_commitment c join ledger_appropriation a on a.id = c.appropriation_id
    where c.id = %s
"""


@pytest.fixture
def commitment(ledger: Ledger) -> Commitment:
    """Give a commitment that a draft introduces."""
    return factories.commitment(factories.batch(ledger.analyst), appropriation=ledger.appropriation)


def add(
    session: psycopg.Connection,
    ledger: Ledger,
    commitment: Commitment,
    amount: str = "1",
    day: str = "'2009-03-13'",
    note: str = "''",
) -> None:
    run(session, ledger.analyst, ADD.format(amount=amount, day=day, note=note), commitment.pk)


@pytest.mark.parametrize(
    "amount",
    [
        "'NaN'", "'Infinity'", "'-Infinity'", "0", "0.00", "0.001", "0.005", "1234.567", "1e-20",
        "1e12", "-1e12", "1e100",
    ],
)  # fmt: skip
def test_no_such_amount_enters(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, amount: str
) -> None:
    with refused("amount_of_dollars_and_cents"):
        add(application, ledger, commitment, amount=amount)


@pytest.mark.parametrize("amount", ["0.01", "-0.01", "999999999999.99", "-999999999999.99", "1e11"])
def test_every_sum_of_dollars_and_cents_under_a_trillion_enters(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, amount: str
) -> None:
    add(application, ledger, commitment, amount=amount)
    assert value(application, "select amount = %s::numeric from ledger_line where commitment_id "
                 "is not null", amount)  # fmt: skip


@pytest.mark.parametrize(
    "day", ["'1989-12-31'", "'2100-01-01'", "'infinity'", "'-infinity'", "'epoch'", "'0044-03-15'"]
)
def test_no_such_day_enters(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, day: str
) -> None:
    with refused("effective_date_in_range"):
        add(application, ledger, commitment, day=day)


@pytest.mark.parametrize("note", ["E'a\\nb'", "E'a\\rb'", "E'\\t'", "E'a\\x1bb'"])
def test_what_a_file_prints_stays_on_one_line(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, note: str
) -> None:
    with refused("plain_text"):
        add(application, ledger, commitment, note=note)
    with refused("plain_text"):
        run(
            application, ledger.analyst,
            f"update ledger_batch set title = {note} where state = 'draft'",
        )  # fmt: skip
    with refused("plain_text"):
        run(application, ledger.analyst, f"update ledger_commitment set title = {note}")


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u2800", "\u3000", "\u0301"])
def test_what_may_be_empty_shows_something_unless_it_is(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, blank: str
) -> None:
    for text in ("document set title_es", "document set note", "commitment set title_es"):
        with refused("plain_text"):
            run(application, ledger.analyst, f"update ledger_{text} = %s", blank)
        run(application, ledger.analyst, f"update ledger_{text} = ''")


def test_an_appropriated_amount_has_no_commitment_and_every_other_has_one(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    add(application, ledger, commitment)
    for change in ("stage = 'appropriated'", "commitment_id = null", "stage = 'spent'"):
        with refused("stage_and_commitment"):
            run(application, ledger.analyst,
                f"update ledger_line set {change} where commitment_id is not null")  # fmt: skip


def test_an_amount_counts_against_the_appropriation_of_its_commitment(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    add(application, ledger, commitment)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        run(
            application, ledger.analyst,
            "update ledger_line set appropriation_id = %s where commitment_id is not null",
            factories.appropriation().pk,
        )  # fmt: skip


def test_a_draft_may_look_ahead_but_a_day_that_has_not_come_is_not_submitted(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    today = value(application, "select rules.washington_day(now())")
    factories.line(commitment.introduced_by, commitment, Stage.COMMITTED, 5, today)
    factories.submitted(commitment.introduced_by)
    tomorrow = today + timedelta(days=1)
    factories.line(commitment.introduced_by, commitment, Stage.COMMITTED, 5, tomorrow)
    with refused("date_not_come", date=str(tomorrow), today=str(today)):
        run(application, ledger.analyst, "select rules.submit(%s)", commitment.introduced_by_id)


def test_the_day_is_the_day_in_washington(application: psycopg.Connection) -> None:
    for moment, day in (
        ("2026-07-01 03:59:59+00", date(2026, 6, 30)),
        ("2026-07-01 04:00:00+00", date(2026, 7, 1)),
        ("2026-01-01 04:59:59+00", date(2025, 12, 31)),
        ("2026-01-01 05:00:00+00", date(2026, 1, 1)),
    ):
        assert value(application, "select rules.washington_day(%s)", moment) == day


def test_a_day_is_judged_again_at_posting(
    ledger: Ledger,
    owner: psycopg.Connection,
    application: psycopg.Connection,
    commitment: Commitment,
) -> None:
    today = value(application, "select rules.washington_day(now())")
    factories.line(commitment.introduced_by, commitment, Stage.COMMITTED, 5, today)
    factories.submitted(commitment.introduced_by)
    with owner.transaction(force_rollback=True):
        owner.execute("alter table ledger_line disable trigger user")
        with acting(owner, ledger.analyst):
            owner.execute("update ledger_line set effective_date = effective_date + 1")
        with refused("date_not_come"), owner.transaction():
            post(owner, ledger.approver, commitment.introduced_by_id)


def test_a_batch_has_at_most_a_hundred_thousand_lines(
    ledger: Ledger,
    owner: psycopg.Connection,
    application: psycopg.Connection,
    commitment: Commitment,
) -> None:
    most = value(owner, "select rules.most_lines()")
    assert most == 100_000
    if not EVERYTHING:  # as many take ten seconds
        most = 500
        owner.execute(
            "create or replace function rules.most_lines() returns integer language sql immutable"
            f" set search_path = pg_catalog, pg_temp as $$ select {most} $$"
        )
    many = ADD.replace("where", f", generate_series(1, {most}) where")
    run(application, ledger.analyst, many.format(amount="1", day="'2009-03-13'", note="''"),
        commitment.pk)  # fmt: skip
    add(application, ledger, commitment)
    with refused("batch_too_long", lines=most + 1, limit=most):
        run(application, ledger.analyst, "select rules.submit(%s)", commitment.introduced_by_id)
    run(
        application, ledger.analyst,
        "delete from ledger_line where id = "
        "(select max(id) from ledger_line where commitment_id is not null)",
    )  # fmt: skip
    run(application, ledger.analyst, "select rules.submit(%s)", commitment.introduced_by_id)
    assert post(application, ledger.approver, commitment.introduced_by_id) == 2
