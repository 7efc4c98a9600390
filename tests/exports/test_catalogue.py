"""The page of all that can be taken away, and what catalogues and standards are told of it."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from carsi_tracker.exports.catalogue.publisher import CatalogPublisher
from carsi_tracker.exports.catalogue.schema_org import as_json_ld
from carsi_tracker.exports.iati.reporting import ReportingOrganization
from carsi_tracker.exports.tables import EXPORTED
from tests.reports.downloads.files import body

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


REQUIRED = {"name", "description"}
RECOMMENDED = {
    "creator", "license", "identifier", "isAccessibleForFree", "keywords", "spatialCoverage",
    "temporalCoverage", "url", "version", "includedInDataCatalog", "distribution",
}  # fmt: skip
"""What Google’s search of datasets requires and recommends, of what a ledger has."""


def catalog(client: Client, language: str = "/", asked: str = ASKED) -> dict[str, Any]:
    (said,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page(client, language, asked)
    )
    described: dict[str, Any] = json.loads(said)
    return described


@pytest.mark.parametrize("language", ["/", "/es/"])
def test_search_engines_are_told_of_each_table(client: Client, language: str) -> None:
    described = catalog(client, language)
    assert described["@context"] == "https://schema.org"
    assert described["@type"] == "DataCatalog"
    whole, versions, *tables = described["dataset"]
    assert [each["url"].rpartition("#columns-")[2] for each in tables] == list(EXPORTED)
    for dataset in (whole, versions, *tables):
        assert dataset["@type"] == "Dataset"
        assert dataset.keys() >= REQUIRED | RECOMMENDED, dataset["name"]
        assert 50 <= len(dataset["description"]) <= 5000
        assert dataset["temporalCoverage"] == "2008-06-30/2009-09-30"
        assert {"@type": "Place", "name": "Guatemala"} in dataset["spatialCoverage"]
        assert all(file["encodingFormat"] for file in dataset["distribution"])
    parts = [{"@id": each["@id"]} for each in (versions, *tables)]
    assert whole["hasPart"] == parts
    assert all(each["variableMeasured"] for each in tables if each["name"] != "Documents")


def test_its_files_are_there_and_have_the_bytes_that_it_says(client: Client) -> None:
    site = "http://testserver"
    hashed = 0
    for dataset in catalog(client)["dataset"]:
        for file in dataset["distribution"]:
            answer = client.head(file["contentUrl"].removeprefix(site))
            assert answer.status_code == 200, file
            assert answer["Content-Type"].partition(";")[0] == file["encodingFormat"]
            if "sha256" in file:
                content = body(client.get(file["contentUrl"].removeprefix(site)))
                assert sha256(content).hexdigest() == file["sha256"]
                hashed += 1
    assert hashed == 16 + 1


def test_what_stands_in_the_ledger_ends_no_script(client: Client) -> None:
    written = as_json_ld({"name": "</script><b> & <!--"})
    assert not {"<", ">", "&"} & set(written)
    assert json.loads(written) == {"name": "</script><b> & <!--"}


OFFICE = CatalogPublisher("An Office & Sons", "Its data desk", "data@office.example")
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00"
FORMS = {
    "@type": "dcat:Dataset",
    "title": ".+",
    "description": ".{50,}",
    "modified": MOMENT,
    "identifier": r"http://testserver/data/#[\w-]+",
    "accessLevel": "public",
    "license": r"https://creativecommons\.org/.+",
    "accrualPeriodicity": "irregular",
    "temporal": r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d",
    "spatial": ".*Guatemala.*",
    "landingPage": "http://.+",
}
"""What DCAT-US 1.1 requires as text of each dataset, and more of it; each with its form."""


def test_catalogs_are_told_what_their_standard_requires(client: Client, settings: Any) -> None:
    settings.CATALOG_PUBLISHER = OFFICE
    answer = client.get(f"/data.json?{ASKED}&country=HN", follow=True)
    told = answer.json()
    schema = "https://project-open-data.cio.gov/v1.1/schema"
    assert (told["conformsTo"], told["@type"]) == (schema, "dcat:Catalog")
    assert answer["Access-Control-Allow-Origin"] == "*"
    identifiers = [each["identifier"] for each in told["dataset"]]
    assert len(set(identifiers)) == len(identifiers) == len(EXPORTED) + 2
    for dataset in told["dataset"]:
        for name, form in FORMS.items():
            assert re.fullmatch(form, dataset[name]), (name, dataset[name])
        assert dataset["publisher"] == {"@type": "org:Organization", "name": OFFICE.name}
        email = f"mailto:{OFFICE.email}"
        contact = {"@type": "vcard:Contact", "fn": OFFICE.contact, "hasEmail": email}
        assert dataset["contactPoint"] == contact
        assert dataset["keyword"]
        assert all(dataset["keyword"])
        assert dataset["language"] == ["en", "es"]
        assert dataset.get("isPartOf", identifiers[0]) == identifiers[0]
        for file in dataset["distribution"]:
            assert file["@type"] == "dcat:Distribution"
            assert file["downloadURL"].startswith("http://testserver/")
            assert re.fullmatch(r"[-\w]+/[-\w]+(\.[-\w]+)*([+][-\w]+)?", file["mediaType"])


def test_a_catalog_is_told_nothing_where_nobody_is_said_to_publish(
    client: Client, settings: Any
) -> None:
    settings.CATALOG_PUBLISHER = None
    answer = client.get("/data.json")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/plain")
    assert "CATALOG_CONTACT_EMAIL" in answer.content.decode()
    assert 'href="/data.json' not in page(client)
    settings.CATALOG_PUBLISHER = OFFICE
    assert 'href="/data.json?' in page(client)
    named = {each["publisher"]["name"] for each in catalog(client)["dataset"]}
    assert named == {OFFICE.name}
