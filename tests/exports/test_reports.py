"""The overview and each subject's page as a PDF."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.page.parameters import read
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")

REPORTS = {
    "/report.pdf": {},
    "/areas/community.pdf": {"area": "community"},
    "/countries/gt.pdf": {"country": "GT"},
    "/goals/2.pdf": {"goal": "2"},
    "/appropriations/2008-incle.pdf": {"account": "INCLE", "year": "2008"},
}
DAYS = ["2009-03-13", "2009-09-30", "2011-09-30"]
VERSIONS = [12, 17]


def pdf(client: Client, address: str, **parameters: str) -> PdfReader:
    response: Any = client.get(address, parameters)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def text(document: PdfReader) -> str:
    """Return what a report says, without line breaks, soft hyphens and spaces that join."""
    said = " ".join(page.extract_text() for page in document.pages)
    return " ".join(said.replace("\N{NO-BREAK SPACE}", " ").split())


def asked() -> Iterator[tuple[str, str]]:
    for number in VERSIONS:
        posting = Posting.objects.get(version=number)
        for day in DAYS:
            yield day, f"{number}-{posting.checksum[:8]}"


@pytest.mark.parametrize("address", REPORTS)
def test_the_sums_of_a_report_are_those_of_the_figures_and_it_says_of_which_ledger(
    client: Client, address: str
) -> None:
    for day, version in asked():
        said = text(pdf(client, address, as_of=day, version=version))
        query = read({"as_of": day, "version": version, **REPORTS[address]}, *newest())
        for name, amount in aggregates.totals(query).stages.items():
            assert figure(amount.amount) in said, (name, day, version)
        for sums in aggregates.breakdown(query, "area").values():
            if sums.of("committed").known:
                assert figure(sums.committed) in said
        assert query.version.checksum in said
        assert f"{address}?as_of={day}&version={version}" in said.replace(" ", "")


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("address", REPORTS)
def test_a_report_is_tagged_in_its_language_and_alike_each_time(
    client: Client, address: str, language: str
) -> None:
    response: Any = client.get(f"{language}{address}?as_of=2011-09-30")
    first = response.content
    document = PdfReader(io.BytesIO(first))
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == (language.strip("/") or "en")
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in first
    assert document.metadata is not None
    assert document.metadata.title
    assert not document.metadata.creation_date
    named = re.compile(r'filename="carsi-[a-z0-9-]+-2011-09-30-v\d+\.pdf"')
    assert named.search(response["Content-Disposition"])
    caches["pages"].clear()
    forget_everything()
    again: Any = client.get(f"{language}{address}?as_of=2011-09-30")
    assert again.content == first
    assert again["ETag"] == response["ETag"]


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("address", [*REPORTS, "/status-of-funds.pdf"])
def test_a_report_is_never_taken_for_a_filtered_one(
    client: Client, address: str, language: str
) -> None:
    for name, value in (("country", "GT"), ("stage", "committed"), ("text", "police")):
        refused = client.get(language + address, {name: value})
        assert refused.status_code == 400
        said = refused.content.decode()
        assert (name in said, value in said) == (True, True)
        assert ("no admite filtros" if language else "takes no filters") in said
        assert f'href="{language}{address}"' in said
    assert client.get(language + address, {"country": "", "as_of": "2009-09-30"}).status_code == 302


def test_charts_are_drawn_as_vectors(client: Client) -> None:
    assert not [image for page in pdf(client, "/report.pdf").pages for image in page.images]


def test_a_day_before_the_first_law_has_a_report_that_says_so(client: Client) -> None:
    said = text(pdf(client, "/report.pdf", as_of="2008-06-29"))
    assert "No appropriation found through June 29, 2008" in said


def test_a_subject_that_is_not_there_has_no_report(client: Client) -> None:
    assert client.get("/countries/xx.pdf").status_code == 404
    assert client.get("/goals/.pdf").status_code == 404


def test_a_title_is_set_as_it_was_typed_and_never_run(client: Client) -> None:
    hostile = '#panic("x") *b* $x$ \\ @ref </text> `raw`'
    money = factories.funded(500)
    factories.committed(money, 200, country=factories.country(code="ZZ"), title=hostile)
    assert hostile.replace(" ", "") in text(pdf(client, "/countries/zz.pdf")).replace(" ", "")


def test_many_commitments_take_no_more_queries_and_the_smallest_are_counted(
    client: Client,
) -> None:
    def queries() -> int:
        forget_everything()
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as made:
            assert client.get("/countries/zz.pdf").status_code == 200
        return len(made)

    country = factories.country(code="ZZ")
    money = factories.funded(9_000_000)
    factories.committed(money, 1, country=country)
    few = queries()
    for number in range(4):
        factories.committed(money, 1000 + number, country=country)
    assert queries() == few
