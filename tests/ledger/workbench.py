"""What random work on the desk stands on: people, money, and the comparison with the model."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine, invariant

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Commitment,
    Country,
    Organization,
    ProgrammingArea,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.model import STAGES, Amount, Draft, Ledger, Sums, is_sound, sums

DAYS = [date(2009, 1, 1), date(2009, 3, 13), date(2009, 9, 30), date(2010, 9, 30)]


class Workbench(RuleBasedStateMachine):
    """Two analysts, one who is an approver too, and an approver who never edits.

    `refused` counts how often each rule refused something.
    """

    refused: ClassVar[Counter[str]] = Counter()

    def set_up(self) -> None:
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
            "area": ProgrammingArea.objects.first() or factories.area(),
            "country": Country.objects.first() or factories.country(),
            "agency": Organization.objects.first() or factories.organization(),
        }

    @invariant()
    def rules_hold_and_figures_agree(self) -> None:
        posted = self.ledger.posted()
        assert is_sound(posted)
        head, _ = newest()
        for day in DAYS:
            self._figures_agree(Query(head, day), posted)

    def teardown(self) -> None:
        """What was posted stays, so what is wrong after a step is wrong at the end."""
        with connection.cursor() as cursor:
            cursor.execute("select * from rules.verify()")
            assert cursor.fetchall() == []

    def _figures_agree(self, query: Query, posted: list[Amount]) -> None:
        ours = {appropriation.pk for appropriation in self.appropriations}
        found = aggregates.breakdown(query, "appropriation")
        assert {key: as_sums(of) for key, of in found.items() if key in ours} == sums(
            posted, query.day, "appropriation"
        )
        found = aggregates.breakdown(query, "commitment")
        assert {
            key: as_sums(found[reference])
            for key, reference in self.references.items()
            if reference in found
        } == sums(posted, query.day, "commitment")

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
        keys = sorted(self.ledger.drafts, reverse=True)
        key = keys[which % len(keys)]
        return key, self.ledger.drafts[key]

    def _pick_line(self, which: int) -> tuple[Draft, int]:
        lines = [(draft, line) for draft in self.ledger.drafts.values() for line in draft.lines]
        return lines[which % len(lines)]

    def _pick_commitment(self, which: int) -> int:
        return sorted(self.ledger.titles)[which % len(self.ledger.titles)]

    def _pick_version(self, which: int) -> int:
        return sorted(self.ledger.versions, reverse=True)[which % len(self.ledger.versions)]

    def _expect(self, why_not: str | None, ask: Callable[[], Any]) -> Any:
        if why_not is None:
            return ask()
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.rule == why_not
        self.refused[why_not] += 1
        return None


def as_sums(totals: aggregates.Sums) -> Sums:
    return Sums([getattr(totals, stage) for stage in STAGES], totals.entries)
