"""Single sign-on, as the environment configures it: who proves who people are, what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment

NEEDED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
ROLES = {
    "OIDC_ANALYSTS": "is_analyst",
    "OIDC_APPROVERS": "is_approver",
    "OIDC_ADMINISTRATORS": "is_administrator",
}
LONGEST_ISSUER = 200  # characters, as the table of connected accounts keeps it


@dataclass(frozen=True)
class SingleSignOn:
    """A provider of OpenID Connect.

    `roles` has, by the column of a person's role, the values of `roles_claim` that give it; it is
    empty where roles are given at the desk. `only`: passwords and passkeys are for administrators.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    roles_claim: str = ""
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: bool = False
    proves_second_factor: bool = False


def configured() -> SingleSignOn | None:
    """Return what the environment configures, None for nothing. Raises ImproperlyConfigured."""
    only = environment.choice("OIDC_ONLY", "yes", "no") == "yes"
    second_factor = environment.choice("OIDC_SECOND_FACTOR", "provider", "ours")
    said = {name: environment.text(name).strip() for name in (*NEEDED, "OIDC_NAME", *ROLES)}
    claim = environment.text("OIDC_ROLES_CLAIM").strip()
    if not any((*said.values(), claim, only, second_factor)):
        return None
    if missing := [name for name in NEEDED if not said[name]]:
        message = f"{missing[0]} is not set; single sign-on needs {', '.join(NEEDED)}, or no OIDC_."
        raise ImproperlyConfigured(message)
    roles = {role: _values(said[name]) for name, role in ROLES.items() if said[name]}
    if bool(claim) is not bool(roles):
        message = "OIDC_ROLES_CLAIM is set without a value that gives a role; set both or neither."
        if roles:
            message = "A value that gives a role is set without OIDC_ROLES_CLAIM; set both or none."
        raise ImproperlyConfigured(message)
    return SingleSignOn(
        issuer=_issuer(said["OIDC_ISSUER"]),
        client_id=said["OIDC_CLIENT_ID"],
        client_secret=said["OIDC_CLIENT_SECRET"],
        name=said["OIDC_NAME"],
        roles_claim=claim,
        roles=roles,
        only=only,
        proves_second_factor=second_factor == "provider",
    )


def in_use() -> SingleSignOn:
    """Return what is configured. Raises LookupError for nothing."""
    if settings.SINGLE_SIGN_ON is None:
        raise LookupError("No single sign-on is configured.")
    return settings.SINGLE_SIGN_ON


def _values(listed: str) -> frozenset[str]:
    return frozenset(value.strip() for value in listed.split(",") if value.strip())


def _issuer(address: str) -> str:
    """Return the issuer without a slash at its end. Raises ImproperlyConfigured."""
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))
    if not (secure and parts.hostname) or parts.query or parts.fragment or parts.username:
        message = f"OIDC_ISSUER is {address!r}; it has to begin with https:// and name a host."
        raise ImproperlyConfigured(message)
    if len(address) > LONGEST_ISSUER:
        message = f"OIDC_ISSUER is longer than {LONGEST_ISSUER} characters, which can't be kept."
        raise ImproperlyConfigured(message)
    return address.rstrip("/")


def _is_here(host: str) -> bool:
    """Say whether a host is this machine, which a provider may be that is tried out."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
