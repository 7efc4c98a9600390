"""What a download says of itself: what it holds, through which day, in which version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker import SOFTWARE
from carsi_tracker.ledger.days import day_in_words, today
from carsi_tracker.reports.downloads.fields import Holds
from carsi_tracker.reports.downloads.listings import Listing
from carsi_tracker.reports.downloads.summaries import Summary
from carsi_tracker.reports.page.address import site_of, written
from carsi_tracker.reports.page.citation import NAME, Citation, posted_at
from carsi_tracker.reports.page.filters import FILTERS, in_words
from carsi_tracker.reports.page.public_page import PublicRequest

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
LONGEST_NAME = 120
DATATYPES = {
    Holds.TEXT: "string",
    Holds.CODE: "string",
    Holds.NUMBER: "integer",
    Holds.AMOUNT: "decimal",
    Holds.SUM: "decimal",
    Holds.DAY: "date",
    Holds.MOMENT: "dateTime",
}

Table = Listing | Summary


@dataclass(frozen=True)
class Provenance:
    """A table as it was asked for, on the site `root`, under `path`."""

    table: Table
    public: PublicRequest
    root: str
    path: str

    @classmethod
    def of(cls, table: Table, public: PublicRequest, request: HttpRequest) -> "Provenance":
        """Return what a request's download says of itself."""
        return cls(table, public, site_of(request), request.path)

    @property
    def title(self) -> str:
        """The table's title, with its filters: Entries, Honduras."""
        given = self.public.query.filters.given.items()
        values = (in_words(self.public.words, name, value) for name, value in given)
        return ", ".join([str(self.table.title), *values])

    @property
    def citation(self) -> Citation:
        """How the file is cited, with its permanent address."""
        query = self.public.query
        return Citation(self.root, self.path, self._permanent, query, today())

    @property
    def _permanent(self) -> str:
        address = self.public.address
        return replace(address, query=address.query.permanent(), page=1).query_string()

    def file_name(self, kind: str) -> str:
        """Return the name of a file: what it holds, its day, its version."""
        query = self.public.query
        words = [str(self.table.title), *written(query.filters).values()]
        held = slugify(" ".join(words))[:LONGEST_NAME].rstrip("-")
        return f"carsi-{held}-{query.day}-v{query.version.number}.{kind}"

    def notes(self) -> Sequence[tuple[str, str]]:
        """Return what stands beside the table, as (label, text)."""
        query = self.public.query
        posted = posted_at(query.version)
        return [
            (_("Table"), f"{NAME}: {self.table.title} ({self.table.meaning})"),
            *(
                (str(FILTERS[name].label), in_words(self.public.words, name, value))
                for name, value in query.filters.given.items()
            ),
            (_("Figures as of"), day_in_words(query.day)),
            (_("Version"), str(query.version.number)),
            (_("Posted"), posted.isoformat() if posted else "–"),
            (_("Checksum"), query.version.checksum),
            (_("Address"), self.citation.address),
            (_("Cite as"), self.citation.in_words(self.title) if posted else "–"),
            (_("License"), f"CC0 1.0, {LICENCE}"),
            (_("Software"), SOFTWARE),
            *((field.heading, field.in_words) for field in self.table.fields),
        ]

    def metadata(self, file: str) -> dict[str, Any]:
        """Return the same as metadata (CSV on the Web) of the CSV at the address `file`."""
        query = self.public.query
        posted = posted_at(query.version)
        return {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": get_language()}],
            "url": file,
            "dc:title": f"{NAME}: {self.title}",
            "dc:description": str(self.table.meaning),
            "dc:license": {"@id": LICENCE},
            "dc:source": {"@id": f"{self.root}{self.path}{self._permanent}"},
            "notes": [
                {
                    "as_of": query.day.isoformat(),
                    "version": query.version.number,
                    "posted_at": posted.isoformat() if posted else None,
                    "checksum": query.version.checksum,
                    "software": SOFTWARE,
                }
            ],
            "tableSchema": {
                "columns": [
                    {
                        "name": field.name,
                        "titles": field.name,
                        "dc:description": field.in_words,
                        "datatype": DATATYPES[field.holds],
                    }
                    for field in self.table.fields
                ]
            },
        }
