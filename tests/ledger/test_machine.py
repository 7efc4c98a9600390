"""Random work on the desk against a plain model: rules hold and figures agree after each step."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Appropriation, Batch, Commitment, Country, Line
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.model import STAGES, Amount, Draft, Ledger, is_sound, sums

DAYS = [date(2009, 1, 1), date(2009, 3, 13), date(2009, 9, 30), date(2010, 9, 30)]
AMOUNTS = st.integers(-30_00, 60_00).filter(bool).map(lambda cents: Decimal(cents) / 100)
PICK = st.integers(0, 10**6)
WORKER = st.integers(0, 2)
EXAMPLES, STEPS = (300, 100) if os.environ.get("LEDGER_MACHINE") == "long" else (30, 50)


class Desk(RuleBasedStateMachine):
    """Two analysts, one who is also an approver, and an approver who never has a hand."""

    @initialize()
    def open(self) -> None:
        self.ledger = Ledger()
        self.workers = [
            factories.analyst(),
            factories.analyst(),
            factories.person(is_analyst=True, is_approver=True),
        ]
        self.approver = factories.approver()
        self.appropriations = [factories.appropriation(), factories.appropriation()]
        self.source = factories.document()
        self.described = {
            "area": factories.area(),
            "country": Country.objects.first() or factories.country(),
            "agency": factories.organization(),
        }

        for which in (0, 1):
            self.draft_a_fund(which, Decimal(100), DAYS[0], 0)
            self.finish(-1, 0)

    @rule(which=PICK, amount=AMOUNTS, day=st.sampled_from(DAYS), worker=WORKER)
    def draft_a_fund(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        appropriation = self.appropriations[which % 2]
        key = self._new_draft(worker)
        self._add(key, appropriation, "appropriated", abs(amount) * 4, day, worker)

    @rule(which=PICK, amount=AMOUNTS, day=st.sampled_from(DAYS), worker=WORKER)
    def draft_a_commitment(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        key = self._new_draft(worker)
        commitment = factories.commitment(
            posting_batch(key),
            by=self.workers[worker],
            appropriation=self.appropriations[which % 2],
            **self.described,
        )
        self.ledger.drafts[key].introduces.add(commitment.pk)
        self._add(key, commitment, "committed", abs(amount), day, worker)

    @precondition(lambda self: self.ledger.drafts)
    @rule(
        which=PICK,
        of=PICK,
        stage=st.sampled_from(STAGES),
        amount=AMOUNTS,
        day=st.sampled_from(DAYS),
        worker=WORKER,
    )
    def add_a_line(
        self, which: int, of: int, stage: str, amount: Decimal, day: date, worker: int
    ) -> None:
        key, draft = self._some_draft(which)
        usable = sorted(self.ledger.commitments | draft.introduces)
        if usable:
            commitment = Commitment.objects.get(pk=usable[of % len(usable)])
            self._add(key, commitment, stage, amount, day, worker)

    @precondition(lambda self: any(draft.lines for draft in self.ledger.drafts.values()))
    @rule(which=PICK, amount=AMOUNTS, worker=WORKER, gone=st.booleans())
    def change_a_line(self, which: int, amount: Decimal, worker: int, gone: bool) -> None:
        lines = [(key, line) for key, draft in self.ledger.drafts.items() for line in draft.lines]
        key, line = lines[which % len(lines)]
        draft = self.ledger.drafts[key]
        with posting.acting(self.workers[worker]):
            row = Line.objects.get(pk=line)
            if gone:
                row.delete()
                del draft.lines[line]
            else:
                row.amount = amount
                row.save()
                old = draft.lines[line]
                draft.lines[line] = Amount(
                    old.appropriation, old.commitment, old.stage, amount, old.day
                )
        self._edited(draft, worker)

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK, worker=WORKER)
    def submit(self, which: int, worker: int) -> None:
        key, draft = self._some_draft(which)
        refused = draft.state != "draft" or self.ledger.refuses_to_submit(draft)
        self._expect(refused, lambda: posting.submit(key, self.workers[worker]))
        if not refused:
            draft.state = "submitted"
            draft.hands.add(self.workers[worker].pk)

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK, worker=WORKER)
    def withdraw(self, which: int, worker: int) -> None:
        key, draft = self._some_draft(which)
        refused = draft.state != "submitted"
        self._expect(refused, lambda: posting.withdraw(key, self.workers[worker]))
        if not refused:
            self._edited(draft, worker)

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK)
    def send_back(self, which: int) -> None:
        key, draft = self._some_draft(which)
        refused = draft.state != "submitted"
        self._expect(refused, lambda: posting.send_back(key, self.approver, "Look again"))
        draft.state = "draft"

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK, worker=WORKER)
    def discard(self, which: int, worker: int) -> None:
        key, draft = self._some_draft(which)
        refused = draft.state != "draft"
        self._expect(refused, lambda: posting.discard(key, self.workers[worker]))
        if not refused:
            del self.ledger.drafts[key]

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK, by_worker=st.booleans())
    def post(self, which: int, by_worker: bool) -> None:
        key, draft = self._some_draft(which)
        poster = self.workers[2] if by_worker else self.approver
        refused = (
            draft.state != "submitted"
            or poster.pk in draft.hands
            or self.ledger.refuses_to_submit(draft)
        )
        version = self._expect(refused, lambda: posting.post(key, poster, posting.digest(key)))
        if not refused:
            self.ledger.post(key, version)

    @precondition(lambda self: self.ledger.drafts)
    @rule(which=PICK, worker=WORKER)
    def finish(self, which: int, worker: int) -> None:
        """Submit a draft and have it posted, as most are."""
        key, _ = self._some_draft(which)
        self.submit(which, worker)
        if self.ledger.drafts[key].state == "submitted":
            self.post(which, by_worker=False)

    @precondition(lambda self: self.ledger.versions)
    @rule(which=PICK, worker=WORKER)
    def reverse(self, which: int, worker: int) -> None:
        version = sorted(self.ledger.versions)[which % len(self.ledger.versions)]
        pending = {draft.reverses for draft in self.ledger.drafts.values()}
        refused = version in self.ledger.reversed | pending
        person = self.workers[worker]
        key = self._expect(refused, lambda: posting.reverse(version, person, "Reversal", "Wrong"))
        if not refused:
            lines = Line.objects.filter(batch=key).order_by("pk").values_list("pk", flat=True)
            back = [amount.negated() for amount in self.ledger.versions[version]]
            self.ledger.drafts[key] = Draft(
                dict(zip(lines, back, strict=True)), set(), {person.pk}, version
            )

    @invariant()
    def rules_hold_and_figures_agree(self) -> None:
        posted = self.ledger.posted
        assert is_sound(posted)
        for day in DAYS:
            assert figures(self.appropriations, day) == {
                key: amount for key, amount in sums(posted, day).items() if amount
            }
        with connection.cursor() as cursor:
            cursor.execute("select * from rules.verify()")
            assert cursor.fetchall() == []

    def _new_draft(self, worker: int) -> int:
        key = factories.batch(self.workers[worker]).pk
        self.ledger.drafts[key] = Draft(hands={self.workers[worker].pk})
        return key

    def _add(
        self,
        key: int,
        of: Appropriation | Commitment,
        stage: str,
        amount: Decimal,
        day: date,
        worker: int,
    ) -> None:
        line = factories.line(
            posting_batch(key),
            of,
            stage,  # type: ignore[arg-type]
            amount,
            day,
            by=self.workers[worker],
            document=self.source,
        )
        draft = self.ledger.drafts[key]
        draft.lines[line.pk] = Amount(line.appropriation_id, line.commitment_id, stage, amount, day)
        self._edited(draft, worker)

    def _edited(self, draft: Draft, worker: int) -> None:
        draft.state = "draft"
        draft.hands.add(self.workers[worker].pk)

    def _some_draft(self, which: int) -> tuple[int, Draft]:
        keys = sorted(self.ledger.drafts)
        key = keys[which % len(keys)]
        return key, self.ledger.drafts[key]

    def _expect(self, refused: bool, ask: Callable[[], Any]) -> Any:
        if not refused:
            return ask()
        with pytest.raises(Refused):
            ask()
        return None


def posting_batch(key: int) -> Any:
    return Batch.objects.get(pk=key)


def figures(appropriations: list[Appropriation], day: date) -> dict[tuple[str, int, str], Decimal]:
    """Return what the journal holds through a day, as the model counts it; zeros left out."""
    found = {}
    for kind in ("appropriation", "commitment"):
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {kind}_id, stage, sum(amount) from ledger_entry where effective_date <= %s"
                f" and appropriation_id = any(%s) and {kind}_id is not null group by 1, 2",
                [day, [appropriation.pk for appropriation in appropriations]],
            )
            for key, stage, amount in cursor.fetchall():
                found[kind, key, stage] = amount
    return {key: amount for key, amount in found.items() if amount}


@pytest.mark.usefixtures("django_speaks_as_application")
def test_random_work_keeps_every_rule_and_every_figure() -> None:
    run_machine(
        Desk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute("select count(*), count(reverses_id) from ledger_posting")
        posted, reversals = cursor.fetchone()
    assert (posted > 20, reversals > 2) == (True, True), "the work was too idle to tell anything"
