"""What the API answers: the rows of the files, the sums of the figures, and where they are from."""

import csv
import io
import json
import re
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.encoding import force_bytes

from carsi_tracker.exports.api import rows as parts
from carsi_tracker.exports.api.figures import BY, LARGE
from carsi_tracker.exports.api.tables import API_TABLES
from carsi_tracker.exports.tables import EXPORTED
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.certainty import certainty
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.parameters import read
from tests.exports.api.asking import asked, rows, walked, within

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("2008-09-30", "2009-09-30", "2011-12-31")
OF_COMMITMENTS = ("committed", "obligated", "disbursed")


def views() -> list[str]:
    """Name three days in two versions, as addresses do."""
    versions = Posting.objects.filter(version__in=(9, 17)).values_list("version", "checksum")
    return [
        f"as_of={day}&version={number}-{checksum[:8]}"
        for day in DAYS
        for number, checksum in versions
    ]


def query_of(view: str) -> Any:
    return read(dict(part.split("=") for part in view.split("&")), *newest())


def added(found: list[dict[str, Any]], field: str) -> Decimal:
    return sum((Decimal(row[field]) for row in found if row[field] is not None), Decimal(0))


def file_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(within(address))
    text = b"".join(map(force_bytes, response)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_list_adds_up_to_the_figures_on_three_days_in_two_versions(client: Client) -> None:
    for view in views():
        totals = aggregates.totals(query_of(view))
        for name in ("commitments", "areas", "countries", "goals"):
            found = rows(client, f"{name}?{view}")
            for stage in OF_COMMITMENTS:
                assert added(found, f"{stage}_usd") == getattr(totals, stage), (name, view)
        assert added(rows(client, f"documents?{view}"), "committed_usd") == totals.committed
        for name in ("appropriations", "accounts"):
            found = rows(client, f"{name}?{view}")
            assert added(found, "appropriated_usd") == totals.appropriated
            assert added(found, "available_usd") == totals.available
        lines = rows(client, f"entries?{view}")
        for stage in ("appropriated", *OF_COMMITMENTS):
            of_stage = [line for line in lines if line["stage"] == stage]
            assert added(of_stage, "amount_usd") == getattr(totals, stage)
        funds = rows(client, f"status-of-funds?{view}")
        whole = [
            row for row in funds
            if (row["account"], row["fiscal_year"], row["line"]) == ("total", "total", "allocated")
        ]  # fmt: skip
        assert added(whole, "amount_usd") == totals.appropriated


def test_figures_by_any_two_dimensions_add_up_to_the_whole(client: Client) -> None:
    view = views()[-1]
    query = query_of(view)
    totals, known = aggregates.totals(query), certainty(query)
    asks = [f"{one},{other}" for one, other in combinations(BY, 2) if not {one, other} <= LARGE]
    for by in ("", *BY, *asks):
        found = rows(client, f"figures?by={by}&{view}" if by else f"figures?{view}")
        assert added(found, "appropriated_usd") == totals.appropriated, by
        assert added(found, "unobligated_usd") == totals.unobligated, by
        assert added(found, "disbursed_usd") == totals.disbursed, by
        assert sum(row["entries"] for row in found) == totals.entries, by
        assert added(found, "in_countries_usd") == known.in_countries, by
        for basis, amount in known.by_basis.items():
            assert added(found, f"{basis}_usd") == amount, by
    (area,) = (
        row for row in rows(client, f"figures?by=area,country&{view}")
        if (row["area"], row["country"]) == ("law-enforcement", "regional")
    )  # fmt: skip
    sums = aggregates.totals(query.where(area="law-enforcement", country="regional"))
    assert area["committed_bound"] == sums.of("committed").limits.mark


@pytest.mark.parametrize("name", API_TABLES)
def test_fields_are_the_columns_of_the_file(client: Client, name: str) -> None:
    """Names in the language of a page's address stand in each language instead."""
    answer = asked(client, name)
    columns = [column.name for column in API_TABLES[name].table.fields]
    fields = [re.sub("_name_(en|es)$", "_name", field) for field in answer["data"][0]]
    assert list(dict.fromkeys(fields)) == columns
    assert list(file_of(client, answer["meta"]["csv"])[0]) == columns
    if name in EXPORTED:
        assert API_TABLES[name].key.fields == EXPORTED[name].key


@pytest.mark.parametrize("name", API_TABLES)
def test_a_list_has_the_rows_of_its_file_in_its_order(
    client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = asked(client, name)["meta"]["count"] // 3 + 1
    monkeypatch.setattr(parts, "SIZE", size)
    caches["pages"].clear()
    answers = list(walked(client, name))
    found = [row for answer in answers for row in answer["data"]]
    lines = file_of(client, answers[0]["meta"]["csv"])
    assert len(found) == len(lines) == answers[0]["meta"]["count"]
    assert len(answers) == max(1, -(-len(found) // size))
    for row, line in zip(found, lines, strict=True):
        for column, value in line.items():
            cell = row.get(column, row.get(f"{column}_en"))
            assert ("" if cell is None else str(cell)) == value.removeprefix("'"), (name, column)


@pytest.mark.parametrize(
    "address",
    [
        "entries?sort=commitment", "entries?sort=-commitment", "entries?sort=-amount",
        "entries?sort=source", "commitments?sort=-disbursed", "commitments?sort=area",
        "documents?sort=-published_on",
        "documents?sort=committed", "versions?sort=version", "published?sort=-difference",
        "entries?country=GT&stage=committed&as_of=2009-09-30", "entries?measure=available",
        "entries?text=policia", "figures?by=commitment,basis", "figures?by=goal,partner",
    ],
)  # fmt: skip
def test_a_list_goes_on_where_it_ended_in_any_order(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked(client, address)
    monkeypatch.setattr(parts, "SIZE", whole["meta"]["count"] // 3 + 1)
    caches["pages"].clear()
    assert rows(client, address) == whole["data"]


def test_an_answer_says_what_it_is_of_and_where_else_that_is(client: Client) -> None:
    response = client.get("/api/v1/entries?country=HN&stage=committed&as_of=2009-09-30")
    answer = json.loads(response.content)
    meta = answer["meta"]
    posting = Posting.objects.get(version=meta["version"])
    assert meta["as_of"] == "2009-09-30"
    assert meta["checksum"] == posting.checksum
    assert meta["posted_at"] == posting.posted_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert meta["licence"].startswith("https://creativecommons.org/publicdomain/zero/")
    assert (meta["total_of"], answer["next"]) == ("committed", None)
    query = query_of("country=HN&stage=committed&as_of=2009-09-30")
    assert Decimal(meta["total_usd"]) == aggregates.total(query).amount
    assert meta["count"] == len(answer["data"]) == aggregates.total(query).entries
    asks = f"?country=HN&stage=committed&as_of=2009-09-30&version=17-{posting.checksum[:8]}"
    assert meta["self"] == f"http://testserver/api/v1/entries{asks}"
    assert meta["html"] == f"http://testserver/entries/{asks}"
    assert meta["csv"] == f"http://testserver/tables/entries.csv{asks}"
    assert client.get(within(meta["html"])).status_code == 200
    assert asked(client, within(meta["self"]).removeprefix("/api/v1/")) == answer


def test_a_sum_of_nothing_found_is_null_and_what_does_not_add_up_has_no_total(
    client: Client,
) -> None:
    early = "as_of=2008-06-29"
    assert asked(client, f"commitments?{early}")["meta"]["total_usd"] is None
    assert asked(client, f"figures?{early}")["data"] == []
    assert asked(client, "entries")["meta"]["total_usd"] is None
    assert asked(client, "documents?evidence=press")["meta"]["total_usd"] is None
    assert asked(client, "commitments?measure=unobligated")["meta"]["total_of"] == "unobligated"


@pytest.mark.parametrize("name", API_TABLES)
def test_each_row_has_an_address_and_a_page(client: Client, name: str) -> None:
    for row in asked(client, name)["data"][:3]:
        key = API_TABLES[name].key.of(row)
        answer = asked(client, f"{name}/{key}")
        assert answer["data"] == [row], key
        if html := answer["meta"]["html"]:
            assert client.get(within(html)).status_code == 200, html


def test_no_number_of_queries_grows_with_the_rows(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (*API_TABLES, "figures?by=commitment,country"):
        asked(client, address)  # what is remembered of the ledger is, from here on
        numbers = []
        for size in (1, 1000):
            monkeypatch.setattr(parts, "SIZE", size)
            caches["pages"].clear()
            with CaptureQueriesContext(connection) as asked_for:
                asked(client, address)
            numbers.append(len(asked_for))
        assert numbers[0] == numbers[1] < 12, address
