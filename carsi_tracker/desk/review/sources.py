"""The source of a line as it stands beside it: the file of its document, where it can be shown."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from carsi_tracker.ledger.models import DocumentFile, Line

PDF = "application/pdf"
AROUND = 3000
"""How many characters of a text stand before and after the words that are quoted."""
PAGE = re.compile(r"\b(?:pp?\.|pages?|p[áa]ginas?|p[áa]gs?\.)\s*(\d{1,4})", re.IGNORECASE)
POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Of a PDF in its frame: viewers of browsers start in no sandbox; no script comes from anywhere."""
HEADERS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}
"""Of an answer that a browser has already, too: it takes them over."""
ACTING = {b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"XFA"}
"""Names of a PDF without which a viewer runs no script of it and sends nothing."""
NAME = re.compile(rb"/(?=[JLSIX#])((?:[A-Za-z]|#[0-9A-Fa-f]{2}){3,30})")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKED = re.compile(rb"/ObjStm\b[^\0]{0,500}?\bstream\r?\n")
MOST_UNPACKED = 10_000_000
"""How many bytes of packed objects are looked through."""
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Excerpt:
    """A part of a text: the quoted words, empty where they aren't found, with what is around."""

    before: str
    quoted: str
    after: str
    is_cut: bool


@dataclass(frozen=True)
class SourceShown:
    """The source of a line: its file where there is one; of a PDF the page, of a text an excerpt.

    `page` is the number of the first page that the line's locator names; None where it names none.
    """

    line: Line
    file: DocumentFile | None
    page: int | None
    excerpt: Excerpt | None

    @property
    def is_pdf(self) -> bool:
        """Whether a browser may show the file in a frame."""
        return self.file is not None and self.file.media_type == PDF


def shows_sources(view: V) -> V:
    """Let a page show frames of our own beside what every page may: the PDF of a source."""
    return cast("V", csp_update({"frame-src": [SELF]})(view))


def source_of(line: Line | None) -> SourceShown | None:
    """Return the source of a line."""
    if line is None:
        return None
    file = DocumentFile.objects.defer("content").filter(document=line.document_id).first()
    named = PAGE.search(line.locator)
    excerpt = None
    if file and file.media_type.startswith("text/"):
        excerpt = excerpt_of(bytes(file.content).decode(errors="replace"), line.quote)
    return SourceShown(line, file, int(named[1]) if named else None, excerpt)


def excerpt_of(text: str, quote: str) -> Excerpt:
    """Return a text around quoted words, which are found whatever spaces are between them."""
    words = r"\s+".join(map(re.escape, quote.split()))
    found = re.search(words, text, re.IGNORECASE) if words else None
    first, last = found.span() if found else (0, 0)
    before, after = text[max(0, first - AROUND) : first], text[last : last + AROUND]
    is_cut = len(before) + len(after) + last - first < len(text)
    return Excerpt(before, text[first:last], after, is_cut)


def acts_by_itself(pdf: bytes) -> bool:
    """Say whether a PDF names what a viewer runs or sends, also within compressed objects.

    Compressed objects that can't be read may name anything.
    """
    if _names_what_acts(pdf):
        return True
    for packed in PACKED.finditer(pdf):
        try:
            stream = pdf[packed.end() : pdf.find(b"endstream", packed.end())]
            objects = zlib.decompressobj().decompress(stream, MOST_UNPACKED)
        except zlib.error:
            return True
        if _names_what_acts(objects):
            return True
    return False


def _names_what_acts(pdf: bytes) -> bool:
    return any(ESCAPE.sub(_unescaped, name) in ACTING for name in NAME.findall(pdf))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode())


@xframe_options_sameorigin
@require_safe
@permission_required("ledger.view_batch", raise_exception=True)
def source_file(request: HttpRequest, batch_id: int, document_id: int) -> HttpResponseBase:
    """Show a PDF that a line of a batch cites, in a frame of our own pages alone.

    Who names the ETag has it already: it is not read again for each line beside which it stands.
    """
    cited = Line.objects.filter(batch=batch_id).values("document")
    files = DocumentFile.objects.defer("content").filter(document__in=cited, media_type=PDF)
    file = get_object_or_404(files, document=document_id)
    etag = quote_etag("-".join((file.sha256, settings.RELEASE, str(get_language()))))
    answer = get_conditional_response(request, etag=etag) or _shown(bytes(file.content))
    for name, value in {**HEADERS, "ETag": etag}.items():
        answer[name] = value
    return answer


def _shown(content: bytes) -> HttpResponse:
    if acts_by_itself(content):
        said = _("This PDF holds a script or a form, so it is not shown here. Download it.")
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    return HttpResponse(content, content_type=PDF)
