"""The files of documents, as downloads that no browser opens in the site's name."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from carsi_tracker.ledger.media_types import plain_name
from carsi_tracker.ledger.models import DocumentFile


def download(request: HttpRequest, file: DocumentFile) -> HttpResponseBase:
    """Give the file; whoever names its SHA-256 as ETag has it already."""
    etag = quote_etag(file.sha256)
    if (fresh := get_conditional_response(request, etag=etag)) is not None:
        return fresh
    disposition = content_disposition_header(as_attachment=True, filename=plain_name(file.name))
    return HttpResponse(
        bytes(file.content),
        content_type=file.media_type,
        headers={
            "Content-Disposition": disposition,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
            "ETag": etag,
        },
    )
