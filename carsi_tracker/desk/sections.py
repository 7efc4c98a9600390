"""The sections that stand in the header of every page of the desk."""

from dataclasses import dataclass
from typing import Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECTIONS = {
    "admin:index": _("Work list"),
    "admin:ledger_batch_changelist": _("Batches"),
    "admin:ledger_posting_changelist": _("Versions"),
    "admin:ledger_commitment_changelist": _("Commitments"),
    "admin:reference_data": _("Reference data"),
}
"""In the order of the header. The work list is one page; others own what is below them."""


@dataclass(frozen=True)
class DeskSection:
    """A section; `current` says that the page is its first page, or one within it."""

    href: str
    name: str | Promise
    current: Literal["page", "true", ""]


def sections(path: str) -> list[DeskSection]:
    """Return the sections, as seen from the page at an address."""
    hrefs = {reverse(view): name for view, name in SECTIONS.items()}
    within = next((href for href in list(hrefs)[1:] if path.startswith(href)), "")
    return [
        DeskSection(href, name, "page" if path == href else "true" if href == within else "")
        for href, name in hrefs.items()
    ]


def current(shown: list[DeskSection]) -> DeskSection:
    """Return the section that the page is in; the work list, where it is in none."""
    return next((section for section in shown if section.current), shown[0])
