"""What stands beside the pages of a frozen site: the ledger's files, how to cite, how to verify."""

import csv
from collections.abc import Mapping
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from carsi_tracker.exports.canonical.archive import FOLDER
from carsi_tracker.exports.canonical.citation import CITATION, citation
from carsi_tracker.exports.canonical.writing import README, write_folder
from carsi_tracker.exports.frozen.asking import FrozenRequest
from carsi_tracker.exports.frozen.places import VERIFY, Copy, FrozenAddress
from carsi_tracker.exports.package.writing import write_package
from carsi_tracker.ledger.canonical import layout
from carsi_tracker.reports.page.address import other_languages
from carsi_tracker.reports.page.public_page import PublicRequest

SUMS = "SHA256SUMS"
PACKAGE = "package"


def write_ledger(folder: Path, copy: Copy) -> Mapping[str, str]:
    """Write the ledger's files; return the paths of documents in the frozen site, by key."""
    write_folder(copy.version.number, folder / FOLDER)
    with (folder / FOLDER / layout.DOCUMENTS.file).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {row["key"]: f"{FOLDER}/{row['file']}" for row in rows if row["file"]}


def write_data(folder: Path, copy: Copy, asked: PublicRequest) -> None:
    """Write the data package: the same tables with their keys, and as SQLite."""
    package = folder / PACKAGE
    package.mkdir()
    write_package(package, asked, copy.site)


def verify_page(address: FrozenAddress, copy: Copy) -> bytes:
    """Return the page that says how to verify the copy, as the living site would show it."""
    language = "es" if address.spanish else "en"
    living = address.living(copy).partition("?")[0]
    with translation.override(language):
        context = {"copy": copy, "lines": _shell_lines(), "languages": other_languages(VERIFY, "")}
        request = FrozenRequest(living, language)
        return render_to_string("exports/frozen/verify.html", context, request).encode()


def write_citation(folder: Path, copy: Copy) -> None:
    """Write how the copy is cited, as catalogues and archives read it."""
    said = citation(copy.version, copy.site)
    (folder / CITATION).write_text(said, encoding="utf-8", newline="\n")


def _shell_lines() -> str:
    """Return the lines of the ledger's own README that verify it."""
    _before, _mark, after = README.read_text(encoding="utf-8").partition("```sh\n")
    return after.partition("```")[0]
