"""Versions: their list, their pages, and drafting their reversal."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.decisions import BATCH
from carsi_tracker.desk.drafting.drafting import DraftingForm, drafted
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.forms.fields import LineOfText
from carsi_tracker.desk.posted.countersigning import SecondPersonFilter, countersign
from carsi_tracker.desk.site import ListAdmin, desk, person
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Posting
from carsi_tracker.ledger.refusals import Refused


class ReversalForm(DraftingForm):
    """Title and reason of a reversal; a version has one, however often it is asked for."""

    token = None  # type: ignore[assignment]
    title = LineOfText(label=gettext_lazy("Title"), max_length=200)
    reason = LineOfText(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("published"), max_length=1000
    )

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version

    def draft(self, user: User, *, submit: bool) -> Batch:
        """Draft the reversal; raises Refused."""
        return Batch.objects.get(pk=posting.reverse(self.version, user, **self.cleaned_data))


@admin.register(Posting)
class VersionAdmin(ListAdmin):
    """What was posted; it can be read and reversed."""

    list_display = (
        "version",
        "title",
        "posted_at",
        "approved_by",
        "second_person",
        "entry_count",
        "reverses",
    )
    list_display_links = ("version", "title")
    list_select_related = ("reverses", "batch", "countersignature")
    list_filter = (SecondPersonFilter,)
    search_fields = ("title", "reason", "approved_by", "entries__commitment__reference")
    ordering = ("-version",)

    @admin.display(description=gettext_lazy("second person"))
    def second_person(self, version: Posting) -> str:
        """Say whether somebody else read a version that its preparer posted."""
        if not version.self_approval_reason:
            return ""
        if hasattr(version, "countersignature"):
            return _("countersigned by %s") % version.countersignature.signed_by
        return _("waits for one")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to posting."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: a version is final."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: a version is final."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may read batches."""
        return person(request).has_perm("ledger.view_batch")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may read batches."""
        return self.has_view_permission(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a version by its batch's page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = self.get_object(request, object_id)
        if version is None:
            return redirect("admin:ledger_posting_changelist")
        return redirect(BATCH, version.batch_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show the version's page: it has no other history."""
        return self.change_view(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses, with those of a reversal and of countersigning."""
        view = self.admin_site.admin_view
        return [
            path("<int:version>/reverse/", view(reverse_version), name="version_reverse"),
            path("<int:version>/countersign/", view(countersign), name="version_countersign"),
            *super().get_urls(),
        ]


@shows_again
@permission_required("ledger.add_batch", raise_exception=True)
def reverse_version(request: HttpRequest, version: int) -> HttpResponse:
    """Ask for title and reason of a version's reversal, and draft it."""
    posted = get_object_or_404(Posting, pk=version)
    with override(posted.language):  # as its notes are
        title = _("Reversal of version %(version)d: %(title)s") % {
            "version": version,
            "title": posted.title,
        }
    initial = {"title": Truncator(title).chars(200)}
    form = ReversalForm(request.POST or None, initial=initial, version=version)
    if answer := drafted(request, form, _drafted):
        return answer
    first = Batch.objects.filter(reverses=posted).first()
    context = {
        "title": _("Reverse version %d") % version,
        "posting": posted,
        "form": form,
        "first": first,
        **({} if first else _what_rests_on(posted, person(request))),
    }
    return desk().page(request, "reverse.html", context)


def _drafted(request: HttpRequest, batch: Batch) -> HttpResponse:
    messages.success(request, _("The reversal was drafted."))
    return redirect(BATCH, batch.pk)


def _what_rests_on(posted: Posting, user: User) -> dict[str, Any]:
    """Return what would refuse a version's reversal now, and the versions to reverse before it."""
    try:
        posting.rehearse_reversal(posted.version, user)
    except Refused as refused:
        undo_first = [undo["version"] for undo in refused.detail.get("undo_first", [])]
        alone = Refused(refused.rule, refused.detail | {"undo_first": []})
        return {
            "refused": alone.lines,
            "undo_first": Posting.objects.filter(pk__in=undo_first).order_by("-version"),
        }
    return {}
