"""What of a chart can be downloaded."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

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
    """A download, by the name of its form, and its address; or a page that gives what to copy."""

    form: str
    href: str
    page: bool = False


def chart_files(name: str, query: Query) -> tuple[File, ...]:
    """Return the downloads of a chart of what is asked: drawn, its figures, how to embed it."""
    query_string = as_query_string(query)
    drawn = [
        File(form.upper(), reverse("chart", args=[name, form]) + query_string) for form in FORMS
    ]
    figures = [
        File(kind.upper(), reverse("table-file", args=[TABLES[name], kind]) + query_string)
        for kind in ("csv", "xlsx")
    ]
    embedded = File(_("Embed"), f"{reverse('embeds')}{query_string}#{name}-title", page=True)
    return (*drawn, *figures, embedded)
