"""What changed in a batch since somebody read it, or since it was last submitted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.changes import Differences, differences
from carsi_tracker.ledger.models import Batch

# What this person read last, or what they say they read, if it is not what they read now.
READ = """
    select read_at, digest
    from ledger_reading
    where batch_id = %(batch)s and user_id = %(user)s and digest <> %(now)s
    order by (digest = %(digest)s) desc, id desc limit 1
"""

SUBMITTED = """
    with latest as (
        select digest, submitted_at, row_number() over (order by id desc) as place
        from ledger_submission where batch_id = %(batch)s order by id desc limit 2
    )
    select submitted_at, digest, (select digest from latest where place = %(before)s - 1)
    from latest where place = %(before)s
"""

DEEDS = """
    select 'changed', user_id, changed_at from ledger_batcheditor
    where batch_id = %(batch)s and changed_at > %(since)s
    union all
    select 'submitted', submitted_by_id, submitted_at from ledger_submission
    where batch_id = %(batch)s and submitted_at > %(since)s
    union all
    select 'remarked', author_id, written_at from ledger_remark
    where batch_id = %(batch)s and written_at > %(since)s
    union all
    select 'renamed', v.actor_id, v.happened_at
    from ledger_batcheditor e join accounts_event v on v.person_id = e.user_id
    where e.batch_id = %(batch)s and v.happened_at > %(since)s and v.actor_id is not null
        and v.kind = 'person_changed' and v.detail ?| '{first_name,last_name,username}'
    order by 3
"""


# Versions posted since, and whether they have amounts of what the batch has amounts of: of the same
# commitment, or both at stages of which the uncommitted balance of an appropriation is made.
POSTED = """
    with of_batch as materialized (
        select distinct appropriation_id, commitment_id,
            stage::text in ('appropriated', 'committed') as of_uncommitted
        from ledger_line where batch_id = %(batch)s
    )
    select p.version, p.title, p.language, p.batch_id, p.approved_by, p.posted_at, exists (
        select from ledger_entry e
        where e.version = p.version and (
            e.commitment_id in (select commitment_id from of_batch)
            or e.stage::text in ('appropriated', 'committed')
                and e.appropriation_id in (
                    select appropriation_id from of_batch where of_uncommitted
                )
        )
    )
    from ledger_posting p
    where p.posted_at > %(since)s
    order by p.version desc
    limit %(most)s
"""
MOST_VERSIONS = 10


@dataclass(frozen=True)
class PostedSince:
    """A version that was posted in between; whether it changed a balance that the batch uses."""

    version: int
    title: str
    language: str
    batch_id: int
    who: str
    when: datetime
    touches: bool


@dataclass(frozen=True)
class Deed:
    """What somebody did to a batch: changed (or withdrew), submitted or remarked it.

    Or they renamed somebody who prepared it.
    """

    kind: str
    who: str
    when: datetime


@dataclass(frozen=True)
class Changes:
    """What changed since a moment, and what people did since; false where nothing changed.

    `read` says that it is what this person read then, not what was submitted then; `posted` has the
    newest versions since, of which there is a tenth where there may be more.
    """

    since: datetime
    read: bool
    found: Differences
    deeds: tuple[Deed, ...]
    posted: tuple[PostedSince, ...]

    def __bool__(self) -> bool:
        return bool(self.found)


def changes_since_reading(
    batch: Batch, user: User, now: str = "", digest: str = ""
) -> Changes | None:
    """Return how a batch differs from what `user` read of it; if nothing, from a submission.

    `digest` is of what they say they read, else it is what they read last; `now` of what they read
    now, with which nothing is compared. None where there is nothing to compare with.
    """
    asked = {"batch": batch.pk, "user": user.pk, "digest": digest, "now": now}
    row = _first(READ, asked)
    if row is None:
        return changes_since_submission(batch)
    since, read = row
    return _changes(batch, since, differences(batch.pk, read), read=True)


def changes_since_submission(batch: Batch) -> Changes | None:
    """Return how a draft differs from what was submitted last, or a submission from the one before.

    None where there is nothing to compare with.
    """
    before = 1 if batch.state == Batch.State.DRAFT else 2
    row = _first(SUBMITTED, {"batch": batch.pk, "before": before})
    if row is None:
        return None
    since, was, became = row
    return _changes(batch, since, differences(batch.pk, was, became or ""), read=False)


def _changes(batch: Batch, since: datetime, found: Differences, *, read: bool) -> Changes:
    with connection.cursor() as cursor:
        cursor.execute(DEEDS, {"batch": batch.pk, "since": since})
        rows = cursor.fetchall()
        cursor.execute(POSTED, {"batch": batch.pk, "since": since, "most": MOST_VERSIONS})
        posted = tuple(PostedSince(*row) for row in cursor.fetchall())
    people = User.objects.in_bulk({person for _kind, person, _when in rows})
    deeds = tuple(Deed(kind, people[person].display_name, when) for kind, person, when in rows)
    return Changes(since, read, found, deeds, posted)


def _first(sql: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
