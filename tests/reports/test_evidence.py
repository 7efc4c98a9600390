"""Documents by their evidence: which state amounts, which are press reports alone."""

import re
from collections import defaultdict
from html import unescape

import pytest
from django.test import Client

from tests.desk.conftest import reading
from tests.reports.downloads.files import rows

pytestmark = pytest.mark.usefixtures("sourced")

DAY = "as_of=2012-12-31"


def bases_of_documents(client: Client, day: str) -> dict[str, list[str]]:
    """Return the evidence of each entry, by document, from the file of entries."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(client, f"/tables/entries.csv?{day}"):
        found[row["document"]].append(row["basis"])
    return found


def keys(client: Client, query: str) -> set[str]:
    html = client.get(f"/documents/?{query}").content.decode()
    return set(re.findall(r'<th scope="row"><a href="/documents/([^/]+)/', html))


@pytest.mark.parametrize("day", [DAY, "as_of=2009-04-30"])
def test_documents_are_chosen_by_the_evidence_of_the_entries_that_cite_them(
    client: Client, day: str
) -> None:
    bases = bases_of_documents(client, day)
    for basis in ("stated", "press", "inferred"):
        having = {document for document, found in bases.items() if basis in found}
        assert keys(client, f"{day}&evidence={basis}") == having
    only = {document for document, found in bases.items() if set(found) == {"press"}}
    assert keys(client, f"{day}&evidence=press-only") == only
    assert 0 < len(only) < len(bases)


def test_a_document_says_how_many_entries_it_has_of_each_evidence(client: Client) -> None:
    bases = bases_of_documents(client, DAY)
    for row in rows(client, f"/tables/documents.csv?{DAY}"):
        found = bases.get(row["document"], [])
        assert [int(row[basis]) for basis in ("stated", "press", "inferred")] == [
            found.count(basis) for basis in ("stated", "press", "inferred")
        ]
    html = unescape(client.get(f"/documents/?{DAY}").content.decode())
    key, found = next((key, found) for key, found in bases.items() if "press" in found)
    href = f"/entries/?basis=press&document={key}&{DAY}"
    assert f'<a href="{href}">{found.count("press")}</a>' in html


def test_the_evidence_that_is_asked_for_goes_along_with_order_file_and_language(
    client: Client,
) -> None:
    html = unescape(client.get("/documents/?evidence=press-only&sort=-press").content.decode())
    for href in (
        "/tables/documents.csv?evidence=press-only&sort=-press",
        "/documents/?evidence=press-only&sort=publisher",
        "/es/documents/?evidence=press-only&sort=-press",
        "/documents/?evidence=stated&sort=-press",
    ):
        assert f'href="{href}"' in html, href
    listed = rows(client, "/tables/documents.csv?evidence=press-only")
    assert {row["document"] for row in listed} == keys(client, "evidence=press-only")


def test_evidence_that_there_is_none_of_is_refused(client: Client) -> None:
    for address in ("/documents/", "/tables/documents.csv"):
        refused = client.get(f"{address}?evidence=hearsay")
        assert refused.status_code == 400
        assert "press-only" in refused.content.decode()


def test_what_a_document_takes_back_is_said_in_words(client: Client) -> None:
    reducing = [
        row for row in rows(client, "/tables/documents.csv") if row["committed_usd"].startswith("-")
    ]
    assert reducing
    listed, spanish = (reading(client.get(f"{root}/documents/")) for root in ("", "/es"))
    for row in reducing:
        amount = f"{-int(row['committed_usd'].removesuffix('.00')):,}"
        assert f"reduces it by {amount}" in listed
        assert f"lo rebaja en {amount}" in spanish
        page = reading(client.get(f"/documents/{row['document']}/"))
        assert f"Committed: reduced by ${amount}" in page


def test_entries_are_asked_for_by_balance_where_stages_are(client: Client) -> None:
    html = client.get("/entries/?measure=unliquidated&country=GT").content.decode()
    form = html.partition('<form class="filters"')[2].partition("</form>")[0]
    select = form.partition('name="stage"')[2].partition("</select>")[0]
    assert '<option value="unliquidated" selected>' in select
    assert 'name="measure"' not in form
    asked = client.get("/entries/?stage=unliquidated&account=INCLE&year=2009&country=GT")
    assert asked.status_code == 302
    assert "measure=unliquidated" in asked["Location"]
    assert "stage=" not in asked["Location"]
    assert client.get("/entries/?stage=available&measure=unliquidated").status_code == 400
    assert client.get("/entries/?stage=committed&measure=unliquidated").status_code == 400


@pytest.mark.parametrize(
    ("root", "title", "language"),
    [
        ("", "Status of Funding for the Central America", "en"),
        ("/es", "Estado de los fondos", "es"),
    ],
)
def test_documents_are_offered_by_title_in_the_language_of_the_page(
    client: Client, root: str, title: str, language: str
) -> None:
    html = client.get(f"{root}/entries/").content.decode()
    select = html.partition('name="document"')[2].partition("</select>")[0]
    option = re.search(r'<option value="gao-13-295r" lang="(\w+)">([^<]+)', select)
    assert option
    assert (option[1], option[2][: len(title)]) == (language, title)
