"""What posted texts say in Spanish, beside the ledger, which holds them as they were written."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Translation(models.Model):
    """A text that was posted or published in English, word for word, and what it says in Spanish.

    It stands for the same text wherever that was posted: a note of forty entries has one.
    """

    original = models.TextField(_("text as posted"), max_length=2000, unique=True)
    spanish = models.TextField(_("in Spanish"), max_length=2000)

    class Meta:
        ordering = ("original",)
        verbose_name = _("translation")
        verbose_name_plural = _("translations")

    def __str__(self) -> str:
        return self.original
