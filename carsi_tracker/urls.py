"""All addresses; the pages and the desk again under `/es/`."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import RedirectView

from carsi_tracker.exports import urls as exports
from carsi_tracker.reports import urls as reports
from carsi_tracker.web.headers import READING, is_shown_elsewhere


def read_only(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """Return addresses that answer 405 to what writes, before anybody asks for a token."""
    return [
        URLPattern(
            pattern.pattern,
            csrf_exempt(_reading(pattern.callback)(pattern.callback)),
            pattern.default_args,
            pattern.name,
        )
        for pattern in patterns
    ]


def _reading(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Return what refuses all but reading: of data, a browser asks first whether it may."""
    return require_http_methods(READING) if is_shown_elsewhere(view) else require_safe


def desk() -> list[URLPattern | URLResolver]:
    """Return the addresses of the desk and of signing in, where they are served."""
    if settings.PUBLIC_ONLY:
        return []
    from carsi_tracker.desk.people import account
    from carsi_tracker.desk.single_sign_on import pages as single_sign_on

    of_people = [*account.urlpatterns, *single_sign_on.urlpatterns]
    return [path("admin/", admin.site.urls), path("account/", include(of_people))]


favicon = path("favicon.ico", RedirectView.as_view(url="/static/favicon.svg"))

urlpatterns = [
    *read_only([*reports.files, *exports.files, favicon]),
    *i18n_patterns(
        *desk(),
        *read_only([*reports.pages, *exports.pages]),
        prefix_default_language=False,
    ),
]

handler400 = "carsi_tracker.reports.page.errors.bad_request"
handler403 = "carsi_tracker.reports.page.errors.forbidden"
handler404 = "carsi_tracker.reports.page.errors.not_found"
handler429 = "carsi_tracker.desk.people.account.too_many_requests"
handler500 = "carsi_tracker.reports.page.errors.server_error"
