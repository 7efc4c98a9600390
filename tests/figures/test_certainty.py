"""How well a sum is known: what the files say of its evidence, its place, and how far it got."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.aggregates import reached, total
from carsi_tracker.figures.bounds import EXACT
from carsi_tracker.figures.certainty import certainty
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Document
from carsi_tracker.reports.page.parameters import read
from tests import sourced

COUNTRIES = ("BZ", "CR", "SV", "GT", "HN", "NI", "PA")

pytestmark = pytest.mark.usefixtures("sourced")


def ask(**address: str) -> Query:
    return read(address, *newest())


@pytest.mark.parametrize("filters", [{}, {"country": "HN"}, {"account": "INCLE"}])
@pytest.mark.parametrize("stage", ["", "obligated", "disbursed"])
@pytest.mark.parametrize("day", ["2009-03-31", "2009-09-30", ""])
def test_each_measure_is_what_the_entries_of_the_files_add_up_to(
    day: str, stage: str, filters: dict[str, str]
) -> None:
    on, asked = date.fromisoformat(day) if day else date.max, stage or "committed"
    found = certainty(ask(as_of=day, stage=stage, **filters))
    for basis in ("stated", "press", "inferred"):
        assert found.by_basis[basis] == sourced.total(asked, on=on, basis=basis, **filters)
    whole = sourced.total(asked, on=on, **filters)
    regional = {"country": "regional"} | filters
    away = sourced.total(asked, on=on, **regional) if regional["country"] == "regional" else 0
    assert (found.whole, found.in_countries) == (whole, whole - away)
    assert found.signed == sourced.total("obligated", on=on, **filters)


@pytest.mark.parametrize("day", ["2009-03-31", ""])
def test_each_stage_says_how_far_its_entries_and_documents_reach(day: str) -> None:
    found = certainty(ask(as_of=day))
    published = dict(Document.objects.values_list("key", "published_on"))
    for stage in ("committed", "obligated", "disbursed"):
        rows = list(sourced.entries(stage, on=date.fromisoformat(day) if day else date.max))
        assert bool(rows) == (stage in found.newest)
        if rows:
            last = max(row["effective_date"] for row in rows)
            assert found.newest[stage].effective == date.fromisoformat(last)
            assert found.newest[stage].published == max(published[row["document"]] for row in rows)


def test_it_is_one_query_and_remembered_from_day_to_day() -> None:
    query = ask(as_of="2012-12-31")
    forget_everything()
    reached(query)
    with CaptureQueriesContext(connection) as queries:
        whole = certainty(query).whole
        assert certainty(query.through(date(2012, 12, 30))).whole == whole > Decimal(0)
    assert len(queries) == 1


@pytest.mark.parametrize("day", ["2008-09-04", "2009-03-31", ""])
@pytest.mark.parametrize("stage", ["committed", "obligated"])
def test_its_limits_are_those_of_the_sum(day: str, stage: str) -> None:
    query = ask(as_of=day, stage=stage)
    found = certainty(query)
    assert found.limits == total(query).limits
    assert bool(total(query).limits.mark) == (stage == "committed" and day != "2008-09-04")
    in_countries = [total(ask(as_of=day, stage=stage, country=code)) for code in COUNTRIES]
    assert found.limits_in_countries == sum((each.limits for each in in_countries), EXACT)
