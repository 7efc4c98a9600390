"""No public address answers with a server error, whatever is asked of it."""

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.conf import settings as django
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carsi_tracker.exports import urls as exports
from carsi_tracker.figures.query import Filters
from carsi_tracker.reports import urls as reports
from carsi_tracker.reports.charts.charts import SHEETS
from carsi_tracker.reports.compare.compare import OTHER_NAMES
from carsi_tracker.reports.compare.parameters import DAY, VERSION
from carsi_tracker.reports.page.errors import server_error
from carsi_tracker.reports.tables import (
    CommitmentsTable,
    DocumentsTable,
    EntriesTable,
    PublishedTable,
    VersionsTable,
)
from tests.reports.addresses import EXAMPLES

EVERYTHING = bool(os.environ.get("EVERYTHING"))
NOT_KEPT = {
    "document-file", "security-txt", "oembed", "iati-activities", "iati-organisation", "data-json",
}  # fmt: skip
"""The sourced documents are links, and nobody is named here who is told of weaknesses or publishes;
the page of `localhost` is none of this site's."""
PARAMETERS = (
    *Filters.__dataclass_fields__,
    "as_of", "version", "known_on", "page", "sort", "q", "kind", "publisher", "verdict",
    "evidence", DAY, VERSION, *OTHER_NAMES,
)  # fmt: skip
SITE = (Path(django.BASE_DIR) / "docs" / "site.md").read_text()
NONSENSE = (
    b"", b" ", b"\x00", b"\x1b[0m", b"\xed\xa0\x80", b"\xff", "٣".encode(), b"-1", b"0", b"1e999",
    b"NaN", b"9" * 40, b"a" * 10_000, b"' or 1=1 --", b"%s", b"{}", b"[1]", b"../../etc/passwd",
    b"<script>", b"2009-02-29", b"30/09/2009", b"9999-12-31", b"0000-00-00", b"12-deadbeef",
    b"2999-01-01T00:00Z", b"abc", b"none", b"None",
)  # fmt: skip
ANSWERS = {200, 301, 302, 304, 400, 404}
pytestmark = pytest.mark.usefixtures("sourced")


@pytest.fixture
def visitor(client: Client) -> Client:
    """A visitor to whom a server error is an answer, as it is to a browser."""
    client.raise_request_exception = False
    return client


def test_each_public_address_has_an_example() -> None:
    of_reports = {path.name for path in (*reports.pages, *reports.files)}
    of_exports = {path.name for path in (*exports.pages, *exports.files)}
    tried_apart = {
        name for name in of_exports if name.startswith(("api-", "package", "ledger-archive"))
    }
    assert of_reports | of_exports - tried_apart == set(EXAMPLES)


def first_cells(heading: str) -> list[str]:
    """Return the first cells of the document's tables that are headed so."""
    tables = SITE.split(f"| {heading} |")[1:]
    rows = [row for table in tables for row in table.partition("\n\n")[0].splitlines()[2:]]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def test_the_document_lists_each_public_address() -> None:
    found = {
        re.sub(r"<\w+:(\w+)>", r"<\1>", f"/{path.pattern}")
        for path in (*reports.pages, *reports.files, *exports.pages, *exports.files)
        if path.name != "chart" and not path.name.startswith("api-")
    }
    found = {re.sub(r"^/[a-z]+/<code>\.pdf$", "/<list>/<code>.pdf", address) for address in found}
    assert {*found, "/charts/<name>.<form>"} == set(first_cells("address"))
    for name in SHEETS:
        assert f"`{name}`" in SITE
        assert reverse("chart", args=[name, "png"])
    with pytest.raises(NoReverseMatch):
        reverse("chart", args=["pie", "png"])


def test_the_document_lists_each_parameter() -> None:
    listed = first_cells("parameter")
    assert len(listed) == len(set(listed))
    assert set(listed) == set(PARAMETERS)


def test_the_document_lists_the_orders_of_each_table() -> None:
    of = {
        "entries": EntriesTable,
        "commitments": CommitmentsTable,
        "documents": DocumentsTable,
        "versions": VersionsTable,
        "published totals": PublishedTable,
    }
    for name, table in of.items():
        orders = ", ".join(f"`{order}`" for order in sorted(table.sorts()))
        assert f"| {name} | {orders} |" in SITE


