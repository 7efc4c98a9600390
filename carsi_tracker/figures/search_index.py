"""The texts in which words are looked for, as a version shows them: folded, by kind and key."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Model

from carsi_tracker.caching.remembered import remembered, unalterable
from carsi_tracker.database.reading import connection
from carsi_tracker.figures.translations import in_spanish
from carsi_tracker.figures.vocabulary import public_documents, vocabulary
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Appropriation, Commitment, Posting

Key = int | str
Kind = str

NAMES = ("name_en", "name_es")
OF_A_COMMITMENT = (
    "reference", "title", "title_es",
    "area__name_en", "area__name_es", "country__name_en", "country__name_es",
    "agency__code", "agency__name_en", "agency__name_es",
    "partner__code", "partner__name_en", "partner__name_es",
)  # fmt: skip
OF_A_DOCUMENT = ("key", "title", "title_es", "publisher")
WORD = re.compile(r"\w+(?:-\w+)*")

# Words of four letters and more that notes, quotes and locators hold, each once. Texts that come
# again, as locators do, are taken apart once.
SAID = r"""
    with said as (
        select note as text from ledger_entry where version <= %(version)s and note <> ''
        union
        select quote from ledger_entry where version <= %(version)s and quote <> ''
        union
        select locator from ledger_entry where version <= %(version)s and locator <> ''
    )
    select distinct word
    from said, regexp_split_to_table(folded(said.text), '\W+') word
    where length(word) >= 4
"""


@dataclass(frozen=True)
class KnownWords:
    """Words that are known, and the letters of which they consist."""

    words: frozenset[str]
    letters: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> "KnownWords":
        """Return words as known."""
        known = frozenset(words)
        return cls(known, frozenset("".join(known)))


@dataclass(frozen=True)
class Texts:
    """All texts by kind and key, each folded, a line for each part; and the words in them.

    `translations` are folded, too, by the text as it was posted.
    """

    of: Mapping[Kind, Mapping[Key, str]]
    translations: Mapping[str, str]
    known: KnownWords


@remembered(4)
def texts(version: int, checksum: str, label_revision: int) -> Texts:
    """Return what can be looked in; what was never posted is not in it."""
    posted = Commitment.objects.filter(first_version__lte=version)
    postings = Posting.objects.filter(version__lte=version)
    spanish = {text: folded(says) for text, says in in_spanish(label_revision).items()}
    words = vocabulary(version, checksum, label_revision)
    named = {organization.code: organization for organization in words.organizations}
    of: dict[Kind, dict[Key, str]] = {
        "commitments": _rows(posted.order_by("reference").values_list("pk", *OF_A_COMMITMENT)),
        "areas": _named(words.areas, "code"),
        "countries": _named(words.countries, "code"),
        "goals": _named(words.goals, "number"),
        "appropriations": _appropriations(version),
        "agencies": _named(_those(named, words.codes["agency"]), "code"),
        "partners": _named(_those(named, words.codes["partner"]), "code"),
        "documents": _rows(public_documents(version).values_list("pk", *OF_A_DOCUMENT)),
        "versions": _rows(
            (posting.version, *_in_both(posting.title, spanish), *_in_both(posting.reason, spanish))
            for posting in postings.order_by("-version")
        ),
    }
    texts_of_all = chain(spanish.values(), *(texts_.values() for texts_ in of.values()))
    lines = {line for text in texts_of_all for line in text.split("\n")}  # names come again
    return Texts(
        unalterable(of),
        unalterable(spanish),
        KnownWords.of(part for line in lines for part in _words_in(line)),
    )


@remembered(weigh=lambda keys: 8 * len(keys))
def holding(
    version: int, checksum: str, label_revision: int, kind: Kind, word: str
) -> Sequence[Key]:
    """Return the keys of one kind of thing whose texts hold a word."""
    of_kind = texts(version, checksum, label_revision).of[kind]
    return [key for key, text in of_kind.items() if word in text]


@remembered(2)
def words_said(
    version: int,
    checksum: str,  # noqa: ARG001 (tells ledgers apart in the cache)
) -> KnownWords:
    """Return the words of four letters and more in what entries say: one pass over all entries."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"version": version})
        return KnownWords.of(word for (word,) in cursor.fetchall())


def _rows(rows: Iterable[tuple[Any, ...]]) -> dict[Key, str]:
    return {key: folded("\n".join(str(text) for text in row if text)) for key, *row in rows}


def _in_both(text: str, spanish: Mapping[str, str]) -> tuple[str, str]:
    return text, spanish.get(text, "")


def _named(things: Iterable[Model], key: str) -> dict[Key, str]:
    """Return the names of things, and their codes, by code or number."""
    columns = (key, key, *NAMES)
    return _rows(tuple(getattr(thing, column) for column in columns) for thing in things)


def _appropriations(version: int) -> dict[Key, str]:
    """Return what appropriations are called, by id: ESF FY2008 2008, and the account's names."""
    rows = Appropriation.objects.filter(first_version__lte=version).select_related("account")
    return _rows(
        (row.pk, row, row.fiscal_year, row.account.name_en, row.account.name_es) for row in rows
    )


def _those(named: Mapping[str, Model], codes: Mapping[str, str]) -> list[Model]:
    return [named[code] for code in codes.values() if code in named]


def _words_in(text: str) -> set[str]:
    """Return the words of a text, those with hyphens also in parts."""
    whole = set(WORD.findall(text))
    return whole | {part for word in whole if "-" in word for part in word.split("-")}
