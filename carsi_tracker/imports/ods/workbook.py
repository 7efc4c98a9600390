"""The sheets of an OpenDocument workbook, as LibreOffice saves it (.ods)."""

from django.utils.translation import gettext as _

from carsi_tracker.imports.archive import Archive, Handler, no_workbook
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.ods.sheet import OpenDocumentReader
from carsi_tracker.imports.sheets import Sheet

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_ENCRYPTED = "encrypted-package"


def sheets(archive: Archive) -> list[Sheet]:
    """Return the sheets, all read: they stand in one part, one after the other."""
    if archive.has(_ENCRYPTED) or _encrypted(archive):
        message = _("A password protects the workbook. Save it without a password.")
        raise Unreadable(Finding(message))
    if not archive.has(_CONTENT):
        raise no_workbook()
    reader = OpenDocumentReader()
    archive.parse(_CONTENT, reader)
    return reader.found


def _encrypted(archive: Archive) -> bool:
    """Say whether the sheets are encrypted, as the list of parts tells."""
    if not archive.has(_MANIFEST):
        return False
    listed = _Manifest()
    archive.parse(_MANIFEST, listed)
    return listed.encrypted


class _Manifest(Handler):
    """The list of parts of an archive."""

    encrypted = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        self.encrypted |= name.endswith(" encryption-data")