def test_the_examples_of_the_document_answer_as_it_says(visitor: Client) -> None:
    examples = set(re.findall(r"`(/[a-z0-9/.-]*(?:\?[^<`]+)?)`", SITE))
    examples -= {"/oembed/", "/recompute/", *(EXAMPLES[name] for name in NOT_KEPT)}
    assert len(examples) > 20
    for address in examples:
        if not address.endswith("version=16-"):
            assert visitor.get(address).status_code in {200, 301}, address
    refused = SITE.partition("**400**")[2].partition("**404**")[0]
    for query in re.findall(r"`(\w+=[^`]+)`", refused):
        assert visitor.get(f"/entries/?{query}").status_code == 400, query


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - NOT_KEPT))
def test_each_example_is_there(visitor: Client, name: str) -> None:
    assert visitor.get(EXAMPLES[name]).status_code < 400


OF_ITS_OWN = "table-file"
"""The one page that has a piece of its own before: which kind of file is asked."""


def test_one_piece_reads_the_question_of_every_public_page() -> None:
    """So what nonsense does to one of them it does to each."""
    (reading,) = {
        page.callback.__code__ for page in reports.pages if page.name in {"entries", "overview"}
    }
    others = [page.name for page in reports.pages if reading not in pieces(page.callback)]
    assert others == [OF_ITS_OWN]


def pieces(view: Any) -> Iterator[CodeType]:
    """Yield the code of a view and of what it is wrapped around."""
    while view:
        yield view.__code__
        view = getattr(view, "__wrapped__", None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_nonsense_in_any_parameter_is_no_server_error(visitor: Client, name: str) -> None:
    """All of it where every parameter is read, a third on files; elsewhere a part, each another."""
    every = 1 if name == "entries" or EVERYTHING else 3 if name == OF_ITS_OWN else 25
    turn = sorted(EXAMPLES).index(name)
    for number, parameter in enumerate(PARAMETERS):
        values = NONSENSE[(number + turn) % every :: every]
        for value in values:
            query = f"{parameter}={quote_from_bytes(value)}"
            assert visitor.get(EXAMPLES[name], QUERY_STRING=query).status_code in ANSWERS, query


def test_a_bad_value_leads_to_the_same_page_without_it(visitor: Client) -> None:
    refused = visitor.get("/es/entries/?country=HN&area=nowhere&as_of=2009-09-30&sort=-amount")
    without = "/es/entries/?country=HN&as_of=2009-09-30&sort=-amount"
    assert f'href="{without}"' in unescape(refused.content.decode())
    assert visitor.get(without).status_code == 200


@pytest.mark.parametrize("name", sorted({path.name for path in reports.pages}))
def test_a_parameter_given_twice_is_refused(visitor: Client, name: str) -> None:
    for parameter in ("as_of", "page", "country"):
        response = visitor.get(f"{EXAMPLES[name]}?{parameter}=1&{parameter}=2")
        assert response.status_code == 400
        said = f"The value “1 2” for <code>{parameter}</code> is not valid."
        assert said in response.content.decode()


@pytest.mark.parametrize("value", ["2009-02-29", "30/09/2009", "٣", "abc"])
@pytest.mark.parametrize("language", ["", "/es"])
def test_a_bad_day_is_named_with_its_value(visitor: Client, language: str, value: str) -> None:
    response = visitor.get(f"{language}/?{urlencode({'as_of': value})}")
    assert response.status_code == 400
    assert "<code>as_of</code>" in response.content.decode()
    assert value in response.content.decode()


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    language=st.sampled_from(["", "/es"]),
    name=st.sampled_from(sorted({path.name for path in reports.pages})),
    asked=st.lists(st.tuples(st.sampled_from(PARAMETERS), st.binary(max_size=40)), max_size=4),
)
def test_no_address_answers_with_a_server_error(
    visitor: Client, language: str, name: str, asked: list[tuple[str, bytes]]
) -> None:
    response = visitor.get(language + EXAMPLES[name], QUERY_STRING=urlencode(asked))
    assert response.status_code in ANSWERS


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_of_a_fault_of_ours_needs_no_database(
    rf: RequestFactory, django_assert_num_queries: Any, language: str
) -> None:
    with translation.override(language), django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    html = response.content.decode()
    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
