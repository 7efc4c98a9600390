"""How a page is cited: its permanent address, in words and in BibTeX."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from carsi_tracker.caching.remembered import remembered
from carsi_tracker.figures.query import BLANK_DAY, Query, Version
from carsi_tracker.ledger.days import WASHINGTON, day_in_words
from carsi_tracker.ledger.models import Posting

NAME = "CARSI Tracker"
SHOWN = 8
"""How many digits of a checksum a citation prints: as many as its address."""
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0327": "c "
}  # fmt: skip
"""The LaTeX command of each combining accent."""
WRITTEN = {
    "\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
    "&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
    "“": "``", "”": "''", "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "–": "--", "—": "---", "−": "$-$",
    "…": r"{\ldots}", "·": r"{\textperiodcentered}", "¿": "{?`}", "¡": "{!`}",
    "\N{NO-BREAK SPACE}": "~",
}  # fmt: skip
"""How LaTeX writes what it would take for a command, or does not know."""


@dataclass(frozen=True)
class Citation:
    """What a citation of a page says beside its title.

    `query` is permanent; `path` and `query_string` make the address, on the site `root`.
    `accessed` is today.
    """

    root: str
    path: str
    query_string: str
    query: Query
    accessed: date

    @property
    def version(self) -> Version:
        """The version that is cited."""
        return self.query.version

    @property
    def address(self) -> str:
        """The permanent address, with day and version."""
        return f"{self.root}{self.path}{self.query_string}"

    def in_words(self, title: str) -> str:
        """Return the citation as plain text, in the language of the page."""
        return _(
            "%(site)s (%(year)s): “%(title)s”. Figures as of %(day)s, version %(number)d of the "
            "ledger, checksum %(checksum)s. %(address)s (accessed %(accessed)s)"
        ) % {
            "site": NAME,
            "year": self._year,
            "title": title,
            "day": self.query.day_in_words,
            "number": self.version.number,
            "checksum": self.version.checksum[:SHOWN],
            "address": self.address,
            "accessed": day_in_words(self.accessed),
        }

    def bibtex(self, title: str) -> str:
        """Return the citation as an entry of BibTeX, in the language of the page."""
        note = _(
            "Figures as of %(day)s, version %(number)d of the ledger, checksum %(checksum)s, "
            "accessed %(accessed)s"
        ) % {
            "day": self.query.day_in_words,
            "number": self.version.number,
            "checksum": self.version.checksum[:SHOWN],
            "accessed": day_in_words(self.accessed),
        }
        return (
            f"@misc{{{self._key},\n"
            f"  author = {{{{{NAME}}}}},\n"
            f"  title = {{{{{escaped(title)}}}}},\n"
            f"  year = {{{self._year}}},\n"
            f"  howpublished = {{\\url{{{self.address}}}}},\n"
            f"  note = {{{escaped(note)}}}\n"
            "}"
        )

    @property
    def _year(self) -> str:
        """The year in which the version was posted; none for the empty ledger."""
        posted = posted_at(self.version)
        return str(posted.astimezone(WASHINGTON).year) if posted else ""

    @property
    def _key(self) -> str:
        """A key of letters, digits and hyphens that tells pages, days and versions apart."""
        words = re.findall(f"[a-z0-9]+|{BLANK_DAY}", f"{self.path} {self.query_string}".lower())
        return "-".join(["carsi", *(word for word in words if word not in ("as", "of", "version"))])


def escaped(text: str) -> str:
    """Write text for LaTeX, with accents as commands, so that old and new BibTeX read it."""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text))


def _letter(letter: str) -> str:
    if letter in WRITTEN:
        return WRITTEN[letter]
    apart = unicodedata.normalize("NFD", letter)
    if len(apart) == 2 and apart[1] in ACCENTS:
        return f"{{\\{ACCENTS[apart[1]]}{apart[0]}}}"
    return letter


@remembered(64)
def posted_at(version: Version) -> datetime | None:
    """Return when a version was posted; None for the empty ledger."""
    return (
        Posting.objects.filter(version=version.number, checksum=version.checksum)
        .values_list("posted_at", flat=True)
        .first()
    )
