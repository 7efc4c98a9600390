"""The second step of signing in: who has to have one, and who has."""

from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from carsi_tracker.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What is a second step by itself; recovery codes only stand in for one."""
BY_PROVIDER = "second step by provider"


def is_required_of(user: User) -> bool:
    """Say whether a person's roles ask for a second step in this installation."""
    powerful = user.is_approver or user.is_administrator or user.is_superuser
    return bool(settings.SECOND_FACTOR == "required" and powerful)


def is_missing(request: HttpRequest, user: User) -> bool:
    """Say whether a person has to set a second step up before anything else in their session."""
    return is_required_of(user) and not has_one(user) and not was_proved_by_provider(request, user)


def has_one(user: User) -> bool:
    """Say whether a person has set a second step up."""
    return _of(user.pk).exists()


def kinds_of(user: User) -> set[str]:
    """Return the kinds of second steps that a person has: "totp", "webauthn"."""
    return set(_of(user.pk).values_list("type", flat=True))


def with_second_step(people: QuerySet[User]) -> QuerySet[User]:
    """Return people who each know, as `has_second_step`, whether they have one."""
    return people.annotate(has_second_step=Exists(_of(OuterRef("pk"))))


def proved_by_provider(request: HttpRequest, user: User) -> None:
    """Keep in the session that the provider of single sign-on asked a person for two steps."""
    record_authentication(request, user, BY_PROVIDER)


def was_proved_by_provider(request: HttpRequest, user: User) -> bool:
    """Say whether, in this session, the provider asked a person for two steps."""
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    return any(record["method"] == BY_PROVIDER for record in records)


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second step, unless the provider did."""

    def _should_handle(self, request: HttpRequest) -> bool:
        proved = was_proved_by_provider(request, self.login.user)
        return not proved and super()._should_handle(request)


def _of(person: int | OuterRef) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=FACTORS)
    return found
