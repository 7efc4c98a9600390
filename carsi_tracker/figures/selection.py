"""The entries that a question is about."""

from django.db.models import Case, DecimalField, F, Q, QuerySet, When

from carsi_tracker.figures.question import MEASURES, NONE, Question
from carsi_tracker.ledger.models import Entry

LOOKUPS = {
    "area": "commitment__area__code",
    "country": "commitment__country__code",
    "goal": "commitment__goal__number",
    "account": "appropriation__account__code",
    "year": "appropriation__fiscal_year",
    "agency": "commitment__agency__code",
    "partner": "commitment__partner__code",
    "commitment": "commitment__reference",
    "stage": "stage",
    "basis": "basis",
    "document": "document__key",
    "posted_in": "posting_id",
}
"""What each filter compares, seen from an entry."""


def entries(question: Question) -> QuerySet[Entry]:
    """Return the entries that a question is about, in the order of the ledger.

    Each has `counted`: its amount, negative where a measure subtracts it.
    """
    query = Entry.objects.filter(
        posting_id__lte=question.version.number, effective_date__lte=question.day
    )
    counted = Case(default=F("amount"), output_field=DecimalField())
    for name, value in question.scope.chosen.items():
        if name == "measure":
            plus, minus = MEASURES[value]
            query = query.filter(stage__in=(plus, minus))
            counted = Case(
                When(stage=plus, then=F("amount")),
                default=-F("amount"),
                output_field=DecimalField(),
            )
        else:
            query = query.filter(_matches(name, value))
    return query.annotate(counted=counted).order_by("posting_id", "line")


def _matches(name: str, value: str) -> Q:
    if value == NONE:
        column = LOOKUPS[name].rpartition("__")[0]
        return Q(commitment__isnull=False, **{f"{column}__isnull": True})
    return Q(**{LOOKUPS[name]: value})
