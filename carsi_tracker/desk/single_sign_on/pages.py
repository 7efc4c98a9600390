"""The way to the provider and back."""

import secrets

from allauth.account.adapter import get_adapter as accounts
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import consume
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from carsi_tracker.accounts import typed
from carsi_tracker.accounts.single_sign_on import in_use
from carsi_tracker.desk.people.account import too_many_requests
from carsi_tracker.desk.single_sign_on.provider import Provider, ProviderAdapter, nonce_of
from carsi_tracker.desk.site import desk

MOST_TYPED = 50_000
"""Characters of what was typed that wait in the session of somebody who is not signed in."""


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider.

    The answer is a page that leads there by itself, not a redirection: a browser would hold that to
    the policy of where our forms may be sent, and each further one of the provider's.
    """
    provider = _provider(request)
    if consume(request, app="allauth.account", action="single_sign_on") is None:
        return too_many_requests(request)
    wanted = request.POST.get(REDIRECT_FIELD_NAME, "")
    if not (wanted and accounts(request).is_safe_url(wanted)):
        wanted = reverse("admin:index")
    signed = request.POST.get(typed.FIELD, "")
    state = secrets.token_urlsafe(32)
    try:
        there = provider.redirect(
            request,
            process="login",
            next_url=wanted,
            auth_params={"nonce": nonce_of(state)},
            state_id=state,
            language=get_language(),
            typed=signed if len(signed) <= MOST_TYPED else "",
        )
    except (RequestException, OAuth2Error) as error:
        return _failed(request, provider, error, wanted)
    address = there["Location"]
    context = {"title": gettext_lazy("Single sign-on"), "address": address}
    response = desk().page(request, "person_to_provider.html", context).render()
    response["Refresh"] = f"0; url={address}"
    return response


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Sign in whom the provider sends back, in the language that they left in."""
    provider = _provider(request)
    state, *_more = statekit.get_states(request).get(request.GET.get("state", ""), [{}])
    view = OAuth2CallbackView.adapter_view(ProviderAdapter(request))
    with override(state.get("language") or get_language()):
        try:
            response: HttpResponse = view(request)
        except (RequestException, OAuth2Error) as error:
            response = _failed(request, provider, error, state.get("next", ""))
    return response


def _failed(
    request: HttpRequest, provider: Provider, error: Exception, wanted: str
) -> HttpResponse:
    try:
        get_adapter(request).on_authentication_error(
            request, provider, exception=error, extra_context={"state": {"next": wanted}}
        )
    except ImmediateHttpResponse as answer:
        response: HttpResponse = answer.response
        return response
    raise error


def _provider(request: HttpRequest) -> Provider:
    """Return the provider; none is configured: there is no such page."""
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    provider: Provider = get_adapter(request).get_provider(request, in_use().issuer)
    return provider


urlpatterns = [
    path("single-sign-on/", never_cache(start), name="single_sign_on"),
    path("single-sign-on/back/", never_cache(back), name="single_sign_on_back"),
]
