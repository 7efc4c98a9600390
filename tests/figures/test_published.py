"""What others published beside our figures: the same sums as everywhere, and a computed verdict."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Amount
from carsi_tracker.figures.bounds import EXACT, Limits, Mark
from carsi_tracker.figures.published import (
    OurFigure,
    PublishedComparison,
    Verdict,
    all_compared,
    compared,
    judged,
    published_figures,
    tally,
    verdicts_changed,
)
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Appropriation, Batch, Document, PublishedFigure, Stage
from carsi_tracker.reports.page.parameters import read
from carsi_tracker.reports.published.wording import sentence
from carsi_tracker.reports.tables.published import why
from tests import factories

CENT = Decimal("0.01")
RELATIONS = st.sampled_from(PublishedFigure.Relation.values)
AMOUNTS = st.decimals(0, 10**11, places=2)
MATCHES = {Verdict.MATCHES, Verdict.OUR_SOURCE}


def verdict(
    relation: str = "equals", published: Decimal = Decimal(100), ours: Decimal = Decimal(100),
    tolerance: Decimal = Decimal(0), wider: str = "", explanation: str = "",
    known: int = 2, *, copied: bool = False,
) -> Verdict:  # fmt: skip
    figure = PublishedFigure(
        relation=relation, amount=published, tolerance=tolerance, wider=wider,
        explanation=explanation,
    )  # fmt: skip
    return judged(figure, OurFigure(Amount(ours, known), known, (Decimal(copied),)))


@given(RELATIONS, AMOUNTS, AMOUNTS, AMOUNTS, st.text(max_size=1), st.text(max_size=1))
def test_what_has_no_entry_at_its_stage_is_not_in_the_ledger_whatever_was_published(
    relation: str, published: Decimal, ours: Decimal, tolerance: Decimal, wider: str, why: str
) -> None:
    found = verdict(relation, published, ours, tolerance, wider, why, known=0)
    assert found == Verdict.MISSING


@given(RELATIONS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_match_is_told_from_a_copy_by_the_document_alone(
    relation: str, published: Decimal, ours: Decimal, tolerance: Decimal
) -> None:
    alone = verdict(relation, published, ours, tolerance)
    copied = verdict(relation, published, ours, tolerance, copied=True)
    assert (alone, copied) in {
        (Verdict.MATCHES, Verdict.OUR_SOURCE),
        (Verdict.UNEXPLAINED, Verdict.UNEXPLAINED),
    }


@pytest.mark.parametrize(
    ("relation", "below", "above"),
    [
        ("equals", False, False),
        ("about", False, False),
        ("at-least", False, True),
        ("at-most", True, False),
    ],
)
@given(st.decimals(1000, 10**11, places=2), st.decimals(0, 999, places=2))
def test_the_tolerance_is_the_last_amount_that_matches(
    relation: str, below: bool, above: bool, published: Decimal, tolerance: Decimal
) -> None:
    for ours in (published - tolerance, published, published + tolerance):
        assert verdict(relation, published, ours, tolerance) == Verdict.MATCHES
    for ours, holds in (
        (published - tolerance - CENT, below), (published + tolerance + CENT, above)
    ):  # fmt: skip
        assert (verdict(relation, published, ours, tolerance) in MATCHES) is holds
        explained = verdict(relation, published, ours, tolerance, explanation="Because")
        assert explained == (Verdict.MATCHES if holds else Verdict.EXPLAINED)


@given(RELATIONS, AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from(["", "Because"]))
def test_a_broader_total_holds_ours_and_one_that_does_not_is_a_difference(
    relation: str, published: Decimal, ours: Decimal, tolerance: Decimal, why: str
) -> None:
    found = verdict(relation, published, ours, tolerance, "Haiti", why)
    plain = verdict(relation, published, ours, tolerance, "", why)
    if plain in MATCHES or ours > published + tolerance:
        assert found == plain
    else:
        assert found == Verdict.BROADER


MARKS = {
    Mark.AT_MOST: Limits(at_most=Decimal(1)),
    Mark.AT_LEAST: Limits(at_least=Decimal(1)),
    Mark.BOTH: Limits(Decimal(1), Decimal(1)),
}


def compare(relation: str, published: int, ours: int, limits: Limits, **said: str) -> Verdict:
    figure = PublishedFigure(
        relation=relation, amount=Decimal(published), tolerance=Decimal(5), **said
    )
    return judged(figure, OurFigure(Amount(Decimal(ours), 1, limits), 1, ()))


@given(RELATIONS, st.integers(5, 20), st.integers(5, 20), st.sampled_from(Mark))
def test_a_limit_differs_without_explanation_only_where_no_amount_within_it_agrees(
    relation: str, published: int, ours: int, mark: Mark
) -> None:
    least = 0 if mark in {Mark.AT_MOST, Mark.BOTH} else ours
    most = 30 if mark in {Mark.AT_LEAST, Mark.BOTH} else ours
    holding = [
        amount
        for amount in range(least, most + 1)
        if compare(relation, published, amount, EXACT) in MATCHES
    ]
    found = compare(relation, published, ours, MARKS[mark])
    assert (found != Verdict.UNEXPLAINED) == bool(holding)
    if ours not in holding:
        assert found not in MATCHES


def test_a_limit_that_explains_a_difference_is_told_in_its_place() -> None:
    figure = PublishedFigure(relation="equals", amount=Decimal(90), tolerance=Decimal(0))
    for amount, limits, limit in (
        (100, MARKS[Mark.AT_MOST], Mark.AT_MOST),
        (80, MARKS[Mark.AT_MOST], None),
        (90, MARKS[Mark.AT_MOST], None),
        (100, EXACT, None),
    ):
        ours = OurFigure(Amount(Decimal(amount), 1, limits), 1, ())
        query = Query(Version(1, ""), today())
        record = PublishedComparison(figure, query, ours, judged(figure, ours))
        assert record.limit is limit
        said = "Our figure is a limit (at most): the two do not contradict each other."
        assert (said in why(record)) == (said == sentence(record)) == (limit is not None)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("version", ["", "2", "12"])
def test_our_figure_is_the_sum_that_pages_show_for_the_same_question(version: str) -> None:
    query = read({"version": version}, *newest())
    for each in compared(published_figures(), query):
        assert each.ours.sum_ == aggregates.total(each.query), each.figure
        assert each.query.version == query.version


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("available", Verdict.EXPLAINED),  # what is committed is a limit, so what is left is one
        ("unobligated", Verdict.EXPLAINED),
        ("unliquidated", Verdict.UNEXPLAINED),
    ],
)
def test_a_balance_is_published_too(measure: str, expected: Verdict) -> None:
    factories.published_figure(measure=measure, as_of=today(), amount=1, key="balance")
    query = Query(newest()[0], today())
    (found,) = compared(published_figures().filter(key="balance"), query)
    assert found.ours.sum_.amount == getattr(aggregates.totals(query), measure)
    assert found.verdict == expected


@pytest.mark.usefixtures("sourced")
def test_one_query_compares_them_all(django_assert_num_queries: object) -> None:
    query = Query(newest()[0], today() - timedelta(days=1))
    many, one = list(published_figures()), list(published_figures()[:1])
    for figures in (many, one):
        with django_assert_num_queries(1):  # type: ignore[operator]
            compared(figures, query)


@pytest.mark.usefixtures("sourced")
def test_a_quiet_time_of_a_stage_that_has_entries_is_zero_not_missing() -> None:
    (later,) = compared(published_figures().filter(key="gao-t3-later"), Query(newest()[0], today()))
    assert (later.ours.sum_, later.difference) == (Amount(), Decimal(-2_238_000))
    assert later.verdict == Verdict.BROADER


def verdict_now(key: str) -> Verdict:
    (found,) = compared(published_figures().filter(key=key), Query(newest()[0], today()))
    return found.verdict


def entered(source: Document, of: Appropriation | None = None) -> tuple[int, Appropriation]:
    """Post 100 dollars that a document appropriates; return the version, and what has them."""
    made = of or factories.appropriation()
    draft = factories.batch()
    factories.line(draft, made, Stage.APPROPRIATED, 100, document=source)
    return factories.posted(draft), made


def taken_back(version: int) -> int:
    reversal = posting.reverse(version, factories.analyst(), "Taken back", "Because")
    return factories.posted(Batch.objects.get(pk=reversal))


def test_what_was_taken_back_of_a_document_is_no_copy_of_it(db: None) -> None:
    source = factories.document()
    factories.published_figure(key="whole", document=source, as_of=today())
    first, of = entered(source)
    assert verdict_now("whole") == Verdict.OUR_SOURCE
    back = taken_back(first)
    entered(factories.document(), of)
    assert verdict_now("whole") == Verdict.MATCHES
    taken_back(back)
    entered(source, of)
    taken_back(back + 3)  # half of what the document gave stands
    with posting.acting(factories.analyst()):
        PublishedFigure.objects.filter(key="whole").update(amount=200)
    assert verdict_now("whole") == Verdict.OUR_SOURCE


def test_what_a_document_gave_and_took_back_on_a_later_day_is_no_copy_of_it(db: None) -> None:
    source, of, draft = factories.document(), factories.appropriation(), factories.batch()
    factories.line(draft, of, Stage.APPROPRIATED, 100, factories.FUNDED_ON, document=source)
    factories.line(draft, of, Stage.APPROPRIATED, -100, factories.SPENT_ON, document=source)
    factories.line(draft, of, Stage.APPROPRIATED, 100, factories.SPENT_ON)
    factories.posted(draft)
    for key, day in (("before", factories.FUNDED_ON), ("after", factories.SPENT_ON)):
        factories.published_figure(key=key, document=source, as_of=day)
    begins = factories.SPENT_ON
    factories.published_figure(
        key="between", document=source, as_of=begins, date_from=begins, amount=0
    )
    assert verdict_now("before") == Verdict.OUR_SOURCE
    assert verdict_now("after") == Verdict.MATCHES
    assert verdict_now("between") == Verdict.OUR_SOURCE


def test_a_balance_is_a_copy_where_the_document_is_behind_either_of_its_stages(db: None) -> None:
    law, letter, of, draft = (
        factories.document(), factories.document(), factories.appropriation(), factories.batch()
    )  # fmt: skip
    factories.line(draft, of, Stage.APPROPRIATED, 100, document=law)
    made = factories.commitment(draft, appropriation=of)
    factories.line(draft, made, Stage.COMMITTED, 60, document=letter)
    factories.posted(draft)
    for key, source in (("law", law), ("letter", letter), ("other", factories.document())):
        factories.published_figure(
            key=key, document=source, measure="available", amount=40, as_of=today()
        )
    assert verdict_now("law") == verdict_now("letter") == Verdict.OUR_SOURCE
    assert verdict_now("other") == Verdict.MATCHES


def checked() -> tuple[str, str]:
    told, named = StringIO(), StringIO()
    try:
        call_command("check_published", stdout=told, stderr=named)
    except CommandError as error:
        return str(error), named.getvalue()
    return told.getvalue(), named.getvalue()


@pytest.mark.usefixtures("sourced")
def test_the_verdicts_of_the_sourced_ledger_are_those_that_are_acknowledged() -> None:
    said, named = checked()
    assert named == ""
    assert said == (
        "41 published totals: 9 matches, 19 matches-our-source, 8 broader, 4 differs-explained, "
        "1 not-in-the-ledger\n"
    )


@pytest.mark.usefixtures("sourced")
def test_a_total_that_is_deleted_while_versions_are_compared_is_left_out() -> None:
    head, revision = newest()
    before, after = Query(Version(0, "", revision), today()), Query(head, today())
    known = {each.figure.key for each in all_compared(before)}
    with posting.acting(factories.administrator(), "Published twice"):
        PublishedFigure.objects.filter(key=min(known)).delete()
    changed = verdicts_changed(before, after)
    assert {each.after.figure.key for each in changed} < known - {min(known)}


@pytest.mark.usefixtures("sourced")
def test_another_verdict_than_the_acknowledged_one_is_named() -> None:
    with posting.acting(factories.analyst(), "Read again"):
        PublishedFigure.objects.filter(key="plan-2008-esf").update(amount=1)
        PublishedFigure.objects.filter(key="plan-2008-fmf").update(amount=1, retired=True)
        PublishedFigure.objects.filter(key="gao-fmf").delete()
    factories.published_figure(key="new-one", explanation="Because")
    factories.published_figure(key="new-two")
    said, named = checked()
    assert said == "4 verdicts are not acknowledged."
    assert named.splitlines() == [
        "new-two: differs-unexplained",
        "plan-2008-esf: differs-unexplained, acknowledged is matches",
        "gao-fmf: deleted, acknowledged is matches-our-source",
        "plan-2008-fmf: retired, acknowledged is matches",
    ]


def test_an_empty_ledger_holds_none_of_it(db: None) -> None:
    factories.published_figure()
    (found,) = compared(published_figures(), Query(newest()[0], today()))
    assert (found.verdict, found.difference) == (Verdict.MISSING, None)
    assert tally([found])[Verdict.MISSING] == 1
