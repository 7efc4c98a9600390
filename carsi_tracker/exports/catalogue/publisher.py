"""Who publishes the data and whom to write to, as the environment says, for catalogues."""

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment

NEEDED = ("CATALOG_PUBLISHER", "CATALOG_CONTACT", "CATALOG_CONTACT_EMAIL")
MAIL_ADDRESS = re.compile(r"[\w~!$&'()*+,;=:.-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
"""A mail address as DCAT-US takes it."""


@dataclass(frozen=True)
class CatalogPublisher:
    """An organization, and the person or office there that answers questions, with its address."""

    name: str
    contact: str
    email: str


def configured() -> CatalogPublisher | None:
    """Return what the environment says, None for nothing. Raises ImproperlyConfigured."""
    name, contact, email = (environment.text(variable).strip() for variable in NEEDED)
    if email and not MAIL_ADDRESS.fullmatch(email):
        message = f"CATALOG_CONTACT_EMAIL is {email!r}; it has to be a mail address."
        raise ImproperlyConfigured(message)
    said = dict(zip(NEEDED, (name, contact, email), strict=True))
    if not environment.all_or_none(said, "data.json needs"):
        return None
    return CatalogPublisher(name, contact, email)
