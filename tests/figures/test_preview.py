"""A review tells every public figure that a batch changes, on every day, and no other."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.preview import preview
from carsi_tracker.figures.remaining import remaining
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Bound,
    Commitment,
    Country,
    Document,
    Entry,
    Goal,
    Organization,
    ProgrammingArea,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.figures.foretold import changed, foretold, public

pytestmark = pytest.mark.usefixtures("sourced")
DAYS = [date(2009, 3, 11), date(2009, 9, 30), date(2010, 2, 1), date(2011, 6, 15), date(2013, 1, 5)]
PICK = st.integers(0, 1000)
DAY = st.sampled_from(DAYS)
SMALL = st.sampled_from([Decimal("0.01"), Decimal(5000), Decimal(125_000)])
Deed = Callable[[Batch], None]


def line(
    batch: Batch, of: Appropriation | Commitment, stage: Stage, sum_: object, day: date
) -> None:
    source = Document.objects.order_by("pk")[0]
    assert of
    factories.line(batch, of, stage, sum_, day, document=source)


def new_commitment(batch: Batch, picks: list[int], of: Appropriation, bound: str) -> Commitment:
    """A commitment in places picked from all, some of which no entry has yet."""
    rows = [
        list(each.order_by("pk"))
        for each in (
            ProgrammingArea.objects.all(), Country.objects.all(),
            Organization.objects.filter(is_agency=True),
            Organization.objects.filter(is_partner=True), Goal.objects.all(),
        )
    ]  # fmt: skip
    area, country, agency, partner, goal = (
        every[pick % len(every)] for every, pick in zip(rows, picks, strict=True)
    )
    said = {"bound": bound, "bound_note": "It says so."} if bound else {}
    return factories.commitment(
        batch, appropriation=of, area=area, country=country, agency=agency,
        partner=partner if picks[0] % 2 else None, goal=goal if picks[1] % 2 else None, **said,
    )  # fmt: skip


def committed_entry(pick: int) -> Entry:
    """An amount of which nothing is obligated or taken back."""
    used = Entry.objects.filter(Q(stage="obligated") | Q(amount__lt=0)).values("commitment")
    entries = Entry.objects.filter(stage="committed", amount__gt=200_000).order_by("pk")
    entries = entries.exclude(commitment__in=used.exclude(commitment=None))
    return entries.select_related("commitment", "appropriation")[pick % len(entries)]


def fund(pick: int, day: date) -> Appropriation:
    """An appropriation of which enough is left from a day on."""
    funds = [
        each.appropriation for each in remaining(day) if each.on_day and each.lowest > 1_000_000
    ]
    return funds[pick % len(funds)]


@st.composite
def allocations(draw: st.DrawFn) -> Deed:
    picks, sum_, day = draw(st.lists(PICK, min_size=5, max_size=5)), draw(SMALL), draw(DAY)
    bound, stages = draw(st.sampled_from(["", *Bound.values])), draw(st.integers(1, 3))

    def deed(batch: Batch) -> None:
        made = new_commitment(batch, picks, fund(picks[4], day), bound)
        for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED)[:stages]:
            line(batch, made, stage, sum_, day)

    return deed


@st.composite
def moves_to_another_day(draw: st.DrawFn) -> Deed:
    pick, day = draw(PICK), draw(DAY)

    def deed(batch: Batch) -> None:
        entry = committed_entry(pick)
        line(batch, entry.commitment, Stage.COMMITTED, -entry.amount, entry.effective_date)
        later = max(day, entry.effective_date + timedelta(days=40))
        line(batch, entry.commitment, Stage.COMMITTED, entry.amount, later)

    return deed


@st.composite
def moves_to_another_place(draw: st.DrawFn) -> Deed:
    pick, picks, part = draw(PICK), draw(st.lists(PICK, min_size=5, max_size=5)), draw(SMALL)
    same_fund = draw(st.booleans())

    def deed(batch: Batch) -> None:
        entry = committed_entry(pick)
        of = entry.appropriation if same_fund else fund(picks[4], entry.effective_date)
        made = new_commitment(batch, picks, of, entry.commitment.bound)
        line(batch, entry.commitment, Stage.COMMITTED, -part, entry.effective_date)
        line(batch, made, Stage.COMMITTED, part, entry.effective_date)

    return deed


@st.composite
def later_stages(draw: st.DrawFn) -> Deed:
    pick, sum_, day = draw(PICK), draw(SMALL), draw(DAY)

    def deed(batch: Batch) -> None:
        entry = committed_entry(pick)
        later = max(day, entry.effective_date)
        line(batch, entry.commitment, Stage.OBLIGATED, sum_, later)

    return deed


@st.composite
def budget_authority(draw: st.DrawFn) -> Deed:
    pick, sum_, day = draw(PICK), draw(SMALL), draw(DAY)

    def deed(batch: Batch) -> None:
        funds = Appropriation.objects.order_by("pk")
        line(batch, funds[pick % len(funds)], Stage.APPROPRIATED, sum_, day)

    return deed


DEEDS = st.one_of(
    allocations(), moves_to_another_day(), moves_to_another_place(), later_stages(),
    budget_authority(),
)  # fmt: skip


def test_every_figure_that_changes_is_told_and_no_other() -> None:
    posted: list[bool] = []

    @settings(
        max_examples=20 if os.environ.get("EVERYTHING") else 8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        earlier=st.lists(DEEDS, max_size=2),
        deeds=st.lists(DEEDS, min_size=1, max_size=3),
        other=st.dates(date(2008, 1, 1), date(2030, 1, 1)),
    )
    def told(earlier: list[Deed], deeds: list[Deed], other: date) -> None:
        before = transaction.savepoint()
        if earlier:
            with suppress(Refused):
                factories.posted(batch_of(earlier))
        posted.append(tells_all(batch_of(deeds), other))
        transaction.savepoint_rollback(before)
        forget_everything()

    told()
    assert sum(posted) > len(posted) / 2, "most batches broke a balance, and proved nothing"


def batch_of(deeds: list[Deed]) -> Batch:
    batch = factories.batch()
    for deed in deeds:
        deed(batch)
    return batch


def tells_all(batch: Batch, other: date) -> bool:
    """Compare what is told with what posting does; False where the batch breaks a balance."""
    lines = set(batch.lines.values_list("effective_date", flat=True))
    days = sorted({*lines, *(day - timedelta(days=1) for day in lines), today(), other})
    told, before = preview(batch.pk), public(days)
    try:
        factories.posted(batch)
    except Refused:
        return False
    really = changed(before, public(days))
    assert foretold(told, days) == really
    assert told.count == len({question for question, _day in really}), "on other days, too"
    assert {day for day in days if told.changes_on(day)} == {day for _question, day in really}
    return True


def test_as_many_queries_for_any_number_of_lines() -> None:
    few, many = a_batch_of(1), a_batch_of(200)
    preview(few.pk)
    with CaptureQueriesContext(connection) as asked:
        preview(few.pk)
    with CaptureQueriesContext(connection) as asked_of_many:
        told = preview(many.pk)
    assert len(told.effective) == 200
    assert len(asked_of_many) == len(asked) <= 4


def a_batch_of(count: int) -> Batch:
    """New commitments of five places, each on a day of its own, of one appropriation."""
    batch, of = factories.batch(), fund(0, DAYS[1])
    places = [new_commitment(batch, [number] * 5, of, "") for number in range(5)]
    for number in range(count):
        day = DAYS[1] + timedelta(days=number)
        line(batch, places[number % 5], Stage.COMMITTED, Decimal(10), day)
    return batch


def test_a_change_on_past_days_alone_is_told_though_nothing_changes_today() -> None:
    entry, batch = committed_entry(0), factories.batch()
    later = entry.effective_date + timedelta(days=100)
    line(batch, entry.commitment, Stage.COMMITTED, -entry.amount, entry.effective_date)
    line(batch, entry.commitment, Stage.COMMITTED, entry.amount, later)
    told = preview(batch.pk)
    assert not told.changes_on(today())
    assert not told.changes_on(later)
    assert told.changes_on(later - timedelta(days=1))
    kinds = {figure.kind for figure in told.figures(later - timedelta(days=1))}
    assert kinds >= {"whole", "appropriation", "area", "country", "agency", "cell"}
    assert told.count


def test_a_move_between_appropriations_is_told_of_both_and_of_no_area() -> None:
    entry, batch = committed_entry(0), factories.batch()
    old, to = entry.commitment, fund(1, entry.effective_date)
    assert old
    assert to != old.appropriation
    places = {name: getattr(old, name) for name in ("area", "country", "goal", "agency", "partner")}
    made = factories.commitment(batch, appropriation=to, **places)
    line(batch, old, Stage.COMMITTED, Decimal(-100), entry.effective_date)
    line(batch, made, Stage.COMMITTED, Decimal(100), entry.effective_date)
    told = {
        (figure.kind, figure.name, figure.measure): figure.change.amount
        for figure in preview(batch.pk).figures(today())
    }
    for fund_, sign in ((old.appropriation, -1), (to, 1)):
        assert told["appropriation", str(fund_), "committed"] == 100 * sign
        assert told["appropriation", str(fund_), "available"] == -100 * sign
        assert told["appropriation", str(fund_), "unobligated"] == 100 * sign
    assert {kind for kind, _name, _measure in told} <= {"appropriation", "account", "year"}


def test_another_agency_and_partner_are_told() -> None:
    entry, batch = committed_entry(0), factories.batch()
    old = entry.commitment
    assert old
    agency, partner = factories.organization(code="New/1"), factories.organization(code="New/2")
    made = factories.commitment(
        batch, appropriation=old.appropriation, area=old.area, country=old.country, goal=old.goal,
        agency=agency, partner=partner,
    )  # fmt: skip
    line(batch, old, Stage.COMMITTED, Decimal(-100), entry.effective_date)
    line(batch, made, Stage.COMMITTED, Decimal(100), entry.effective_date)
    told = {
        (figure.kind, figure.name): (figure.before.known, figure.change.amount)
        for figure in preview(batch.pk).figures(today())
        if figure.measure == "committed"
    }
    assert told["agency", "New/1"] == (False, 100)
    assert told["agency", old.agency.code] == (True, -100)
    assert told["partner", "New/2"] == (False, 100)
    assert {kind for kind, _name in told} == {"agency", "partner"}


def test_a_batch_of_nothing_changes_nothing() -> None:
    told = preview(factories.batch().pk)
    assert (told.count, told.parts, told.days) == (0, (), [today()])
