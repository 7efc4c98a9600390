"""Countersign a version that was posted without a second person, and list those that wait."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.forms.again import ShownAgain, shows_again
from carsi_tracker.desk.forms.fields import LineOfText
from carsi_tracker.desk.site import desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Posting
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.ledger.turns import ALONE, WAITING, waiting_for


class CountersignForm(ShownAgain, forms.Form):
    """What a second person has to say of a version."""

    remark = LineOfText(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("optional, published"),
        max_length=1000,
        required=False,
    )


class SecondPersonFilter(admin.SimpleListFilter):
    """Versions by whether a second person read them, when or since they were posted."""

    title = gettext_lazy("second person")
    parameter_name = "second"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [
            ("missing", gettext_lazy("waits for one")),
            ("since", gettext_lazy("countersigned since")),
            ("posted", gettext_lazy("posted by one")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Posting]) -> QuerySet[Posting]:
        """Return the versions that were chosen."""
        chosen = {"missing": WAITING, "since": ALONE & ~WAITING, "posted": ~ALONE}
        return queryset.filter(chosen.get(self.value() or "", Q()))


def may_countersign(version: Posting | None, user: User) -> bool:
    """Say whether a version waits for a second person, and this person may be the one."""
    return (
        version is not None
        and user.has_perm("ledger.post_batch")
        and waiting_for(user).filter(pk=version.pk).exists()
    )


@shows_again
@permission_required("ledger.post_batch", raise_exception=True)
def countersign(request: HttpRequest, version: int) -> HttpResponse:
    """Ask whether a version is to be countersigned, and countersign it."""
    posted = get_object_or_404(
        Posting.objects.select_related("batch", "countersignature"), pk=version
    )
    form = CountersignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            posting.countersign(version, person(request), form.cleaned_data["remark"])
        except Refused as refused:
            form.add_error(None, refused.lines)
        else:
            messages.success(request, _("Version %d is countersigned.") % version)
            return redirect(BATCH, posted.batch_id)
    context = {
        "title": _("Countersign version %d") % version,
        "posting": posted,
        "form": form,
        "may_countersign": may_countersign(posted, person(request)),
    }
    return desk().page(request, "countersign.html", context)
