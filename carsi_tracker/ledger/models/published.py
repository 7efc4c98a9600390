"""What others published about the same money: kept beside the ledger, never entered in it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.languages import in_language_of_page, language_on_page
from carsi_tracker.ledger.models.reference import (
    PLAIN_KEY,
    Account,
    Country,
    Document,
    Organization,
    ProgrammingArea,
)
from carsi_tracker.ledger.money import DollarsField


class PublishedFigure(models.Model):
    """A total that somebody published, and the tracker's own question that it answers."""

    class Measure(models.TextChoices):
        """What is asked of the ledger: the sum of a stage, or a balance."""

        APPROPRIATED = "appropriated", _("Appropriated")
        COMMITTED = "committed", _("Committed")
        OBLIGATED = "obligated", _("Obligated")
        DISBURSED = "disbursed", _("Disbursed")
        AVAILABLE = "available", _("No commitment found")
        UNOBLIGATED = "unobligated", _("Committed, no obligation found")
        UNLIQUIDATED = "unliquidated", _("Obligated, no payment found")

    class Relation(models.TextChoices):
        """How the published total is meant."""

        EQUALS = "equals", _("equals")
        ABOUT = "about", _("about")
        AT_LEAST = "at-least", _("at least")
        AT_MOST = "at-most", _("at most")

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[PLAIN_KEY],
        help_text=_("Short and lasting, such as gao-obligated-2013."),
    )
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="published_figures", verbose_name=_("document")
    )
    locator = models.CharField(_("page or section"), max_length=200, blank=True)
    quote = models.CharField(_("words quoted from it"), max_length=1000, blank=True)
    measure = models.CharField(_("stage or balance"), max_length=12, choices=Measure)
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
    date_from = models.DateField(_("from"), null=True, blank=True)
    as_of = models.DateField(_("through"))
    relation = models.CharField(_("relation"), max_length=8, choices=Relation)
    amount = DollarsField(_("published total, U.S. dollars"), validators=[MinValueValidator(0)])
    tolerance = DollarsField(
        _("tolerance, U.S. dollars"),
        default=0,
        validators=[MinValueValidator(0)],
    )
    wider = models.CharField(
        _("what it covers beyond the question, in English"),
        max_length=300,
        blank=True,
        help_text=_("Then it is an upper bound for ours."),
    )
    wider_es = models.CharField(
        _("what it covers beyond the question, in Spanish"), max_length=300, blank=True
    )
    explanation = models.CharField(_("explanation in English"), max_length=1000, blank=True)
    explanation_es = models.CharField(_("explanation in Spanish"), max_length=1000, blank=True)
    retired = models.BooleanField(
        _("retired"),
        default=False,
        db_default=False,
        help_text=_("No longer compared; its page says so."),
    )

    class Meta:
        ordering = ("key",)
        verbose_name = _("published total")
        verbose_name_plural = _("published totals")

    def __str__(self) -> str:
        return self.key

    @property
    def shown_wider(self) -> str:
        """What it covers beyond the question, in the language of the page where that is told."""
        return in_language_of_page(self.wider, self.wider_es)

    @property
    def shown_explanation(self) -> str:
        """The explanation in the language of the page where there is one."""
        return in_language_of_page(self.explanation, self.explanation_es)

    @property
    def explained_in(self) -> str:
        """The language code of `shown_explanation`."""
        return language_on_page(self.explanation_es)

    @property
    def widened_in(self) -> str:
        """The language code of `shown_wider`."""
        return language_on_page(self.wider_es)
