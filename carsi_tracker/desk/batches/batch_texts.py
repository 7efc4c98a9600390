"""A batch's title, reason and language: a new one, and corrections."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from carsi_tracker.desk.batches import titles
from carsi_tracker.desk.drafting.drafting import DraftingForm, drafted, new_token
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.lines.editing import edit_draft
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger.models import Batch

TEXTS = ("title", "reason", "language")


class TextsForm(GuardedForm):
    """A batch's title and reason, and the language that it is written in."""

    class Meta:
        model = Batch
        fields = TEXTS
        formfield_callback = formfield

    def save(self, commit: bool = True) -> Batch:  # noqa: FBT002 (as Django has it)
        """Save the texts alone: the rest of a batch is written by the database's verbs."""
        batch: Batch = self.instance
        batch.save(update_fields=TEXTS)
        return batch


class NewBatchForm(DraftingForm):
    """A new batch, made once however often the form is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(Batch, TEXTS, formfield_callback=formfield)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("made of its lines when left empty")

    def make(self) -> Batch:
        """Make the batch, which holds nothing yet."""
        title = self.cleaned_data["title"] or titles.of_empty(self.cleaned_data["reason"])
        return Batch.objects.create(**self.cleaned_data | {"title": title})


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def new_batch(request: HttpRequest) -> HttpResponse:
    """Show the form of an empty batch, and make it."""
    form = NewBatchForm(request.POST or None, initial={"token": new_token()})
    if answer := drafted(request, form):
        return answer
    return desk().page(request, "form.html", {"title": _("New batch"), "form": form})


@shows_again
@permission_required("ledger.change_batch", raise_exception=True)
def edit_texts(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show the title and reason of a draft, and save them unless somebody did meanwhile."""
    batch = get_object_or_404(Batch, pk=batch_id)

    def page(form: GuardedForm) -> HttpResponse:
        context = {"title": _("Title and reason"), "batch": batch, "form": form}
        return desk().page(request, "form.html", context | {"stale": form.stale})

    return edit_draft(request, batch_id, TextsForm, batch, page)
