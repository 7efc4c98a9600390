"""Somebody whom nobody added at the desk, and to whom the provider gives a role."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.single_sign_on import claims
from carsi_tracker.ledger import text
from carsi_tracker.ledger.folding import NameKey

NAMES = ("given_name", "family_name")
MOST_OF_ONE_NAME = 100
LONGEST_NAME = 150  # characters


class NoNameLeft(Exception):
    """Nothing that the provider says can be a username."""


def new_person(said: Mapping[str, Any], given: Mapping[str, bool]) -> User:
    """Make a person with the roles given, who has no password. Raises NoNameLeft.

    Their names are nobody else's, nor any that a version prints. Where the provider says such one,
    or is not plain text, their username stands for it until an administrator writes another.
    """
    person = User(email=claims.verified_address(said), **given)
    person.set_unusable_password()
    for name in _usernames(said):
        person.username = name
        if not _is_taken(name) and _is_good(person):
            break
    else:
        raise NoNameLeft
    first, last = (text.trimmed(claims.text(said, key)) for key in NAMES)
    named = User(username=person.username, first_name=first, last_name=last)
    is_whole = all(claims.text(said, key) or not said.get(key) for key in NAMES)
    if is_whole and _is_good(named) and not _is_taken(named.display_name):
        person.first_name, person.last_name = first, last
    person.save()
    return person


def _usernames(said: Mapping[str, Any]) -> Iterator[str]:
    """Give what somebody may be called, the best first."""
    for name in (claims.text(said, "preferred_username"), claims.verified_address(said)):
        if name:
            yield name
            numbers = count(2)
            yield from (f"{name}-{next(numbers)}" for _ in range(MOST_OF_ONE_NAME))


def _is_good(person: User) -> bool:
    """Say whether a person's names are plain text that can be kept."""
    try:
        person.clean_fields(exclude=["password", "email"])
        for name in (person.username, person.first_name, person.last_name):
            text.check(name)
    except ValidationError:
        return False
    return True


def _is_taken(name: str) -> bool:
    """Say whether a name looks like another's user name, mail address or printed name."""
    if User.objects.filter(Q(username__name_key=NameKey.of(name)) | Q(email__iexact=name)).exists():
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from rules.names_of_people() k "
            "where name_key(k.name) = name_key(%s))",
            [name],
        )
        return bool(cursor.fetchone()[0])
