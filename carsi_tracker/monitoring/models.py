"""What is kept of watching: each verification of the ledger, and what witnesses were told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Verification(models.Model):
    """The ledger was computed anew and compared, by the owner or on a timer; rows stay.

    `problems` are sentences, the first of them; `problem_count` is how many there were. Where the
    database could not be asked at all there is no version.
    """

    finished_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(null=True)
    checksum = models.CharField(max_length=64, blank=True, db_default="")
    place = models.CharField(max_length=200)
    problem_count = models.PositiveIntegerField()
    problems = ArrayField(models.TextField())

    class Meta:
        ordering = ("-id",)
        default_permissions = ()


class WitnessedVersion(models.Model):
    """A witness was told of a version and its checksum; rows stay."""

    witness = models.CharField(max_length=500)
    version = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64)
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["witness", "version"], name="witness_told_once")
        ]
