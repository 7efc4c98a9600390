"""The page of all that can be taken away, and what catalogues and standards are told of it."""

from typing import Any

import pytest
from django.test import Client

from carsi_tracker.exports.iati.reporting import ReportingOrganization

pytestmark = pytest.mark.usefixtures("sourced")

ASKED = "as_of=2009-09-30&version=16"
OFFERED = (
    "api/", "/api/v1/openapi.json", "/data/carsi-v16.zip?", "/versions.csv", "/changes/16.csv",
    "documents/?", "feed/", "embed/?", "report.pdf?",
)  # fmt: skip
IATI = ("/iati/activities.xml?", "/iati/organisation.xml?")


def page(client: Client, language: str = "/", asked: str = ASKED) -> str:
    return client.get(f"{language}data/?{asked}", follow=True).content.decode()


@pytest.mark.parametrize("language", ["/", "/es/"])
def test_every_kind_of_reader_finds_what_is_for_them(client: Client, language: str) -> None:
    content = page(client, language)
    for address in OFFERED:
        found = address if address.startswith("/") else language + address
        assert f'href="{found}' in content, address


def test_standards_are_offered_where_they_are_configured(client: Client, settings: Any) -> None:
    settings.IATI_REPORTING_ORGANIZATION = None
    assert not any(address in page(client) for address in IATI)
    settings.IATI_REPORTING_ORGANIZATION = ReportingOrganization("US-EIN-123456789", "22", "A")
    assert all(address in page(client) for address in IATI)
