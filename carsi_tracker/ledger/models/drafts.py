"""The desk's tables: batches on their way to the ledger, their lines, editors and remarks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from carsi_tracker.ledger.models.funding import Appropriation, Commitment
from carsi_tracker.ledger.models.languages import Language, language_spoken
from carsi_tracker.ledger.models.reference import Document
from carsi_tracker.ledger.money import DollarsField


class Stage(models.TextChoices):
    """How far an amount has got."""

    APPROPRIATED = "appropriated", _("Appropriated")
    COMMITTED = "committed", _("Committed")
    OBLIGATED = "obligated", _("Obligated")
    DISBURSED = "disbursed", _("Disbursed")


class Basis(models.TextChoices):
    """How directly a document says an amount."""

    STATED = "stated", _("stated")
    PRESS = "press", _("press")
    INFERRED = "inferred", _("inferred")


class Batch(models.Model):
    """The unit of work and approval: draft, submitted, posted."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        POSTED = "posted", _("posted")

    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"), max_length=1000, help_text=_("Published."))
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language,
        default=language_spoken,
        db_default=Language.ENGLISH,
        help_text=_("Of title, reason, notes, places in documents and titles of new commitments."),
    )
    reverses = models.OneToOneField(
        "ledger.Posting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal_batch",
        verbose_name=_("reverses"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(_("version"), null=True, unique=True, editable=False)
    token = models.UUIDField(
        null=True, unique=True, editable=False, db_comment="The form that made it, sent once."
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("kept by"),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        permissions = [("post_batch", "Can post or send back batches")]

    def __str__(self) -> str:
        return self.title


class BatchEditor(models.Model):
    """A person who prepared a batch or a part of it, and so can't post it; kept by the database."""

    pk = models.CompositePrimaryKey("batch_id", "user_id")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(
        null=True,
        db_comment="When they changed or withdrew it last; null if they only submitted it.",
    )

    class Meta:
        default_permissions = ()


class Line(models.Model):
    """One amount of a batch, that posting turns into an entry."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines", verbose_name=_("batch"))
    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, verbose_name=_("appropriation")
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("commitment"),
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    amount = DollarsField(_("amount, U.S. dollars"))
    effective_date = models.DateField(_("effective date"))
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", verbose_name=_("source document")
    )
    locator = models.CharField(_("page or section"), max_length=200, blank=True)
    basis = models.CharField(_("evidence"), max_length=8, choices=Basis)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    quote = models.CharField(
        _("words quoted from it"), max_length=1000, blank=True, default="", db_default=""
    )
    token = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        db_comment="The form that added it to a batch that was there, sent once.",
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("line")
        verbose_name_plural = _("lines")

    def __str__(self) -> str:
        return f"{self.get_stage_display()}, {self.effective_date}"


class Remark(models.Model):
    """What people wrote to each other about a batch; sending back writes one."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="remarks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ("id",)
        default_permissions = ()


class Submission(models.Model):
    """What a batch held when it was submitted, to tell later what changed since."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="submissions")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        ordering = ("id",)
        default_permissions = ()


class Reading(models.Model):
    """That somebody read a state of a batch, by the digest that they post; kept by the database.

    `content` is null where a submission, or another reading of the same, holds it. Without a
    constraint on the batch, so that nobody who reads waits for somebody who posts.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="readings", db_constraint=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    content = models.JSONField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        default_permissions = ()


class PasteHabit(models.Model):
    """How a person had a table with some headings read, for their next paste of it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shape = models.CharField(max_length=64)
    answers = models.JSONField()
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "shape"], name="one_habit_a_shape")
        ]


class Upload(models.Model):
    """A file or pasted text between its preview and the batch that it makes."""

    token = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
