"""What people write to each other about a batch."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.forms.fields import LinesOfText
from carsi_tracker.desk.site import person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Remark
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused


class RemarkForm(forms.Form):
    """A remark; `after` is the last one that its writer could read."""

    text = LinesOfText(
        label=gettext_lazy("Your comment"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("read by analysts and approvers; not published"),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**62)


@require_POST
@permission_required("ledger.view_batch", raise_exception=True)
def remark(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Add a remark to a batch, once however often the form is sent."""
    if not may_remark(person(request)):
        raise PermissionDenied
    batch = get_object_or_404(Batch, pk=batch_id)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        for error in form.errors.get("text", [_("The comment was not saved. Write it again.")]):
            messages.error(request, f"{form['text'].label}: {error}")
        return redirect(BATCH, batch_id)
    text, author = form.cleaned_data["text"], person(request)
    try:
        with acting(author):
            Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
            newer = batch.remarks.filter(pk__gt=form.cleaned_data["after"])
            if not newer.filter(author=author, text=text).exists():
                posting.remark(batch_id, author, text)
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("The comment was added."))
    reviews = batch.state == Batch.State.SUBMITTED and author.has_perm("ledger.post_batch")
    page = "admin:batch_review" if reviews else BATCH
    return redirect(f"{reverse(page, args=[batch_id])}#remarks")


def may_remark(user: User) -> bool:
    """Say whether a person may write to the others about a batch."""
    return user.has_perm("ledger.change_batch") or user.has_perm("ledger.post_batch")


def form_after(remarks: list[Remark]) -> RemarkForm:
    """Return the form of the next remark."""
    return RemarkForm(initial={"after": remarks[-1].pk if remarks else 0})
