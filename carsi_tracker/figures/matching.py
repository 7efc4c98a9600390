"""What words find: things that hold each of them, and things that hold one a letter apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query, Version, Words
from carsi_tracker.figures.search_index import Key, Kind, Texts, texts, words_said

TRIED = 10
"""How many other spellings of a text are tried on the entries."""
OFFERED = 5
"""How many of them are offered."""


@dataclass(frozen=True)
class Found:
    """The keys of one kind of thing that hold the words, and of those that hold words like them."""

    exactly: Sequence[Key]
    alike: Sequence[Key]


@dataclass(frozen=True)
class Spelling:
    """Another spelling of a text, and how many entries hold its words."""

    text: Words
    entries: int


def find(version: Version, words: Words) -> Mapping[Kind, Found]:
    """Return what words find in a version, by kind."""
    forms = _forms(version, words)
    found = {}
    for kind, of_kind in _texts(version, words).of.items():
        exactly, others = [], []
        for key, text in of_kind.items():
            if all(spellings[0] in text for spellings in forms):
                exactly.append(key)
            elif all(any(form in text for form in spellings) for spellings in forms):
                others.append(key)
        found[kind] = Found(exactly, others)
    return found


def other_spellings(query: Query, words: Words) -> list[Spelling]:
    """Return texts with words one letter apart that entries hold by the query's day."""
    offered = []
    known = _known(query.version, words)
    held = [
        [form for form in forms if any(form in word for word in known)]
        for forms in _forms(query.version, words)
    ]
    others = (spelled for spelled in product(*held) if spelled != words.folded)
    for spelled in islice(others, TRIED):
        text = replace(words, written=" ".join(spelled))
        if entries := aggregates.totals(query.where(text=text)).entries:
            offered.append(Spelling(text, entries))
    return offered[:OFFERED]


def _forms(version: Version, words: Words) -> list[list[str]]:
    """Return each word with the words one letter apart from it."""
    known = _known(version, words)
    return [[word, *alike(word, known)] for word in words.folded]


def _known(version: Version, words: Words) -> frozenset[str]:
    return _texts(version, words).words | words_said(version.number, version.checksum)


def _texts(version: Version, words: Words) -> Texts:
    return texts(version.number, version.checksum, words.label_revision)


SHORTEST = 4
"""Letters of the shortest word in which one may be wrong."""


def one_letter_apart(one: str, other: str) -> bool:
    """Say whether two words differ by a wrong, missing or added letter, or by two swapped ones."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    longer = max(len(one), len(other))
    return longer == 1 or (longer == 2 and one == other[::-1])


def alike(word: str, words: Iterable[str]) -> list[str]:
    """Return the words that are one letter apart from a word, in order; none for a short word."""
    if len(word) < SHORTEST:
        return []
    near = (other for other in words if abs(len(word) - len(other)) < 2)
    return sorted(other for other in near if one_letter_apart(word, other))
