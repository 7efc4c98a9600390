"""A batch's title and reason: a new one, and corrections."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.drafting.drafting import new_token, sent_before
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.lines.editing import draft_of
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.refusals import Refused


class TextsForm(GuardedForm):
    """A batch's title and reason."""

    class Meta:
        model = Batch
        fields = ("title", "reason")
        formfield_callback = formfield

    def save(self, commit: bool = True) -> Batch:  # noqa: FBT002 (as Django has it)
        """Save the texts alone: the rest of a batch is written by the database's verbs."""
        batch: Batch = self.instance
        batch.save(update_fields=["title", "reason"] if batch.pk else None)
        return batch


class NewBatchForm(TextsForm):
    """A new batch, made once however often the form is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    class Meta(TextsForm.Meta):
        fields = ("title", "reason")


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def new_batch(request: HttpRequest) -> HttpResponse:
    """Show the form of an empty batch, and make it."""
    if answer := sent_before(request):
        return answer
    form = NewBatchForm(request.POST or None, initial={"token": new_token()})
    if form.is_valid():
        form.instance.token = form.cleaned_data["token"]
        try:
            with acting(person(request)):
                batch = form.save()
        except Refused as refused:
            if answer := sent_before(request):
                return answer
            add_refusal(form, refused)
        else:
            return redirect(BATCH, batch.pk)
    return desk().page(request, "form.html", {"title": _("New batch"), "form": form})


@shows_again
@permission_required("ledger.change_batch", raise_exception=True)
def edit_texts(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show the title and reason of a draft, and save them unless somebody did meanwhile."""
    batch = get_object_or_404(Batch, pk=batch_id)
    form: GuardedForm = TextsForm(instance=batch)
    stale = None
    if request.method == "POST":
        try:
            with draft_of(request, batch_id) as locked:
                form = TextsForm(request.POST, instance=locked)
                if form.is_valid():
                    form.save()
                    messages.success(request, _("Saved."))
                    return redirect(BATCH, batch_id)
                stale, form = form.stale, form.again() if form.stale else form
        except Refused as refused:
            return refusal(request, batch_id, refused)
    context = {"title": _("Title and reason"), "form": form, "batch": batch, "stale": stale}
    return desk().page(request, "form.html", context)
