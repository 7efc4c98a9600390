"""Mails about a batch: to approvers when it waits for them, to its editors when it was decided."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from carsi_tracker.accounts.models import User
from carsi_tracker.desk import mailing
from carsi_tracker.desk.batches.held import BatchHeld, in_words
from carsi_tracker.desk.site import person
from carsi_tracker.figures.contents import contents
from carsi_tracker.ledger.models import Batch
from carsi_tracker.ledger.money import whole_dollars
from carsi_tracker.ledger.turns import Turn, turns, waiting


def submitted(request: HttpRequest, batch: Batch) -> None:
    """Tell the active approvers, but its preparers, that a batch waits for them."""
    preparers = batch.editors.values("user")
    _send(
        request,
        batch,
        User.objects.filter(is_approver=True).exclude(pk__in=preparers),
        gettext_noop("%(name)s submitted “%(title)s” for your review."),
        page="admin:batch_review",
        turn=turns([*waiting().values_list("pk", flat=True)], [batch.pk]).get(batch.pk),
    )


def posted(request: HttpRequest, batch: Batch) -> None:
    """Tell the editors of a batch that it was posted."""
    _send(request, batch, _editors(batch), gettext_noop("%(name)s posted “%(title)s”."))


def sent_back(request: HttpRequest, batch: Batch, remark: str) -> None:
    """Tell the editors of a batch that it was sent back, and why."""
    words = gettext_noop("%(name)s returned “%(title)s” with this comment:")
    _send(request, batch, _editors(batch), words, remark=remark)


def _editors(batch: Batch) -> Iterable[User]:
    return User.objects.filter(pk__in=batch.editors.values("user"))


def _send(
    request: HttpRequest,
    batch: Batch,
    people: Iterable[User],
    words: str,
    *,
    remark: str = "",
    page: str = "admin:ledger_batch_change",
    turn: Turn | None = None,
) -> None:
    """Send a mail in both languages to each of the people, once the transaction is committed.

    It says what the batch holds, and leads to a page of it; with its `turn`, also whether it fits.
    """
    names = {"name": person(request).display_name, "title": batch.title}
    holding = contents([batch.pk])[batch.pk]

    def written() -> tuple[str, list[str]]:
        sentence = _(words) % names
        address = request.build_absolute_uri(reverse(page, args=[batch.pk]))
        about = _about(in_words(holding), turn)
        return sentence.rstrip(":"), [sentence, remark, about, address]

    addresses = {who.email for who in people if who.is_active and who.email}
    mailing.send(request, addresses - {person(request).email}, written)


def _about(of: BatchHeld, turn: Turn | None) -> str:
    """Say in lines what a batch holds, by which source, and whether it is within balance."""
    lines = [of.amounts, ", ".join(filter(None, (of.appropriations, of.countries))), of.sources]
    if turn:
        lines.append(balance_in_words(turn))
    return "\n".join(filter(None, lines))


def balance_in_words(turn: Turn) -> str:
    """Say in a sentence whether a batch is within balance, now and in its turn."""
    if not turn.over:
        return _("Within balance.")
    over = {"amount": whole_dollars(turn.over)}
    if turn.now:
        return _("Over balance by %(amount)s.") % over
    return _("Within balance now; over by %(amount)s once earlier batches are posted.") % over
