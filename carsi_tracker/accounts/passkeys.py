"""Forms of passkeys, in the tracker's words."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 60  # characters of a name
NAME = _("Name of the passkey")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, which signs in by itself unless it is to be a second step only."""

    name = forms.CharField(label=NAME, max_length=LONGEST, required=False)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("It then asks for a fingerprint, a face or a PIN."),
    )


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=NAME, max_length=LONGEST)
