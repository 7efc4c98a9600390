"""What money is entered against: appropriations and the commitments made from them."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.languages import in_language_of_page, language_on_page
from carsi_tracker.ledger.models.reference import (
    Account,
    Country,
    Document,
    Goal,
    Organization,
    ProgrammingArea,
    Titled,
)

TREASURY_ACCOUNT = RegexValidator(
    r"^[0-9]{3}-([0-9]{4}/[0-9]{4}|X)-[0-9]{4}-[0-9]{3}$",
    _("Use agency, years, account and subaccount, as 011-2008/2009-1037-000 or 011-X-1037-000."),
)


def available_until(written: str) -> None:
    """Refuse what is no day, no fiscal year and not `no-year`. Raises ValidationError."""
    if re.fullmatch(r"no-year|FY(199[0-9]|20[0-9]{2}|2100)", written):
        return
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or day.isoformat() != written or not 1990 <= day.year <= 2100:
        message = _("Use a day as 2009-09-30, a fiscal year as FY2009, or no-year.")
        raise ValidationError(message, "invalid")


class Appropriation(models.Model):
    """Budget authority of one account in one fiscal year, by a law; its amounts are entries."""

    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year"), validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"))
    law = models.ForeignKey(Document, models.PROTECT, verbose_name=_("law"))
    treasury_account = models.CharField(
        _("Treasury account"),
        max_length=22,
        blank=True,
        db_default="",
        validators=[TREASURY_ACCOUNT],
        help_text=_(
            "Treasury’s symbol, such as 011-2008/2009-1037-000 or 011-X-1037-000. Empty where no "
            "document says it."
        ),
    )
    available_until = models.CharField(
        _("available until"),
        max_length=10,
        blank=True,
        db_default="",
        validators=[available_until],
        help_text=_(
            "Through when it may be obligated: a day (2009-09-30), a fiscal year (FY2009), or "
            "no-year. Empty where no document says it."
        ),
    )
    first_version = models.PositiveIntegerField(_("first version"), null=True, editable=False)

    class Meta:
        ordering = ("fiscal_year", "account__code")
        verbose_name = _("appropriation")
        verbose_name_plural = _("appropriations")
        constraints = [
            models.UniqueConstraint(
                fields=("fiscal_year", "account"), name="one_appropriation_a_year_and_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account.code} FY{self.fiscal_year}"

    @property
    def slug(self) -> str:
        """How addresses call it: 2008-incle."""
        return f"{self.fiscal_year}-{self.account.code.lower()}"

    def next_reference(self) -> str:
        """Return the next free CARSI-<yy>-<ACCOUNT>-<nn>, for who leaves a reference out.

        Locks the appropriation to the end of the transaction, so that two people who ask at the
        same moment are given different ones.
        """
        locked = Appropriation.objects.select_related("account").select_for_update(
            of=("self",), no_key=True
        )
        of = locked.get(pk=self.pk)
        prefix = f"CARSI-{of.fiscal_year % 100:02d}-{of.account.code}-"
        with connection.cursor() as cursor:
            cursor.execute(
                """
                select coalesce(max(substring(reference from '[0-9]+$')::integer), 0) + 1
                from ledger_commitment where reference ~ ('^' || %s || '[0-9]{1,6}$')
                """,
                [prefix],
            )
            (number,) = cursor.fetchone()
        return f"{prefix}{number:02d}"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """CommitmentQuerySet, posted or not."""

    def described(self) -> "CommitmentQuerySet":
        """Return them with all that describes them, in the same query."""
        return self.select_related(
            "appropriation__account", "area", "country", "goal", "agency", "partner"
        )


class Bound(models.TextChoices):
    """Whether what is committed is a limit, where the source tells no exact amount."""

    AT_MOST = "at-most", _("at most")
    AT_LEAST = "at-least", _("at least")


class Commitment(Titled):
    """A part of one appropriation reserved for one area and one country (or the region).

    Until its batch is posted (`first_version`), it belongs to the batch that introduces it.
    """

    reference = models.CharField(
        _("reference"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", _("Use A-Z, 0-9 and hyphens."))],
    )
    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, verbose_name=_("appropriation")
    )
    area = models.ForeignKey(ProgrammingArea, models.PROTECT, verbose_name=_("programming area"))
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"))
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, verbose_name=_("goal"))
    agency = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("agency")
    )
    partner = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("partner"),
    )
    bound = models.CharField(
        _("at most or at least"),
        max_length=8,
        choices=Bound,
        blank=True,
        db_default="",
        help_text=_("Where the source tells a limit, not the amount itself."),
    )
    bound_note = models.CharField(
        _("what makes it a limit, in English"), max_length=300, blank=True, db_default=""
    )
    bound_note_es = models.CharField(
        _("what makes it a limit, in Spanish"), max_length=300, blank=True, db_default=""
    )
    introduced_by = models.ForeignKey(
        "ledger.Batch", models.CASCADE, related_name="introduces", verbose_name=_("introduced by")
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    first_version = models.PositiveIntegerField(_("first version"), null=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ("reference",)
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def bound_in(self) -> str:
        """The language code of `shown_bound_note`."""
        return language_on_page(self.bound_note_es)

    @property
    def shown_bound_note(self) -> str:
        """What makes it a limit, in the language of the page where that was entered."""
        return in_language_of_page(self.bound_note, self.bound_note_es)

    @property
    def bound_in_words(self) -> str:
        """What it means that it is a limit, in the language of the page; empty where it is none."""
        return f"{Bound(self.bound).label}: {self.shown_bound_note}" if self.bound else ""
