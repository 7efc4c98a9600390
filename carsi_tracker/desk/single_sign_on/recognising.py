"""Who it is at the desk whom the provider proved: known by issuer and subject, or met now.

Somebody who is met for the first time is the person at the desk whose mail address an administrator
wrote there, if the provider verified that address; or somebody new, if the claim gives them a role.
"""

import logging
from time import monotonic_ns
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from carsi_tracker.accounts import events, second_factor, typed
from carsi_tracker.accounts.models import SignInRefusal, User
from carsi_tracker.accounts.single_sign_on import in_use
from carsi_tracker.desk.people.notices import acting_for_provider
from carsi_tracker.desk.single_sign_on import claims
from carsi_tracker.desk.single_sign_on.asking import SECONDS, Asking
from carsi_tracker.desk.single_sign_on.new_people import NoNameLeft, new_person
from carsi_tracker.desk.single_sign_on.provider import Provider
from carsi_tracker.ledger.refusals import Refused

logger = logging.getLogger(__name__)

NO_ANSWER = _("The provider of single sign-on does not answer. Sign in here, or try again later.")
NOT_GOOD = _("Single sign-on did not succeed. Try again; if it fails again, tell an administrator.")
CANCELLED = _("Single sign-on was cancelled.")
LATE = _(
    "This single sign-on was used already, is older than ten minutes or was begun in another "
    "browser. Begin again."
)
REFUSED = {
    "no role": _(
        "Single sign-on proved who you are, but gives you no role in the tracker. Ask someone "
        "who manages your organization’s groups."
    ),
    "unknown": _(
        "Single sign-on proved who you are, but no one here has your email address. Ask an "
        "administrator to enter it."
    ),
    "address not verified": _(
        "Single sign-on did not verify your email address, so the tracker cannot tell who you are "
        "here. Ask an administrator."
    ),
    "connected already": _(
        "The account here with your email address is connected with another account of your "
        "organization. Ask an administrator to disconnect it."
    ),
    "ended": _("Your access has ended. Ask an administrator."),
    "no name": _(
        "Single sign-on gives you no name that can be a username here. Ask an administrator."
    ),
    "twice": _("You signed in twice at the same time. Try again."),
}


class NotLetIn(Exception):
    """Somebody whom the provider proved is not let in; `why` is a key of REFUSED."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Recognising(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What the library asks the tracker about single sign-on."""

    def list_apps(
        self, request: HttpRequest, provider: Any = None, client_id: Any = None
    ) -> list[SocialApp]:
        """Return the provider that the environment configures; the table of others is not read."""
        configured = settings.SINGLE_SIGN_ON
        if configured is None:
            return []
        return [
            SocialApp(
                provider=Provider.id,
                provider_id=configured.issuer,
                name=configured.name,
                client_id=configured.client_id,
                secret=configured.client_secret,
                settings={"oauth_pkce_enabled": True},
            )
        ]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Provider:
        """Return the provider."""
        return Provider(request, app=self.get_app(request, provider))

    def get_requests_session(self) -> Asking:
        """Return what asks the provider until the time of the request is over."""
        request: Any = self.request
        if not hasattr(request, "asks_provider_until"):
            request.asks_provider_until = monotonic_ns() + SECONDS * 10**9
        return Asking(request.asks_provider_until)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Send people back to the page where they sign in, with one sentence of what happened."""
        context = extra_context or {}
        if isinstance(exception, RequestException):
            sentence = NO_ANSWER
        elif error == AuthError.CANCELLED:
            sentence = CANCELLED
        elif exception is None and "state" not in context:
            sentence = LATE
        else:
            sentence = NOT_GOOD
            events.sign_in_refused(request, "", SignInRefusal.SINGLE_SIGN_ON)
        said = str(exception or request.GET.get("error", "state"))
        logger.warning("Single sign-on failed: %.300r", said)
        raise back_to_the_form(request, sentence, (context.get("state") or {}).get("next"))

    def pre_social_login(self, request: HttpRequest, login: SocialLogin) -> None:
        """Let in whom the provider proved, with the roles that it gives; or say why not."""
        name = claims.text(login.told, "preferred_username") or claims.verified_address(login.told)
        try:
            person = recognised(request, login)
        except NotLetIn as refused:
            events.sign_in_refused(request, name, SignInRefusal.SINGLE_SIGN_ON, what=refused.why)
            raise back_to_the_form(request, REFUSED[refused.why]) from None
        login.user = person
        if in_use().proves_second_factor and claims.two_steps(login.proved):
            second_factor.proved_by_provider(request, person)
        signed = login.state.get("typed")
        if signed and not typed.keep(request, signed, person):
            login.state["next"] = reverse("admin:index")


def back_to_the_form(
    request: HttpRequest, sentence: str | Promise, wanted: str | None = None
) -> ImmediateHttpResponse:
    """Return, to be raised, the way to the page where people sign in, which says a sentence."""
    messages.error(request, str(sentence))
    asked = f"?{urlencode({'next': wanted})}" if wanted else ""
    return ImmediateHttpResponse(redirect(reverse("account_login") + asked))


def recognised(request: HttpRequest, login: SocialLogin) -> User:
    """Return who it is, with the roles that the claim gives. Raises NotLetIn."""
    given = claims.roles(in_use(), login.told)
    try:
        with acting_for_provider(request, in_use().issuer) as concerned:
            person = _known(login) if login.is_existing else _met(login, given)
            concerned.append(person)
            _give(person, given)
    except NoNameLeft:
        raise NotLetIn("no name") from None
    except (IntegrityError, Refused) as error:
        logger.warning("Single sign-on was refused by the database", exc_info=True)
        raise NotLetIn("twice") from error
    if not person.is_staff:
        raise NotLetIn("no role" if given is not None else "ended")
    return person


def _known(login: SocialLogin) -> User:
    """Return, locked, whom the subject belongs to."""
    person = User.objects.select_for_update().get(pk=login.user.pk)
    if not person.is_active:
        raise NotLetIn("ended")
    return person


def _met(login: SocialLogin, given: dict[str, bool] | None) -> User:
    """Connect the subject with the person at the desk whom its mail address names, or a new one."""
    if given is not None and not any(given.values()):
        raise NotLetIn("no role")
    verified = claims.verified_address(login.told)
    said = claims.text(login.told, "email")
    people = list(User.objects.select_for_update().filter(email__iexact=said) if said else ())
    if not verified and (people or given is None):
        raise NotLetIn("address not verified")
    if people:
        person = _invited(people)
    elif given is None:
        raise NotLetIn("unknown")
    else:
        person = new_person(login.told, given)
    login.account.user = person
    login.account.save()
    return person


def _invited(people: list[User]) -> User:
    """Return the one person of an address, whose first password by another ends with this."""
    person, *others = people
    if others or SocialAccount.objects.filter(user=person).exists():
        raise NotLetIn("connected already")
    if not person.is_active:
        raise NotLetIn("ended")
    if person.must_change_password:
        person.set_unusable_password()
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
    return person


def _give(person: User, given: dict[str, bool] | None) -> None:
    """Let a person have the roles that the claim gives, and no others."""
    changed = [role for role, held in (given or {}).items() if getattr(person, role) is not held]
    for role in changed:
        setattr(person, role, not getattr(person, role))
    if changed:
        person.save(update_fields=changed)
