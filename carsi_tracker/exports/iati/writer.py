"""XML of the IATI standard, written piece by piece."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from xml.sax.xmlreader import AttributesImpl

from django.utils.translation import override
from django.utils.xmlutils import SimplerXMLGenerator

from carsi_tracker.exports.tables import LANGUAGES
from carsi_tracker.ledger.text import well_formed

MAIN = LANGUAGES[0]
"""The language of a text that names none."""

Texts = Mapping[str, str]


def in_both(say: Callable[[], str]) -> Texts:
    """Return what is said in each language, by its code."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = say()
    return said


class Writer:
    """Writes elements; `taken` gives what was written since it was last asked."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._xml = SimplerXMLGenerator(self._buffer, "utf-8")
        self._xml.startDocument()

    @contextmanager
    def within(self, name: str, **attributes: str) -> Iterator[None]:
        """Write an element around what is written meanwhile."""
        self._xml.startElement(name, AttributesImpl(_named(attributes)))
        yield
        self._xml.endElement(name)

    def add(self, name: str, text: str = "", **attributes: str) -> None:
        """Write an element that holds text or nothing."""
        self._xml.addQuickElement(name, well_formed(text), _named(attributes))

    def narrate(self, name: str, texts: Texts, **attributes: str) -> None:
        """Write an element that says something, by language; what is empty is left out."""
        with self.within(name, **attributes):
            for language, text in texts.items():
                if text:
                    marked = {} if language == MAIN else {"xml:lang": language}
                    self.add("narrative", text, **marked)

    def end_line(self) -> None:
        """Begin a new line, so that two files can be compared by line."""
        self._xml.ignorableWhitespace("\n")

    def taken(self) -> bytes:
        """Return what was written, and forget it."""
        written = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return written


def _named(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as XML names them: a hyphen where Python has an underscore."""
    return {
        name.removesuffix("_").replace("_", "-"): well_formed(value)
        for name, value in attributes.items()
        if value
    }
