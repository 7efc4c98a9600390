"""Where a file came from: the address of its download in a workbook, or its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import parse_qsl

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.table import open_rows
from carsi_tracker.imports.workbook import texts_beside
from carsi_tracker.ledger.headings import heading

_ADDRESS = re.compile(r"/tables/(entries|commitments)\.(?:csv|xlsx)(?:\?(\S*))?$")
_NAME = re.compile(r"carsi-(.+)-([0-9]{4}-[0-9]{2}-[0-9]{2})-v([0-9]{1,9})(?![0-9])")
_LONGEST = 2_000


@dataclass(frozen=True)
class Origin:
    """A download: its table, and the parameters of its address.

    Unless it is `whole`, nothing tells its filters, so that what is missing was not removed.
    """

    table: str
    parameters: dict[str, str]
    whole: bool = True


def origin_of(name: str, content: bytes) -> Origin | None:
    """Return the download that a file is, by what a workbook says of itself or by its name."""
    for text in texts_beside(content):
        if found := by_address(text):
            return found
    return _by_name(PurePath(name).stem)


def by_address(text: str) -> Origin | None:
    """Return the download at an address; None where it names no version for ever."""
    found = _ADDRESS.search(text.strip()) if len(text) <= _LONGEST else None
    if not found:
        return None
    parameters = dict(parse_qsl(found[2] or ""))
    return Origin(found[1], parameters) if "version" in parameters else None


def table_of(name: str, content: bytes) -> str:
    """Return of which table a file is a download, by its headings; entries where none tell."""
    try:
        first = next((cells for _number, cells in open_rows(name, content)), [])
    except Unreadable:
        return "entries"
    names = {heading(cell) for cell in first if isinstance(cell, str)}
    return "commitments" if "committed_usd" in names else "entries"


def _by_name(stem: str) -> Origin | None:
    found = _NAME.match(stem)
    if not found:
        return None
    held, day, version = found.groups()
    parameters = {"as_of": day, "version": version}
    for table, names in (("entries", _titles()[0]), ("commitments", _titles()[1])):
        for title in names:
            if held == title or held.startswith(f"{title}-"):
                return Origin(table, parameters, whole=held == title)
    return None


def _titles() -> tuple[list[str], list[str]]:
    """Return what names of files call the tables, in each language."""
    entries, commitments = [], []
    for code in _languages():
        with override(code):
            entries.append(slugify(_("Entries")))
            commitments.append(slugify(_("Commitments")))
    return entries, commitments


def _languages() -> Iterator[str]:
    for code, _name in settings.LANGUAGES:
        yield code
