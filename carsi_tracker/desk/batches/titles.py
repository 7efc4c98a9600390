"""Titles of batches that were not typed: amounts, appropriations, countries and source."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import override

from carsi_tracker.desk.batches.held import held
from carsi_tracker.ledger.models import Batch

LONGEST = 200


def suggested(batch: Batch) -> str:
    """Return the title that the lines of a batch suggest, in its language; empty without lines."""
    with override(batch.language):
        of = held([batch.pk])[batch.pk]
    if not of.lines:
        return ""
    parts = filter(None, (of.amounts, of.appropriations, of.countries))
    return Truncator(f"{', '.join(parts)}: {of.sources}").chars(LONGEST)


def of_empty(reason: str) -> str:
    """Return what a batch without a title is called until it has lines: by its reason."""
    return Truncator(reason).chars(LONGEST)


@contextmanager
def kept_true(batch: Batch) -> Iterator[None]:
    """Keep a title that was suggested true to what is done to the draft meanwhile.

    A title that somebody typed stays, and what is only tried out changes none. In a transaction
    of the person who acts.
    """
    was_suggested = batch.title == (suggested(batch) or of_empty(batch.reason))
    yield
    if was_suggested and not transaction.get_rollback():
        suggest(batch)


def suggest(batch: Batch) -> None:
    """Give a draft the suggested title, unless another was typed since it was read."""
    now = Batch.objects.filter(pk=batch.pk, title=batch.title).first()
    if now and (title := suggested(now)) not in {"", now.title}:
        Batch.objects.filter(pk=now.pk).update(title=title)
        batch.title = title
