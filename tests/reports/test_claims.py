"""Pages say no more of money than documents told: what was not found has not failed to happen."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.reports.charts.bar import LABELS
from carsi_tracker.reports.page import filters
from carsi_tracker.reports.page.glossary import TERMS
from tests.sourced import entries

pytestmark = pytest.mark.usefixtures("sourced")

PAGES = (
    "/", "/about/", "/balance/", "/areas/", "/countries/gt/", "/appropriations/2008-incle/",
    "/commitments/", "/commitments/CARSI-08-INCLE-05/", "/entries/?measure=unobligated",
    "/entries/?measure=available", "/charts/bar.svg", "/charts/timeline.svg", "/data/",
    "/charts/matrix.svg?measure=unobligated",
)  # fmt: skip
MISLEADING = {
    "en": r"not yet (obligated|disbursed|paid|committed)|set aside|\bunobligated\b|\bavailable\b"
    r"|stronger its ground|commitment known",
    "es": r"aún no (obligad|desembolsad|pagad)|disponible|sin obligar|sin desembolsar|reservó",
}
ALLOWED = re.compile(
    r"measure[=-]\w+|GAO’s “unobligated balance”"
    r"|GAO: unobligated balance|unobligated balance at the end of the year",
    re.IGNORECASE,
)
"""Addresses and keys of citations, and the word of another office, named as such."""


def said(client: Client, address: str) -> str:
    """Return what an address says to people: its text and its titles, without addresses."""
    body = unescape(client.get(address).content.decode())
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    words = re.findall(r'(?:aria-label|title|alt|content)="([^"]*)"', body)
    text = " ".join(" ".join([re.sub(r"<[^>]*>", " ", body), *words]).split())
    for row in entries():
        text = text.replace(row.get("quote") or "\0", "")  # what a law says stays as it says it
    for total in PublishedFigure.objects.all():
        text = text.replace(total.explanation or "\0", "")  # speaks of what GAO counts
    return ALLOWED.sub("", text)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_says_that_what_was_not_found_has_not_happened(
    client: Client, language: str
) -> None:
    prefix = "" if language == "en" else "/es"
    for page in PAGES:
        found = re.search(MISLEADING[language], said(client, prefix + page), re.IGNORECASE)
        assert not found, (page, found)


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        (
            "en",
            [
                "Disbursed", "Obligated, no payment found", "Committed, no obligation found",
                "No commitment found",
            ],
        ),
        (
            "es",
            [
                "Desembolsado", "Obligado, sin pagos conocidos",
                "Comprometido, sin obligación conocida", "Sin compromiso conocido",
            ],
        ),
    ],
)  # fmt: skip
def test_bar_filter_and_glossary_call_a_balance_alike(language: str, labels: list[str]) -> None:
    with translation.override(language):
        assert [str(label) for label in LABELS.values()] == labels
        for name, label in list(zip(LABELS, labels, strict=True))[1:]:
            assert filters.name_of_balance(name) == label
            assert str(filters.MEASURES[name]).startswith(label)
            assert str(TERMS[name].name) == label


def test_no_commitment_found_does_not_mean_that_it_can_be_spent(client: Client) -> None:
    assert "It does not mean that the money can still be spent." in said(client, "/about/")
