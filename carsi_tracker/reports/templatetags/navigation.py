"""What stands at the head and the foot of every page."""

from dataclasses import dataclass
from typing import Literal

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from carsi_tracker import SOFTWARE

register = template.Library()

SECTIONS = {
    "overview": gettext_lazy("Overview"),
    "areas": gettext_lazy("Areas"),
    "countries": gettext_lazy("Countries"),
    "entries": gettext_lazy("Explore"),
    "commitments": gettext_lazy("Commitments"),
    "documents": gettext_lazy("Documents"),
    "published": gettext_lazy("Published totals"),
    "changes": gettext_lazy("Changes"),
    "data": gettext_lazy("Data"),
    "about": gettext_lazy("Methods"),
    "search": gettext_lazy("Search"),
}


@dataclass(frozen=True)
class NavigationSection:
    """A section; `current` says that the page is its first page, or one within it."""

    href: str
    name: str | Promise
    current: Literal["page", "true", ""]


@register.simple_tag(takes_context=True)
def sections(context: template.Context) -> list[NavigationSection]:
    """Return the sections in the order in which a page leads to them.

    What has no day, as what does not exist, is in no section: its answer is the same everywhere.
    """
    path = context["request"].path if context.get("query") else ""
    return [
        NavigationSection(href, name, _current(path, href, within=view != "overview"))
        for view, name in SECTIONS.items()
        for href in [reverse(view)]
    ]


@register.simple_tag
def software() -> str:
    """Return what made the page."""
    return SOFTWARE


def _current(path: str, href: str, within: bool) -> Literal["page", "true", ""]:
    if path == href:
        return "page"
    return "true" if within and path.startswith(href) else ""
