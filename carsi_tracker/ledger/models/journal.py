"""The journal: written by the database's `post()` alone, read by everything else."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.drafts import Basis, Batch, Stage
from carsi_tracker.ledger.models.funding import Appropriation, Commitment
from carsi_tracker.ledger.models.languages import Language
from carsi_tracker.ledger.models.reference import Document
from carsi_tracker.ledger.money import DollarsField


class Posting(models.Model):
    """A version of the ledger: a batch as it was posted."""

    version = models.PositiveIntegerField(_("version"), primary_key=True)
    posted_at = models.DateTimeField(_("posted"), unique=True)
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="posting")
    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"))
    language = models.CharField(max_length=2, choices=Language, db_default=Language.ENGLISH)
    prepared_by = ArrayField(models.TextField(), verbose_name=_("prepared by"))
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.TextField(_("approved by"))
    self_approval_rule = models.TextField(blank=True)
    self_approval_reason = models.TextField(blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("reverses")
    )
    entry_count = models.PositiveIntegerField(_("entries"))
    entries_sha256 = models.CharField(max_length=64)
    checksum = models.CharField(_("checksum"), max_length=64)
    loaded_at = models.DateTimeField(
        null=True, db_comment="When it came from the files of a ledger; null where posted here."
    )

    class Meta:
        ordering = ("version",)
        default_permissions = ("view",)
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return f"{self.version}-{self.checksum[:8]}"


class Countersignature(models.Model):
    """A second person's word on a version that was posted without one."""

    posting = models.OneToOneField(
        Posting, models.PROTECT, primary_key=True, related_name="countersignature"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by = models.TextField(_("countersigned by"))
    signed_at = models.DateTimeField(_("countersigned"))
    remark = models.TextField(_("comment"), blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("countersignature")
        verbose_name_plural = _("countersignatures")


class Entry(models.Model):
    """One dated, sourced amount at one stage, as the ledger holds it."""

    pk = models.CompositePrimaryKey("posting_id", "line")
    posting = models.ForeignKey(
        Posting, models.PROTECT, related_name="entries", db_column="version", db_index=False
    )
    line = models.PositiveIntegerField(_("line"))
    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, related_name="entries", db_index=False
    )
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    amount = DollarsField(_("amount, U.S. dollars"))
    effective_date = models.DateField(_("effective date"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="entries")
    locator = models.CharField(_("page or section"), max_length=200)
    basis = models.CharField(_("evidence"), max_length=8, choices=Basis)
    note = models.CharField(_("note"), max_length=1000)
    quote = models.CharField(_("words quoted from it"), max_length=1000, default="", db_default="")

    class Meta:
        ordering = ("posting", "line")
        default_permissions = ("view",)
        verbose_name = _("entry")
        verbose_name_plural = _("entries")


class LedgerHead(models.Model):
    """The newest version, in one row that a posting locks to its commit."""

    one = models.BooleanField(primary_key=True, default=True)
    version = models.PositiveIntegerField()
    posted_at = models.DateTimeField()
    checksum = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_head"
        default_permissions = ()


class LabelRevision(models.Model):
    """How often names and titles that the public reads were corrected, in one row."""

    one = models.BooleanField(primary_key=True, default=True)
    revision = models.BigIntegerField()

    class Meta:
        db_table = "ledger_texts"
        default_permissions = ()


class LedgerSettings(models.Model):
    """Whether an office of one may post its own batches, and why; set by the owner alone."""

    one = models.BooleanField(primary_key=True, default=True)
    self_approval_rule = models.TextField(blank=True)

    class Meta:
        db_table = "ledger_office"
        default_permissions = ()


class Change(models.Model):
    """Who changed which reference text or commitment, when and why; kept by the database."""

    class Action(models.TextChoices):
        INSERT = "INSERT", _("added")
        UPDATE = "UPDATE", _("changed")
        DELETE = "DELETE", _("deleted")

    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    action = models.CharField(max_length=6, choices=Action)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        default_permissions = ()
        indexes = [models.Index(fields=("table", "row"))]
