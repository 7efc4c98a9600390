"""What catalogues are told of the data, however they want it written: datasets and their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.exports.archives import ZIP
from carsi_tracker.exports.canonical.archive import (
    LedgerArchive,
    archive_name,
    archive_of,
    is_soon_hashed,
)
from carsi_tracker.exports.catalogue.publisher import CatalogPublisher
from carsi_tracker.exports.package.descriptor import ABOUT
from carsi_tracker.exports.tables import EXPORTED, ExportedTable
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.certainty import REGIONAL
from carsi_tracker.ledger.media_types import CSV, XLSX
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.citation import NAME, posted_at
from carsi_tracker.reports.page.public_page import PublicRequest

MOST_FILES = 50
"""How many versions' files are told of, the newest: the package has all."""
PLAIN_CSV = CSV.partition(";")[0]
FORMS = {"csv": PLAIN_CSV, "xlsx": XLSX}
OF_VERSIONS = gettext_lazy(
    "The entries of each version of the ledger, as posted, in files that never change; their "
    "SHA-256 is in the list of versions, where each line is hashed with the one before."
)


@dataclass(frozen=True)
class DescribedFile:
    """A file: what it is, its whole address, its media type, its SHA-256 where that is known."""

    name: str
    address: str
    media_type: str
    sha256: str = ""
    described_by: str = ""


@dataclass(frozen=True)
class DescribedDataset:
    """Data that belong together: where the page tells of them, what they are, their files."""

    anchor: str
    title: str
    about: str
    files: tuple[DescribedFile, ...]
    table: ExportedTable | None = None


@dataclass(frozen=True)
class DescribedData:
    """All data of a version, as of a day, on the site `root`; words are in the language spoken."""

    public: PublicRequest
    root: str

    @cached_property
    def asked(self) -> str:
        """The day and the version as a query string."""
        return as_query_string(self.public.query.everywhere().permanent())

    @property
    def title(self) -> str:
        """What the whole is called."""
        return NAME

    @property
    def published_by(self) -> str:
        """Who publishes it, where the installation says so; else the tracker itself."""
        publisher: CatalogPublisher | None = settings.CATALOG_PUBLISHER
        return publisher.name if publisher else self.title

    @property
    def about(self) -> str:
        """What the whole is, in a sentence."""
        return f"{ABOUT}."

    @property
    def page(self) -> str:
        """The address of the page that lists all of it."""
        return self.root + reverse("data")

    @property
    def modified(self) -> str:
        """When the version was posted, in ISO 8601; "" for the empty ledger."""
        posted = posted_at(self.public.query.version)
        return posted.isoformat() if posted else ""

    @cached_property
    def covered(self) -> str:
        """The first day of an entry and the last, in ISO 8601; "" where there is none."""
        span = aggregates.span(self.public.query.everywhere())
        return f"{span.first}/{span.last}" if span.first and span.last else ""

    @property
    def places(self) -> list[str]:
        """The countries, by name."""
        return [each.name for each in self.public.words.countries if each.code != REGIONAL]

    @property
    def keywords(self) -> list[str]:
        """What people look for who may want it."""
        of = _("U.S. security assistance to Central America")
        return ["CARSI", of, _("appropriations"), _("commitments")]

    def datasets(self) -> Iterator[DescribedDataset]:
        """Yield the whole, then its parts: the files that are hashed, and each table."""
        number = self.public.query.version.number
        path = reverse("package", args=[number])
        package = DescribedFile(f"carsi-v{number}.zip", f"{self.root}{path}{self.asked}", ZIP)
        yield DescribedDataset("archive", self.title, self.about, (package, self.ledger))
        yield DescribedDataset(
            "versions", _("Versions of the ledger"), str(OF_VERSIONS), tuple(self._ledger(number))
        )
        for table in EXPORTED.values():
            title = str(table.download.title)
            about = f"{title}: {table.download.meaning}. {self.about}"
            files = tuple(self._file(table.name, kind, held) for kind, held in FORMS.items())
            yield DescribedDataset(f"columns-{table.name}", title, about, files, table)

    @property
    def ledger(self) -> DescribedFile:
        """The ledger itself, as an archive."""
        version = self.public.query.version
        address = f"{self.root}{reverse('ledger-archive', args=[version.number])}?version={version}"
        told = self.told_of_ledger
        return DescribedFile(
            archive_name(version.number), address, ZIP, told.sha256 if told else ""
        )

    @cached_property
    def told_of_ledger(self) -> LedgerArchive | None:
        """The size and SHA-256 of that; None where a page can't wait for them."""
        version = self.public.query.version
        soon = version.number and is_soon_hashed(version)
        return archive_of(version, self.public.label_revision) if soon else None

    def _ledger(self, number: int) -> Iterator[DescribedFile]:
        yield DescribedFile("versions.csv", self.root + reverse("versions-file"), PLAIN_CSV)
        posted = Posting.objects.filter(version__lte=number).order_by("-version")
        for version, sha256 in posted.values_list("version", "entries_sha256")[:MOST_FILES]:
            address = self.root + reverse("version-file", args=[version])
            yield DescribedFile(f"changes/{version}.csv", address, PLAIN_CSV, sha256)

    def _file(self, name: str, kind: str, media_type: str) -> DescribedFile:
        address = self._address(name, kind)
        described = self._address(name, "csv-metadata.json") if kind == "csv" else ""
        return DescribedFile(f"{name}.{kind}", address, media_type, described_by=described)

    def _address(self, name: str, kind: str) -> str:
        return self.root + reverse("table-file", args=[name, kind]) + self.asked
