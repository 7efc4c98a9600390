"""No public address answers with a server error, whatever is asked of it."""

from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carsi_tracker.exchange import urls as exchange
from carsi_tracker.figures.question import Scope
from carsi_tracker.reports import urls as reports

EXAMPLES = {
    "overview": "/",
    "areas": "/areas/",
    "area": "/areas/community/",
    "countries": "/countries/",
    "country": "/countries/hn/",
    "goals": "/goals/",
    "goal": "/goals/2/",
    "appropriations": "/appropriations/",
    "appropriation": "/appropriations/2008-incle/",
    "entries": "/entries/",
    "entry": "/entries/12-5/",
    "commitments": "/commitments/",
    "commitment": "/commitments/CARSI-08-INCLE-10/",
    "documents": "/documents/",
    "document": "/documents/gao-13-295r/",
    "changes": "/changes/",
    "version": "/changes/12/",
    "compare": "/compare/",
    "feed": "/feed/",
    "search": "/search/",
    "about": "/about/",
    "balance": "/balance/",
    "card": "/charts/card.png",
    "chart": "/charts/bar.svg",
    "data": "/data/",
    "table-file": "/tables/entries.csv",
    "versions-file": "/versions.csv",
    "version-file": "/changes/12.csv",
    "document-file": "/documents/gao-13-295r/file/",
    "sitemap": "/sitemap.xml",
    "sitemap-file": "/sitemap-pages-1.xml",
    "robots": "/robots.txt",
    "health": "/health/",
}
NOT_KEPT = {"document-file"}
"""The sourced documents are links: the tracker keeps no file of them."""
PARAMETERS = (
    *Scope.__dataclass_fields__,
    "as_of", "version", "known_on", "page", "sort", "q", "from", "to", "filter",
)  # fmt: skip
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
    found = {path.name for path in (*reports.pages, *reports.files, *exchange.pages)}
    assert found == set(EXAMPLES)


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - NOT_KEPT))
def test_each_example_is_there(visitor: Client, name: str) -> None:
    assert visitor.get(EXAMPLES[name]).status_code < 400


@pytest.mark.parametrize("name", EXAMPLES)
def test_nonsense_in_any_parameter_is_no_server_error(visitor: Client, name: str) -> None:
    for number, parameter in enumerate(PARAMETERS):
        for value in NONSENSE[number % 4 :: 4]:
            query = f"{parameter}={quote_from_bytes(value)}"
            assert visitor.get(EXAMPLES[name], QUERY_STRING=query).status_code in ANSWERS, query


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
    name=st.sampled_from(sorted({path.name for path in (*reports.pages, *exchange.pages)})),
    asked=st.lists(st.tuples(st.sampled_from(PARAMETERS), st.binary(max_size=40)), max_size=4),
)
def test_no_address_answers_with_a_server_error(
    visitor: Client, language: str, name: str, asked: list[tuple[str, bytes]]
) -> None:
    response = visitor.get(language + EXAMPLES[name], QUERY_STRING=urlencode(asked))
    assert response.status_code in ANSWERS
