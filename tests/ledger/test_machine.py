"""Random work on the desk against a plain model: rules hold and figures agree after each step.

`LEDGER_MACHINE=long` works longer, and differently each time.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from carsi_tracker.figures import answers
from carsi_tracker.figures.question import Question, Version, newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Commitment,
    Line,
    Posting,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.model import STAGES, Amount, Draft, Ledger, Sums, is_sound, sums

LONG = os.environ.get("LEDGER_MACHINE") == "long"
DAYS = [date(2009, 1, 1), date(2009, 3, 13), date(2009, 9, 30), date(2010, 9, 30)]
DAY = st.sampled_from(DAYS)
AMOUNT = st.integers(-30_00, 60_00).filter(bool).map(lambda cents: Decimal(cents) / 100)
PICK = st.integers(0, 1000)
WORKER = st.integers(0, 2)
PERSON = st.integers(0, 3)
MET = {
    "balance_broken",
    "batch_is_empty",
    "changed_since_read",
    "commitment_of_another_batch",
    "commitment_without_amount",
    "had_a_hand",
    "not_a_draft",
    "not_submitted",
    "posted_already",
    "reversal_altered",
    "reversed_already",
    "role_missing",
}
"""The rules that random work runs into."""

some_draft = precondition(lambda self: self.ledger.drafts)
some_line = precondition(lambda self: any(d.lines for d in self.ledger.drafts.values()))
some_commitment = precondition(lambda self: self.ledger.titles)
some_version = precondition(lambda self: self.ledger.versions)


class Desk(RuleBasedStateMachine):
    """Two analysts, one who is an approver too, and an approver who never edits."""

    refused: ClassVar[Counter[str]] = Counter()

    @initialize()
    def open(self) -> None:
        self.ledger = Ledger()
        self.people = [
            factories.analyst(),
            factories.analyst(),
            factories.analyst(is_approver=True),
            factories.approver(),
        ]
        self.appropriations = [factories.appropriation(), factories.appropriation()]
        self.references: dict[int, str] = {}
        self.source = factories.document()
        self.described = {
            "area": factories.area(),
            "country": factories.country(),
            "agency": factories.organization(),
        }
        for which in (0, 1):
            self.draft_a_fund(which, Decimal(100), DAYS[0], 0)
            self.finish(-1, 0)

    @rule(which=PICK, amount=AMOUNT, day=DAY, worker=WORKER)
    def draft_a_fund(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        key = self._draft(worker)
        self._add(key, self.appropriations[which % 2], "appropriated", amount, day, worker)

    @rule(which=PICK, amount=AMOUNT, day=DAY, worker=WORKER)
    def draft_a_commitment(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        key = self._draft(worker)
        made = factories.commitment(
            Batch.objects.get(pk=key),
            by=self.people[worker],
            appropriation=self.appropriations[which % 2],
            **self.described,
        )
        self.references[made.pk] = made.reference
        self.ledger.titles[made.pk] = made.title
        self.ledger.drafts[key].introduces.add(made.pk)
        self._add(key, made, "committed", abs(amount), day, worker)

    @some_draft
    @some_commitment
    @rule(
        which=PICK,
        of=PICK,
        stage=st.sampled_from(STAGES[1:]),
        amount=AMOUNT,
        day=DAY,
        worker=WORKER,
    )
    def add_a_line(
        self, which: int, of: int, stage: str, amount: Decimal, day: date, worker: int
    ) -> None:
        key, draft = self._pick(which)
        commitment = Commitment.objects.get(pk=self._pick_commitment(of))
        introducer = self.ledger.introducer(commitment.pk)
        self._expect(
            "commitment_of_another_batch" if introducer not in (None, draft) else None,
            lambda: self._add(key, commitment, stage, amount, day, worker),
        )

    @some_line
    @rule(which=PICK, amount=AMOUNT, day=DAY, worker=WORKER)
    def change_a_line(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        draft, line = self._pick_line(which)
        was = draft.lines[line]
        draft.lines[line] = Amount(was.appropriation, was.commitment, was.stage, amount, day)
        with posting.acting(self.people[worker]):
            Line.objects.filter(pk=line).update(amount=amount, effective_date=day)
        draft.edited_by(self.people[worker].pk)

    @some_line
    @rule(which=PICK, worker=WORKER)
    def delete_a_line(self, which: int, worker: int) -> None:
        draft, line = self._pick_line(which)
        del draft.lines[line]
        with posting.acting(self.people[worker]):
            Line.objects.get(pk=line).delete()
        draft.edited_by(self.people[worker].pk)

    @some_draft
    @rule(which=PICK, title=st.sampled_from(["One", "Two"]), worker=WORKER)
    def rename_a_draft(self, which: int, title: str, worker: int) -> None:
        key, draft = self._pick(which)
        with posting.acting(self.people[worker]):
            Batch.objects.filter(pk=key).update(title=title)
        if draft.title != title:
            draft.title = title
            draft.edited_by(self.people[worker].pk)

    @some_commitment
    @rule(which=PICK, title=st.sampled_from(["Boats", "Radios"]), worker=WORKER)
    def correct_a_title(self, which: int, title: str, worker: int) -> None:
        commitment = self._pick_commitment(which)
        with posting.acting(self.people[worker]):
            Commitment.objects.filter(pk=commitment).update(title=title)
        self.ledger.titles[commitment] = title
        introducer = self.ledger.introducer(commitment)
        if introducer:
            introducer.edited_by(self.people[worker].pk)

    @some_draft
    @rule(which=PICK)
    def read(self, which: int) -> None:
        key, draft = self._pick(which)
        draft.read = (posting.digest(key), self.ledger.shown(draft))

    @some_draft
    @rule(which=PICK, person=PERSON)
    def submit(self, which: int, person: int) -> None:
        key, draft = self._pick(which)
        who = self.people[person]
        why_not = None if who.is_analyst else "role_missing"
        why_not = why_not or self.ledger.why_not_submitted(draft)
        self._expect(why_not, lambda: posting.submit(key, who))
        if not why_not:
            draft.state = "submitted"
            draft.hands.add(who.pk)

    @some_draft
    @rule(which=PICK, worker=WORKER)
    def withdraw(self, which: int, worker: int) -> None:
        key, draft = self._pick(which)
        why_not = None if draft.state == "submitted" else "not_submitted"
        self._expect(why_not, lambda: posting.withdraw(key, self.people[worker]))
        if not why_not:
            draft.edited_by(self.people[worker].pk)

    @some_draft
    @rule(which=PICK)
    def send_back(self, which: int) -> None:
        key, draft = self._pick(which)
        why_not = None if draft.state == "submitted" else "not_submitted"
        self._expect(why_not, lambda: posting.send_back(key, self.people[3], "Look again"))
        draft.state = "draft"

    @some_draft
    @rule(which=PICK, worker=WORKER)
    def discard(self, which: int, worker: int) -> None:
        key, draft = self._pick(which)
        why_not = None if draft.state == "draft" else "not_a_draft"
        self._expect(why_not, lambda: posting.discard(key, self.people[worker]))
        if not why_not:
            self.ledger.discard(key)

    @some_draft
    @rule(which=PICK, person=PERSON)
    def post(self, which: int, person: int) -> None:
        key, draft = self._pick(which)
        who = self.people[person]
        why_not = None if who.is_approver else "role_missing"
        why_not = why_not or self.ledger.why_not_posted(draft, who.pk)
        digest = draft.read[0] if draft.read else posting.digest(key)
        version = self._expect(why_not, lambda: posting.post(key, who, digest))
        if not why_not:
            self.ledger.post(key, version)

    @some_draft
    @rule(which=PICK, worker=WORKER)
    def finish(self, which: int, worker: int) -> None:
        """Submit a draft, have it read and posted, as most are."""
        self.submit(which, worker)
        self.read(which)
        self.post(which, 3)

    @some_version
    @rule(which=PICK, worker=WORKER, and_finish=st.booleans())
    def reverse(self, which: int, worker: int, and_finish: bool) -> None:
        version = sorted(self.ledger.versions)[which % len(self.ledger.versions)]
        who = self.people[worker]
        why_not = self.ledger.why_not_reversed(version)
        key = self._expect(why_not, lambda: posting.reverse(version, who, "Reversal", "Wrong"))
        if why_not:
            return
        lines = Line.objects.filter(batch=key).order_by("pk").values_list("pk", flat=True)
        back = [amount.negated() for amount in self.ledger.versions[version]]
        draft = Draft("Reversal", {who.pk}, dict(zip(lines, back, strict=True)), reverses=version)
        self.ledger.drafts[key] = draft
        if and_finish:
            self.finish(-1, worker)

    @some_version
    @rule(which=PICK, act=st.sampled_from([posting.submit, posting.withdraw, posting.discard]))
    def act_on_what_is_posted(self, which: int, act: Callable[..., None]) -> None:
        key = self.ledger.posted_batches[which % len(self.ledger.posted_batches)]
        self._expect("posted_already", lambda: act(key, self.people[0]))

    @some_version
    @rule(which=PICK, day=DAY)
    def look_back(self, which: int, day: date) -> None:
        number = sorted(self.ledger.versions)[which % len(self.ledger.versions)]
        version = Version(number, Posting.objects.get(version=number).checksum)
        self._figures_agree(Question(version, day), self.ledger.posted(up_to=number))

    @invariant()
    def rules_hold_and_figures_agree(self) -> None:
        posted = self.ledger.posted()
        assert is_sound(posted)
        head, _ = newest()
        for day in DAYS:
            self._figures_agree(Question(head, day), posted)
        with connection.cursor() as cursor:
            cursor.execute("select * from rules.verify()")
            assert cursor.fetchall() == []

    def _figures_agree(self, question: Question, posted: list[Amount]) -> None:
        ours = {appropriation.pk for appropriation in self.appropriations}
        found = answers.breakdown(question, "appropriation")
        assert {key: as_sums(of) for key, of in found.items() if key in ours} == sums(
            posted, question.day, "appropriation"
        )
        found = answers.breakdown(question, "commitment")
        assert {
            key: as_sums(found[reference])
            for key, reference in self.references.items()
            if reference in found
        } == sums(posted, question.day, "commitment")

    def _draft(self, worker: int) -> int:
        made = factories.batch(self.people[worker])
        self.ledger.drafts[made.pk] = Draft(made.title, {self.people[worker].pk})
        return made.pk

    def _add(
        self,
        key: int,
        of: Appropriation | Commitment,
        stage: str,
        amount: Decimal,
        day: date,
        worker: int,
    ) -> None:
        who = self.people[worker]
        batch = Batch.objects.get(pk=key)
        line = factories.line(batch, of, Stage(stage), amount, day, who, document=self.source)
        draft = self.ledger.drafts[key]
        draft.lines[line.pk] = Amount(line.appropriation_id, line.commitment_id, stage, amount, day)
        draft.edited_by(who.pk)

    def _pick(self, which: int) -> tuple[int, Draft]:
        keys = sorted(self.ledger.drafts)
        key = keys[which % len(keys)]
        return key, self.ledger.drafts[key]

    def _pick_line(self, which: int) -> tuple[Draft, int]:
        lines = [(draft, line) for draft in self.ledger.drafts.values() for line in draft.lines]
        return lines[which % len(lines)]

    def _pick_commitment(self, which: int) -> int:
        return sorted(self.ledger.titles)[which % len(self.ledger.titles)]

    def _expect(self, why_not: str | None, ask: Callable[[], Any]) -> Any:
        if why_not is None:
            return ask()
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.rule == why_not
        self.refused[why_not] += 1
        return None


def as_sums(totals: answers.Totals) -> Sums:
    return Sums([getattr(totals, stage) for stage in STAGES], totals.entries)


@pytest.mark.usefixtures("django_speaks_as_application")
def test_random_work_keeps_every_rule_and_every_figure() -> None:
    Desk.refused.clear()
    run_machine(
        Desk,
        settings=settings(
            max_examples=500 if LONG else 30,
            stateful_step_count=100 if LONG else 50,
            deadline=None,
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Desk.refused.keys() == MET, "the work was too idle to tell anything"
    assert Posting.objects.count() > 100
    assert Posting.objects.filter(reverses__isnull=False).count() > 10
