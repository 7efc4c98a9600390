"""Titles of batches that nobody typed: amounts, appropriations, countries and source tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from carsi_tracker.figures.contents import BatchContents, contents
from carsi_tracker.ledger.models import Batch, Stage
from carsi_tracker.ledger.money import whole_dollars

NAMED = 3
"""How many appropriations or countries a title names; more are counted."""
LONGEST = 200


def amounts_in_words(of: BatchContents) -> str:
    """Say the sum of each stage that has lines: $250,000 committed, $40,000 obligated."""
    words = {
        Stage.APPROPRIATED: _("%(amount)s appropriated"),
        Stage.COMMITTED: _("%(amount)s committed"),
        Stage.OBLIGATED: _("%(amount)s obligated"),
        Stage.DISBURSED: _("%(amount)s disbursed"),
    }
    return ", ".join(
        words[stage] % {"amount": whole_dollars(amount)} for stage, amount in of.amounts.items()
    )


def suggested(batch: Batch) -> str:
    """Return the title that the lines of a batch suggest, in its language; empty without lines."""
    of = contents([batch.pk])[batch.pk]
    if not of.lines:
        return ""
    with override(batch.language):
        appropriations = ngettext("%d appropriation", "%d appropriations", len(of.appropriations))
        countries = ngettext("%d country", "%d countries", len(of.countries))
        parts = [
            amounts_in_words(of),
            _named([str(row) for row in of.appropriations], appropriations),
            _named([row.name for row in of.countries], countries),
        ]
        sources = [row.shown_title for row in of.documents]
        source = _named(sources, ngettext("%d source", "%d sources", len(sources)), 1)
        return Truncator(f"{', '.join(filter(None, parts))}: {source}").chars(LONGEST)


@contextmanager
def kept_true(batch: Batch) -> Iterator[None]:
    """Keep a title that was suggested true to what is done to the draft meanwhile.

    A title that somebody typed stays, and what is only tried out changes none. In a transaction
    of the person who acts.
    """
    was_suggested = batch.title == suggested(batch)
    yield
    if was_suggested and not transaction.get_rollback():
        suggest(batch)


def suggest(batch: Batch) -> None:
    """Give a draft the suggested title, unless another was typed since it was read."""
    now = Batch.objects.filter(pk=batch.pk, title=batch.title).first()
    if now and (title := suggested(now)) not in {"", now.title}:
        Batch.objects.filter(pk=now.pk).update(title=title)
        batch.title = title


def _named(names: list[str], count: str, at_most: int = NAMED) -> str:
    return ", ".join(names) if len(names) <= at_most else count % len(names)
