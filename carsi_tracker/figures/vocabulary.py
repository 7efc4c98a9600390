"""The codes that a query may name, and the names that pages show for them."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from carsi_tracker.caching.remembered import remembered, unalterable
from carsi_tracker.figures.query import MEASURES, Filters
from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Basis,
    Commitment,
    Country,
    Document,
    Entry,
    Goal,
    Organization,
    ProgrammingArea,
    PublishedFigure,
    Stage,
)

Place = TypeVar("Place", ProgrammingArea, Country)


@dataclass(frozen=True)
class Vocabulary:
    """What the public may name in a version.

    `codes` gives, for each filter, what a reader may write (folded) and the code it means; areas,
    countries, goals and the like are in the order in which pages show them; documents are by key.
    """

    areas: tuple[ProgrammingArea, ...]
    countries: tuple[Country, ...]
    goals: tuple[Goal, ...]
    accounts: tuple[Account, ...]
    organizations: tuple[Organization, ...]
    documents: Mapping[str, Document]
    codes: Mapping[str, Mapping[str, str]]


def shown(
    things: Iterable[Place], name: str, filters: Filters, used: Container[object]
) -> list[Place]:
    """Return those areas or countries (`name` says which) that filters admit.

    What is retired is not among them, unless its code is used.
    """
    return [
        thing
        for thing in things
        if (thing.code in used or not thing.retired) and filters.admits(name, thing.code)
    ]


@remembered(4)
def vocabulary(
    version: int,
    checksum: str,  # noqa: ARG001 (tells ledgers apart in the cache)
    label_revision: int,  # noqa: ARG001 (renews the names in the cache)
) -> Vocabulary:
    """Return what the public may name in a version; what was never posted is not in it."""
    posted = Commitment.objects.filter(first_version__lte=version)
    areas = tuple(ProgrammingArea.objects.all())
    countries = tuple(Country.objects.all())
    goals = tuple(Goal.objects.all())
    accounts = tuple(Account.objects.all())
    documents = {each.key: each for each in public_documents(version)}
    agencies = _organizations(posted, "agency")
    partners = _organizations(posted, "partner")
    years = (
        Appropriation.objects.filter(first_version__lte=version)
        .order_by("fiscal_year")
        .values_list("fiscal_year", flat=True)
        .distinct()
    )
    return Vocabulary(
        areas=areas,
        countries=countries,
        goals=goals,
        accounts=accounts,
        organizations=tuple({named.code: named for named in (*agencies, *partners)}.values()),
        documents=unalterable(documents),
        codes=unalterable(
            {
                "area": _folded(area.code for area in areas),
                "country": _folded(country.code for country in countries),
                "goal": _folded([*(str(goal.number) for goal in goals), "none"]),
                "account": _folded(account.code for account in accounts),
                "year": _folded(str(year) for year in years),
                "agency": _folded(agency.code for agency in agencies),
                "partner": _folded([*(partner.code for partner in partners), "none"]),
                "commitment": _folded(posted.values_list("reference", flat=True)),
                "stage": _folded(Stage.values),
                "measure": _folded(MEASURES),
                "basis": _folded(Basis.values),
                "document": _folded(documents),
            }
        ),
    )


def public_documents(version: int) -> QuerySet[Document]:
    """Return the documents that the public sees in a version.

    It cites them, they are the laws of its appropriations, or background, or a total was published
    in them, which stands beside every version.
    """
    cited = Entry.objects.filter(document=OuterRef("pk"), posting_id__lte=version)
    law = Appropriation.objects.filter(law=OuterRef("pk"), first_version__lte=version)
    published = PublishedFigure.objects.filter(document=OuterRef("pk"))
    return Document.objects.filter(
        Exists(cited) | Exists(law) | Exists(published) | Q(background=True)
    )


def public_organizations(version: int) -> QuerySet[Organization]:
    """Return the organizations that the public sees in a version.

    Its commitments name them, or a published total does, which stands beside every version.
    """
    posted = Commitment.objects.filter(first_version__lte=version)
    agency = posted.filter(agency=OuterRef("pk"))
    partner = posted.filter(partner=OuterRef("pk"))
    published = PublishedFigure.objects.filter(agency=OuterRef("pk"))
    return Organization.objects.filter(Exists(agency) | Exists(partner) | Exists(published))


def _organizations(posted: QuerySet[Commitment], role: str) -> list[Organization]:
    return list(Organization.objects.filter(pk__in=posted.values(role)))


def _folded(codes: Iterable[str]) -> dict[str, str]:
    return {code.casefold(): code for code in codes}
