"""How people sign in: what the tracker has otherwise than the library."""

from typing import Any, ClassVar

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from carsi_tracker.accounts import events, second_factor, throttle, typed
from carsi_tracker.accounts.models import SignInRefusal, User

WRONG = _("The name or the password is not correct. Enter both again.")
SECOND_STEP = "allauth.mfa.stages.AuthenticateStage"


class SignInForm(LoginForm):  # type: ignore[misc]
    """A name and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or email address")
        self.fields["login"].widget.attrs = {"autocomplete": "username"}
        self.fields[typed.FIELD] = forms.CharField(widget=forms.HiddenInput, required=False)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        """Sign in, with what this person typed before; to the work list if somebody else did."""
        signed = self.cleaned_data[typed.FIELD]
        if signed and not typed.keep(request, signed, self.user):
            redirect_url = reverse("admin:index")
        return super().login(request, redirect_url)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are added by administrators, and sign in while they hold a role."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": _("Too many failed attempts. Wait a few minutes and try again."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, and note who is refused for too many; raises ValidationError."""
        name = str(credentials.get("username") or credentials.get("email") or "")
        self._login_failed_rl_usage = throttle.attempt(request, name)
        if self._login_failed_rl_usage is None:
            events.sign_in_refused(request, name, SignInRefusal.TOO_MANY_ATTEMPTS)
            raise self.validation_error("too_many_login_attempts")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse people whose access has ended, without a role, or who have to come another way."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None and not user.is_staff:
            response = self.respond_user_inactive(request, user)
        by_provider = "sociallogin" in (kwargs.get("signal_kwargs") or {})
        if response is None and not by_provider and not _may_pass_the_provider_by(user):
            events.sign_in_refused(request, user.username, SignInRefusal.PROVIDER_ONLY)
            messages.error(
                request,
                gettext(
                    "Use single sign-on. Only administrators with two-step verification may "
                    "sign in without it."
                ),
            )
            response = redirect("account_login")
        return response

    def get_login_stages(self) -> list[str]:
        """Return the steps of signing in; the second one knows what the provider asked."""
        ours = "carsi_tracker.accounts.second_factor.SecondStep"
        stages: list[str] = super().get_login_stages()
        return [ours if stage == SECOND_STEP else stage for stage in stages]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Lead on, and let the device be known from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        throttle.remember(request, response, user)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Set the password that a person chose."""
        user.must_change_password = False
        super().set_password(user, password)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: administrators add people."""
        return False


def _may_pass_the_provider_by(user: User) -> bool:
    """Say whether a person may sign in without single sign-on.

    Where it is for everyone, that is for administrators who have a second step, or the password of
    the command `let_in`, after which they set one up.
    """
    if settings.SINGLE_SIGN_ON is None or not settings.SINGLE_SIGN_ON.only:
        return True
    return user.is_administrator and (second_factor.has_one(user) or user.must_change_password)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The QR code stands in the page itself, which loads no image from elsewhere."""

    def get_totp_label(self, user: User) -> str:
        """Return the name under which an authenticator app lists the account."""
        return user.username

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 (as the library has it)
        """Return what a new passkey is called until its person names it."""
        return gettext("Passkey of %s") % date_format(timezone.localdate())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for which site passkeys are, and what browsers call it."""
        return {**super().get_public_key_credential_rp_entity(), "name": "CARSI Tracker"}

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an element of a page."""
        image = qrcode.make(url, image_factory=SvgPathImage)
        return str(image.to_string(encoding="unicode"))
