"""What search engines read on the page of the data: its datasets, as Schema.org has them."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from carsi_tracker.exports.catalogue.described import (
    DescribedData,
    DescribedDataset,
    DescribedFile,
)
from carsi_tracker.exports.tables import LANGUAGES, ExportedTable, is_money
from carsi_tracker.reports.downloads.fields import Holds
from carsi_tracker.reports.downloads.provenance import LICENCE

IN_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def as_json_ld(described: dict[str, Any]) -> SafeString:
    """Write a description to stand in a script element: nothing in it ends that."""
    written = json.dumps(described, ensure_ascii=False).translate(IN_MARKUP)
    return mark_safe(written)  # noqa: S308 (no sign of markup is left in it)


def data_catalog(data: DescribedData) -> dict[str, Any]:
    """Return the catalogue: the whole, and each part of it as a dataset."""
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "@id": data.page,
        "name": data.title,
        "description": data.about,
        "url": data.page,
        "license": LICENCE,
        "inLanguage": list(LANGUAGES),
        "publisher": {"@type": "Organization", "name": data.published_by},
        "dataset": list(_datasets(data)),
    }


def _datasets(data: DescribedData) -> Iterator[dict[str, Any]]:
    whole, *parts = data.datasets()
    has = [{"@id": f"{data.page}#{part.anchor}"} for part in parts]
    yield _dataset(data, whole) | {"alternateName": "CARSI", "hasPart": has}
    for part in parts:
        yield _dataset(data, part) | {"isPartOf": {"@id": f"{data.page}#{whole.anchor}"}}


def _dataset(data: DescribedData, its: DescribedDataset) -> dict[str, Any]:
    address = f"{data.page}#{its.anchor}"
    described = {
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "identifier": f"{data.page}{data.asked}#{its.anchor}",
        "name": its.title,
        "description": its.about,
        "version": str(data.public.query.version.number),
        "dateModified": data.modified,
        "temporalCoverage": data.covered,
        "spatialCoverage": [{"@type": "Place", "name": name} for name in data.places],
        "license": LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "keywords": data.keywords,
        "creator": {"@type": "Organization", "name": data.title, "url": f"{data.root}/"},
        "publisher": {"@type": "Organization", "name": data.published_by},
        "includedInDataCatalog": {"@id": data.page},
        "distribution": list(map(_download, its.files)),
        "variableMeasured": list(_measured(its.table)) if its.table else None,
    }
    return {name: value for name, value in described.items() if value}


def _download(file: DescribedFile) -> dict[str, str]:
    described = {
        "@type": "DataDownload",
        "name": file.name,
        "contentUrl": file.address,
        "encodingFormat": file.media_type,
        "sha256": file.sha256,
    }
    return {name: value for name, value in described.items() if value}


def _measured(table: ExportedTable) -> Iterator[dict[str, str]]:
    """Yield the columns of a table that hold numbers."""
    for field in table.fields:
        if is_money(field) or field.holds is Holds.NUMBER:
            measured = {"@type": "PropertyValue", "name": field.name, "description": field.in_words}
            yield measured | ({"unitText": "USD"} if is_money(field) else {})
