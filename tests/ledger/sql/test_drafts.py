"""Drafts: who writes a batch's state, and what an edit does to a batch that somebody reads."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from psycopg import IsolationLevel

from carsi_tracker.ledger.models import Batch, Commitment, Line, Stage
from tests import factories
from tests.ledger.attack import acting, post, refused, run, sealed, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

ADD_LINE = """
    insert into ledger_line (batch_id, appropriation_id, commitment_id, stage, amount,
        effective_date, document_id, locator, basis, note, revision)
    select batch_id, appropriation_id, commitment_id, stage, 1, effective_date, document_id,
        '', basis, '', 0
    from ledger_line where batch_id = %s limit 1
"""
STATES = {
    "update": "update ledger_batch set state = 'submitted', submitted_at = now(), "
    "submitted_by_id = created_by_id where id = {batch}",
    "update to posted": "update ledger_batch set state = 'posted', version = 2 where id = {batch}",
    "update of version": "update ledger_batch set version = 2 where id = {batch}",
    "update of what it reverses": "update ledger_batch set reverses_id = 1 where id = {batch}",
    "update of its maker": "update ledger_batch set created_by_id = created_by_id + 1 "
    "where id = {batch}",
    "update of its number": "update ledger_batch set id = id + 100 where id = {batch}",
    "insert on conflict": "insert into ledger_batch (id, title, reason, state, revision, "
    "created_at) values ({batch}, 'x', 'x', 'draft', 0, now()) "
    "on conflict (id) do update set state = 'posted', version = 2",
    "merge": "merge into ledger_batch b using (select 1) s on b.id = {batch} "
    "when matched then update set state = 'posted', version = 2",
    "delete": "delete from ledger_batch where id = {batch}",
}


def drafted(ledger: Ledger) -> Batch:
    """Make a draft with one amount of a commitment that it introduces."""
    made = factories.batch(ledger.analyst)
    commitment = factories.commitment(made, appropriation=ledger.appropriation)
    factories.line(made, commitment, Stage.COMMITTED, 100)
    return made


@pytest.fixture
def draft(ledger: Ledger) -> Batch:
    return drafted(ledger)


@pytest.mark.parametrize("login", ["application", "granted"])
@pytest.mark.parametrize("sql", STATES.values(), ids=STATES.keys())
def test_a_batchs_state_is_written_by_the_verbs_alone(
    ledger: Ledger, session: psycopg.Connection, draft: Batch, login: str, sql: str
) -> None:
    with sealed(login, "state_by_verbs_only"):
        run(session, ledger.analyst, sql.format(batch=draft.pk))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "posted", "version": "2"},
        {"state": "submitted", "submitted_at": "2026-11-25"},
        {"state": "draft", "version": "2"},
    ],
)
def test_a_batch_starts_as_a_draft(
    ledger: Ledger, application: psycopg.Connection, values: dict[str, str]
) -> None:
    columns = "title, reason, revision, created_at, " + ", ".join(values)
    places = "%s, %s, 0, now(), " + ", ".join(["%s"] * len(values))
    with refused("batch_starts_as_draft"):
        run(
            application,
            ledger.analyst,
            f"insert into ledger_batch ({columns}) values ({places})",
            "x",
            "x",
            *values.values(),
        )
    with (
        refused("batch_starts_as_draft"),
        acting(application, ledger.analyst),
        application.cursor().copy(f"copy ledger_batch ({columns}) from stdin") as rows,
    ):
        rows.write_row(["x", "x", "0", "2026-11-25", *values.values()])


def test_who_made_a_batch_is_who_acts_whatever_is_written(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    run(
        application, ledger.analyst,
        "insert into ledger_batch (title, reason, state, revision, created_at, created_by_id) "
        "values ('x', 'x', 'draft', 0, now(), %s)",
        ledger.approver.pk,
    )  # fmt: skip
    assert Batch.objects.get(title="x").created_by == ledger.analyst


def test_a_line_is_stamped_with_who_changed_it_whatever_is_written(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    run(
        application, ledger.analyst,
        "update ledger_line set changed_by_id = %s, revision = 77 where batch_id = %s",
        ledger.approver.pk, draft.pk,
    )  # fmt: skip
    line = draft.lines.get()
    assert (line.changed_by, line.revision) == (ledger.analyst, 1)


def test_a_line_keeps_its_batch(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    other = factories.batch(ledger.analyst)
    with refused("line_keeps_its_batch"):
        run(
            application,
            ledger.analyst,
            "update ledger_line set batch_id = %s where batch_id = %s",
            other.pk,
            draft.pk,
        )


def test_a_commitment_stays_with_the_batch_that_introduces_it(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    with refused("line_keeps_its_batch"):
        run(application, ledger.analyst,
            "update ledger_commitment set introduced_by_id = %s", factories.batch().pk)  # fmt: skip


def test_another_batch_may_not_use_a_commitment_that_is_not_posted_yet(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    commitment = draft.introduces.get()
    other = factories.batch(ledger.analyst)
    own = factories.commitment(other, appropriation=ledger.appropriation)
    factories.line(other, own, Stage.COMMITTED, 5)
    with refused("commitment_of_another_batch", reference=commitment.reference):
        run(application, ledger.analyst,
            "update ledger_line set commitment_id = %s where batch_id = %s",
            commitment.pk, other.pk)  # fmt: skip
    factories.submitted(draft)
    post(application, ledger.approver, draft.pk)
    run(application, ledger.analyst,
        "update ledger_line set commitment_id = %s where batch_id = %s",
        commitment.pk, other.pk)  # fmt: skip


def test_nothing_is_added_to_a_posted_batch_in_the_same_transaction(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft)
    commitment = draft.introduces.get()
    late = (
        f"insert into ledger_commitment (reference, title, title_es, appropriation_id, area_id, "
        f"country_id, agency_id, introduced_by_id) select 'REF-LATE', 'x', '', appropriation_id, "
        f"area_id, country_id, agency_id, introduced_by_id from ledger_commitment "
        f"where id = {commitment.pk}",
        ADD_LINE % draft.pk,
        f"update ledger_line set amount = 1 where batch_id = {draft.pk}",
        f"delete from ledger_line where batch_id = {draft.pk}",
        f"update ledger_batch set title = 'late' where id = {draft.pk}",
        f"select rules.note_hand(array[{draft.pk}])",
    )
    with acting(application, ledger.approver):
        post(application, ledger.approver, draft.pk)
        for sql in late:
            with refused("batch_is_posted", version=2), application.transaction():
                application.execute(sql)
    assert value(application, "select version from ledger_head") == 2


def test_one_statement_does_not_post_and_change_the_batch(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    digest = factories.submitted(draft)
    post_in = f"rules.post({draft.pk}, '{digest}')"
    for sql in (
        f"with late as ({ADD_LINE % draft.pk} returning 1) select {post_in} from late",
        f"with done as (select {post_in}) update ledger_line set amount = 1 from done "
        f"where batch_id = {draft.pk}",
        f"with done as (select {post_in}) delete from ledger_line using done "
        f"where batch_id = {draft.pk}",
        f"with done as (select {post_in} as v) update ledger_commitment set title = 'x', "
        f"country_id = country_id + v - v from done",
        f"with late as (update ledger_batch set title = 'x' where id = {draft.pk} returning 1) "
        f"select {post_in} from late",
    ):
        with pytest.raises(psycopg.Error):
            run(application, ledger.approver, sql)
    assert value(application, "select version from ledger_head") == 1
    assert post(application, ledger.approver, draft.pk) == 2


EDITS = {
    "of an amount": "update ledger_line set amount = amount + 1 where batch_id = {batch}",
    "of a note": "update ledger_line set note = 'x' where batch_id = {batch}",
    "by another line": ADD_LINE.replace("%s", "{batch}"),
    "by a line less": "delete from ledger_line where batch_id = {batch}",
    "of a commitment": "update ledger_commitment set goal_id = {goal} "
    "where introduced_by_id = {batch}",
    "of a commitment's title": "update ledger_commitment set title = 'Another' "
    "where introduced_by_id = {batch}",
    "of its title": "update ledger_batch set title = 'Another' where id = {batch}",
    "of its reason": "update ledger_batch set reason = 'Another' where id = {batch}",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_batch_edited_after_it_was_read_is_not_posted(
    ledger: Ledger, application: psycopg.Connection, draft: Batch, edit: str
) -> None:
    factories.line(draft, draft.introduces.get(), Stage.COMMITTED, 7)
    digest = factories.submitted(draft)
    run(application, ledger.analyst, edit.format(batch=draft.pk, goal=factories.goal().pk))
    with refused("not_submitted"):
        run(application, ledger.approver, "select rules.post(%s, %s)", draft.pk, digest)
    if "delete" in edit:
        factories.line(draft, draft.introduces.get(), Stage.COMMITTED, 9)
    assert factories.submitted(draft) != digest
    with refused("changed_since_read"):
        run(application, ledger.approver, "select rules.post(%s, %s)", draft.pk, digest)
    draft.refresh_from_db()
    assert draft.state == Batch.State.SUBMITTED


def test_a_posting_waits_for_an_edit_that_is_under_way(
    ledger: Ledger, application: psycopg.Connection, another: psycopg.Connection
) -> None:
    refusals: list[str | None] = []

    def post_meanwhile(draft: Batch, digest: str) -> None:
        try:
            run(another, ledger.approver, "select rules.post(%s, %s)", draft.pk, digest)
        except psycopg.errors.CheckViolation as error:
            refusals.append(error.diag.constraint_name)

    for edit in EDITS.values():
        made = drafted(ledger)
        poster = threading.Thread(target=post_meanwhile, args=(made, factories.submitted(made)))
        goal = factories.goal()
        with acting(application, ledger.analyst):
            application.execute(edit.format(batch=made.pk, goal=goal.pk))
            poster.start()
            until_waiting(application, another)
        poster.join()
        assert refusals.pop() == "not_submitted", edit


@pytest.mark.parametrize("title", ["title", "title_es"])
def test_the_title_of_a_posted_commitment_corrected_after_it_was_read_is_read_again(
    ledger: Ledger, application: psycopg.Connection, title: str
) -> None:
    commitment = factories.committed(ledger.appropriation, 100)
    draft = factories.batch(ledger.analyst)
    factories.line(draft, commitment, Stage.OBLIGATED, 50)
    digest = factories.submitted(draft)
    run(application, ledger.analyst, f"update ledger_commitment set {title} = 'Corrected'")
    with refused("changed_since_read"):
        run(application, ledger.approver, "select rules.post(%s, %s)", draft.pk, digest)
    assert post(application, ledger.approver, draft.pk) == 3


@pytest.mark.parametrize("verb", ["submit", "post"])
def test_an_uncommitted_line_makes_the_verb_wait_and_is_seen(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    draft: Batch,
    verb: str,
) -> None:
    if verb == "post":
        factories.submitted(draft)
    outcome: list[str | None] = []
    calls: dict[str, Callable[[], object]] = {
        "submit": lambda: run(another, ledger.analyst, "select rules.submit(%s)", draft.pk),
        "post": lambda: post(another, ledger.approver, draft.pk),
    }

    def call_meanwhile() -> None:
        try:
            calls[verb]()
            outcome.append("done")
        except psycopg.errors.CheckViolation as error:
            outcome.append(error.diag.constraint_name)

    with acting(application, ledger.analyst):
        application.execute(ADD_LINE, [draft.pk])
        caller = threading.Thread(target=call_meanwhile)
        caller.start()
        until_waiting(application, another)
    caller.join()
    assert outcome == ["done" if verb == "submit" else "not_submitted"]
    if verb == "submit":
        assert post(application, ledger.approver, draft.pk) == 2
        assert value(application, "select count(*) from ledger_entry where version = 2") == 2


@pytest.mark.parametrize("verb", ["submit", "post"])
def test_a_line_waits_for_the_verb_that_is_under_way(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    draft: Batch,
    verb: str,
) -> None:
    if verb == "post":
        factories.submitted(draft)
    outcome: list[str | None] = []

    def add_meanwhile() -> None:
        try:
            run(another, ledger.analyst, ADD_LINE, draft.pk)
            outcome.append("done")
        except psycopg.errors.CheckViolation as error:
            outcome.append(error.diag.constraint_name)

    with acting(application, ledger.approver if verb == "post" else ledger.analyst):
        if verb == "post":
            post(application, ledger.approver, draft.pk)
        else:
            application.execute("select rules.submit(%s)", [draft.pk])
        adder = threading.Thread(target=add_meanwhile)
        adder.start()
        until_waiting(application, another)
    adder.join()
    draft.refresh_from_db()
    if verb == "post":
        assert outcome == ["batch_is_posted"]
        assert value(application, "select count(*) from ledger_entry where version = 2") == 1
    else:
        assert outcome == ["done"]
        assert draft.state == Batch.State.DRAFT


def test_a_commitment_without_an_amount_is_not_submitted(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    unused = factories.commitment(draft)
    with refused("commitment_without_amount", reference=unused.reference):
        run(application, ledger.analyst, "select rules.submit(%s)", draft.pk)


def test_an_empty_batch_is_not_submitted(ledger: Ledger, application: psycopg.Connection) -> None:
    with refused("batch_is_empty"):
        run(application, ledger.analyst, "select rules.submit(%s)", factories.batch().pk)


def test_discarding_a_draft_discards_what_it_introduced(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft)
    with refused("not_a_draft"):
        run(application, ledger.analyst, "select rules.discard(%s)", draft.pk)
    run(application, ledger.approver, "select rules.send_back(%s, 'No')", draft.pk)
    run(application, ledger.analyst, "select rules.discard(%s)", draft.pk)
    assert not Batch.objects.filter(pk=draft.pk).exists()
    assert not Commitment.objects.exists()
    assert Line.objects.count() == 1
    with refused("no_such_batch"):
        run(application, ledger.analyst, "select rules.submit(%s)", draft.pk)


def test_moving_a_new_commitment_to_another_appropriation_takes_its_lines_along(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    other = factories.funded(500)
    factories.submitted(draft)
    mover = factories.analyst(is_approver=True)
    run(application, mover, "update ledger_commitment set appropriation_id = %s", other.pk)
    draft.refresh_from_db()
    assert draft.state == Batch.State.DRAFT
    assert draft.lines.get().appropriation == other
    factories.submitted(draft, ledger.analyst)
    with refused("had_a_hand"):
        post(application, mover, draft.pk)


def test_posting_twice_says_when_and_by_whom_it_was_posted(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    digest = factories.submitted(draft)
    again = factories.approver()
    run(application, ledger.approver, "select rules.post(%s, %s)", draft.pk, digest)
    posted_at = value(application, "select to_jsonb(posted_at) #>> '{}' from ledger_posting "
                      "where version = 2")  # fmt: skip
    for who in (ledger.approver, again):
        with refused("posted_already", version=2, approved_by="pablo", posted_at=posted_at):
            run(application, who, "select rules.post(%s, %s)", draft.pk, digest)
    for verb in ("submit", "withdraw", "discard"):
        with refused("posted_already", version=2):
            run(application, ledger.analyst, f"select rules.{verb}(%s)", draft.pk)


@pytest.mark.parametrize(
    "level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE], ids=lambda x: x.name
)
def test_a_posting_from_an_old_snapshot_does_not_miss_an_edit(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    level: IsolationLevel,
) -> None:
    for edit in ("of an amount", "of a commitment's title"):
        made = drafted(ledger)
        digest = factories.submitted(made)
        with (
            pytest.raises(psycopg.errors.SerializationFailure),
            acting(another, ledger.approver, level),
        ):
            assert value(another, "select rules.batch_digest(%s)", made.pk) == digest
            run(application, ledger.analyst, EDITS[edit].format(batch=made.pk))
            factories.submitted(made)
            another.execute("select rules.post(%s, %s)", [made.pk, digest])
        assert value(application, "select version from ledger_head") == 1, edit


def test_no_form_adds_to_a_batch_twice(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    sent = "update ledger_line set token = 'b6b1f0a2-0d6e-4e0c-9a53-0f6f2b8d9c11' where id = %s"
    run(application, ledger.analyst, sent, draft.lines.get().pk)
    other = drafted(ledger).lines.get().pk
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(application, ledger.analyst, sent, other)
