"""The lines of a review: found, sorted, and one chosen whose source stands beside them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.desk.review.corrected import corrected
from carsi_tracker.ledger.models import Batch, DocumentFile, Line, Stage

LINES_A_PAGE = 25
FEW = 10
"""Up to how many lines need no search."""
ORDERS = {
    "line": ("pk",),
    "amount": ("-amount", "pk"),
    "day": ("effective_date", "pk"),
    "reference": ("commitment__reference", "pk"),
    "source": ("document__key", "locator", "pk"),
}
SOUGHT = ("commitment__reference", "commitment__title", "document__key", "document__title", "note")


class LineSearch(forms.Form):
    """Which lines are shown, and in which order."""

    find = forms.CharField(label=_("Find in lines"), required=False, max_length=100, strip=True)
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", _("All stages")), *Stage.choices]
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("line", _("as entered")),
            ("amount", _("largest first")),
            ("day", _("by effective date")),
            ("reference", _("by commitment")),
            ("source", _("by source")),
        ],
    )


@dataclass(frozen=True)
class ReviewLines:
    """A page of a batch's lines, with their search, and the line whose source is shown.

    `corrects` says whether any of the page corrects what is posted.
    """

    page: "Page[Line]"
    search: LineSearch | None
    all: int
    chosen: Line | None
    corrects: bool


def review_lines(batch: Batch, asked: QueryDict) -> ReviewLines:
    """Return the lines asked for, each with its `number` in the batch and whether it has a file.

    Each of the page also has what it corrects: `corrected`, None where nothing is posted there.
    What can't be read is left alone. As many queries for any number of lines.
    """
    numbers = {pk: place for place, pk in enumerate(_keys(batch), start=1)}
    search = LineSearch(asked)
    search.is_valid()
    wanted = search.cleaned_data
    found = described(batch).filter(_sought(wanted)).order_by(*ORDERS[wanted.get("sort") or "line"])
    page = Paginator(found, LINES_A_PAGE).get_page(asked.get("page"))
    chosen = _chosen(batch, asked.get("line", ""), page)
    for line in [*page, *([chosen] if chosen else [])]:
        line.number = numbers[line.pk]  # type: ignore[attr-defined]
    before = corrected(batch, page)
    for line in page:
        line.corrected = before.get(line.pk)  # type: ignore[attr-defined]
    shown_search = search if len(numbers) > FEW else None
    return ReviewLines(page, shown_search, len(numbers), chosen, bool(before))


def described(batch: Batch) -> QuerySet[Line]:
    """Return the lines of a batch with all that a review says of them."""
    file = DocumentFile.objects.filter(document=OuterRef("document"))
    lines = batch.lines.select_related(
        "appropriation__account",
        "appropriation__law",
        "commitment__area",
        "commitment__country",
        "commitment__replaces",
        "document",
    )
    return lines.annotate(has_file=Exists(file))


def _keys(batch: Batch) -> QuerySet[Line, int]:
    return batch.lines.order_by("pk").values_list("pk", flat=True)


def _sought(wanted: dict[str, Any]) -> Q:
    condition = Q()
    if stage := wanted.get("stage"):
        condition &= Q(stage=stage)
    if text := wanted.get("find"):
        condition &= Q(*((f"{name}__icontains", text) for name in SOUGHT), _connector=Q.OR)
    return condition


def _chosen(batch: Batch, asked: str, page: "Page[Line]") -> Line | None:
    """Return the line asked for, else the first of the page."""
    number = id_sent(asked)
    chosen = described(batch).filter(pk=number).first() if number else None
    return chosen or next(iter(page), None)
