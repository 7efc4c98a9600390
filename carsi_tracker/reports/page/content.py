"""Words that are no code: the files of `content/`, each text in every language."""

import tomllib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language

LANGUAGES = {code for code, _name in settings.LANGUAGES}


def content(name: str) -> dict[str, Any]:
    """Return what a file of `content/` says; each text is in the language of the page."""
    file = settings.BASE_DIR / "content" / f"{name}.toml"
    said: dict[str, Any] = _with_texts(tomllib.loads(file.read_text(encoding="utf-8")))
    return said


def _with_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_texts(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() & LANGUAGES:
        return _in_language(value)
    return {name: _with_texts(each) for name, each in value.items()}


def _text(texts: Mapping[str, str]) -> str:
    return texts.get(get_language() or "", texts[settings.LANGUAGE_CODE])


_in_language = lazy(_text, str)
