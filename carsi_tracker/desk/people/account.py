"""A person's own account: signing in and out, password, second factor, sessions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from carsi_tracker.accounts import typed
from carsi_tracker.accounts.models import User
from carsi_tracker.accounts.second_factor import is_missing
from carsi_tracker.desk.forms import again
from carsi_tracker.desk.people.notices import acting_by
from carsi_tracker.desk.site import desk, person
from carsi_tracker.reports.page.errors import forbidden

View = Callable[..., HttpResponse]


def framed(view: View, title: Any) -> View:
    """Return a view of the library that shows its page under a title in the desk's frame."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _acted(view, request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            frame = desk().each_context(request)
            response.context_data = {**frame, "title": title, **(response.context_data or {})}
        return response

    return never_cache(inside)


def _acted(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer; what it changes of the database is noted with who asks, or is about to be let in."""
    login = None if request.user.is_authenticated else unstash_login(request, peek=True)
    who = login.user if login else request.user
    if request.method != "POST" or not isinstance(who, User):
        return view(request, *args, **kwargs)
    with acting_by(request, who):
        return view(request, *args, **kwargs)


def second_step(request: HttpRequest) -> HttpResponse:
    """Show a person's second step, and whether they have to set one up before anything else."""
    response: HttpResponse = mfa.index(request)
    if isinstance(response, TemplateResponse):
        response.context_data = {
            **(response.context_data or {}),
            "is_missing": is_missing(request, person(request)),
        }
    return response


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show a person who they are to the tracker, and where to change how they sign in."""
    return desk().page(request, "person_account.html", {"title": _("Your account")})


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer who asks too often; also an error page of the site."""
    context = {"title": _("Too many attempts")}
    return desk().page(request, "person_wait.html", context, status=429).render()


def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in; who is in already, in another window, goes on with what they typed."""
    if request.method == "POST" and request.user.is_authenticated:
        wanted = typed.keep(request, request.POST.get(typed.FIELD, ""), request.user)
        if wanted:
            return redirect(wanted)
    response: HttpResponse = account.login(request)
    return response


def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign somebody in by a passkey alone, with what they typed before, as a password does."""
    response: HttpResponse = passkeys.login_webauthn(request)
    signed = request.POST.get(typed.FIELD, "")
    is_in = request.method == "POST" and request.user.is_authenticated
    if signed and is_in and not typed.keep(request, signed, person(request)):
        response["Location"] = reverse("admin:index")
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form from before its sender signed in again: it stands there as it was typed.

    Forms that no page of the tracker sent are refused.
    """
    match = resolve(request.path_info)
    if again.of_this_site(request) and "admin" in match.namespaces:
        signed, wanted = typed.packed(request), request.get_full_path()
    elif again.of_this_site(request) and match.url_name == "account_login":
        signed = request.POST.get(typed.FIELD, "")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
    else:
        return forbidden(request, PermissionDenied(reason))
    if request.user.is_authenticated:
        return redirect(typed.keep(request, signed, request.user) or reverse("admin:index"))
    return again.sign_in_first(request, desk().each_context(request), signed, wanted).render()


CODES = _("Recovery codes")
SECOND_STEP = _("Two-step verification")
CONFIRM = _("Confirm that it is you")

urlpatterns = [
    path("", never_cache(overview), name="account_overview"),
    path("login/", framed(sign_in, _("Sign in")), name="account_login"),
    path("logout/", framed(account.logout, _("Sign out")), name="account_logout"),
    path("inactive/", framed(account.account_inactive, _("No access")), name="account_inactive"),
    path("confirm/", framed(account.reauthenticate, CONFIRM), name="account_reauthenticate"),
    path(
        "password/",
        framed(account.password_change, _("Change password")),
        name="account_change_password",
    ),
    path(
        "password/first/",
        framed(account.password_set, _("Set a password")),
        name="account_set_password",
    ),
    path("sessions/", framed(sessions.list_usersessions, _("Sessions")), name="usersessions_list"),
    path("second-step/", framed(second_step, SECOND_STEP), name="mfa_index"),
    path("second-step/code/", framed(mfa.authenticate, SECOND_STEP), name="mfa_authenticate"),
    path("second-step/confirm/", framed(mfa.reauthenticate, CONFIRM), name="mfa_reauthenticate"),
    path(
        "second-step/app/",
        framed(totp.activate_totp, _("Set up an authenticator app")),
        name="mfa_activate_totp",
    ),
    path(
        "second-step/app/remove/",
        framed(totp.deactivate_totp, _("Remove the authenticator app")),
        name="mfa_deactivate_totp",
    ),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path(
        "passkeys/add/",
        framed(passkeys.add_webauthn, _("Add a passkey")),
        name="mfa_add_webauthn",
    ),
    path(
        "passkeys/<int:pk>/name/",
        framed(passkeys.edit_webauthn, _("Rename a passkey")),
        name="mfa_edit_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        framed(passkeys.remove_webauthn, _("Remove a passkey")),
        name="mfa_remove_webauthn",
    ),
    path(
        "passkeys/confirm/",
        framed(passkeys.reauthenticate_webauthn, CONFIRM),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "passkeys/sign-in/",
        framed(sign_in_by_passkey, _("Sign in")),
        name="mfa_login_webauthn",
    ),
    path(
        "second-step/codes/",
        framed(recovery_codes.view_recovery_codes, CODES),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-step/codes/new/",
        framed(recovery_codes.generate_recovery_codes, _("New recovery codes")),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-step/codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
