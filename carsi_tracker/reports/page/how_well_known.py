"""How well a sum is known, as pages show it: measures of one whole, and the newest documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.utils.html import format_html
from django.utils.translation import gettext as _

from carsi_tracker.figures.bounds import EXACT, Limits
from carsi_tracker.figures.certainty import OF_COMMITMENTS, REGIONAL, Certainty, certainty
from carsi_tracker.figures.query import Query
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import split
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import entries_address
from carsi_tracker.reports.page.marks import marked
from carsi_tracker.reports.page.shortened import HUNDRED_PERCENT, in_prose, percent

ONE_PERCENT = Decimal(1)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class KnownPart:
    """A part of the whole: its grade (1 is the best known), its share, and where it stands.

    `x` and `width` are percent of the bar; `href` is "" where no filter chooses its entries.
    """

    grade: int
    x: Decimal
    width: Decimal
    share: str
    words: str
    href: str


@dataclass(frozen=True)
class KnownMeasure:
    """One measure of the whole: those of its parts that have an amount, the best known first.

    `amount` is that of the first part; "" of the evidence, where it would stand beside like amounts
    of stages.
    """

    title: str
    parts: tuple[KnownPart, ...]
    amount: str = ""

    @property
    def in_words(self) -> str:
        """The measure as a sentence."""
        return f"{self.title}: {', '.join(f'{part.share} {part.words}' for part in self.parts)}."


@dataclass(frozen=True)
class NewestDocument:
    """How far the entries and the documents of a stage reach; `stage` is what `name` is called."""

    name: str
    stage: str
    effective: date
    published: date


@dataclass(frozen=True)
class HowWellKnown:
    """How well a sum is known, with its headline."""

    title: str
    measures: tuple[KnownMeasure, ...]
    newest: tuple[NewestDocument, ...]


def how_well_known(query: Query) -> HowWellKnown | None:
    """Say how well the sum of a stage is known, by default of what is committed.

    None of a balance, of an appropriation, and of what is no whole with its parts.
    """
    stage = query.filters.stage or Stage.COMMITTED
    if query.filters.measure or stage not in OF_COMMITMENTS:
        return None
    found = certainty(query)
    if found.whole <= 0 or not all(0 <= part <= found.whole for part in _parts(found)):
        return None
    asks = query.where(stage=stage)
    measures = [_evidence(found, asks)]
    if not query.filters.country:
        measures.append(_place(found, asks))
    if stage == Stage.COMMITTED:
        measures.append(_signed(found, asks))
    return HowWellKnown(
        _title(found, query),
        tuple(measures),
        tuple(
            NewestDocument(name, name_of_balance(name), each.effective, each.published)
            for name, each in found.newest.items()
        ),
    )


def _title(found: Certainty, query: Query) -> str:
    said = _("%(part)s of the %(whole)s is known down to a country")
    if query.filters.country or not found.in_countries:
        said = _("How well the %(whole)s is known")
    elif found.in_countries == found.whole:
        said = _("All of the %(whole)s is known down to a country")
    return format_html(
        said % {"part": "{part}", "whole": "{whole}"},
        part=marked(in_prose(found.in_countries), found.limits_in_countries),
        whole=marked(in_prose(found.whole), found.limits),
    )


def _parts(found: Certainty) -> Sequence[Decimal]:
    return (*found.by_basis.values(), found.in_countries, found.signed)


def _evidence(found: Certainty, asks: Query) -> KnownMeasure:
    words = {
        Basis.STATED: _("stated in a document"),
        Basis.PRESS: _("press reports"),
        Basis.INFERRED: _("inferred"),
    }
    amounts = [found.by_basis[basis] for basis in words]
    hrefs = [entries_address(asks.where(basis=basis)) for basis in words]
    return KnownMeasure(_("Evidence"), _drawn(found.whole, amounts, list(words.values()), hrefs))


def _place(found: Certainty, asks: Query) -> KnownMeasure:
    amounts = [found.in_countries, found.whole - found.in_countries]
    words = [_("down to a country"), _("regional")]
    hrefs = ["", entries_address(asks.where(country=REGIONAL))]
    limits = [found.limits_in_countries, found.limits - found.limits_in_countries]
    return KnownMeasure(
        _("Place"), _drawn(found.whole, amounts, words, hrefs), _first(amounts, limits)
    )


def _signed(found: Certainty, asks: Query) -> KnownMeasure:
    amounts = [found.signed, found.whole - found.signed]
    words = [_("reaches a signed agreement or payment"), _("no obligation found")]
    hrefs = [
        entries_address(asks.where(stage=Stage.OBLIGATED)),
        entries_address(asks.where(stage=None, measure="unobligated")),
    ]
    return KnownMeasure(
        _("Signed agreement or payment"),
        _drawn(found.whole, amounts, words, hrefs),
        _first(amounts, [EXACT, found.limits]),
    )


def _first(amounts: Sequence[Decimal], limits: Sequence[Limits]) -> str:
    """Write the first amount that is not zero."""
    return next(
        marked(in_prose(amount), its) for amount, its in zip(amounts, limits, strict=True) if amount
    )


def _drawn(
    whole: Decimal, amounts: Sequence[Decimal], words: Sequence[str], hrefs: Sequence[str]
) -> tuple[KnownPart, ...]:
    shares = [amount / whole * HUNDRED_PERCENT for amount in amounts]
    shown = split(HUNDRED_PERCENT, shares, ONE_PERCENT)
    ends = accumulate(shares)
    return tuple(
        KnownPart(
            grade,
            (end - share).quantize(HUNDREDTH),
            share.quantize(HUNDREDTH),
            percent(share, rounded, ONE_PERCENT),
            said,
            href,
        )
        for grade, (share, rounded, end, said, href) in enumerate(
            zip(shares, shown, ends, words, hrefs, strict=True), 1
        )
        if share
    )
