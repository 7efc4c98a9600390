"""What a data package says of itself, as Data Package v2 has it: `datapackage.json`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from carsi_tracker import SOFTWARE
from carsi_tracker.exports.tables import EXPORTED, ExportedTable, Reference, in_both, meaning_of
from carsi_tracker.ledger.media_types import CSV
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.citation import NAME, posted_at
from carsi_tracker.reports.page.public_page import PublicRequest

PROFILES = "https://datapackage.org/profiles/2.0"
TYPES = {
    Holds.TEXT: "string",
    Holds.CODE: "string",
    Holds.NUMBER: "integer",
    Holds.AMOUNT: "number",
    Holds.SUM: "number",
    Holds.DAY: "date",
    Holds.MOMENT: "datetime",
}
ABOUT = _(
    "U.S. security aid to Central America under CARSI: each amount with its day, stage and source, "
    "as known in one version of the ledger"
)


@dataclass(frozen=True)
class PackageFile:
    """A file of a package: its name in the folder, its bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


def descriptor(public: PublicRequest, root: str, files: Iterable[PackageFile]) -> dict[str, Any]:
    """Return what stands in `datapackage.json` beside those files, on the site `root`."""
    query = public.query
    posted, asked = posted_at(query.version), as_query_string(query.permanent())
    about = in_both(ABOUT)
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": "carsi-tracker",
        "id": f"{root}/data/carsi-v{query.version.number}.zip{asked}",
        "title": NAME,
        "description": about["en"],
        "description_es": about["es"],
        "homepage": f"{root}/{asked}",
        "version": f"{query.version.number}.0.0+{query.version.checksum}",
        "created": posted.isoformat() if posted else None,
        "as_of": query.day.isoformat(),
        "ledger_version": query.version.number,
        "checksum": query.version.checksum,
        "software": SOFTWARE,
        "licenses": [{"name": "CC0-1.0", "path": LICENCE, "title": "CC0 1.0"}],
        "contributors": [{"title": NAME, "path": root, "roles": ["publisher"]}],
        "resources": [_resource(file) for file in files],
    }


def as_json(described: dict[str, Any]) -> bytes:
    """Write a description as UTF-8, a value a line."""
    return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(file: PackageFile) -> dict[str, Any]:
    folder, _slash, name = file.name.rpartition("/")
    described = {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": file.name.lower().replace("/", "-"),
        "path": file.name,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if folder != "tables":
        return described
    table = EXPORTED[name.removesuffix(".csv")]
    return described | {
        "name": table.name,
        "type": "table",
        "title": table.title["en"],
        "title_es": table.title["es"],
        "description": table.meaning["en"],
        "description_es": table.meaning["es"],
        "format": "csv",
        "mediatype": CSV.partition(";")[0],
        "encoding": "utf-8",
        "schema": _schema(table),
    }


def _schema(table: ExportedTable) -> dict[str, Any]:
    return {
        "$schema": f"{PROFILES}/tableschema.json",
        "fields": [_field(field, required=field.name in table.key) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [_foreign_key(table, reference) for reference in table.references],
    }


def _field(field: Field, *, required: bool) -> dict[str, Any]:
    meaning = meaning_of(field)
    described = {
        "name": field.name,
        "type": TYPES[field.holds],
        "description": meaning["en"],
        "description_es": meaning["es"],
    }
    return described | ({"constraints": {"required": True}} if required else {})


def _foreign_key(table: ExportedTable, reference: Reference) -> dict[str, Any]:
    itself = reference.table == table.name
    named = {} if itself else {"resource": reference.table}
    return {
        "fields": list(reference.columns),
        "reference": {**named, "fields": list(reference.key)},
    }
