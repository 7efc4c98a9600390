"""Forms that stand there again as they were typed, after their sender had to sign in again."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from carsi_tracker.accounts import typed
from carsi_tracker.accounts.sign_in import SignInForm

V = TypeVar("V", bound=Callable[..., Any])

AGAIN = "_again"
"""Sent along with what was typed before: the form is to be shown, not saved."""


class ShownAgain(forms.BaseForm):
    """A form that says why it stands there again; its view shows it as one with faults."""

    def full_clean(self) -> None:
        """Refuse what its sender has not seen again."""
        super().full_clean()
        if self.is_bound and AGAIN in self.data:
            self.add_error(None, sentence())


def sentence() -> str:
    """Say what is to be done with a form that stands there again."""
    return _("Check what you typed, choose files again, and save.")


def shows_again(view: V) -> V:
    """Mark a view that, sent `AGAIN`, shows its form as it was typed and saves nothing."""
    view.shows_again = True  # type: ignore[attr-defined]
    return view


class ShowsAgain(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows whose forms are `ShownAgain`."""

    @shows_again
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Add a row."""
        return super().add_view(request, form_url, extra_context)

    @shows_again
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Change a row."""
        return super().change_view(request, object_id, form_url, extra_context)


def show_again(
    view: Callable[..., Any], request: HttpRequest, posted: QueryDict, *args: Any, **kwargs: Any
) -> Any:
    """Answer with the form that was typed; None where the view has no form.

    Whatever the view does, nothing of it is saved.
    """
    if not getattr(view, "shows_again", False):
        return None
    happened = _("You had to sign in again while you typed. Nothing of it was saved yet.")
    messages.warning(request, happened)
    posted[AGAIN] = "1"
    request.method, request.POST = "POST", posted  # type: ignore[assignment]
    request._files = MultiValueDict()  # type: ignore[attr-defined]
    with transaction.atomic():
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            response.render()
        transaction.set_rollback(True)
    return response


def sign_in_first(
    request: HttpRequest, frame: dict[str, Any], signed: str, wanted: str
) -> TemplateResponse:
    """Answer with the sign-in page, which keeps what was typed, signed, and then leads there."""
    context = {
        **frame,
        "title": _("Sign in"),
        "form": SignInForm(initial={typed.FIELD: signed}),
        "action": f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}",
        "kept": bool(signed),
    }
    return TemplateResponse(request, "account/login.html", context)


def of_this_site(request: HttpRequest) -> bool:
    """Say whether the browser tells that a page of the tracker itself sent the request."""
    origin = request.headers.get("Origin")
    return origin == f"{request.scheme}://{request.get_host()}"


def in_words(posted: QueryDict) -> list[tuple[str, str]]:
    """Return what was typed, by the names of its fields, for a page that has no form for it."""
    hidden = {"token", "seen", "revision", "digest", "after", "page"}
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if value.strip() and name not in hidden and not name.startswith("_")
    ]
