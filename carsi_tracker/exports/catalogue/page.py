"""The page that lists what can be taken away, by who takes it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from carsi_tracker.exports.catalogue import data_json
from carsi_tracker.exports.catalogue.described import DescribedData
from carsi_tracker.exports.catalogue.schema_org import as_json_ld, data_catalog
from carsi_tracker.exports.iati import views as iati
from carsi_tracker.ledger.days import WASHINGTON
from carsi_tracker.reports.downloads.downloads import TABLES
from carsi_tracker.reports.downloads.provenance import LICENCE
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.citation import posted_at
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.reports.page.render import render_page


@public_page(configured_by=(*iati.CONFIGURED_BY, *data_json.CONFIGURED_BY))
def data(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show what can be downloaded, with a dictionary of its columns and its terms."""
    described = DescribedData(public, site_of(request))
    posted = posted_at(public.query.version)
    return render_page(
        request,
        public,
        "exports/data.html",
        tables=TABLES.values(),
        licence=LICENCE,
        posted_on=posted and posted.astimezone(WASHINGTON).date(),
        catalog=as_json_ld(data_catalog(described)) if public.query.version.number else "",
        ledger_archive=described.told_of_ledger,
        data_json=settings.CATALOG_PUBLISHER is not None,
        iati=settings.IATI_REPORTING_ORGANIZATION is not None,
    )
