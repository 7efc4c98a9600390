"""The entries that a query is about."""

from collections.abc import Callable

from django.db.models import Case, DecimalField, F, Q, QuerySet, When

from carsi_tracker.figures.query import MEASURES, NONE, Query, Version, Words
from carsi_tracker.figures.search_index import holding, texts
from carsi_tracker.ledger import any_of  # noqa: F401 (the comparison `any_of`)
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
    "posted_from": "posting_id__gte",
    "amount_from": "amount__gte",
    "amount_to": "amount__lte",
    "date_from": "effective_date__gte",
    "date_to": "effective_date__lte",
}
"""What each filter compares, seen from an entry."""


def entries(query: Query) -> QuerySet[Entry]:
    """Return the entries that a query is about, in the order of the ledger.

    Each has `counted`: its amount, negative where a measure subtracts it.
    """
    counted = Case(default=F("amount"), output_field=DecimalField())
    if query.filters.measure:
        plus, _minus = MEASURES[query.filters.measure]
        counted = Case(
            When(stage=plus, then=F("amount")), default=-F("amount"), output_field=DecimalField()
        )
    return (
        Entry.objects.filter(asked_of(query))
        .annotate(counted=counted)
        .order_by("posting_id", "line")
    )


def asked_of(query: Query, seen: Callable[[str], str] = str) -> Q:
    """Return the condition that an entry is one of those that a query is about.

    `seen` says how what is compared is named from where the condition is used.
    """
    asked = {"posting_id__lte": query.version.number, "effective_date__lte": query.day}
    condition = Q(**{seen(lookup): value for lookup, value in asked.items()})
    for name, value in query.filters.given.items():
        if name == "measure":
            condition &= Q(**{seen("stage__in"): MEASURES[value]})
        elif name == "text":
            condition &= _holding(value, query.version, seen)
        elif value == NONE:
            column = LOOKUPS[name].rpartition("__")[0]
            condition &= Q(
                **{seen("commitment_id__isnull"): False, seen(f"{column}__isnull"): True}
            )
        else:
            condition &= Q(**{seen(LOOKUPS[name]): value})
    return condition


def from_commitment(lookup: str) -> str:
    """Name from a commitment what `lookup` names from one of its entries."""
    if lookup.startswith("appropriation__"):
        return lookup
    below = lookup.removeprefix("commitment__")
    return f"entries__{lookup}" if below == lookup else below


def _holding(words: Words, version: Version, seen: Callable[[str], str]) -> Q:
    """Return the condition that each word is in what describes an entry, or in what it says.

    That is: its commitment with all its names, its document, its own note, quote and locator, and
    what these say in Spanish.
    """
    index = version.number, version.checksum, words.label_revision
    translations = texts(*index).translations
    held = Q()
    for word in words.folded:
        held_by = {
            seen(f"{of}_id__any_of"): holding(*index, kind, word)
            for of, kind in (("commitment", "commitments"), ("document", "documents"))
        }
        places = Q(*held_by.items(), _connector=Q.OR)
        for column in ("note", "quote", "locator"):
            # "not empty" is what the partial indexes of these columns are for
            said = {f"{column}__gt": "", f"{column}__folded__contains": word}
            places |= Q(**{seen(lookup): value for lookup, value in said.items()})
        if translated := [text for text, says in translations.items() if word in says]:
            for column in ("note", "locator"):
                places |= Q(**{seen(f"{column}__any_of"): translated})
        held &= places
    return held
