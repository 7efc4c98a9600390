"""What stands beside the pages of a frozen site: the ledger's files, how to cite, how to verify."""

import json
from collections.abc import Mapping
from pathlib import Path

from django.db.models.functions import Collate
from django.template.loader import render_to_string
from django.utils import translation

from carsi_tracker.exports.frozen.asking import FrozenRequest, answer
from carsi_tracker.exports.frozen.places import VERIFY, Copy, FrozenAddress
from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.models import DocumentFile
from carsi_tracker.reports.page.address import other_languages

SUMS = "SHA256SUMS"
CITATION = "CITATION.cff"


def write_ledger(folder: Path, copy: Copy) -> Mapping[str, str]:
    """Write the ledger's files; return the paths of documents in the frozen site, by key."""
    changes = [f"changes/{number}.csv" for number in range(1, copy.version.number + 1)]
    for name in ("versions.csv", *changes):
        _keep(f"/{name}", folder / name)
    kept = DocumentFile.objects.filter(document__in=public_documents(copy.version.number))
    named = kept.order_by(Collate("document__key", "C")).values_list("document__key", "name")
    files = {key: f"files/{key}{Path(name).suffix}" for key, name in named}
    for key, path in files.items():
        _keep(f"/documents/{key}/file/", folder / path)
    return {key: f"ledger/{path}" for key, path in files.items()}


def _keep(address: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with answer(address) as pieces, path.open("wb") as file:
        file.writelines(pieces or ())


def verify_page(address: FrozenAddress, copy: Copy) -> bytes:
    """Return the page that says how to verify the copy, as the living site would show it."""
    language = "es" if address.spanish else "en"
    living = address.living(copy).partition("?")[0]
    with translation.override(language):
        context = {"copy": copy, "languages": other_languages(VERIFY, "")}
        request = FrozenRequest(living, language)
        return render_to_string("exports/frozen/verify.html", context, request).encode()


def write_citation(folder: Path, copy: Copy) -> None:
    """Write how the copy is cited, as catalogues and archives read it."""
    (folder / CITATION).write_text(citation(copy), encoding="utf-8", newline="\n")


def citation(copy: Copy) -> str:
    """Return how the version is cited, as the Citation File Format has it."""
    said = {
        "cff-version": "1.2.0",
        "message": "Cite the date and the version, so that others find the same figures.",
        "type": "dataset",
        "title": "CARSI Tracker: ledger of U.S. security assistance to Central America, "
        f"version {copy.version.number}",
        "authors": [{"name": "CARSI Tracker"}],
        "version": str(copy.version),
        "date-released": copy.newest.isoformat(),
        "license": "CC0-1.0",
        "identifiers": [
            {
                "type": "other",
                "value": f"version={copy.version.number}-{copy.version.checksum}",
                "description": "Checksum of the ledger up to this version",
            }
        ],
    }
    if copy.site:
        said["url"] = copy.site
    # JSON is YAML, in which this format is written
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in said.items())
