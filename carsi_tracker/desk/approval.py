"""What approvers do with a submitted batch: post it as it was read, or send it back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from carsi_tracker.accounts import events
from carsi_tracker.accounts.models import User
from carsi_tracker.desk import mails
from carsi_tracker.desk.drafts import BATCH, refusal
from carsi_tracker.desk.fields import LineOfText
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.remaining import effects
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Head, Office
from carsi_tracker.ledger.refusals import Refused


class PostForm(forms.Form):
    """Confirms a posting: the digest of what was read, and a reason where nobody else read it."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    self_approval_reason = LineOfText(
        label=gettext_lazy("Why you post it without a second person"),
        help_text=gettext_lazy("published"),
        max_length=1000,
    )

    def __init__(self, *args: object, alone: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not alone:
            del self.fields["self_approval_reason"]


class SendBackForm(forms.Form):
    """What is to be changed in a batch."""

    remark = forms.CharField(
        label=gettext_lazy("What is to be changed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@permission_required("ledger.post_batch", raise_exception=True)
def post(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Ask whether a batch is to be posted as it was read, and post it."""
    batch = get_object_or_404(Batch, pk=batch_id)
    alone = may_post_alone(batch, person(request))
    form = PostForm(
        request.POST or None, initial={"digest": request.GET.get("digest", "")}, alone=alone
    )
    if form.is_valid():
        reason = form.cleaned_data.get("self_approval_reason", "")
        try:
            version = posting.post(batch_id, person(request), form.cleaned_data["digest"], reason)
        except Refused as refused:
            events.refused(request, refused.rule, batch=batch_id)
            return refusal(request, batch_id, refused)
        messages.success(request, _("Posted as version %d.") % version)
        mails.posted(request, batch)
        return redirect(BATCH, batch_id)
    if batch.state != Batch.State.SUBMITTED or not (form.is_bound or request.GET.get("digest")):
        return redirect(BATCH, batch_id)
    if had_a_hand(batch, person(request)) and not alone:
        return refusal(request, batch_id, Refused("had_a_hand", {"self_approval_allowed": False}))
    context = {
        "title": _("Post this batch?"),
        "batch": batch,
        "form": form,
        "next_version": next_version(),
        "line_count": batch.lines.count(),
        "effects": effects(batch_id),
    }
    return desk().page(request, "post.html", context)


@require_POST
@permission_required("ledger.post_batch", raise_exception=True)
def send_back(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Send a submitted batch back with a remark."""
    form = SendBackForm(request.POST)
    if not form.is_valid():
        for error in form.errors["remark"]:
            messages.error(request, f"{form['remark'].label}: {error}")
        return redirect(BATCH, batch_id)
    batch = get_object_or_404(Batch, pk=batch_id)
    try:
        posting.send_back(batch_id, person(request), form.cleaned_data["remark"])
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("Sent back with your remark."))
    mails.sent_back(request, batch, form.cleaned_data["remark"])
    return redirect(BATCH, batch_id)


def had_a_hand(batch: Batch, user: User) -> bool:
    """Say whether a person prepared a batch or part of it."""
    return batch.editors.filter(user=user).exists()


def may_post_alone(batch: Batch, user: User) -> bool:
    """Say whether an office of one lets a person post what they prepared, with a reason."""
    return had_a_hand(batch, user) and Office.objects.exclude(self_approval_rule="").exists()


def next_version() -> int:
    """Return the version that the next posting makes."""
    return Head.objects.get().version + 1
