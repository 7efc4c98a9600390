"""Commitments that a draft introduces, while it is a draft."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.forms.stale import GuardedForm
from carsi_tracker.desk.lines.editing import draft_of, edit_draft
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger.models import Batch, Commitment
from carsi_tracker.ledger.refusals import Refused


class NewCommitmentForm(GuardedForm):
    """What describes a commitment until it is posted."""

    class Meta:
        model = Commitment
        fields = (
            "reference",
            "title",
            "title_es",
            "appropriation",
            "area",
            "country",
            "goal",
            "agency",
            "partner",
            "bound",
            "bound_note",
            "bound_note_es",
        )
        formfield_callback = formfield


def suggested_title(values: Mapping[str, Any], name: str) -> str:
    """Return the title made of area, partner and country, by their `name`: name_en or name_es."""
    partner = values.get("partner")
    parts = [values["area"], *([partner] if partner else []), values["country"]]
    return Truncator(", ".join(getattr(part, name) for part in parts)).chars(300)


def suggest_titles(typed: dict[str, Any], described: Mapping[str, Any]) -> None:
    """Make the titles of a new commitment of what describes it, where none was typed."""
    if typed.get("title") == "" and described.get("area") and described.get("country"):
        typed["title"] = suggested_title(described, "name_en")
        typed["title_es"] = typed.get("title_es") or suggested_title(described, "name_es")


@shows_again
@permission_required("ledger.change_commitment", raise_exception=True)
def edit_commitment(request: HttpRequest, batch_id: int, commitment_id: int) -> HttpResponse:
    """Edit a commitment that a draft introduces, unless somebody did meanwhile."""
    batch = get_object_or_404(Batch, pk=batch_id)
    commitment = get_object_or_404(batch.introduces, pk=commitment_id)

    def page(form: GuardedForm) -> HttpResponse:
        context = {
            "title": commitment.reference,
            "batch": batch,
            "form": form,
            "stale": form.stale,
            "unused": not commitment.lines.exists(),
            "commitment": commitment,
        }
        return desk().page(request, "commitment.html", context)

    return edit_draft(request, batch_id, NewCommitmentForm, commitment, page)


@require_POST
@permission_required("ledger.delete_commitment", raise_exception=True)
def delete_commitment(request: HttpRequest, batch_id: int, commitment_id: int) -> HttpResponse:
    """Remove a commitment that a draft introduces and has no amount for."""
    try:
        with draft_of(request, batch_id) as batch:
            get_object_or_404(batch.introduces, pk=commitment_id).delete()
    except ProtectedError:
        return refusal(request, batch_id, Refused("referred_to"))
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("The commitment was removed."))
    return redirect(BATCH, batch_id)
