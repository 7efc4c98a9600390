"""How the parts of a workbook of Excel refer to each other (ECMA-376, part 2, 9.3)."""

import posixpath
from urllib.parse import unquote

from carsi_tracker.imports.archive import Archive, no_workbook

_WORKBOOK = "xl/workbook.xml"


def main_part(archive: Archive) -> str:
    """Return the part that names the sheets; raises Unreadable where there is none."""
    for kind, target in relations(archive, "").values():
        if kind == "officeDocument" and archive.has(target):
            return target
    if archive.has(_WORKBOOK):
        return _WORKBOOK
    raise no_workbook()


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the target of what a part refers to, by its id there."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}
    of_part = posixpath.join(folder, "_rels", f"{name}.rels")
    elements = archive.elements(of_part) if archive.has(of_part) else []
    for element, attributes in elements:
        if element.endswith("Relationship") and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            normal = posixpath.normpath(target).lstrip("/")
            if not archive.has(normal):
                normal = unquote(normal)
            found[attributes.get("Id", "")] = kind, normal
    return found
