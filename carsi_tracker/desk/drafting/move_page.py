"""The page that moves a posted commitment."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from carsi_tracker.desk.drafting.drafting import drafted, new_token
from carsi_tracker.desk.drafting.move import PLACE, STAGES, MoveForm
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.posted.standing import standing
from carsi_tracker.desk.site import desk
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Commitment


def posted_commitment(commitment_id: int) -> Commitment:
    """Return a posted commitment with what describes it; raises Http404."""
    posted = Commitment.objects.described().filter(first_version__isnull=False)
    return get_object_or_404(posted.select_related("replaces"), pk=commitment_id)


@shows_again
@permission_required("ledger.add_commitment", raise_exception=True)
def move_commitment(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Ask where a commitment goes, and draft the move once however often it is asked for."""
    commitment = posted_commitment(commitment_id)
    sent = request.POST if request.method == "POST" else None
    form = MoveForm(sent, commitment=commitment, initial={"token": new_token()})
    if answer := drafted(request, form):
        return answer
    context: dict[str, Any] = {
        "title": _("Move %s") % commitment.reference,
        "commitment": commitment,
        "form": form,
        "place": [form[name] for name in PLACE],
        "amounts": [form[stage.value] for stage in STAGES],
        "standing": standing(commitment, today()),
    }
    return desk().page(request, "move.html", context)
