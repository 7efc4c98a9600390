"""Open questions: their sums, and the published totals that bear on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.open_questions import AskedQuestion, open_questions
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import OpenQuestion
from carsi_tracker.ledger.posting import acting
from carsi_tracker.reports.page.parameters import read
from tests import factories, sourced

pytestmark = pytest.mark.usefixtures("sourced")


def ask(**address: str) -> Query:
    head, revision = newest()
    return read(address, head, revision)


def found(**address: str) -> dict[str, AskedQuestion]:
    return {each.question.key: each for each in open_questions(ask(**address))}


@pytest.mark.parametrize("address", [{}, {"as_of": "2009-09-30"}, {"version": "12"}])
def test_each_has_the_sum_of_the_entries_that_its_filters_choose(address: dict[str, str]) -> None:
    for each in found(**address).values():
        assert each.sum_ == aggregates.total(each.query)
        assert each.sum_.amount


def test_those_of_the_sourced_ledger_have_the_totals_that_bear_on_them() -> None:
    named = {key: [other.figure.key for other in each.published] for key, each in found().items()}
    assert named == {
        "obligations": ["gao-obligated-2013-floor", "gao-obligated-2013"],
        "incle-2009-commitments": ["law-2009-capacity", "activities-fy09"],
        "incle-payments": ["gao-disbursed-incle"],
        "incle-2008-commitments": ["activities-fy08"],
        "usaid-esf-payments": ["gao-disbursed-esf"],
    }


def test_their_amounts_are_those_of_the_ledger() -> None:
    amounts = {key: each.sum_.amount for key, each in found().items()}
    of_2009 = {"account": "INCLE", "fiscal_year": "2009"}
    assert amounts["obligations"] == sourced.COMMITTED - sourced.OBLIGATED
    assert amounts["incle-2009-commitments"] == (
        sourced.total("appropriated", **of_2009) - sourced.total("committed", **of_2009)
    )
    assert amounts["incle-payments"] == sourced.total("obligated", account="INCLE")


def test_a_total_of_a_later_day_of_other_money_or_another_stage_does_not_bear_on_it() -> None:
    assert found(as_of="2013-05-31")["obligations"].published == ()
    factories.open_question(key="of-fmf", account=None, measure="unliquidated", year=2009)
    esf = sourced.total("obligated", fiscal_year="2009") - sourced.total(
        "disbursed", fiscal_year="2009"
    )
    asked = found()["of-fmf"]
    assert asked.sum_.amount == esf
    assert all(each.figure.measure == "disbursed" for each in asked.published)
    assert all(each.figure.year in (None, 2009) for each in asked.published)


def test_what_adds_up_to_zero_is_not_known_or_is_retired_is_not_open() -> None:
    spent = factories.funded(100)
    factories.committed(spent, 100)
    of_it = {"account": spent.account, "year": spent.fiscal_year}
    factories.open_question(key="zero", measure="available", **of_it)
    factories.open_question(key="not-known", measure="unobligated", year=2030)
    with acting(factories.administrator()):
        OpenQuestion.objects.filter(key="obligations").update(retired=True)
    assert aggregates.total(ask(account=spent.account.code, measure="available")).known
    assert not {"zero", "not-known", "obligations"} & set(found())
    assert found(as_of="2008-06-29") == {}


def test_they_have_the_order_of_the_list() -> None:
    factories.open_question(key="first", position=0)
    keys = list(found())
    assert keys[0] == "first"
    assert keys[1:3] == ["obligations", "incle-2009-commitments"]


def test_many_questions_are_asked_in_no_more_queries() -> None:
    def queries() -> int:
        query = ask()
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            open_questions(query)
        return len(asked)

    queries()
    before = queries()
    for year in (2008, 2009) * 10:
        factories.open_question(year=year)
    assert queries() == before
    assert len(found()) == 25
