"""Words that are no code are whole: what an editor writes in `content/` has both languages."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from carsi_tracker.reports.page.content import content

FILES = sorted(path.stem for path in (settings.BASE_DIR / "content").glob("*.toml"))
LANGUAGES = {"en", "es"}
NAMES = {"name", "anchor", "gao"}
"""What is no text: names of groups and anchors, and the words of another office."""


def texts(value: Any) -> Iterator[Any]:
    """Yield each text as it is written: a table by language; else what stands there without."""
    if isinstance(value, dict) and not value.keys() & LANGUAGES:
        for name, each in value.items():
            if name not in NAMES or not isinstance(each, str):
                yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    else:
        yield value


@pytest.mark.parametrize("name", FILES)
def test_each_text_has_both_languages_and_spanish_quotes_as_spanish_does(name: str) -> None:
    found = list(texts(tomllib.loads((settings.BASE_DIR / "content" / f"{name}.toml").read_text())))
    assert found
    for text in found:
        assert set(text) == LANGUAGES, text
        assert all(each.strip() for each in text.values()), text
        assert not re.search("[“”]", text["es"]), text


def test_a_text_is_in_the_language_of_the_page() -> None:
    intro = content("subjects")["intros"]["country"]
    with translation.override("es"):
        assert str(intro).startswith("Cada compromiso")
    with translation.override(None):
        assert str(intro).startswith("Each commitment")
