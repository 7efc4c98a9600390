"""The sheets of a workbook of Excel (ECMA-376, part 1, 18.2)."""

from functools import partial
from typing import Any

from carsi_tracker.imports.archive import Archive, damaged
from carsi_tracker.imports.sheets import Contents, Sheet
from carsi_tracker.imports.xlsx.package import main_part, relations
from carsi_tracker.imports.xlsx.sheet import FirstRow, Reader
from carsi_tracker.imports.xlsx.values import Values, local

_TRUE = frozenset({"1", "true"})
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)


def sheets(archive: Archive) -> list[Sheet]:
    """Return the sheets that hold rows, each with its first row where it is shown."""
    main = main_part(archive)
    related = relations(archive, main)
    found, from_1904 = [], False
    for element, attributes in archive.elements(main):
        name = local(element)
        if name == "workbookPr":
            from_1904 = attributes.get("date1904") in _TRUE
        if name != "sheet":
            continue
        relation = next((attributes[key] for key in _RELATIONS if key in attributes), "")
        kind, part = related.get(relation, ("", ""))
        if not archive.has(part):
            raise damaged()
        if kind == "worksheet":
            visible = attributes.get("state", "visible") == "visible"
            found.append((attributes.get("name", ""), part, visible))
    values = Values(archive, dict(related.values()), from_1904=from_1904)
    return [
        Sheet(
            name,
            visible,
            _first_row(archive, part, values) if visible else None,
            partial(_read, archive, part, values),
        )
        for name, part, visible in found
    ]


def _first_row(archive: Archive, part: str, values: Values) -> list[Any] | None:
    reader = Reader(values, first_only=True)
    try:
        archive.parse(part, reader)
    except FirstRow:
        return next(iter(reader.contents))[1]
    return None


def _read(archive: Archive, part: str, values: Values) -> Contents:
    reader = Reader(values)
    archive.parse(part, reader)
    reader.pack()
    return reader.contents
