"""All addresses; the pages and the desk again under `/es/`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from carsi_tracker.desk import account
from carsi_tracker.exchange import urls as exchange
from carsi_tracker.reports import urls as reports

urlpatterns = [
    *reports.files,
    path("favicon.ico", RedirectView.as_view(url="/static/favicon.svg")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("account/", include(account.urlpatterns)),
        *reports.pages,
        *exchange.pages,
        prefix_default_language=False,
    ),
]

handler400 = "carsi_tracker.reports.views.errors.bad_request"
handler403 = "carsi_tracker.reports.views.errors.forbidden"
handler404 = "carsi_tracker.reports.views.errors.not_found"
handler429 = "carsi_tracker.desk.account.too_many_requests"
handler500 = "carsi_tracker.reports.views.errors.server_error"
