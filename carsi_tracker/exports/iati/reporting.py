"""Who publishes IATI files, as the environment says."""

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from carsi_tracker import environment

NEEDED = ("IATI_ORG_REF", "IATI_ORG_TYPE", "IATI_ORG_NAME")
TYPES = (
    "10",
    "11",
    "15",
    "21",
    "22",
    "23",
    "24",
    "30",
    "40",
    "60",
    "70",
    "71",
    "72",
    "73",
    "80",
    "90",
)


@dataclass(frozen=True)
class ReportingOrganization:
    """The organization that an IATI file is from: its identifier, type and name there."""

    ref: str
    type: str
    name: str


def configured() -> ReportingOrganization | None:
    """Return what the environment says, None for nothing. Raises ImproperlyConfigured."""
    kind = environment.choice("IATI_ORG_TYPE", *TYPES)
    ref, name = (environment.text(name).strip() for name in ("IATI_ORG_REF", "IATI_ORG_NAME"))
    if ref and not re.fullmatch(r"[A-Z]{2,3}-[A-Z]{3,}-[A-Za-z0-9._-]+", ref):
        raise ImproperlyConfigured(
            f"IATI_ORG_REF is {ref!r}; it has to be an identifier as IATI has them, "
            "such as US-EIN-123456789."
        )
    said = dict(zip(NEEDED, (ref, kind, name), strict=True))
    if not environment.all_or_none(said, "IATI files need"):
        return None
    return ReportingOrganization(ref, kind, name)
