"""The people of a published ledger: names, as its versions print them."""

from dataclasses import dataclass

from django.db.models import Q

from carsi_tracker.accounts.models import User

LONGEST_PART = 150
LOADER = "loaded-ledger"
PUBLISHED = "published-"
NAMES_ALONE = (
    Q(username__startswith=LOADER) | Q(username__startswith=PUBLISHED) | Q(username="sourced-data")
)
"""The people that loading makes; releases up to 0.5.0 posted the sourced ledger as the last."""


@dataclass(frozen=True)
class Hands:
    """Who prepared and who approved a version."""

    prepared: list[User]
    approver: User


class PublishedPeople:
    """People who hold no role and can't sign in, made as they are met.

    A name is one person, and another where a version tells two of the name apart.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], User] = {}
        self._taken = set(User.objects.values_list("username", flat=True))

    def loader(self) -> User:
        """Make the person in whose name the reference data is added."""
        return self._make(LOADER, "Loaded ledger", "")

    def of_version(self, prepared_by: list[str], approved_by: str, *, alone: bool) -> Hands:
        """Return who prepared and approved a version; `alone` if it had no second person."""
        prepared = [
            self._named(name, prepared_by[:place].count(name))
            for place, name in enumerate(prepared_by)
        ]
        return Hands(
            prepared, self._named(approved_by, 0 if alone else prepared_by.count(approved_by))
        )

    def another(self, name: str, hands: Hands) -> User:
        """Return the person of this name who had no hand in a version, for its countersignature."""
        had = {hands.approver.pk, *(each.pk for each in hands.prepared)}
        number = 0
        while (person := self._named(name, number)).pk in had:
            number += 1
        return person

    def _named(self, name: str, number: int) -> User:
        if (name, number) not in self._made:
            first, last = _parts(name)
            username = f"{PUBLISHED}{len(self._made) + 1}"
            self._made[name, number] = self._make(username, first, last)
        return self._made[name, number]

    def _make(self, username: str, first_name: str, last_name: str) -> User:
        wanted, number = username, 1
        while username in self._taken:
            number += 1
            username = f"{wanted}-{number}"
        self._taken.add(username)
        person = User(
            username=username, first_name=first_name, last_name=last_name, is_active=False
        )
        person.set_unusable_password()
        person.save()
        return person


def _parts(name: str) -> tuple[str, str]:
    """Return a name in two parts that fit where people's names stand; raises ValueError."""
    if len(name) <= LONGEST_PART:
        return name, ""
    first, _blank, last = name[: LONGEST_PART + 1].rpartition(" ")
    last = f"{last}{name[LONGEST_PART + 1 :]}"
    if not first or len(last) > LONGEST_PART:
        raise ValueError(f"the name “{name[:40]}…” is too long")
    return first, last
