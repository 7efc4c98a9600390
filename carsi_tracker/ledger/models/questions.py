"""What is not known and what would settle it: a list that analysts keep beside the ledger."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.languages import in_language_of_page, language_on_page
from carsi_tracker.ledger.models.published import PublishedFigure
from carsi_tracker.ledger.models.reference import (
    PLAIN_KEY,
    Account,
    Country,
    Organization,
    ProgrammingArea,
)

NOT_OF_LAWS = [
    choice
    for choice in PublishedFigure.Measure.choices
    if choice[0] != PublishedFigure.Measure.APPROPRIATED
]
"""What may be open: all but what laws appropriate."""


class OpenQuestion(models.Model):
    """What documents leave open, the sum of the ledger that it is about, and what would settle it.

    The amount is no column: it is the sum of the entries that the filters choose.
    """

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[PLAIN_KEY],
        help_text=_("Short and lasting, such as incle-payments."),
    )
    question = models.CharField(_("what is not known, in English"), max_length=200)
    question_es = models.CharField(_("what is not known, in Spanish"), max_length=200, blank=True)
    measure = models.CharField(_("stage or balance"), max_length=12, choices=NOT_OF_LAWS)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, verbose_name=_("account")
    )
    year = models.PositiveSmallIntegerField(
        _("fiscal year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1990), MaxValueValidator(2100)],
    )
    area = models.ForeignKey(
        ProgrammingArea, models.PROTECT, null=True, blank=True, verbose_name=_("programming area")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, verbose_name=_("country")
    )
    agency = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, verbose_name=_("agency")
    )
    settled_by = models.CharField(
        _("the kind of document that would settle it, in English"), max_length=300
    )
    settled_by_es = models.CharField(
        _("the kind of document that would settle it, in Spanish"), max_length=300, blank=True
    )
    position = models.PositiveSmallIntegerField(_("position"))
    retired = models.BooleanField(
        _("retired"), default=False, db_default=False, help_text=_("No longer shown.")
    )

    class Meta:
        ordering = ("position", "key")
        verbose_name = _("open question")
        verbose_name_plural = _("open questions")

    def __str__(self) -> str:
        return self.key

    @property
    def shown_question(self) -> str:
        """The question in the language of the page where that is told."""
        return in_language_of_page(self.question, self.question_es)

    @property
    def asked_in(self) -> str:
        """The language code of `shown_question`."""
        return language_on_page(self.question_es)

    @property
    def shown_settled_by(self) -> str:
        """What would settle it, in the language of the page where that is told."""
        return in_language_of_page(self.settled_by, self.settled_by_es)

    @property
    def settled_in(self) -> str:
        """The language code of `shown_settled_by`."""
        return language_on_page(self.settled_by_es)
