"""The addresses of the public pages and files, an example of each."""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils.encoding import force_bytes

from carsi_tracker.reports.charts.charts import SHEETS
from carsi_tracker.reports.downloads.downloads import TABLES

EXAMPLES = {
    "overview": "/",
    "areas": "/areas/",
    "area": "/areas/community/",
    "countries": "/countries/",
    "country": "/countries/hn/",
    "goals": "/goals/",
    "goal": "/goals/2/",
    "appropriations": "/appropriations/",
    "appropriation": "/appropriations/2008-incle/",
    "entries": "/entries/",
    "entry": "/entries/12-5/",
    "commitments": "/commitments/",
    "commitment": "/commitments/CARSI-08-INCLE-10/",
    "documents": "/documents/",
    "document": "/documents/gao-13-295r/",
    "published": "/published/",
    "published-figure": "/published/gao-obligated-2013-floor/",
    "status-of-funds": "/status-of-funds/",
    "status-of-funds-letter": "/status-of-funds.pdf",
    "gaps": "/gaps/",
    "changes": "/changes/",
    "version": "/changes/12/",
    "compare": "/compare/",
    "feed": "/feed/",
    "search": "/search/",
    "about": "/about/",
    "balance": "/balance/",
    "card": "/charts/card.png",
    "chart": "/charts/bar.svg",
    "data": "/data/",
    "table-file": "/tables/entries.csv",
    "versions-file": "/versions.csv",
    "version-file": "/changes/12.csv",
    "document-file": "/documents/gao-13-295r/file/",
    "sitemap": "/sitemap.xml",
    "sitemap-file": "/sitemap-pages-1.xml",
    "robots": "/robots.txt",
    "security-txt": "/.well-known/security.txt",
    "api": "/api/",
    "recompute": "/recompute/?stage=committed",
    "embeds": "/embed/",
    "embed": "/embed/bar/",
    "overview-report": "/report.pdf",
    "area-report": "/areas/community.pdf",
    "country-report": "/countries/gt.pdf",
    "goal-report": "/goals/2.pdf",
    "appropriation-report": "/appropriations/2008-incle.pdf",
    "oembed": "/oembed/?url=http%3A%2F%2Flocalhost%2F",
    "iati-activities": "/iati/activities.xml",
    "iati-organisation": "/iati/organisation.xml",
    "data-json": "/data.json",
}


NOT_SET = {
    EXAMPLES[name] for name in ("data-json", "oembed", "iati-activities", "iati-organisation")
}
"""What answers 404 where the site isn't `localhost`, and where nobody is named who publishes."""


BOTH = ("", "/es")


IN_ONE_LANGUAGE = (
    "/versions.csv", "/changes/12.csv", "/sitemap", "/robots", "/.well-known", "/oembed", "/iati",
    "/data.json",
)  # fmt: skip


TIMELESS = ("/versions.csv", "/changes/12.csv")


NO_PAGES = {
    "card", "chart", "table-file", "document-file", "feed", "status-of-funds-letter", "embed",
    *(name for name in EXAMPLES if name.endswith("-report")),
}  # fmt: skip


PAGES = (
    *(
        address
        for name, address in EXAMPLES.items()
        if name not in NO_PAGES
        and not address.startswith(IN_ONE_LANGUAGE)
    ),
    "/areas/not-attributed/", "/countries/gt/", "/countries/regional/", "/entries/?country=GT",
    "/commitments/?partner=none", "/entries/?measure=available", "/compare/?from_version=1",
    "/search/?q=policia", "/search/?q=patrol&kind=commitments",
)  # fmt: skip


FILES = (
    "/feed/", "/feed/?country=GT", "/charts/card.png", "/status-of-funds.pdf",
    "/report.pdf", "/countries/gt.pdf",
    *(f"/charts/{name}.svg" for name in SHEETS),
    *(f"/tables/{name}.csv" for name in TABLES),
    *(f"/tables/{name}.{kind}" for name in ("entries", "matrix")
      for kind in ("xlsx", "csv-metadata.json")),
    *TIMELESS, "/robots.txt", "/sitemap.xml",
    *(f"/sitemap-{section}-1.xml" for section in (
        "pages", "subjects", "commitments", "documents", "published", "changes",
        "entries",
    )),
)  # fmt: skip


def everywhere(*also: str) -> Iterator[str]:
    """Yield all public addresses, in each language that they have."""
    for address in (*PAGES, *FILES, *also):
        yield address
        if not address.startswith(IN_ONE_LANGUAGE):
            yield f"/es{address}"


def asked(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def answer(client: Client, address: str, **headers: str) -> tuple[Any, bytes]:
    """Get an address; return the response, and all that it sends."""
    response = client.get(address, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return response, b"".join(map(force_bytes, response))
