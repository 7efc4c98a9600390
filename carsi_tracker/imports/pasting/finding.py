"""The commitment that a pasted title means: the one, or those among which to choose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from heapq import nlargest

from carsi_tracker.ledger.folding import folded

OFFERED = 12
STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "de",
        "del",
        "e",
        "el",
        "en",
        "for",
        "from",
        "in",
        "la",
        "las",
        "los",
        "of",
        "on",
        "or",
        "para",
        "por",
        "the",
        "to",
        "with",
        "y",
    ]
)
WORD = re.compile(r"[a-z0-9]+")
NUMBERED = re.compile(r"CARSI-([0-9]{2})-([A-Z0-9]+)-([0-9]{1,6})")


@dataclass(frozen=True)
class KnownCommitment:
    """A commitment that a line may be entered against, and what tells it from others."""

    reference: str
    title: str
    title_es: str = ""
    says: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def titles(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of its title in each language."""
        return words(self.title), words(self.title_es)

    @cached_property
    def titles_unordered(self) -> tuple[frozenset[str], frozenset[str]]:
        """The same, without their order."""
        english, spanish = self.titles
        return frozenset(english), frozenset(spanish)

    @cached_property
    def all_words(self) -> frozenset[str]:
        """The words of its titles and of its reference."""
        return frozenset(words(self.reference)).union(*self.titles)


@dataclass(frozen=True)
class Match:
    """What a title means: `sure` is the one; `others` may be meant, the nearest first."""

    sure: KnownCommitment | None
    others: Sequence[KnownCommitment] = ()


def find(title: str, says: Mapping[str, str], known: Sequence[KnownCommitment]) -> Match:
    """Find a commitment by its title, or by words that it alone has, among those that agree.

    `says` is what else the row tells (fiscal_year, account, country).
    """
    told = [(name, value) for name, value in says.items() if value]
    agreeing = [one for one in known if _agrees(one, told)]
    sought = words(title)
    if not sought:
        return Match(None, agreeing[:OFFERED])
    unordered = frozenset(sought)
    same = [one for one in agreeing if sought in one.titles]
    with_all = [one for one in agreeing if unordered <= one.all_words]
    ranked = nlargest(OFFERED, agreeing, key=lambda one: _likeness(unordered, one))
    for found in (same, with_all):
        if len(found) == 1:
            return Match(found[0], ranked)
    return Match(None, ranked)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a title that tell it from others."""
    return tuple(word for word in WORD.findall(folded(text)) if word not in STOP)


def next_numbers(references: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return the next free number of the references of a year (two digits) and an account."""
    taken: dict[tuple[str, str], int] = {}
    for reference in references:
        if found := NUMBERED.fullmatch(reference):
            of = found[1], found[2]
            taken[of] = max(taken.get(of, 0), int(found[3]))
    return {of: number + 1 for of, number in taken.items()}


def _agrees(one: KnownCommitment, told: Sequence[tuple[str, str]]) -> bool:
    return all(one.says.get(name, value) == value for name, value in told)


def _likeness(sought: frozenset[str], one: KnownCommitment) -> Fraction:
    theirs = max(one.titles_unordered, key=lambda found: len(found & sought))
    return Fraction(len(sought & theirs), len(sought | theirs))
