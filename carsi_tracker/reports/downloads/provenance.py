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
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.citation import NAME, Citation, posted_at
from carsi_tracker.reports.page.filters import LABELS, in_words
from carsi_tracker.reports.page.public_page import Asked

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
LONGEST_NAME = 120
DATATYPES = {
    Holds.TEXT: "string",
    Holds.CODE: "string",
    Holds.NUMBER: "integer",
    Holds.AMOUNT: "decimal",
    Holds.DAY: "date",
    Holds.MOMENT: "dateTime",
}

Table = Listing | Summary


@dataclass(frozen=True)
class Provenance:
    """A table as it was asked for, on the site `root`, under `path`."""

    table: Table
    asked: Asked
    root: str
    path: str

    @classmethod
    def of(cls, table: Table, asked: Asked, request: HttpRequest) -> "Provenance":
        """Return what a request's download says of itself."""
        return cls(table, asked, site_of(request), request.path)

    @property
    def title(self) -> str:
        """The table's title, with its filters: Entries, Honduras."""
        given = self.asked.question.scope.given.items()
        values = (in_words(self.asked.words, name, value) for name, value in given)
        return ", ".join([str(self.table.title), *values])

    @property
    def citation(self) -> Citation:
        """How the file is cited, with its permanent address."""
        question = self.asked.question
        return Citation(
            self.root, self.path, self._permanent, question.version, question.day, today()
        )

    @property
    def _permanent(self) -> str:
        address = self.asked.address
        return replace(address, question=address.question.permanent(), page=1).query()

    def file_name(self, kind: str) -> str:
        """Return the name of a file: what it holds, its day, its version."""
        question = self.asked.question
        words = [str(self.table.title), *question.scope.chosen.values()]
        held = slugify(" ".join(words))[:LONGEST_NAME].rstrip("-")
        return f"carsi-{held}-{question.day}-v{question.version.number}.{kind}"

    def notes(self) -> Sequence[tuple[str, str]]:
        """Return what stands beside the table, as (label, text)."""
        question = self.asked.question
        posted = posted_at(question.version)
        return [
            (_("Table"), f"{NAME}: {self.table.title} ({self.table.meaning})"),
            *(
                (str(LABELS[name]), in_words(self.asked.words, name, value))
                for name, value in question.scope.given.items()
            ),
            (_("Figures as of"), day_in_words(question.day)),
            (_("Version"), str(question.version.number)),
            (_("Posted"), posted.isoformat() if posted else "–"),
            (_("Checksum"), question.version.checksum),
            (_("Address"), self.citation.address),
            (_("Cite as"), self.citation.in_words(self.title) if posted else "–"),
            (_("Licence"), f"CC0 1.0, {LICENCE}"),
            (_("Software"), SOFTWARE),
            *((field.name, field.in_words) for field in self.table.fields),
        ]

    def metadata(self, file: str) -> dict[str, Any]:
        """Return the same as metadata (CSV on the Web) of the CSV at the address `file`."""
        question = self.asked.question
        posted = posted_at(question.version)
        return {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": get_language()}],
            "url": file,
            "dc:title": f"{NAME}: {self.title}",
            "dc:description": str(self.table.meaning),
            "dc:license": {"@id": LICENCE},
            "dc:source": {"@id": f"{self.root}{self.path}{self._permanent}"},
            "notes": [
                {
                    "as_of": question.day.isoformat(),
                    "version": question.version.number,
                    "posted_at": posted.isoformat() if posted else None,
                    "checksum": question.version.checksum,
                    "software": SOFTWARE,
                }
            ],
            "tableSchema": {
                "columns": [
                    {
                        "name": field.name,
                        "titles": field.name,
                        "dc:description": str(field.meaning),
                        "datatype": DATATYPES[field.holds],
                    }
                    for field in self.table.fields
                ]
            },
        }
