"""What the forms that draft a batch share: each makes or adds its part once, however often sent."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import mails, titles
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.forms.again import ShownAgain
from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.desk.forms.refused import add_refusal
from carsi_tracker.desk.lines.editing import locked_draft
from carsi_tracker.desk.lines.form import OF_LINE
from carsi_tracker.desk.reference.documents import CitesADocument
from carsi_tracker.desk.site import person
from carsi_tracker.figures.contents import contents
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Basis, Batch, Commitment, Document, Line
from carsi_tracker.ledger.refusals import Refused

NO_TITLE = "–"
"""What a batch is called until its lines suggest a title, within one transaction."""
OF_AMOUNT = OF_LINE[1:]
"""What a line says, beside what it is entered against and at which stage."""
HINTS = {
    "locator": gettext_lazy("such as page 12, table 3"),
    "note": gettext_lazy("optional, published"),
    "quote": gettext_lazy("optional, published"),
    "title_es": gettext_lazy("optional"),
    "bound_note": gettext_lazy("with a limit; published"),
    "bound_note_es": gettext_lazy("optional, published"),
    "reference": gettext_lazy("made for you when left empty"),
    "reason": gettext_lazy("published; the document’s title when left empty"),
    "batch": gettext_lazy("yours; a draft keeps its own title and reason"),
}


class DraftingForm(ShownAgain, forms.Form):
    """A form whose token its batch keeps."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    order: tuple[str, ...] = ()
    """The fields as the page shows them, in which their errors are listed."""

    def draft(self, user: User, *, submit: bool) -> Batch:
        """Make the batch that a valid form says, in one transaction; raises Refused."""
        with posting.acting(user):
            batch = self.make()
            if submit:
                posting.submit(batch.pk, user)
        return batch

    def make(self) -> Batch:
        """Make the batch with what belongs to it, in the caller's transaction."""
        raise NotImplementedError

    def explain(self, hints: Mapping[str, Promise]) -> None:
        """Say at each field what goes there, by `hints` or by what all forms say; order them."""
        self.fields["basis"].initial = Basis.STATED
        texts: dict[str, Any] = {**HINTS, **hints}
        for name, hint in texts.items():
            if name in self.fields:
                self.fields[name].help_text = hint
        self.order_fields(self.order)

    def clean_reference(self) -> str:
        """Refuse a typed reference that is in use."""
        reference = str(self.cleaned_data["reference"])
        if Commitment.objects.filter(reference=reference).exists():
            raise ValidationError(_("There is a commitment %s already.") % reference, "taken")
        return reference


class DraftField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a person's drafts, or the draft that was asked for; empty is a new batch.

    What is no draft any more is refused by its title, with what to do.
    """

    def __init__(self, user: User, asked_for: str) -> None:
        drafts = Batch.objects.filter(state=Batch.State.DRAFT, reverses=None)
        asked, own = id_sent(asked_for), Q(keeper=user)
        super().__init__(
            queryset=drafts.filter(own | Q(pk=asked) if asked else own),
            required=False,
            label=gettext_lazy("Batch"),
            empty_label=_("a new batch"),
        )

    def to_python(self, value: Any) -> Any:
        """Return the draft, or None for a new batch; raises ValidationError."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            number = id_sent(str(value))
            gone = Batch.objects.filter(pk=number).first() if number else None
            message = _("“%s” is no longer a draft. Choose another draft or a new batch.")
            raise ValidationError(message % gone, "not_a_draft") if gone else error from error


