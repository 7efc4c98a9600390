"""Reference data: what commitments and entries are described with.

Codes are fixed once saved (`sql/frozen.sql`); names may be corrected, with history.
"""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.languages import Language, language_on_page

PLAIN_KEY = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use a-z, 0-9 and hyphens."))
FEDERAL_ACCOUNT = RegexValidator(
    r"^[0-9]{3}-[0-9]{4}$", _("Use three digits, a hyphen and four digits, as 011-1037.")
)
DAC_SECTOR = RegexValidator(r"^[1-9][0-9]{4}$", _("Use the five digits of a sector, as 15130."))
IATI_IDENTIFIER = RegexValidator(
    r"^[A-Z]{2,3}-[A-Z]{3,}-[A-Za-z0-9._-]+$",
    _("Use the list’s code, a hyphen and the number in it, as US-GOV-1."),
)


class OrganizationType(models.TextChoices):
    """The kinds of organizations of the IATI standard, by its codes."""

    GOVERNMENT = "10", _("national government")
    LOCAL_GOVERNMENT = "11", _("local government")
    OTHER_PUBLIC = "15", _("other public sector")
    INTERNATIONAL_NGO = "21", _("international NGO")
    NATIONAL_NGO = "22", _("national NGO")
    REGIONAL_NGO = "23", _("regional NGO")
    PARTNER_NGO = "24", _("NGO based in a partner country")
    PARTNERSHIP = "30", _("public-private partnership")
    MULTILATERAL = "40", _("multilateral")
    FOUNDATION = "60", _("foundation")
    PRIVATE = "70", _("private sector")
    PRIVATE_IN_PROVIDER = "71", _("private sector in the provider’s country")
    PRIVATE_IN_RECIPIENT = "72", _("private sector in the recipient’s country")
    PRIVATE_IN_THIRD = "73", _("private sector in a third country")
    ACADEMIC = "80", _("academic, training and research")
    OTHER = "90", _("other")


class Named(models.Model):
    """A thing with a name in both languages."""

    name_en = models.CharField(_("name in English"), max_length=300)
    name_es = models.CharField(_("name in Spanish"), max_length=300)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("No longer offered in forms; still shown.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_es if get_language() == "es" else self.name_en


class Titled(models.Model):
    """A thing with a title as written, and one in Spanish where somebody entered it."""

    title = models.CharField(_("title"), max_length=300)
    title_es = models.CharField(_("title in Spanish"), max_length=300, blank=True)
    language = models.CharField(
        _("language of the title"),
        max_length=2,
        choices=Language,
        default=Language.ENGLISH,
        db_default=Language.ENGLISH,
    )

    class Meta:
        abstract = True

    @property
    def shown_in(self) -> str:
        """The language code of `shown_title`."""
        return language_on_page(self.title_es, self.language)

    @property
    def shown_title(self) -> str:
        """The title in the language of the page where there is one, else as written."""
        return self.title_es if self.shown_in == "es" and self.title_es else self.title


class Account(Named):
    """A budget account (ESF, INCLE, NADR, FMF)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    federal_account = models.CharField(
        _("federal account"),
        max_length=8,
        blank=True,
        db_default="",
        validators=[FEDERAL_ACCOUNT],
        help_text=_("Treasury’s code for it, such as 011-1037. Empty where no document says it."),
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class ProgrammingArea(Named):
    """One of the initiative's three programming areas, or `not-attributed`."""

    code = models.SlugField(_("code"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)
    dac_sector = models.CharField(
        _("DAC sector"),
        max_length=5,
        blank=True,
        db_default="",
        validators=[DAC_SECTOR],
        help_text=_("The five digits of the OECD’s DAC that come nearest, for IATI files."),
    )

    class Meta:
        ordering = ("position",)
        verbose_name = _("programming area")
        verbose_name_plural = _("programming areas")


class Country(Named):
    """A country, by ISO 3166-1 alpha-2 code, or `regional`."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)

    class Meta:
        ordering = ("position",)
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class Goal(Named):
    """One of the initiative's five goals, by number."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ("number",)
        verbose_name = _("goal")
        verbose_name_plural = _("goals")

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class Organization(Named):
    """An agency or partner, under the short name that files print."""

    code = models.CharField(_("short name"), max_length=120, unique=True)
    is_agency = models.BooleanField(
        _("U.S. agency"),
        default=False,
        db_default=False,
        help_text=_("Offered as the agency of a commitment."),
    )
    is_partner = models.BooleanField(
        _("partner"),
        default=False,
        db_default=False,
        help_text=_("A government or organization, offered as the partner of a commitment."),
    )
    iati_identifier = models.CharField(
        _("IATI identifier"),
        max_length=100,
        blank=True,
        db_default="",
        validators=[IATI_IDENTIFIER],
        help_text=_("As IATI’s files name it, such as US-GOV-1. Empty where it has none."),
    )
    iati_type = models.CharField(
        _("IATI type"),
        max_length=2,
        choices=OrganizationType,
        blank=True,
        db_default="",
        help_text=_("What kind of organization it is, for IATI files."),
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")


class Document(Titled):
    """A source document, under the key that files print."""

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[PLAIN_KEY],
        help_text=_("Short and lasting, such as loa-panama-2009."),
    )
    publisher = models.CharField(_("publisher"), max_length=200)
    published_on = models.DateField(
        _("published on"),
        validators=[MinValueValidator(date(1800, 1, 1)), MaxValueValidator(date(2099, 12, 31))],
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=10_000)
    background = models.BooleanField(
        _("background"),
        default=False,
        help_text=_("Listed in public even where no entry cites it."),
    )
    retired = models.BooleanField(
        _("retired"),
        default=False,
        db_default=False,
        help_text=_("No longer offered in forms; still shown."),
    )

    class Meta:
        ordering = ("key",)
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.shown_title


class DocumentFile(models.Model):
    """The document itself, kept beside its address; never changed, only removed while unused."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="file", verbose_name=_("document")
    )
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("kind of file"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")

    def __str__(self) -> str:
        return self.name
