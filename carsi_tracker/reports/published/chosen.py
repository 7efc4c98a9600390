"""The published totals that a page or a file shows: by day, publisher and verdict."""

from carsi_tracker.figures.published import (
    PublishedComparison,
    Verdict,
    published_figures,
)
from carsi_tracker.reports.page.parameters import BadAddress
from carsi_tracker.reports.page.public_page import PublicRequest

OWN = ("publisher", "verdict")


def publishers(comparisons: list[PublishedComparison]) -> list[str]:
    """Return who published them, each once."""
    return sorted({each.figure.document.publisher for each in comparisons})


def chosen(
    public: PublicRequest, comparisons: list[PublishedComparison]
) -> list[PublishedComparison]:
    """Return those of the publisher and the verdict that are asked for. Raises BadAddress."""
    own = dict(public.address.own)
    publisher, verdict = own.get("publisher"), own.get("verdict")
    if verdict and verdict not in Verdict.values:
        raise BadAddress("verdict", verdict, ", ".join(Verdict.values))
    if publisher and publisher not in publishers(comparisons):
        everybody = published_figures().values_list("document__publisher", flat=True)
        if publisher not in everybody:  # else of later days alone: then there is none
            raise BadAddress("publisher", publisher, "; ".join(sorted(set(everybody))))
    return [
        each
        for each in comparisons
        if publisher in (None, each.figure.document.publisher) and verdict in (None, each.verdict)
    ]
