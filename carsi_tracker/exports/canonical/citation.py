"""How a version is cited, as archives and catalogues read it: CITATION.cff."""

import json

from carsi_tracker.figures.query import Version
from carsi_tracker.ledger.days import WASHINGTON
from carsi_tracker.reports.page.citation import posted_at

CITATION = "CITATION.cff"


def citation(version: Version, site: str = "") -> str:
    """Return how a posted version is cited, as the Citation File Format has it."""
    posted = posted_at(version)
    said = {
        "cff-version": "1.2.0",
        "message": "Cite the date and the version, so that others find the same figures.",
        "type": "dataset",
        "title": "CARSI Tracker: ledger of U.S. security assistance to Central America, "
        f"version {version.number}",
        "authors": [{"name": "CARSI Tracker"}],
        "version": str(version),
        "date-released": posted.astimezone(WASHINGTON).date().isoformat() if posted else None,
        "license": "CC0-1.0",
        "identifiers": [
            {
                "type": "other",
                "value": f"version={version.number}-{version.checksum}",
                "description": "Checksum of the ledger up to this version",
            }
        ],
        "url": site,
    }
    # JSON is YAML, in which this format is written
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in said.items() if value)