class AddingForm(CitesADocument, DraftingForm):
    """A drafting form whose lines go into a new batch, or into a draft that is chosen.

    `__init__` calls `offer_drafts` and `offer_new_document`; `make` keeps the document as its
    `source`, asks `batch_for` where the lines go, and gives them to `add`. A form that is sent
    twice adds once: the first line keeps the token.
    """

    kept: tuple[str, ...] = ()
    """What the next form of the same source starts with, beside batch and source."""
    texts: Mapping[str, str] = {"reason": "reason"}
    """The fields with texts of a new batch, and what a draft calls them, which keeps its own."""
    source: Document

    def clean(self) -> dict[str, Any]:
        """Refuse two sources and none, and other texts for a batch that has its own."""
        cleaned = super().clean() or self.cleaned_data
        self.require_one_document()
        self._refuse_other_texts()
        return cleaned

    def offer_drafts(self, user: User) -> None:
        """Offer, in a field `batch`, the drafts of `user` and the one that is chosen already."""
        chosen = (self.data if self.is_bound else self.initial).get("batch")
        self.fields["batch"] = DraftField(user, str(chosen or ""))

    def _refuse_other_texts(self) -> None:
        chosen = self.cleaned_data.get("batch")
        for name, of_draft in self.texts.items() if chosen else ():
            if self.cleaned_data.get(name) not in {None, "", getattr(chosen, of_draft)}:
                message = _("The draft keeps its own. Leave this empty, or choose a new batch.")
                self.add_error(name, ValidationError(message, "of_another_batch"))

    def batch_for(self, title: str, reason: str) -> Batch:
        """Return the draft that was chosen, locked, or a new batch; raises Refused.

        Where the title is empty, `add` gives a new batch the one that its lines suggest.
        """
        chosen: Batch | None = self.cleaned_data["batch"]
        if chosen:
            return locked_draft(chosen.pk)
        return Batch.objects.create(
            token=self.cleaned_data["token"], title=title or NO_TITLE, reason=reason
        )

    def draft_chosen(self) -> Batch | None:
        """Return the draft that the form stands at, to be shown; None for a new batch."""
        field: Any = self.fields["batch"]
        chosen = id_sent(str(self["batch"].value() or ""))
        return field.queryset.filter(pk=chosen).first() if chosen else None

    def add(self, batch: Batch, lines: list[Line]) -> None:
        """Save lines of `batch_for`, in the caller's transaction; raises Refused."""
        if self.cleaned_data["batch"]:
            lines[0].token = self.cleaned_data["token"]
        with titles.kept_true(batch):
            Line.objects.bulk_create(lines)
        if batch.title == NO_TITLE:
            titles.suggest(batch)

    def for_another(self, batch: Batch) -> dict[str, str]:
        """Return, for its address, what the next form that adds to a batch starts with."""
        kept = {name: str(self.data[name]) for name in self.kept if self.data.get(name)}
        return kept | {"batch": str(batch.pk), "document": str(self.source.pk)}


def into(form: AddingForm) -> dict[str, Any]:
    """Return for `_into_batch.html` the draft that a form adds to, and what that has so far."""
    chosen = form.draft_chosen()
    if chosen is None:
        return {}
    return {"into": chosen, "into_contents": contents([chosen.pk])[chosen.pk]}


def new_token() -> UUID:
    """Return the token of a form that is shown for the first time."""
    return uuid4()


def day_typed(typed: QueryDict) -> date:
    """Return the effective date that was typed, or today where it is none."""
    try:
        return parse_day(typed.get("effective_date", ""))
    except ValidationError:
        return today()


def unreadable_day(typed: QueryDict) -> str:
    """Say that the effective date that was typed cannot be read, and why; empty where it can."""
    text = typed.get("effective_date", "").strip()
    try:
        if text:
            parse_day(text)
    except ValidationError as error:
        return _("The date cannot be read, so this is for today. %s") % " ".join(error.messages)
    return ""


def made_by(token: str) -> Batch | None:
    """Return the batch that the form with this token made or added to, if it was sent before."""
    try:
        sent = UUID(token)
    except ValueError:
        return None
    return Batch.objects.filter(Q(token=sent) | Q(pk__in=_with_line_of(sent))).first()


def _with_line_of(token: UUID) -> QuerySet[Line, int]:
    return Line.objects.filter(token=token).values_list("batch", flat=True)


def sent_before(request: HttpRequest) -> HttpResponse | None:
    """Answer with the batch that a form made, where it was sent before."""
    batch = made_by(request.POST.get("token", ""))
    if batch is None:
        return None
    message = _(
        "This form was sent before: this is what it made. What you changed in the form since is "
        "not saved: change it here."
    )
    messages.info(request, message)
    return redirect(BATCH, batch.pk)


def to_the_batch(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Go to the batch that a form made; approvers get a mail where it was submitted."""
    if "_submit" in request.POST:
        messages.success(request, _("The batch was submitted."))
        mails.submitted(request, batch)
    else:
        messages.success(request, _("The batch was drafted."))
    return redirect(BATCH, batch.pk)


def drafted(
    request: HttpRequest,
    form: DraftingForm,
    made: Callable[[HttpRequest, Batch], HttpResponse] = to_the_batch,
) -> HttpResponse | None:
    """Draft what a form says and answer by `made`; None where the form is to be shown again."""
    if answer := sent_before(request):
        return answer
    if not form.is_valid():  # also where it was sent at the same time: its reference is taken then
        return sent_before(request)
    try:
        batch = form.draft(person(request), submit="_submit" in request.POST)
    except Refused as refused:
        add_refusal(form, without_new_reference(refused))
        return sent_before(request)
    return made(request, batch)


def without_new_reference(refused: Refused) -> Refused:
    """Leave out the reference of a commitment that the refusal itself keeps from existing."""
    broken = [balance | {"new_references": []} for balance in refused.detail.get("broken", [])]
    return Refused(refused.rule, refused.detail | {"broken": broken}) if broken else refused
