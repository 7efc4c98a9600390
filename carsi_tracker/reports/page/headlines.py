"""What headlines name of several figures."""

from collections.abc import Sequence

from carsi_tracker.reports.page.links import Linked


def place_of_largest(figures: Sequence[Linked]) -> int | None:
    """Return which figure is the largest; None where two are, or where none is above zero."""
    largest = max((each.amount for each in figures), default=0)
    places = [place for place, each in enumerate(figures) if each.amount == largest]
    return places[0] if largest > 0 and len(places) == 1 else None
