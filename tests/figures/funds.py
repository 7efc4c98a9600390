"""Reads a cell of the status of funds."""

from decimal import Decimal

from carsi_tracker.figures.status_of_funds import Cell, FundsKnown


def added_up(shown: Cell) -> Decimal:
    """Return the first line of a cell less all others."""
    first, *others = shown
    return first.sum_.amount - sum(other.sum_.amount for other in others)


def said(shown: Cell) -> list[tuple[str, str]]:
    """Write a cell briefly: its lines by their first letters, and its marks and amount."""
    marks = {(False, False): "", (True, False): "≤", (False, True): "≥", (True, True): "≥≤"}
    return [
        (
            "".join(line[:3] for line in figure.lines),
            f"{figure.known}"
            if figure.known is FundsKnown.NOT_KNOWN
            else f"{'n/k ' if figure.known is FundsKnown.NOT_APART else ''}"
            f"{marks[figure.at_most, figure.at_least]}{figure.sum_.amount}",
        )
        for figure in shown
    ]
