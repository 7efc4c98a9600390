"""The second step of signing in: who has to have one, and who has."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from carsi_tracker.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What is a second step by itself; recovery codes only stand in for one."""


def is_required_of(user: User) -> bool:
    """Say whether a person's roles ask for a second step in this installation."""
    powerful = user.is_approver or user.is_administrator or user.is_superuser
    return bool(settings.SECOND_FACTOR == "required" and powerful)


def is_missing(user: User) -> bool:
    """Say whether a person has to set a second step up before anything else."""
    return is_required_of(user) and not _of(user.pk).exists()


def kinds_of(user: User) -> set[str]:
    """Return the kinds of second steps that a person has: "totp", "webauthn"."""
    return set(_of(user.pk).values_list("type", flat=True))


def with_second_step(people: QuerySet[User]) -> QuerySet[User]:
    """Return people who each know, as `has_second_step`, whether they have one."""
    return people.annotate(has_second_step=Exists(_of(OuterRef("pk"))))


def _of(person: int | OuterRef) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=FACTORS)
    return found
