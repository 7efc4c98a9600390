"""The Spanish catalogue is whole."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

from tests.catalogue import PARTS, messages, texts

ROOT = Path(settings.BASE_DIR)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def texts_of_sources() -> Iterator[str]:
    """Yield what code and templates give to translation, the singular where there is a plural."""
    for path in (ROOT / "carsi_tracker").rglob("*.py"):
        yield from extracted(path.read_text())
    for path in (ROOT / "templates").rglob("*.*"):
        if path.suffix in (".html", ".svg", ".txt", ".xml"):
            lines = templatize(path.read_text()).splitlines()
            yield from extracted("\n".join(line.strip() for line in lines))


def extracted(code: str) -> Iterator[str]:
    for _line, text, _comments, _context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        yield texts(text)[0]


CALLS = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
SHOWN = {"ValidationError", "Finding", "Unreadable", "message_user"}
"""What takes a sentence that people read."""
NAMED = {"label", "help_text", "verbose_name", "verbose_name_plural", "description"}


def called(node: ast.AST) -> str:
    """Return the name of what is called; empty for what is no call."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", getattr(function, "attr", ""))


def test_no_message_stands_where_it_is_not_collected() -> None:
    """The collector does not look into f-strings, and what it misses stays English."""
    for path in (ROOT / "carsi_tracker").rglob("*.py"):
        for text in ast.walk(ast.parse(path.read_text())):
            if isinstance(text, ast.JoinedStr):
                assert not CALLS & set(map(called, ast.walk(text))), (path, text.lineno)


def test_no_sentence_is_shown_without_being_given_to_translation() -> None:
    for path in (ROOT / "carsi_tracker").rglob("*.py"):
        if "management" in path.parts or "migrations" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            said = [word.value for word in call.keywords if word.arg in NAMED]
            told = getattr(getattr(call.func, "value", None), "id", "") == "messages"
            said += call.args if told or called(call) in SHOWN else []
            for word in said:
                literal = isinstance(word, ast.Constant) and isinstance(word.value, str)
                assert not literal or " " not in word.value, (path, call.lineno, word.value)
                if isinstance(word, ast.JoinedStr):
                    assert not sentence(word), (path, word.lineno)


def sentence(text: ast.JoinedStr) -> bool:
    """Say whether an f-string has words of its own."""
    own = [part.value for part in text.values if isinstance(part, ast.Constant)]
    return any(re.search(r"[a-z]{2,}", str(words)) for words in own)


def test_all_that_code_and_templates_say_is_in_the_catalogue_and_nothing_else() -> None:
    assert {texts(message.id)[0] for message in messages()} == set(texts_of_sources())


def test_every_message_is_translated_and_keeps_its_parts() -> None:
    for message in messages():
        assert not message.fuzzy, message.id
        parts = set(PARTS.findall(texts(message.id)[-1]))
        for spanish in texts(message.string):
            assert spanish, message.id
            assert set(PARTS.findall(spanish)) <= parts, message.id
        assert set(PARTS.findall(texts(message.string)[-1])) == parts, message.id


def test_messages_with_the_parts_of_links_keep_them() -> None:
    for message in messages():
        for spanish in texts(message.string):
            tags = re.findall(r"</?\w+", texts(message.id)[-1])
            assert sorted(re.findall(r"</?\w+", spanish)) == sorted(tags), message.id


def test_spanish_quotes_as_spanish_does() -> None:
    for message in messages():
        for spanish in texts(message.string):
            assert not re.search(r"[“”]", spanish), message.id
