"""What others published: kept by analysts and administrators, with history, within bounds."""

import psycopg
import pytest

from carsi_tracker.ledger.models import Change
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

INSERT = """
    insert into ledger_publishedfigure (key, document_id, locator, quote, measure, as_of, relation,
        amount, tolerance, wider, wider_es, explanation, explanation_es)
    select 'raw', id, '', '', 'committed', '2009-01-01', 'equals', 1, 0, '', '', '', ''
    from ledger_document limit 1
"""


def test_an_active_analyst_or_administrator_adds_one_and_it_has_a_history(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    for person in (ledger.analyst, factories.administrator()):
        run(application, person, INSERT)
        run(application, person, "update ledger_publishedfigure set retired = true")
        run(application, person, "delete from ledger_publishedfigure")
        kept = Change.objects.filter(table="ledger_publishedfigure", user=person)
        assert [change.action for change in kept] == ["INSERT", "UPDATE", "DELETE"]


@pytest.mark.parametrize(
    "statement",
    [INSERT, "update ledger_publishedfigure set amount = 2", "delete from ledger_publishedfigure"],
)
def test_nobody_else_writes_one(
    ledger: Ledger, application: psycopg.Connection, statement: str
) -> None:
    factories.published_figure()
    for person in (
        factories.approver(), factories.person(), factories.analyst(is_active=False)
    ):  # fmt: skip
        with refused("role_missing", role="analyst"):
            run(application, person, statement)
    assert value(application, "select amount from ledger_publishedfigure") == 100


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("key = 'another'", "code_is_fixed"),
        ("amount = -1", "published_amount"),
        ("amount = 'NaN'", "published_amount"),
        ("amount = 1e12", "published_amount"),
        ("amount = 0.001", "published_amount"),
        ("tolerance = -0.01", "published_amount"),
        ("tolerance = 'NaN'", "published_amount"),
        ("as_of = '1989-12-31'", "published_period"),
        ("as_of = current_date + 2", "published_period"),
        ("date_from = as_of + 1", "published_period"),
        ("date_from = '1989-12-31'", "published_period"),
        ("country_id = (select max(id) from ledger_country)", "published_question"),
        (
            "agency_id = (select max(id) from ledger_organization), measure = 'available'",
            "published_question",
        ),
        ("year = 1989", "in_bounds"),
        ("relation = 'like'", "in_bounds"),
        ("measure = 'allocated'", "in_bounds"),
        ("quote = E'a\\u202eb'", "plain_text"),
        ("explanation_es = E'a\\nb'", "plain_text"),
        ("wider_es = 'Haití'", "published_in_english"),
        ("explanation_es = 'Porque sí'", "published_in_english"),
    ],
)
def test_what_it_says_has_bounds(
    ledger: Ledger, application: psycopg.Connection, change: str, rule: str
) -> None:
    factories.published_figure()
    factories.country(), factories.organization()
    with refused(rule):
        run(application, ledger.analyst, f"update ledger_publishedfigure set {change}")


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u2800", "\u3000", "\u0301"])
@pytest.mark.parametrize(
    "column", ["locator", "quote", "wider", "wider_es", "explanation", "explanation_es"]
)
def test_a_text_that_shows_nothing_is_none(
    ledger: Ledger, application: psycopg.Connection, column: str, blank: str
) -> None:
    factories.published_figure(wider="Haiti", explanation="Because")
    with refused("plain_text"):
        run(application, ledger.analyst, f"update ledger_publishedfigure set {column} = %s", blank)


def test_what_is_just_within_them_is_kept(ledger: Ledger, application: psycopg.Connection) -> None:
    factories.published_figure()
    factories.country()
    for change in (
        "amount = 0, tolerance = 0.01", "date_from = as_of",
        "as_of = '1990-01-01', date_from = null",
        "measure = 'committed', country_id = (select max(id) from ledger_country)",
        "year = 2100, relation = 'at-most'",
        "wider = 'Haiti', wider_es = 'Haití'", "wider_es = ''", "wider = ''",
    ):  # fmt: skip
        run(application, ledger.analyst, f"update ledger_publishedfigure set {change}")


def test_a_key_is_plain_and_not_none(ledger: Ledger, application: psycopg.Connection) -> None:
    factories.document()
    with refused("code_but_none"):
        run(application, ledger.analyst, INSERT.replace("'raw'", "'none'"))
    with refused("code_written_plainly"):
        run(application, ledger.analyst, INSERT.replace("'raw'", "'Raw'"))


def test_what_it_refers_to_stays(ledger: Ledger, application: psycopg.Connection) -> None:
    figure = factories.published_figure(account=factories.account())
    for table, key in (("document", figure.document_id), ("account", figure.account_id)):
        with pytest.raises(psycopg.IntegrityError):
            run(application, ledger.analyst, f"delete from ledger_{table} where id = %s", key)
