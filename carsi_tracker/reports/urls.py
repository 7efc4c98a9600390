"""The public addresses."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from carsi_tracker.reports.balances import balance
from carsi_tracker.reports.charts import charts
from carsi_tracker.reports.compare import compare
from carsi_tracker.reports.downloads import downloads
from carsi_tracker.reports.gaps import gaps
from carsi_tracker.reports.overview import overview
from carsi_tracker.reports.published import published
from carsi_tracker.reports.records import commitments, documents, entries
from carsi_tracker.reports.search import search
from carsi_tracker.reports.site import about, security, sitemap
from carsi_tracker.reports.status import status
from carsi_tracker.reports.subjects import subjects
from carsi_tracker.reports.subjects.kinds import KINDS
from carsi_tracker.reports.versions import changes, feed
from carsi_tracker.web.headers import shown_elsewhere


class VersionConverter(StringConverter):
    """A version's number: no sign, no leading zero, within the database's integers."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


register_converter(VersionConverter, "number")

pages = [
    path("", overview.overview, name="overview"),
    *(
        address
        for kind in KINDS.values()
        for address in (
            path(f"{kind.list}/", subjects.subject_list, {"kind": kind.page}, name=kind.list),
            path(
                f"{kind.list}/<slug:code>/",
                subjects.subject_detail,
                {"kind": kind.page},
                name=kind.page,
            ),
        )
    ),
    path("entries/", entries.entry_list, name="entries"),
    path("entries/<number:version>-<number:line>/", entries.entry_detail, name="entry"),
    path("commitments/", commitments.commitment_list, name="commitments"),
    path("commitments/<slug:reference>/", commitments.commitment_detail, name="commitment"),
    path("documents/", documents.document_list, name="documents"),
    path("documents/<slug:key>/", documents.document_detail, name="document"),
    path("published/", published.published_list, name="published"),
    path("published/<slug:key>/", published.published_detail, name="published-figure"),
    path("status-of-funds/", status.status_of_funds, name="status-of-funds"),
    path(
        "status-of-funds.pdf",
        shown_elsewhere(status.status_of_funds_letter),
        name="status-of-funds-letter",
    ),
    path("gaps/", gaps.gaps, name="gaps"),
    path("changes/", changes.version_list, name="changes"),
    path("changes/<number:version>/", changes.version_detail, name="version"),
    path("compare/", compare.compare, name="compare"),
    path("feed/", shown_elsewhere(feed.feed), name="feed"),
    path("search/", search.search, name="search"),
    path("about/", about.about, name="about"),
    path("balance/", balance.balance, name="balance"),
    path("tables/<slug:name>.<str:kind>", shown_elsewhere(downloads.table_file), name="table-file"),
    path("charts/card.png", shown_elsewhere(charts.card), name="card"),
    re_path(
        r"^charts/(?P<name>bar|matrix|countries|map|timeline)\.(?P<form>svg|png)$",
        shown_elsewhere(charts.chart),
        name="chart",
    ),
]

files = [
    path("versions.csv", shown_elsewhere(changes.versions_file), name="versions-file"),
    path(
        "changes/<number:version>.csv", shown_elsewhere(changes.version_file), name="version-file"
    ),
    path(
        "documents/<slug:key>/file/",
        shown_elsewhere(documents.document_file),
        name="document-file",
    ),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<slug:section>-<number:number>.xml", sitemap.sitemap, name="sitemap-file"),
    path("robots.txt", sitemap.robots, name="robots"),
    path(".well-known/security.txt", security.security_txt, name="security-txt"),
]
