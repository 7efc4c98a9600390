"""The words of the tracker, each explained once, in `content/glossary.toml`."""

from dataclasses import dataclass

from django.utils.functional import Promise

from carsi_tracker.reports.page.content import content


@dataclass(frozen=True)
class Term:
    """A word and what it means; `anchor` is its place on the page of methods.

    `gao` is what the U.S. Government Accountability Office calls it, where its glossary defines it.
    """

    anchor: str
    name: Promise
    meaning: Promise
    gao: str = ""


@dataclass(frozen=True)
class GlossaryGroup:
    """The words of one subject."""

    name: str
    title: Promise
    terms: tuple[Term, ...]


GLOSSARY = tuple(
    GlossaryGroup(group["name"], group["title"], tuple(Term(**term) for term in group["terms"]))
    for group in content("glossary")["groups"]
)
TERMS = {term.anchor: term for group in GLOSSARY for term in group.terms}
