"""What claims say of a person, whatever a provider puts into them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from carsi_tracker.accounts.single_sign_on import SingleSignOn

TWO_STEPS = ("mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor")
LONGEST_ADDRESS = 254  # characters


def roles(configured: SingleSignOn, claims: Mapping[str, Any]) -> dict[str, bool] | None:
    """Return which roles the claim gives, by column; None where roles are given at the desk."""
    if not configured.roles_claim:
        return None
    said = _claim(configured.roles_claim, claims)
    values = {said} if isinstance(said, str) else set()
    if isinstance(said, list):
        values = {value for value in said if isinstance(value, str)}
    return {
        role: bool(values & configured.roles.get(role, frozenset()))
        for role in ("is_analyst", "is_approver", "is_administrator")
    }


def _claim(name: str, claims: Mapping[str, Any]) -> Any:
    """Return the claim of a name; `realm_access.roles` is also one within another."""
    if name in claims:
        return claims[name]
    first, point, rest = name.partition(".")
    within = claims.get(first)
    return _claim(rest, within) if point and isinstance(within, Mapping) else None


def verified_address(claims: Mapping[str, Any]) -> str:
    """Return the mail address that the provider verified, "" for none."""
    address = text(claims, "email")
    if claims.get("email_verified") is not True:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= LONGEST_ADDRESS else ""


def text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is a text of characters that show, "" for none."""
    said = claims.get(name)
    return said if isinstance(said, str) and said.isprintable() else ""


def two_steps(proved: Mapping[str, Any]) -> bool:
    """Say whether the provider, by its ID token, asked for two steps."""
    ways = proved.get("amr")
    return "mfa" in ways if isinstance(ways, list) else proved.get("acr") in TWO_STEPS
