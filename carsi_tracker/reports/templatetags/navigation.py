"""What stands at the head and the foot of every page."""

from dataclasses import dataclass
from typing import Literal

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from carsi_tracker import SOFTWARE

register = template.Library()

MENU = {
    gettext_lazy("Figures"): {
        "overview": gettext_lazy("Overview"),
        "appropriations": gettext_lazy("Appropriations"),
        "status-of-funds": gettext_lazy("Status of funds"),
        "gaps": gettext_lazy("Data gaps"),
        "areas": gettext_lazy("Programming areas"),
        "countries": gettext_lazy("Countries"),
        "goals": gettext_lazy("Goals"),
    },
    gettext_lazy("Entries"): {
        "entries": gettext_lazy("All entries"),
        "commitments": gettext_lazy("Commitments"),
    },
    gettext_lazy("Version history"): {
        "changes": gettext_lazy("All versions"),
        "compare": gettext_lazy("Compare two dates or versions"),
        "balance": gettext_lazy("The ledger balances"),
    },
    gettext_lazy("Sources and data"): {
        "documents": gettext_lazy("Documents"),
        "published": gettext_lazy("Published totals"),
        "data": gettext_lazy("Downloads"),
        "about": gettext_lazy("Methods"),
    },
}
"""The sections by view, in groups, in the order in which a page leads to them."""

Current = Literal["page", "true", ""]


@dataclass(frozen=True)
class NavigationSection:
    """A section; `current` says that the page is its first page, or one within it."""

    href: str
    name: str | Promise
    current: Current


@dataclass(frozen=True)
class NavigationGroup:
    """Some sections under a name; `current` says that the page is in one of them."""

    name: str | Promise
    sections: tuple[NavigationSection, ...]

    @property
    def current(self) -> bool:
        """Whether the page is in one of the sections."""
        return any(section.current for section in self.sections)


@register.simple_tag(takes_context=True)
def menu(context: template.Context) -> list[NavigationGroup]:
    """Return the groups of sections.

    What has no day, as what does not exist, is in no section: its answer is the same everywhere.
    """
    path = _path(context)
    return [
        NavigationGroup(name, tuple(_section(path, *named) for named in views.items()))
        for name, views in MENU.items()
    ]


@register.simple_tag(takes_context=True)
def search_section(context: template.Context) -> NavigationSection:
    """Return the search, which stands beside the groups."""
    return _section(_path(context), "search", pgettext_lazy("a page", "Search"))


@register.simple_tag
def software() -> str:
    """Return what made the page."""
    return SOFTWARE


def _path(context: template.Context) -> str:
    return context["request"].path if context.get("query") else ""


def _section(path: str, view: str, name: str | Promise) -> NavigationSection:
    href = reverse(view)
    within = view != "overview" and path.startswith(href)
    return NavigationSection(href, name, "page" if path == href else "true" if within else "")
