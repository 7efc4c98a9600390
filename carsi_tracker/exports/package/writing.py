"""The data package of a version as files in a folder, and as a ZIP: the same bytes each time."""

import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import IO

from django.template.loader import render_to_string
from django.utils.translation import override

from carsi_tracker import SOFTWARE
from carsi_tracker.exports.archives import entry, moment_of
from carsi_tracker.exports.package.descriptor import PackageFile, as_json, descriptor
from carsi_tracker.exports.package.sqlite import DATABASE, write_sqlite
from carsi_tracker.exports.tables import EXPORTED
from carsi_tracker.figures.query import Version
from carsi_tracker.ledger import checksum
from carsi_tracker.reports.downloads.downloads import csv_lines
from carsi_tracker.reports.page.public_page import PublicRequest

READMES = {"README.md": "en", "LEEME.md": "es"}
CHUNK = 1024 * 1024


def write_package(folder: Path, public: PublicRequest, root: str) -> list[PackageFile]:
    """Write the data package into a folder, and return its files, by name in the order written.

    What is asked is left unfiltered: all tables on the day and in the version of `public`. `root`
    is the site that its addresses are on. Memory does not grow with rows.
    """
    public = public.everywhere()
    written = [
        *_tables(folder, public),
        *_ledger(folder, public.query.version.number),
    ]
    write_sqlite(folder)
    written.append(_described(folder, DATABASE))
    for name, language in READMES.items():
        with override(language):
            said = render_to_string(
                "exports/package_readme.txt",
                {"query": public.query, "database": DATABASE, "software": SOFTWARE, "root": root},
            )
        written.append(_write(folder, name, [said.encode()]))
    described = as_json(descriptor(public, root, written))
    return [*written, _write(folder, "datapackage.json", [described])]


def zipped(folder: Path, names: Iterable[str], version: Version, into: IO[bytes]) -> None:
    """Write files of a folder as a ZIP that bears the moment of the version, and no other."""
    made = moment_of(version)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in names:
            info = entry(name, made)
            info.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as content, archive.open(info, "w") as member:
                copyfileobj(content, member, CHUNK)


def _tables(folder: Path, public: PublicRequest) -> Iterable[PackageFile]:
    for name, table in EXPORTED.items():
        with override("en"):
            yield _write(folder, f"tables/{name}.csv", csv_lines(public, table.download))


def _ledger(folder: Path, version: int) -> Iterable[PackageFile]:
    """Write the files that are hashed: one a version, and the chain of them."""
    yield _write(folder, "versions.csv", map(str.encode, checksum.versions_csv(version)))
    for number in range(1, version + 1):
        yield _write(folder, f"changes/{number}.csv", map(str.encode, checksum.entries_csv(number)))


def _write(folder: Path, name: str, chunks: Iterable[bytes]) -> PackageFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return _described(folder, name)


def _described(folder: Path, name: str) -> PackageFile:
    hashed = sha256()
    with (folder / name).open("rb") as file:
        while chunk := file.read(CHUNK):
            hashed.update(chunk)
    return PackageFile(name, (folder / name).stat().st_size, hashed.hexdigest())
