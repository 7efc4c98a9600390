"""Who may decide about a submitted batch, and the forms by which they do."""

from dataclasses import dataclass

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.forms.again import ShownAgain
from carsi_tracker.desk.forms.fields import LineOfText, LinesOfText
from carsi_tracker.ledger.models import Batch, LedgerHead, LedgerSettings


class PostForm(ShownAgain, forms.Form):
    """Confirms a posting: the digest of what was read, and a reason where nobody else read it."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    self_approval_reason = LineOfText(
        label=gettext_lazy("Why you post it without a second person"),
        help_text=gettext_lazy("published"),
        max_length=1000,
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have checked every line and approve publication."),
        error_messages={"required": gettext_lazy("Confirm that you have read the batch.")},
    )

    def __init__(self, *args: object, alone: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not alone:
            del self.fields["self_approval_reason"]


class SendBackForm(ShownAgain, forms.Form):
    """What is to be changed in a batch."""

    remark = LinesOfText(
        label=gettext_lazy("What needs to change"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class Decision:
    """What a person may decide about a batch.

    `alone` says that they prepared it or part of it, and that the office lets them post it with a
    reason; `prepared_forbids` that they prepared it, and somebody else has to post it.
    """

    may_post: bool
    may_send_back: bool
    alone: bool
    prepared_forbids: bool


def decision(batch: Batch, user: User) -> Decision:
    """Return what a person may decide about a batch."""
    decides = user.has_perm("ledger.post_batch") and batch.state == Batch.State.SUBMITTED
    prepared = batch.editors.filter(user=user).exists()
    alone = prepared and bool(self_approval_rule())
    return Decision(
        may_post=decides and (alone or not prepared),
        may_send_back=decides,
        alone=decides and alone,
        prepared_forbids=decides and prepared and not alone,
    )


def who_may_post(batch: Batch) -> QuerySet[User]:
    """Return the active approvers who did not prepare a batch."""
    preparers = batch.editors.values("user")
    approvers = User.objects.filter(is_active=True, is_approver=True).exclude(pk__in=preparers)
    return approvers.order_by("first_name", "last_name", "username")


def self_approval_rule() -> str:
    """Return why people here may post what they prepared; empty where they may not."""
    return LedgerSettings.objects.values_list("self_approval_rule", flat=True).first() or ""


def next_version() -> int:
    """Return the version that the next posting makes."""
    return LedgerHead.objects.get().version + 1
