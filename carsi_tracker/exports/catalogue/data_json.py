"""What data.gov and the like harvest: `data.json`, as DCAT-US 1.1 has it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import override

from carsi_tracker.exports.catalogue.described import (
    DescribedData,
    DescribedDataset,
    DescribedFile,
)
from carsi_tracker.exports.catalogue.publisher import NEEDED, CatalogPublisher
from carsi_tracker.exports.tables import LANGUAGES
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.public_page import PublicRequest, public_page

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
CONFIGURED_BY = ("CATALOG_PUBLISHER",)
NOT_SET = (
    "There is no data.json here: this installation does not say who publishes its data. "
    f"Who runs it sets {', '.join(NEEDED)}.\n"
)
NOTHING = "There is no data.json of this version: it holds nothing. Ask for a later version.\n"


@public_page(file=True, configured_by=CONFIGURED_BY)
def data_json(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Answer the catalogue of all data, in English, whatever filters say."""
    publisher: CatalogPublisher | None = settings.CATALOG_PUBLISHER
    if publisher is None or not public.query.version.number:
        missing = NOTHING if publisher else NOT_SET
        return HttpResponse(missing, status=404, content_type="text/plain; charset=utf-8")
    with override("en"):
        described = _catalog(DescribedData(public, site_of(request)), request.path, publisher)
    return JsonResponse(described, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _catalog(data: DescribedData, path: str, publisher: CatalogPublisher) -> dict[str, Any]:
    whole, *parts = data.datasets()
    said = [_dataset(data, whole, publisher)]
    within = {"isPartOf": said[0]["identifier"]}
    return {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": data.root + path,
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "dataset": [*said, *(_dataset(data, part, publisher) | within for part in parts)],
    }


def _dataset(
    data: DescribedData, its: DescribedDataset, publisher: CatalogPublisher
) -> dict[str, Any]:
    address = f"{data.page}#{its.anchor}"
    described = {
        "@type": "dcat:Dataset",
        "identifier": address,
        "title": f"{data.title}: {its.title}" if its.title != data.title else data.title,
        "description": its.about,
        "keyword": data.keywords,
        "modified": data.modified,
        "publisher": {"@type": "org:Organization", "name": publisher.name},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": publisher.contact,
            "hasEmail": f"mailto:{publisher.email}",
        },
        "accessLevel": "public",
        "license": LICENCE,
        "accrualPeriodicity": "irregular",
        "language": list(LANGUAGES),
        "spatial": ", ".join(data.places),
        "temporal": data.covered,
        "landingPage": address,
        "distribution": [_distribution(file) for file in its.files],
    }
    return {name: value for name, value in described.items() if value}


def _distribution(file: DescribedFile) -> dict[str, str]:
    described = {
        "@type": "dcat:Distribution",
        "title": file.name,
        "downloadURL": file.address,
        "mediaType": file.media_type,
        "format": file.name.rpartition(".")[2].upper(),
        "describedBy": file.described_by,
        "describedByType": "application/csvm+json" if file.described_by else "",
    }
    return {name: value for name, value in described.items() if value}
