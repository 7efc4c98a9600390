"""What an approver reads before a batch is posted or sent back, and both decisions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carsi_tracker.accounts import events
from carsi_tracker.accounts.models import User
from carsi_tracker.desk.batches import mails
from carsi_tracker.desk.batches.batch_page import batch_of
from carsi_tracker.desk.batches.comments import form_after, may_remark
from carsi_tracker.desk.batches.decisions import BATCH, refusal
from carsi_tracker.desk.forms.again import shows_again
from carsi_tracker.desk.review.approval import (
    decision,
    next_to_decide,
    next_version,
    self_approval_rule,
    who_may_post,
)
from carsi_tracker.desk.review.balances import balance_rows
from carsi_tracker.desk.review.forms import PostForm, SendBackForm
from carsi_tracker.desk.review.lines import review_lines
from carsi_tracker.desk.review.public_figures import figures_as_of
from carsi_tracker.desk.review.readings import changes, reading
from carsi_tracker.desk.review.sources import shows_sources, source_of
from carsi_tracker.desk.review.verdict import verdict_of
from carsi_tracker.desk.site import desk, person
from carsi_tracker.figures.effects import effects
from carsi_tracker.figures.preview import preview
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.ledger.turns import turns, waiting
from carsi_tracker.reports.published.beside import comparisons_of_draft

REVIEW = "admin:batch_review"
NAMED = 10
"""How many people and batches a sentence names."""


@shows_sources
@permission_required("ledger.view_batch", raise_exception=True)
def review(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show a submitted batch as it is to be posted; one that is not leads to its own page."""
    return _page(request, batch_of(batch_id))


@shows_again
@shows_sources
@permission_required("ledger.post_batch", raise_exception=True)
def post(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Post a batch as it was read; then show it, or the next one to decide about."""
    batch = batch_of(batch_id)
    user = person(request)
    form = PostForm(request.POST, alone=decision(batch, user).alone)
    if request.method != "POST" or "digest" in form.errors:
        return redirect(REVIEW, batch_id)
    if not form.is_valid():
        return _page(request, batch, post_form=form)
    reason = form.cleaned_data.get("self_approval_reason", "")
    try:
        version = posting.post(batch_id, user, form.cleaned_data["digest"], reason)
    except Refused as refused:
        events.refused(request, refused.rule, batch=batch_id)
        return refusal(request, batch_id, refused, REVIEW, read=form.cleaned_data["digest"])
    messages.success(request, _("Posted as version %d.") % version)
    mails.posted(request, batch)
    if "_next" not in request.POST:
        _offer_next(request, batch)
        return redirect(BATCH, batch_id)
    return _open_next(request, user, batch)


@shows_again
@shows_sources
@require_POST
@permission_required("ledger.post_batch", raise_exception=True)
def send_back(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Send a submitted batch back with a remark."""
    batch = batch_of(batch_id)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        form.fields["text"].widget.attrs["autofocus"] = True
        return _page(request, batch, send_back_form=form)
    remark = form.cleaned_data["text"]
    try:
        posting.send_back(batch_id, person(request), remark)
    except Refused as refused:
        return refusal(request, batch_id, refused)
    messages.success(request, _("Returned with your comment."))
    _offer_next(request, batch)
    mails.sent_back(request, batch, remark)
    return redirect(BATCH, batch_id)


def _offer_next(request: HttpRequest, batch: Batch) -> None:
    """Lead to the next batch from the page of one that was decided about."""
    if following := next_to_decide(person(request), batch):
        address = reverse(REVIEW, args=[following.pk])
        link = format_html('<a href="{}">{}</a>', address, following.title)
        messages.info(request, format_html("{} {}", _("Next to review:"), link))


def _open_next(request: HttpRequest, user: User, batch: Batch) -> HttpResponse:
    following = next_to_decide(user, batch)
    if following:
        return redirect(REVIEW, following.pk)
    messages.info(request, _("No other batch waits for you."))
    return redirect("admin:index")


def _page(
    request: HttpRequest,
    batch: Batch,
    post_form: PostForm | None = None,
    send_back_form: SendBackForm | None = None,
) -> HttpResponse:
    """Show what is to be decided about, with the forms as they were sent where they were refused.

    The digest of what is read is taken before what it covers, so that it is never newer.
    """
    user, read = person(request), request.GET.get("read", "")
    if batch.state != Batch.State.SUBMITTED:
        return redirect(reverse(BATCH, args=[batch.pk], query={"read": read} if read else None))
    digest = reading(batch, user)
    begun_with = request.GET.get("digest")
    if begun_with and begun_with != digest:
        messages.warning(request, _("This batch was changed since you began to read it."))
    may, since = decision(batch, user), changes(batch, user, digest, read or begun_with or "")
    remarks = list(batch.remarks.select_related("author"))
    context = {
        "title": _("Review: %s") % batch.title,
        "batch": batch,
        "digest": digest,
        "editors": batch.editors.select_related("user").order_by("user__username"),
        "changes": since,
        "changed_lines": since.found.lines.ids if since else (),
        "remarks": remarks,
        "remark_form": send_back_form or (form_after(remarks) if may_remark(user) else None),
        "may": may,
        "self_approval_rule": self_approval_rule(),
        "approvers": who_may_post(batch)[:NAMED],
        "next_batch": next_to_decide(user, batch) if may.may_post else None,
        "post_form": post_form or PostForm(initial={"digest": digest}, alone=may.alone),
        **_what_changes(request, batch),
        **_lines(request, batch),
        **_turn(batch),
    }
    return desk().page(request, "review.html", context)


def _what_changes(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Return what the batch does to balances, public figures and published totals."""
    version, told, found = next_version() - 1, preview(batch.pk), effects(batch.pk)
    published = comparisons_of_draft(batch.pk)
    return {
        "current_version": version,
        "next_version": version + 1,
        "effects": found,
        "balances": balance_rows(batch.pk, found, told),
        "figures": figures_as_of(told, request.GET.get("day", "")),
        "published": published,
        "verdict": verdict_of(told, found, published),
    }


def _lines(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Return the lines asked for, what describes their commitments, and the source of one."""
    found = review_lines(batch, request.GET)
    return {
        "lines": found.page,
        "line_count": found.all,
        "corrects": found.corrects,
        "search": found.search,
        "source": source_of(found.chosen),
        "commitments": _commitments(found.page),
    }


def _turn(batch: Batch) -> dict[str, Any]:
    """Return the batches before this one, and whether it fits now and in its turn."""
    queue = list(waiting().values_list("pk", "title"))
    ids = [pk for pk, _title in queue]
    place = ids.index(batch.pk) if batch.pk in ids else len(ids)
    tried = turns([*ids[:place], batch.pk], [batch.pk])[batch.pk]
    return {
        "turn": tried,
        "place": place + 1,
        "queue_length": max(len(ids), place + 1),
        "before": queue[:place][:NAMED],
        "before_count": place,
    }


def _commitments(lines: "Page[Line]") -> list[Commitment]:
    shown = {line.commitment_id for line in lines if line.commitment_id}
    return list(Commitment.objects.described().filter(pk__in=shown))
