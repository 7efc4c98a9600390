"""What words find: things that hold each of them, and things that hold one a letter apart."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query, Version, Words
from carsi_tracker.figures.search_index import Key, Kind, KnownWords, Texts, texts, words_said

TRIED = 10
"""How many other spellings of a text are tried on the entries."""
OFFERED = 5
"""How many of them are offered: so many are counted."""


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
    known = _known(query.version, words)
    held = [
        [form for form in forms if _occurs(form, known)] for forms in _forms(query.version, words)
    ]
    others = (spelled for spelled in product(*held) if spelled != words.folded)
    return list(islice(_counted(query, words, islice(others, TRIED)), OFFERED))


def _counted(query: Query, words: Words, others: Iterable[tuple[str, ...]]) -> Iterator[Spelling]:
    """Give those of the spellings that entries hold, each counted when it is asked for."""
    for spelled in others:
        text = replace(words, written=" ".join(spelled))
        if entries := aggregates.totals(query.where(text=text)).entries:
            yield Spelling(text, entries)


def _forms(version: Version, words: Words) -> list[list[str]]:
    """Return each word with the words one letter apart from it."""
    known = _known(version, words)
    return [[word, *alike(word, known)] for word in words.folded]


def _known(version: Version, words: Words) -> tuple[KnownWords, ...]:
    return _texts(version, words).known, words_said(version.number, version.checksum)


def _occurs(form: str, known: Sequence[KnownWords]) -> bool:
    """Say whether a word is known, or a part of a word that is."""
    return any(form in of.words for of in known) or any(
        form in word for of in known for word in of.words
    )


def _texts(version: Version, words: Words) -> Texts:
    return texts(version.number, version.checksum, words.label_revision)


SHORTEST = 4
"""Letters of the shortest word in which one may be wrong."""


def one_letter_apart(word: str, letters: Collection[str]) -> set[str]:
    """Return what a word becomes by a wrong, missing or added letter, or by two swapped ones."""
    found: set[str] = set()
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        found.update(before + letter + after for letter in letters)
        if after:
            found.add(before + after[1:])
            found.update(before + letter + after[1:] for letter in letters)
            found.add(before + after[1::-1] + after[2:])
    return found - {word}


def alike(word: str, known: Iterable[KnownWords]) -> list[str]:
    """Return the words that are one letter apart from a word, in order; none for a short word.

    Each that it may become is looked up: words that are known may be many.
    """
    if len(word) < SHORTEST:
        return []
    return sorted(set().union(*(one_letter_apart(word, of.letters) & of.words for of in known)))
