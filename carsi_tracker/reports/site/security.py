"""Whom to tell of a weakness, in the form of RFC 9116."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from carsi_tracker.reports.page.address import site_of

HOLDS_FOR = timedelta(days=90)


def security_txt(request: HttpRequest) -> HttpResponse:
    """Name the address for reports, where the installation has one."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + HOLDS_FOR).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{quote(settings.SECURITY_CONTACT, safe='@+')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, es",
        f"Canonical: {site_of(request)}{reverse('security-txt')}",
    ]
    response = HttpResponse("\n".join([*lines, ""]), "text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
