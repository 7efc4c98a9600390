"""Random work on the desk beside a plain model, which says what each step does."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from carsi_tracker.figures.query import Query, Version
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line, Posting
from tests import factories
from tests.ledger.model import STAGES, Amount, Draft
from tests.ledger.workbench import DAYS, Workbench

DAY = st.sampled_from(DAYS)
AMOUNT = st.integers(-50_00, 90_00).filter(bool).map(lambda cents: Decimal(cents) / 100)
TITLE = st.sampled_from(["Boats", "Radios", "Courses"])
RARELY = st.integers(0, 7).map(lambda chance: chance == 5)
PICK = st.integers(0, 1000)
WORKER = st.integers(0, 2)
PERSON = st.integers(0, 3)
some_draft = precondition(lambda self: self.ledger.drafts)
some_line = precondition(lambda self: any(d.lines for d in self.ledger.drafts.values()))
some_commitment = precondition(lambda self: self.ledger.titles)
some_version = precondition(lambda self: self.ledger.versions)


class Desk(Workbench):
    """What analysts and approvers do, in any order."""

    @initialize()
    def open_the_ledger(self) -> None:
        self.set_up()
        for which in (0, 1):
            self.draft_a_fund(which, Decimal(100), DAYS[0], 0)
            self.finish(0, 0)

    @rule(which=PICK, amount=AMOUNT, day=DAY, worker=WORKER)
    def draft_a_fund(self, which: int, amount: Decimal, day: date, worker: int) -> None:
        key = self._draft(worker)
        self._add(key, self.appropriations[which % 2], "appropriated", amount, day, worker)

    @rule(which=PICK, amount=AMOUNT, day=DAY, worker=WORKER, forgotten=RARELY)
    def draft_a_commitment(
        self, which: int, amount: Decimal, day: date, worker: int, *, forgotten: bool
    ) -> None:
        """Draft a commitment with its first amount, or an appropriation's in its place."""
        key = self._draft(worker)
        appropriation = self.appropriations[which % 2]
        made = factories.commitment(
            Batch.objects.get(pk=key),
            by=self.people[worker],
            appropriation=appropriation,
            **self.described,
        )
        self.references[made.pk] = made.reference
        self.ledger.titles[made.pk] = made.title
        self.ledger.drafts[key].introduces.add(made.pk)
        if forgotten:
            self._add(key, appropriation, "appropriated", abs(amount), day, worker)
        else:
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
    @rule(which=PICK, title=TITLE, worker=WORKER)
    def rename_a_draft(self, which: int, title: str, worker: int) -> None:
        key, draft = self._pick(which)
        with posting.acting(self.people[worker]):
            Batch.objects.filter(pk=key).update(title=title)
        if draft.title != title:
            draft.title = title
            draft.edited_by(self.people[worker].pk)

    @some_commitment
    @rule(which=PICK, title=TITLE, worker=WORKER)
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
    @rule(which=PICK, worker=WORKER, alone=st.sampled_from([False, True, False]))
    def finish(self, which: int, worker: int, *, alone: bool = False) -> None:
        """Submit a draft, have it read and posted, as most are; or try to do so alone."""
        self.submit(which, 2 if alone else worker)
        self.read(which)
        self.post(which, 2 if alone else 3)

    @some_draft
    @rule(which=PICK, worker=WORKER, title=TITLE)
    def finish_unread(self, which: int, worker: int, title: str) -> None:
        """Change a draft after it was read, and have it posted as if it had not been changed."""
        self.read(which)
        self.rename_a_draft(which, title, worker)
        self.submit(which, worker)
        self.post(which, 3)

    @some_version
    @rule(which=PICK, worker=WORKER, then=st.sampled_from(["wait", "finish", "finish", "alter"]))
    def reverse(self, which: int, worker: int, then: str) -> None:
        version = self._pick_version(which)
        who = self.people[worker]
        why_not = self.ledger.why_not_reversed(version)
        key = self._expect(why_not, lambda: posting.reverse(version, who, "Reversal", "Wrong"))
        if why_not:
            return
        lines = Line.objects.filter(batch=key).order_by("pk").values_list("pk", flat=True)
        back = [amount.negated() for amount in self.ledger.versions[version]]
        draft = Draft("Reversal", {who.pk}, dict(zip(lines, back, strict=True)), reverses=version)
        self.ledger.drafts[key] = draft
        if then == "alter":
            self._add(key, self.appropriations[0], "appropriated", Decimal(1), DAYS[0], worker)
        if then != "wait":
            self.finish(0, worker)

    @some_version
    @rule(
        which=PICK,
        day=DAY,
        act=st.sampled_from([posting.submit, posting.withdraw, posting.discard]),
    )
    def look_back(self, which: int, day: date, act: Callable[..., None]) -> None:
        """Ask for the figures of a version, and in vain for its batch to change."""
        number = self._pick_version(which)
        posted = Posting.objects.get(version=number)
        query = Query(Version(number, posted.checksum), day)
        self._figures_agree(query, self.ledger.posted(up_to=number))
        self._expect("posted_already", lambda: act(posted.batch_id, self.people[0]))

    @some_version
    @rule(which=PICK, person=PERSON)
    def countersign(self, which: int, person: int) -> None:
        """Ask in vain: the office has two people, so each version was posted by a second one."""
        who = self.people[person]
        why_not = "posted_by_two" if who.is_approver else "role_missing"
        self._expect(why_not, lambda: posting.countersign(self._pick_version(which), who))
