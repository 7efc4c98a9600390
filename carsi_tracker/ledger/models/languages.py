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
