"""What words ask for that name several filters, as "INCLE FY2009 Guatemala": one figure a stage."""

import re
from collections.abc import Mapping
from dataclasses import replace

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query, Words
from carsi_tracker.figures.vocabulary import Vocabulary
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.explanations import scope_in_words
from carsi_tracker.reports.page.links import linked
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.page.unknown import not_found
from carsi_tracker.reports.search.results import Result

WORD = re.compile(r"\w+")
FILLING = frozenset(
    folded("FY AF fiscal year año in for of the en de del la el para y and").split()
)
"""Words that no name is told by."""
OF_COMMITMENTS = (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)

Names = Mapping[str, frozenset[str]]


def asked_by(words: Words, public: PublicRequest) -> Query | None:
    """Return the question of words that together name an area or a country, and another filter.

    None where a word is in no name, or could name two things alike.
    """
    told = {word for part in words.folded for word in WORD.findall(part)} - FILLING
    chosen, covered = {}, set[str]()
    for name, names in _names(public.words).items():
        by_words = {code: told & of_it for code, of_it in names.items()}
        most = max(map(len, by_words.values()), default=0)
        best = [code for code, of_it in by_words.items() if len(of_it) == most]
        if most and len(best) == 1:
            chosen[name] = best[0]
            covered |= by_words[best[0]]
    named = chosen.keys() & {"area", "country"}
    if not named or len(chosen) == 1 or covered != told:
        return None
    return public.query.everywhere().where(**chosen)


def figures(asked: Query) -> list[Result]:
    """Return what a question finds at each stage of commitments; what is not found, in words."""
    totals = aggregates.totals(asked)
    rows = []
    for stage in OF_COMMITMENTS:
        query = asked.where(stage=stage)
        figure = linked(totals.of(stage), query)
        said = "" if figure.known else not_found(stage)
        rows.append(Result(figure.href, str(stage.label), said, figure=figure))
    return rows


def scope(asked: Query, public: PublicRequest) -> str:
    """Return the filters of a question in words."""
    return scope_in_words(replace(public, query=asked))


def _names(words: Vocabulary) -> Mapping[str, Names]:
    """Return, for each filter, the words that name each of its codes, in either language."""
    years = words.codes["year"].values()
    return {
        "area": {each.code: _told(each.name_en, each.name_es) for each in words.areas},
        "country": {each.code: _told(each.name_en, each.name_es) for each in words.countries},
        "account": {each.code: _told(each.code) for each in words.accounts},
        "year": {year: frozenset({year, f"fy{year}", f"af{year}"}) for year in years},
    }


def _told(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in WORD.findall(folded(name))) - FILLING
