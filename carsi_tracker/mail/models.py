"""Mails that wait until the mail server has taken them."""

from django.db import models
from django.db.models.functions import Now


class WaitingMail(models.Model):
    """A mail as it is sent, to one person; gone once it was taken, or refused for good."""

    queued_at = models.DateTimeField(db_default=Now())
    sender = models.TextField()
    recipients = models.JSONField()
    content = models.BinaryField()
    tries = models.PositiveIntegerField(db_default=0)

    class Meta:
        default_permissions = ()
