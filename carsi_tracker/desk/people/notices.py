"""What people are told by mail: what changed in how they get in, as the audit trail has it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from allauth.account.signals import user_logged_in
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts import throttle
from carsi_tracker.accounts.acting import act_for_provider, act_from, network_address
from carsi_tracker.accounts.models import Event, User
from carsi_tracker.desk import mailing
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import refusals_in_words

SECOND_STEPS = {
    ("added", "totp"): gettext_lazy(
        "An authenticator app was set up for your two-step verification."
    ),
    ("added", "webauthn"): gettext_lazy("A passkey was added."),
    ("added", "recovery_codes"): gettext_lazy("Recovery codes were created."),
    ("renewed", "totp"): gettext_lazy("The secret of your authenticator app was changed."),
    ("renewed", "webauthn"): gettext_lazy("A passkey was changed."),
    ("renewed", "recovery_codes"): gettext_lazy("Your recovery codes were replaced."),
    ("removed", "totp"): gettext_lazy(
        "The authenticator app was removed from your two-step verification."
    ),
    ("removed", "webauthn"): gettext_lazy("A passkey was removed."),
    ("removed", "recovery_codes"): gettext_lazy("Your recovery codes were removed."),
    ("used", "recovery_codes"): gettext_lazy("A recovery code was used to sign in."),
}
TOLD = (
    Event.Kind.PERSON_CHANGED,
    Event.Kind.PASSWORD_CHANGED,
    Event.Kind.SECOND_FACTOR,
    Event.Kind.SINGLE_SIGN_ON,
    Event.Kind.SESSIONS_ENDED,
)


@contextmanager
def acting_by(request: HttpRequest, who: User) -> Iterator[None]:
    """Run a transaction in which `who` acts by a request; raises Refused for a broken rule.

    People about whose access the database noted something are told by mail.
    """
    with acting(who):
        act_from(request)
        last = _last_event()
        yield
        noted = Event.objects.filter(actor=who, person__isnull=False)
        _tell_of(request, noted, last, lambda: who.display_name)


@contextmanager
def acting_for_provider(request: HttpRequest, issuer: str) -> Iterator[list[User]]:
    """Run a transaction in which the provider of single sign-on acts; raises Refused.

    People who are put into the list are told by mail of what was noted about their access.
    """
    with refusals_in_words(), transaction.atomic():
        act_for_provider(issuer)
        act_from(request)
        last, concerned = _last_event(), list[User]()
        yield concerned
        noted = Event.objects.filter(actor=None, person__in=concerned, detail__provider=issuer)
        _tell_of(request, noted, last, lambda: _("Single sign-on"))


def _last_event() -> int:
    return Event.objects.values_list("pk", flat=True).first() or 0


def _tell_of(
    request: HttpRequest, noted: QuerySet[Event], last: int, by: Callable[[], str]
) -> None:
    """Tell people of what was noted about their access after an event, and who did it."""
    told = noted.filter(pk__gt=last, kind__in=TOLD).select_related("person")
    for person, events in groupby(told.order_by("person", "pk"), key=lambda event: event.person):
        _tell(request, person, by, list(events))


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Tell somebody who signed in on a device that is not known to be theirs."""

    def written() -> tuple[str, list[str]]:
        names = {"name": user.username, "address": network_address(request) or "–"}
        return _("Sign-in on a new device"), [
            _(
                "Someone signed in to the account “%(name)s” from the network address %(address)s, "
                "on a device not used for it before."
            )
            % names,
            _("If you did not expect this, tell an administrator at once."),
            request.build_absolute_uri("/"),
        ]

    if user.email and not throttle.knows(request, user):
        mailing.send(request, {user.email}, written)


def _tell(request: HttpRequest, person: Any, by: Callable[[], str], events: list[Event]) -> None:
    if not any(_sentences(events)):
        return
    addresses = {person.email, *(_changed(event, "email")[0] for event in events)}

    def written() -> tuple[str, list[str]]:
        names = {"who": by(), "name": person.username}
        return _("Your account was changed"), [
            _("This concerns the account “%(name)s”. %(who)s did it.") % names,
            "\n".join(_sentences(events)),
            _("If you did not expect this, tell an administrator at once."),
            request.build_absolute_uri("/"),
        ]

    mailing.send(request, {str(address) for address in addresses if address}, written)


def _sentences(events: Iterable[Event]) -> Iterator[str]:
    """Say what happened, a sentence after the other; nothing of somebody who is new."""
    for event in events:
        if event.kind == Event.Kind.PASSWORD_CHANGED:
            yield _("Your password was changed.")
        elif event.kind == Event.Kind.SESSIONS_ENDED:
            yield _("Some of your sessions were ended.")
        elif event.kind == Event.Kind.SINGLE_SIGN_ON:
            connected = "connected" in event.detail
            yield (
                _("Your account can be entered by single sign-on from now on.")
                if connected
                else _("Your account can no longer be entered by single sign-on.")
            )
        elif event.kind == Event.Kind.SECOND_FACTOR:
            yield from (
                str(SECOND_STEPS[part]) for part in event.detail.items() if part in SECOND_STEPS
            )
        elif _changed(event, "username") == (None, None) or _changed(event, "username")[0]:
            yield from _of_person(event)


def _of_person(event: Event) -> Iterator[str]:
    for role, name in (
        ("is_analyst", _("analyst")),
        ("is_approver", _("approver")),
        ("is_administrator", _("administrator")),
    ):
        before, after = _changed(event, role)
        if before is not after:
            sentence = (
                _("You were given the role: %s.")
                if after
                else _("You no longer have the role: %s.")
            )
            yield sentence % name
    before, after = _changed(event, "is_active")
    if before is not after:
        yield _("You may sign in again.") if after else _("Your access has ended.")
    before, after = _changed(event, "email")
    if before != after:
        yield _("Your email address is now: %s") % (after or "–")


def _changed(event: Event, column: str) -> tuple[Any, Any]:
    before, after = event.detail.get(column, (None, None))
    return before, after
