"""How a person had tables read, by their headings: theirs alone, and forgotten at their wish."""

from carsi_tracker.accounts.models import User
from carsi_tracker.imports.pasting.answers import Answers, remembered
from carsi_tracker.imports.pasting.grid import PastedGrid
from carsi_tracker.imports.pasting.guessing import shape
from carsi_tracker.ledger.models import PasteHabit

MOST = 50
"""So many tables of a person are remembered; the one used longest ago goes first."""


def habit(person: User, grid: PastedGrid) -> Answers | None:
    """Return how a person had a table with these headings read the last time."""
    found = PasteHabit.objects.filter(person=person, shape=shape(grid)).first()
    return remembered(found.answers, grid.width) if found else None


def remember(person: User, grid: PastedGrid, answers: Answers) -> None:
    """Remember how a person had a table read."""
    PasteHabit.objects.update_or_create(
        person=person, shape=shape(grid), defaults={"answers": answers.kept()}
    )
    of_person = PasteHabit.objects.filter(person=person).order_by("-used_at", "-pk")
    PasteHabit.objects.filter(pk__in=of_person.values_list("pk", flat=True)[MOST:]).delete()


def forget(person: User, grid: PastedGrid) -> None:
    """Forget how a person had tables with these headings read."""
    PasteHabit.objects.filter(person=person, shape=shape(grid)).delete()
