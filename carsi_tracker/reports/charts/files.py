"""What of a chart can be downloaded."""

from dataclasses import dataclass

from django.urls import reverse

from carsi_tracker.figures.query import Query
from carsi_tracker.reports.page.address import as_query_string

FORMS = ("svg", "png")
TABLES = {
    "bar": "stages",
    "matrix": "matrix",
    "countries": "countries",
    "map": "countries",
    "timeline": "timeline",
}
"""The table that has the figures of each chart."""


@dataclass(frozen=True)
class File:
    """A download, by the name of its form, and its address."""

    form: str
    href: str


def chart_files(name: str, query: Query) -> tuple[File, ...]:
    """Return the downloads of a chart of what is asked: drawn, and its figures."""
    query_string = as_query_string(query)
    drawn = [
        File(form.upper(), reverse("chart", args=[name, form]) + query_string) for form in FORMS
    ]
    figures = [
        File(kind.upper(), reverse("table-file", args=[TABLES[name], kind]) + query_string)
        for kind in ("csv", "xlsx")
    ]
    return (*drawn, *figures)
