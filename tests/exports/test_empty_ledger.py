"""Before anything is posted, all that machines read answers, and so does each address in it."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from lxml import html

from carsi_tracker.exports.api.tables import API_TABLES
from carsi_tracker.exports.catalogue.publisher import CatalogPublisher
from carsi_tracker.exports.embed.embeds import CHARTS
from carsi_tracker.exports.iati.reporting import ReportingOrganization
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.ledger.models import Stage

SITE = "http://testserver"
PAGES = [
    "/data/", "/api/", "/embed/", "/recompute/?stage=committed",
    *(f"/embed/{name}/" for name in (*CHARTS, *Stage.values, *MEASURES)),
]  # fmt: skip
ASKED = [*API_TABLES, "figures", "figures?by=area,country", "entries?measure=available&text=x"]


@pytest.fixture
def client(settings: Any, db: None, client: Client) -> Client:
    """Give a reader of an installation that names who publishes, and has posted nothing."""
    settings.CATALOG_PUBLISHER = CatalogPublisher("Office", "Desk", "desk@example.org")
    settings.IATI_REPORTING_ORGANIZATION = ReportingOrganization("US-EIN-1", "10", "Office")
    return client


def works(client: Client, address: str) -> bytes:
    response = client.get(address.removeprefix(SITE), follow=True)
    assert response.status_code == 200, address
    return b"".join(response)


@pytest.mark.parametrize("address", [*PAGES, *(f"/es{page}" for page in PAGES)])
def test_each_page_answers_and_all_that_it_links_to(client: Client, address: str) -> None:
    page = html.fromstring(works(client, address))
    for link in page.xpath("//main//@href | //main//@src | //head/link[@rel!='icon']/@href"):
        linked = urljoin(SITE + address, link).partition("#")[0]
        if linked.startswith(SITE) and not re.search("/static/|/admin/|/account/", linked):
            works(client, linked)


@pytest.mark.parametrize("address", ["/report.pdf", "/oembed/?url=http://testserver/"])
def test_each_file_answers(client: Client, address: str) -> None:
    assert works(client, address)


@pytest.mark.parametrize("address", ["data.json", "iati/activities.xml", "iati/organisation.xml"])
def test_what_a_standard_has_no_empty_file_for_says_so(client: Client, address: str) -> None:
    response = client.get(f"/{address}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")
    assert b"Ask for a later" in response.content


@pytest.mark.parametrize("address", ASKED)
def test_the_api_answers_and_each_address_in_an_answer(client: Client, address: str) -> None:
    answer = works(client, f"/api/v1/{address}").decode()
    addresses = re.findall(rf'"({SITE}/[^"]*)"', answer)
    assert addresses
    for each in addresses:
        works(client, each)
