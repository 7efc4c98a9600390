from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carsi_tracker.figures.published import (
    PublishedComparison,
    Verdict,
    compared,
    published_figures,
    tally,
)
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import PublishedFigure
from carsi_tracker.ledger.sourced import acknowledged_verdicts, ever_published


class Command(BaseCommand):
    help = (
        "Compare the published totals with the ledger; exit 1 where a verdict is not the one that "
        "fixtures/ledger/published_verdicts.csv acknowledges, or where such a total was retired or "
        "deleted. Another total may only not differ unexplained."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        version, _revision = newest()
        comparisons = compared(published_figures(), Query(version, today()))
        acknowledged = acknowledged_verdicts()
        problems = [said for each in comparisons if (said := _problem(each, acknowledged))]
        problems += _gone({each.figure.key for each in comparisons}, acknowledged)
        for said in problems:
            self.stderr.write(said)
        if problems:
            raise CommandError(f"{len(problems)} verdicts are not acknowledged.")
        counted = ", ".join(f"{n} {verdict}" for verdict, n in tally(comparisons).items() if n)
        self.stdout.write(f"{len(comparisons)} published totals: {counted or 'none'}")


def _problem(comparison: PublishedComparison, verdicts: dict[str, str]) -> str:
    """Say which verdict is not the acknowledged one; empty where it is."""
    key, verdict = comparison.figure.key, comparison.verdict
    acknowledged = verdicts.get(key)
    if acknowledged and verdict != acknowledged:
        return f"{key}: {verdict}, acknowledged is {acknowledged}"
    if not acknowledged and verdict == Verdict.UNEXPLAINED:
        return f"{key}: {verdict}"
    return ""


def _gone(compared_keys: set[str], verdicts: dict[str, str]) -> list[str]:
    """Say which acknowledged totals that were once there are compared no more."""
    gone = ever_published() - compared_keys
    retired = set(PublishedFigure.objects.values_list("key", flat=True))
    return [
        f"{key}: {'retired' if key in retired else 'deleted'}, acknowledged is {verdict}"
        for key, verdict in verdicts.items()
        if key in gone
    ]
