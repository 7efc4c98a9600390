"""One word, one thing: the words that the tracker gave up stay out of what people read."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests.catalogue import messages, texts

ROOT = settings.BASE_DIR
GUIDES = (
    "CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/backup.md", "docs/checking.md",
    "docs/data-model.md", "docs/deployment.md", "docs/desk.md", "docs/downloads.md",
    "docs/environment.md", "docs/import-format.md", "docs/map.md", "docs/monitoring.md",
    "docs/permissions.md", "docs/personal-data.md", "docs/promises.md", "docs/public-only.md",
    "docs/scaling.md", "docs/single-sign-on.md", "docs/site.md", "docs/upgrade.md",
)  # fmt: skip
RETIRED = {
    "en": (
        r"set(?:s|ting)? aside", "whoever", "somebody", "anybody", "nobody", "meanwhile", "mended",
        "licence", "misspelt", "learnt", "for ever", "put right", "became of",
        r"t(?:ake|akes|aken|ook|aking) back", "remarks?", "hand in (?:it|them|a batch)", "faults?",
        "lowest day", "sen[dt] .{0,20}back", "by this day", "a further", "how directly",
        "where in it",
        r"(?:area|goal) (?:is )?not stated", "no .{0,12}(?:commitment|obligation|payment) known",
        "not yet (?:obligated|disbursed)", "cut by",
    ),
    "es": (
        "importes?", r"añad\w*", "cuán", "a lo sumo", "inferid[oa]s?", "infieren?",
        "mesa de trabajo", "fundamento", "áreas? de programación", "dotación(?:es)?",
        "a día de hoy",
        r"introdu\w*",
        "texto sencillo", "registro de auditoría", "fecha efectiva", r"traslad\w*", "reembolsos?",
        "organismos?", "plan de gastos",
    ),
}  # fmt: skip
FOUND = {
    language: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
    for language, words in RETIRED.items()
}
CODE = re.compile(r"```.*?```|`[^`]*`|<[^>]*>|https?://\S+|%\(\w+\)[sd]", re.DOTALL)


def retired_in(text: str, language: str) -> list[str]:
    return [found[0] for found in FOUND[language].finditer(CODE.sub(" ", text))]


def content(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what the files of words say, each with its language."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in RETIRED and isinstance(each, str):
                yield name, each
            else:
                yield from content(each)
    elif isinstance(value, list):
        for each in value:
            yield from content(each)


def test_the_catalogue_says_nothing_in_words_that_were_given_up() -> None:
    for message in messages():
        for text in texts(message.id):
            assert not retired_in(text, "en"), text
        for text in texts(message.string):
            assert not retired_in(text, "es"), text


@pytest.mark.parametrize("path", sorted((ROOT / "content").glob("*.toml")), ids=lambda p: p.stem)
def test_the_files_of_words_say_nothing_in_words_that_were_given_up(path: Any) -> None:
    said = list(content(tomllib.loads(path.read_text())))
    assert {language for language, _text in said} == {"en", "es"}
    for language, text in said:
        assert not retired_in(text, language), text


@pytest.mark.parametrize("name", GUIDES)
def test_guides_say_nothing_in_words_that_were_given_up(name: str) -> None:
    assert not retired_in((ROOT / name).read_text(), "en")


def test_the_words_that_the_document_settles_are_those_that_readers_read() -> None:
    said = {language: " ".join(everything(language)).casefold() for language in RETIRED}
    table = (ROOT / "docs" / "words.md").read_text().partition("## What readers read")[2]
    rows = re.findall(r"^\| ([a-z -]+) \| ([a-zá-ú ]+) \| [^|]+ \|$", table, re.MULTILINE)
    assert len(rows) == table.count("\n|") - 2
    for english, spanish in rows:
        assert english in said["en"], english
        assert spanish in said["es"], spanish


def everything(language: str) -> Iterator[str]:
    """Yield all that the catalogue and the files of words say in a language."""
    for message in messages():
        yield from texts(message.id if language == "en" else message.string)
    for path in (ROOT / "content").glob("*.toml"):
        for spoken, text in content(tomllib.loads(path.read_text())):
            if spoken == language:
                yield text


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Somebody set aside $5", ["Somebody", "set aside"]),
        ("en", "the entry is taken back by `remarks`", ["taken back"]),
        ("es", "Añadir un importe", ["Añadir", "importe"]),
        ("es", "El archivo está dañado; indica cuándo", []),
    ],
)
def test_such_words_are_found_but_not_in_code_or_within_other_words(
    language: str, text: str, found: list[str]
) -> None:
    assert retired_in(text, language) == found
