"""A batch's page: what it holds and does, and what each person may do there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches.comments import form_after, may_remark
from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.desk.lines.opening import table_of
from carsi_tracker.desk.lines.table import LINES_A_PAGE, LineTable
from carsi_tracker.desk.posted.countersigning import may_countersign
from carsi_tracker.desk.review.approval import decision, next_version
from carsi_tracker.desk.review.readings import changes, reading
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.effects import effects
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line
from carsi_tracker.ledger.refusals import Refused

LAST = "last"


def show(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show a batch."""
    return page(request, batch_of(_number(batch_id)))


def batch_of(batch_id: int) -> Batch:
    """Return a batch with those who made and submitted it; raises Http404."""
    people = Batch.objects.select_related(
        "created_by", "submitted_by", "reverses", "posting__countersignature"
    )
    return get_object_or_404(people, pk=batch_id)


def page(request: HttpRequest, batch: Batch, table: LineTable | None = None) -> HttpResponse:
    """Show a batch, with the table of its lines as it was sent where it was not saved.

    The digest of what an approver reads is taken before what it covers, so that it is never newer.
    """
    user = person(request)
    if not user.has_perm("ledger.view_batch"):
        raise PermissionDenied
    posted = batch.state == Batch.State.POSTED
    may = _what_may_be_done(batch, user)
    digest = reading(batch, user) if batch.state == Batch.State.SUBMITTED else ""
    begun_with = request.GET.get("digest")
    if begun_with and digest and begun_with != digest:
        messages.warning(request, _("This batch was changed since you began to read it."))
    read = request.GET.get("read") or begun_with or ""
    newest = batch.lines.order_by("-pk").values_list("pk", flat=True).first() or 0
    wanted = request.POST.get("page") or request.GET.get("page")
    pages = Paginator(_lines(batch), LINES_A_PAGE)
    lines = pages.get_page(pages.num_pages if wanted == LAST else wanted)
    if may["may_edit_lines"] and table is None:
        first, is_last = lines.start_index() or 1, not lines.has_next()
        table = table_of(batch, lines.object_list, newest, first, is_last=is_last)
    reversal = Batch.objects.filter(reverses__batch=batch).first()
    remarks = list(batch.remarks.select_related("author"))
    context = {
        "title": batch.title,
        "batch": batch,
        "digest": digest,
        "lines": lines,
        "table": table,
        "commitments": _commitments(batch, lines, in_table=table is not None),
        "editors": batch.editors.select_related("user").order_by("user__username"),
        "reversal": reversal,
        "may_countersign": posted and may_countersign(batch.posting, user),
        "may_reverse": posted and reversal is None and user.has_perm("ledger.add_batch"),
        "remarks": remarks,
        "remark_form": form_after(remarks) if may_remark(user) else None,
        "changes": None if posted else changes(batch, user, now=digest, digest=read),
        **(effect(batch) if not posted else {}),
        **may,
    }
    return desk().page(request, "batch.html", context)


def effect(batch: Batch) -> dict[str, Any]:
    """Return what a batch does to balances, and what would refuse it if it were posted now."""
    refused: list[str] = []
    try:
        posting.rehearse(batch.pk)
    except Refused as refusal:
        refused = refusal.lines if refusal.rule != "batch_is_empty" else []
    return {"effects": effects(batch.pk), "refused": refused, "next_version": next_version()}


def _number(text: str) -> int:
    number = id_sent(text)
    if number is None:
        raise Http404
    return number


def _lines(batch: Batch) -> QuerySet[Line]:
    return batch.lines.select_related(
        "commitment", "appropriation__account", "appropriation__law", "document", "changed_by"
    )


def _commitments(batch: Batch, lines: "Page[Line]", *, in_table: bool) -> QuerySet[Commitment]:
    """Return the commitments of lines; those that a draft introduces may stand in its table."""
    shown = Q(pk__in={line.commitment_id for line in lines})
    if in_table:
        return Commitment.objects.described().filter(shown).exclude(introduced_by=batch)
    if lines.number == 1:
        shown |= Q(pk__in=batch.introduces.filter(lines=None).values("pk"))
    return Commitment.objects.described().filter(shown)


def _what_may_be_done(batch: Batch, user: User) -> dict[str, Any]:
    draft, submitted = batch.state == Batch.State.DRAFT, batch.state == Batch.State.SUBMITTED
    analyst, may = user.has_perm("ledger.change_batch"), decision(batch, user)
    return {
        "may_edit": analyst and draft,
        "may_edit_lines": analyst and draft and batch.reverses_id is None,
        "may_withdraw": analyst and submitted,
        "may_review": submitted,
        "may_post": may.may_post,
    }
