"""What the provider says, checked: the library asks it, and this looks at each answer.

The library trusts the connection for the ID token; here its signature, issuer, audience, times and
nonce have to be right, and the user information has to be of the same person.
"""

import hashlib
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from carsi_tracker.accounts.models import User
from carsi_tracker.accounts.single_sign_on import in_use

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCKS_APART = 60  # seconds
LONGEST_SUBJECT = 191  # characters, as the table of connected accounts keeps it


def nonce_of(state: str) -> str:
    """Return what an ID token has to repeat that answers the request of this state."""
    return hashlib.sha256(f"nonce of {state}".encode()).hexdigest()


class ProviderAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Asks the configured provider. What it says wrongly raises OAuth2Error."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, in_use().issuer)

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, asked once a page."""
        if not hasattr(self, "_openid_config"):
            issuer = in_use().issuer
            said = _asked(f"{issuer}/.well-known/openid-configuration")
            if str(said.get("issuer")).rstrip("/") != issuer:
                raise OAuth2Error(f"The provider names itself {said.get('issuer')!r}.")
            scheme = issuer.partition("//")[0]
            told = {*NEEDED, *({"userinfo_endpoint"} & said.keys())}
            if not all(str(said.get(name)).startswith(f"{scheme}//") for name in told):
                raise OAuth2Error("The provider does not say where it is asked.")
            self._openid_config = said
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends people back to, one address for both languages."""
        with override(settings.LANGUAGE_CODE):
            return request.build_absolute_uri(reverse("single_sign_on_back"))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Exchange the code for tokens."""
        try:
            data: dict[str, Any] = super().get_access_token_data(*args, **kwargs)
        except (KeyError, TypeError) as error:  # the library expects a header, and an object
            raise OAuth2Error("The provider's answer is no token.") from error
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Return the access token, which is used once and not kept."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return who signs in, with `proved`, what the ID token says, and `told`, all claims."""
        proved = self._proved(app, kwargs["response"].get("id_token"))
        told: dict[str, Any] = {}
        if "userinfo_endpoint" in self.openid_config:
            headers = {"Authorization": f"Bearer {token.token}"}
            told = _asked(self.openid_config["userinfo_endpoint"], headers=headers)
            if told.get("sub") != proved["sub"]:
                raise OAuth2Error("The user information is about somebody else.")
        login = SocialLogin(
            user=User(),
            account=SocialAccount(provider=self.provider_id, uid=proved["sub"], extra_data={}),
            provider=self.get_provider(),
        )
        login.proved, login.told = proved, {**told, **proved}
        return login

    def _proved(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        """Return the claims of an ID token that is for this request."""
        keys = _asked(self.openid_config["jwks_uri"])
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                _key(keys, jwt.get_unverified_header(id_token).get("kid")),
                algorithms=list(ALGORITHMS),
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_APART,
                options={"require": list(CLAIMS)},
            )
        except (jwt.PyJWTError, TypeError, AttributeError) as error:
            raise OAuth2Error(f"The ID token is not good: {error}") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The ID token was made for another client.")
        if claims["nonce"] != nonce_of(self.request.GET["state"]):
            raise OAuth2Error("The ID token answers another request.")
        if not (0 < len(claims["sub"]) <= LONGEST_SUBJECT and claims["sub"].isprintable()):
            raise OAuth2Error("The subject is empty, too long or holds what does not show.")
        return claims


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The configured provider."""

    oauth2_adapter_class = ProviderAdapter

    def get_oauth2_adapter(self, request: HttpRequest) -> ProviderAdapter:
        """Return what asks it."""
        return ProviderAdapter(request)


def _key(keys: dict[str, Any], name: str | None) -> jwt.PyJWK:
    """Return the provider's key of a name, or its only one. Raises PyJWTError."""
    known = jwt.PyJWKSet.from_dict(keys).keys
    for key in known:
        if key.key_id == name or (name is None and len(known) == 1):
            return key
    raise jwt.PyJWKSetError("it is signed by a key that the provider does not have")


def _asked(address: str, **more: Any) -> dict[str, Any]:
    """Return the object that is at an address. Raises RequestException, OAuth2Error."""
    with get_adapter().get_requests_session() as session:
        response = session.get(address, **more)
    response.raise_for_status()
    said = response.json()
    if response.status_code != 200 or not isinstance(said, dict):
        raise OAuth2Error(f"There is nothing to read at {address}.")
    return said
