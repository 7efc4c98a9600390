"""The tables that the public reads."""

from carsi_tracker.reports.tables.commitments import CommitmentsTable
from carsi_tracker.reports.tables.documents import DocumentsTable
from carsi_tracker.reports.tables.entries import EntriesTable
from carsi_tracker.reports.tables.published import PublishedTable
from carsi_tracker.reports.tables.versions import VersionsTable

__all__ = ["CommitmentsTable", "DocumentsTable", "EntriesTable", "PublishedTable", "VersionsTable"]
