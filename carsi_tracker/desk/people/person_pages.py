"""What administrators do about a person: hand their drafts to another, remove a second step."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.people.notices import acting_by
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.refusals import Refused

PERSON = "admin:accounts_user_change"
SHOWN = 20


class HandOverForm(forms.Form):
    """Who keeps the batches from now on."""

    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("To"))

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        analysts = User.objects.filter(is_active=True, is_analyst=True).exclude(pk=giver.pk)
        self.fields["to"].queryset = analysts.order_by("username")  # type: ignore[attr-defined]


@permission_required("accounts.change_user", raise_exception=True)
def hand_over(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask to whom somebody's unposted batches go, and hand them over."""
    giver = get_object_or_404(User, pk=person_id)
    kept = Batch.objects.filter(keeper=giver).exclude(state=Batch.State.POSTED)
    form = HandOverForm(request.POST or None, giver=giver)
    if form.is_valid():
        taker = form.cleaned_data["to"]
        try:
            count = posting.hand_over(giver, taker, person(request))
        except Refused as refused:
            form.add_error("to", refused.lines)
        else:
            text = ngettext(
                "%(name)s now keeps %(count)d more batch.",
                "%(name)s now keeps %(count)d more batches.",
                count,
            )
            messages.success(request, text % {"name": taker.display_name, "count": count})
            return redirect(PERSON, person_id)
    context = {
        "title": _("Hand over what %s has not finished") % giver.display_name,
        "original": giver,
        "opts": User._meta,
        "form": form,
        "batches": kept[:SHOWN],
        "count": kept.count(),
    }
    return desk().page(request, "person_hand_over.html", context)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def remove_second_step(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody who lost their phone sign in by password alone; one's own is not removed so."""
    somebody = get_object_or_404(User, pk=person_id)
    if somebody == request.user:
        return redirect("mfa_index")
    with acting_by(request, person(request)):
        Authenticator.objects.filter(user=somebody).delete()
    messages.success(request, _("%s now signs in by password alone.") % somebody.display_name)
    return redirect(PERSON, person_id)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def disconnect(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody no longer be whom the provider of single sign-on proves."""
    somebody = get_object_or_404(User, pk=person_id)
    with acting_by(request, person(request)):
        SocialAccount.objects.filter(user=somebody).delete()
    messages.success(
        request, _("%s is no longer connected with single sign-on.") % somebody.display_name
    )
    return redirect(PERSON, person_id)
