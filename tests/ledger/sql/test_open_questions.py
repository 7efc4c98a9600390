"""What is not known: kept by analysts and administrators, with history, within bounds."""

import psycopg
import pytest

from carsi_tracker.ledger.models import Change
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

INSERT = """
    insert into ledger_openquestion
        (key, question, question_es, measure, settled_by, settled_by_es, position)
    values ('raw', 'Where', '', 'unobligated', 'A list', '', 1)
"""


def test_an_active_analyst_or_administrator_adds_one_and_it_has_a_history(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    for person in (ledger.analyst, factories.administrator()):
        run(application, person, INSERT)
        run(application, person, "update ledger_openquestion set retired = true")
        run(application, person, "delete from ledger_openquestion")
        kept = Change.objects.filter(table="ledger_openquestion", user=person)
        assert [change.action for change in kept] == ["INSERT", "UPDATE", "DELETE"]


@pytest.mark.parametrize(
    "statement",
    [INSERT, "update ledger_openquestion set position = 2", "delete from ledger_openquestion"],
)
def test_nobody_else_writes_one(
    ledger: Ledger, application: psycopg.Connection, statement: str
) -> None:
    factories.open_question()
    for person in (
        factories.approver(), factories.person(), factories.analyst(is_active=False)
    ):  # fmt: skip
        with refused("role_missing", role="analyst"):
            run(application, person, statement)
    assert value(application, "select position from ledger_openquestion") == 100


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("key = 'another'", "code_is_fixed"),
        ("measure = 'available', area_id = (select max(id) from ledger_programmingarea)",
         "published_question"),
        ("measure = 'available', agency_id = (select max(id) from ledger_organization)",
         "published_question"),
        ("measure = 'appropriated'", "in_bounds"),
        ("measure = 'undisbursed'", "in_bounds"),
        ("year = 1989", "in_bounds"),
        ("year = 2101", "in_bounds"),
        ("question = ''", "plain_text"),
        ("question = E'a\\nb'", "plain_text"),
        ("question = '\u2800'", "plain_text"),
        ("settled_by = ''", "plain_text"),
        ("settled_by = E'a\\u202eb'", "plain_text"),
        ("question_es = '\u2800'", "plain_text"),
        ("settled_by_es = E'a\\nb'", "plain_text"),
        ("settled_by_es = '\u2800'", "plain_text"),
        # in Spanish alone
        ("question = '', question_es = 'A dónde'", "plain_text"),
        ("settled_by = '', settled_by_es = 'Una lista'", "plain_text"),
    ],
)  # fmt: skip
def test_what_it_says_has_bounds(
    ledger: Ledger, application: psycopg.Connection, change: str, rule: str
) -> None:
    factories.open_question()
    factories.area(), factories.organization()
    with refused(rule):
        run(application, ledger.analyst, f"update ledger_openquestion set {change}")


@pytest.mark.parametrize(
    "change",
    ["question = repeat('a', 201)", "settled_by_es = repeat('a', 301)", "position = -1"],
)
def test_no_text_is_longer_and_no_place_is_below_zero(
    ledger: Ledger, application: psycopg.Connection, change: str
) -> None:
    factories.open_question()
    with pytest.raises(psycopg.Error):
        run(application, ledger.analyst, f"update ledger_openquestion set {change}")


def test_what_is_just_within_them_is_kept(ledger: Ledger, application: psycopg.Connection) -> None:
    factories.open_question()
    factories.country()
    for change in (
        "measure = 'committed', country_id = (select max(id) from ledger_country)",
        "measure = 'available', country_id = null", "year = 2100", "year = null",
        "question_es = 'A dónde', settled_by_es = 'Una lista'", "question_es = ''",
        "position = 0", "question = repeat('a', 200)",
    ):  # fmt: skip
        run(application, ledger.analyst, f"update ledger_openquestion set {change}")


def test_a_key_is_plain_and_not_none(ledger: Ledger, application: psycopg.Connection) -> None:
    with refused("code_but_none"):
        run(application, ledger.analyst, INSERT.replace("'raw'", "'none'"))
    with refused("code_written_plainly"):
        run(application, ledger.analyst, INSERT.replace("'raw'", "'Raw'"))


def test_what_it_refers_to_stays(ledger: Ledger, application: psycopg.Connection) -> None:
    question = factories.open_question(account=factories.account())
    with pytest.raises(psycopg.IntegrityError):
        run(
            application,
            ledger.analyst,
            "delete from ledger_account where id = %s",
            question.account_id,
        )
