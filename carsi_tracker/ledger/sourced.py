"""The sourced ledger: the canonical files that come with a release, which a fresh start loads."""

import csv

from django.conf import settings

from carsi_tracker.ledger.canonical.layout import VERDICTS
from carsi_tracker.ledger.models import Change, PublishedFigure

LEDGER = settings.BASE_DIR / "fixtures" / "ledger"


def acknowledged_verdicts() -> dict[str, str]:
    """Return, for each published total of the sourced ledger, the verdict that it came with."""
    with (LEDGER / VERDICTS).open(encoding="utf-8", newline="") as lines:
        return {row["key"]: row["verdict"] for row in csv.DictReader(lines)}


def ever_published() -> set[str]:
    """Return the keys of the published totals that are there or were."""
    added = Change.objects.filter(table=PublishedFigure._meta.db_table, action="INSERT")
    return set(added.values_list("after__key", flat=True))
