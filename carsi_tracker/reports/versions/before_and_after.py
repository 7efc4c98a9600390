"""The sums that a version changed, before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.query import Query, Version
from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.reports.balances.sums import STAGES
from carsi_tracker.reports.page.filters import name_of_balance
from carsi_tracker.reports.page.links import Linked, linked
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.subjects.kinds import KINDS, address

SHOWN = (*STAGES, "available")
"""The sums and the balance of the whole ledger that are shown, changed or not."""
BY = ("country", "area", "appropriation")


@dataclass(frozen=True)
class ChangedSum:
    """A sum before and after a version, and what it added; `before` is None for the first one."""

    name: str
    href: str | None
    before: Linked | None
    after: Linked
    change: Linked


@dataclass(frozen=True)
class VersionSteps:
    """The questions for a version's own entries, and for all there were after and before it."""

    added: Query
    after: Query
    before: Query | None

    def where(self, **changes: str) -> "VersionSteps":
        """Ask each question of other entries."""
        before = self.before.where(**changes) if self.before else None
        return VersionSteps(self.added.where(**changes), self.after.where(**changes), before)


@dataclass(frozen=True)
class ChangedSubjects:
    """The subjects whose sum of a stage a version changed, of all kinds one after the other."""

    stage: str
    rows: list[ChangedSum]


def steps_of(query: Query, posting: Posting, previous: Posting | None) -> VersionSteps:
    """Return what is asked about a version, whose own entries the query chooses."""
    before = in_version(query, previous) if previous else None
    return VersionSteps(query, in_version(query, posting), before)


def in_version(query: Query, posting: Posting) -> Query:
    """Ask for everything in a version, which the address then names."""
    version = Version(posting.version, posting.checksum, query.version.label_revision)
    return replace(query.everywhere(), version=version, pinned=True)


def totals_changed(steps: VersionSteps) -> list[ChangedSum]:
    """Return the sums of the whole ledger before and after a version."""
    sums = aggregates.totals(steps.added), aggregates.totals(steps.after)
    return [_changed(name_of_balance(name), None, name, steps, sums) for name in SHOWN]


def subjects_changed(public: PublicRequest, steps: VersionSteps) -> ChangedSubjects | None:
    """Return the subjects that a version changed, at the first stage at which it changed one."""
    for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED, Stage.APPROPRIATED):
        if rows := list(_subjects(public, stage, steps)):
            return ChangedSubjects(name_of_balance(stage), rows)
    return None


def _subjects(public: PublicRequest, stage: str, steps: VersionSteps) -> Iterator[ChangedSum]:
    for kind in (KINDS[name] for name in BY):
        added = aggregates.breakdown(steps.added, kind.page)
        keys = [key for key, sums in added.items() if key is not None and sums.of(stage).amount]
        after = aggregates.breakdown_of(steps.after, kind.page, keys)
        for subject in kind.subjects(public):
            if subject.key in after:
                href = address(kind, subject, steps.added)
                sums = added[subject.key], after[subject.key]
                its = steps.where(**dict(subject.filters))
                yield _changed(subject.name, href, stage, its, sums)


def _changed(
    name: str, href: str | None, balance: str, steps: VersionSteps, sums: tuple[Sums, Sums]
) -> ChangedSum:
    """Link a stage or measure of the sums that were added, and of those that stood after it."""
    added, after = sums
    before = after.of(balance) - added.of(balance)
    return ChangedSum(
        name,
        href,
        linked(before, steps.before.summing(balance)) if steps.before else None,
        linked(after.of(balance), steps.after.summing(balance)),
        linked(added.of(balance), steps.added.summing(balance)),
    )
