"""The languages that texts are written in."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """A language of the tracker."""

    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish")


def language_spoken() -> str:
    """Return the language in which the desk speaks to who writes, which is taken for theirs."""
    return Language.SPANISH if get_language() == "es" else Language.ENGLISH


def in_language_of_page(text: str, spanish: str) -> str:
    """Return a text in Spanish where the page is and that is entered, else as it is."""
    return (get_language() == "es" and spanish) or text


def language_on_page(spanish: str, written_in: str = "en") -> str:
    """Return the language code of what `in_language_of_page` gives."""
    return "es" if get_language() == "es" and spanish else written_in
