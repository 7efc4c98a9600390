"""Files add up to the figures of the views that they are of."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.parameters import read
from tests.reports.downloads.files import rows, sheets

pytestmark = pytest.mark.usefixtures("sourced")

VIEWS = (
    "",
    "as_of=2009-09-30",
    "as_of=2008-02-29",
    "stage=committed&as_of=2009-09-30",
    "measure=available",
    "measure=unobligated&country=HN",
    "measure=unliquidated&area=law-enforcement&as_of=2011-09-30",
    "area=not-attributed&country=CR&stage=committed",
    "goal=none&stage=obligated",
    "text=policia",
    "amount_to=0",
    "document=gao-13-295r&basis=stated",
)
EACH_SUM = [
    f"{sum_}&as_of={day}"
    for day in ("2008-09-30", "2009-09-30", "2011-12-31")
    for sum_ in (
        *(f"stage={stage}" for stage in Stage.values),
        *(f"measure={measure}" for measure in MEASURES),
    )
]


def asked(query: str) -> Any:
    return read(dict(part.split("=") for part in query.split("&") if part), *newest())


def added(found: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in found if row[column]), Decimal(0))


@pytest.mark.parametrize("query", [*VIEWS, *EACH_SUM])
def test_the_entries_of_a_view_add_up_to_its_figure(client: Client, query: str) -> None:
    found = rows(client, f"/tables/entries.csv?{query}")
    total = aggregates.total(asked(query))
    assert added(found, "counted_usd") == total.amount
    assert len(found) == total.entries
    sheet, _about = sheets(client, f"/tables/entries.xlsx?{query}")
    place = sheet[0].index("counted_usd")
    assert sum(Decimal(str(row[place])) for row in sheet[1:]) == total.amount


@pytest.mark.parametrize("query", VIEWS)
def test_tables_of_sums_add_up_to_the_totals_of_the_view(client: Client, query: str) -> None:
    totals = aggregates.totals(asked(query))
    for name in ("areas", "countries", "matrix", "goals", "appropriations", "commitments"):
        found = rows(client, f"/tables/{name}.csv?{query}")
        for stage in ("committed", "obligated", "disbursed"):
            assert added(found, f"{stage}_usd") == getattr(totals, stage), (name, stage)
    parts = rows(client, f"/tables/stages.csv?{query}")
    assert added(parts, "amount_usd") == totals.appropriated
    days = rows(client, f"/tables/timeline.csv?{query}")
    assert added(days[-1:], "appropriated_usd") == totals.appropriated
    assert added(days[-1:], "disbursed_usd") == totals.disbursed
