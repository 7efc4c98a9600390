"""The addresses of what machines read; the pages again under `/es/`."""

from django.urls import path

from carsi_tracker.exports.api import page as api_page
from carsi_tracker.exports.api import views as api
from carsi_tracker.exports.canonical.views import ledger_archive
from carsi_tracker.exports.catalogue import data_json
from carsi_tracker.exports.catalogue import page as catalogue
from carsi_tracker.exports.embed import oembed, views
from carsi_tracker.exports.iati import views as iati
from carsi_tracker.exports.package.views import package
from carsi_tracker.exports.pdf import pages as pdf
from carsi_tracker.exports.recompute.views import recompute
from carsi_tracker.reports import urls as _numbers  # noqa: F401 (what reads <number:…>)
from carsi_tracker.reports.subjects.kinds import KINDS
from carsi_tracker.web.headers import shown_elsewhere

pages = [
    path("data/", catalogue.data, name="data"),
    path("api/", api_page.reference, name="api"),
    path("embed/", views.embed_list, name="embeds"),
    path("embed/<slug:name>/", views.embed, name="embed"),
    path("recompute/", recompute, name="recompute"),
    path("report.pdf", shown_elsewhere(pdf.overview_report), name="overview-report"),
    *(
        path(
            f"{kind.list}/<slug:code>.pdf",
            shown_elsewhere(pdf.subject_report),
            {"kind": kind.page},
            name=f"{kind.page}-report",
        )
        for kind in KINDS.values()
    ),
]

files = [
    path("data.json", shown_elsewhere(data_json.data_json), name="data-json"),
    path("oembed/", shown_elsewhere(oembed.oembed), name="oembed"),
    path("iati/activities.xml", shown_elsewhere(iati.activities), name="iati-activities"),
    path("iati/organisation.xml", shown_elsewhere(iati.organisation), name="iati-organisation"),
    *api.addresses(),
    path(
        "data/carsi-ledger-v<number:number>.zip",
        shown_elsewhere(ledger_archive),
        name="ledger-archive",
    ),
    path(
        "data/carsi-ledger-v<number:number>.zip.sha256",
        shown_elsewhere(ledger_archive),
        {"hashed": True},
        name="ledger-archive-sum",
    ),
    path("data/carsi-v<number:number>.zip", shown_elsewhere(package), name="package"),
]
