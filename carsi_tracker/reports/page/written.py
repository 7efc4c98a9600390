"""Texts as people wrote them, marked with their language, or in Spanish where that is entered."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker.figures.notes import Note
from carsi_tracker.figures.translations import in_spanish
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.reports.page.public_page import PublicRequest


@dataclass(frozen=True)
class WrittenText:
    """A text that a page shows, in a language, by its code; "" where nobody knows it.

    `original` is what was posted, where this is a translation of it, from English.
    """

    text: str
    language: str
    original: str = ""

    def __html__(self) -> SafeString:
        """Show the text, marked with its language and as a translation if it is one."""
        shown = format_html('<span lang="{}">{}</span>', self.language, self.text)
        if not self.original:
            return shown
        return format_html('{} <small class="translated">({})</small>', shown, _("translated"))

    __str__ = __html__

    @property
    def with_original(self) -> SafeString:
        """Show the text, and below it what was posted, folded, where this is a translation."""
        if not self.original:
            return self.__html__()
        return format_html(
            '{}<details class="original"><summary>{}</summary><p lang="en">{}</p></details>',
            self,
            _("As posted, in English"),
            self.original,
        )


def written(text: str, language: str, public: PublicRequest) -> WrittenText:
    """Return a text as a page shows it: on a page in Spanish in Spanish, where that is entered."""
    if get_language() == "es" and language != "es":
        spanish = in_spanish(public.label_revision).get(text)
        if spanish:
            return WrittenText(spanish, "es", text)
    return WrittenText(text, language)


def whose_amount(note: Note, shown: Decimal) -> SafeString:
    """Say which amount a note is about, before it; nothing where that is the one that is shown."""
    if note.amount == shown:
        return SafeString("")
    amount = format_html('<span class="amount">{}</span>', whole_dollars(note.amount))
    said = _("{amount} (version {number}):")
    return format_html(said + " ", amount=amount, number=note.version)
