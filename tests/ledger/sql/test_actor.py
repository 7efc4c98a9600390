"""Rule 4: a batch is posted by an active approver who had no hand in it."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch, BatchEditor, Posting, Stage
from tests import factories
from tests.ledger.attack import acting, denied, post, refused, run, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting


@pytest.fixture
def draft(ledger: Ledger) -> Batch:
    """Give a draft with one amount of a commitment that it introduces."""
    made = factories.batch(ledger.analyst)
    commitment = factories.commitment(made, appropriation=ledger.appropriation)
    factories.line(made, commitment, Stage.COMMITTED, 100)
    return made


def both(**fields: Any) -> User:
    """Make a person who is analyst and approver."""
    return factories.person(is_analyst=True, is_approver=True, **fields)


def hands(batch: Batch) -> set[int]:
    return set(BatchEditor.objects.filter(batch=batch).values_list("user_id", flat=True))


HANDS: dict[str, str] = {
    "adds a line": """
        insert into ledger_line (batch_id, appropriation_id, commitment_id, stage, amount,
            effective_date, document_id, locator, basis, note, revision)
        select batch_id, appropriation_id, commitment_id, stage, 1, effective_date, document_id,
            '', basis, '', 0
        from ledger_line where batch_id = {batch}
    """,
    "changes a line": "update ledger_line set note = 'x' where batch_id = {batch}",
    "moves a commitment": (
        "update ledger_commitment set country_id = {country} where introduced_by_id = {batch}"
    ),
    "retitles a commitment": (
        "update ledger_commitment set title = 'Another' where introduced_by_id = {batch}"
    ),
    "translates a title": (
        "update ledger_commitment set title_es = 'Otro' where introduced_by_id = {batch}"
    ),
    "retitles the batch": "update ledger_batch set title = 'Another' where id = {batch}",
    "gives another reason": "update ledger_batch set reason = 'Another' where id = {batch}",
    "merges a line": (
        "merge into ledger_line l using (select 1) s on l.batch_id = {batch} "
        "when matched then update set note = 'merged'"
    ),
    "changes a line on conflict": """
        insert into ledger_line (id, batch_id, appropriation_id, commitment_id, stage, amount,
            effective_date, document_id, locator, basis, note, revision)
        select id, batch_id, appropriation_id, commitment_id, stage, 1, effective_date, document_id,
            '', basis, '', 0
        from ledger_line where batch_id = {batch}
        on conflict (id) do update set note = 'conflict'
    """,
    "withdraws it": "select rules.withdraw({batch})",
}


@pytest.mark.parametrize("deed", HANDS.values(), ids=HANDS.keys())
def test_whoever_has_a_hand_in_a_batch_may_not_post_it(
    ledger: Ledger, application: psycopg.Connection, draft: Batch, deed: str
) -> None:
    meddler = both()
    country = factories.country()
    factories.submitted(draft, ledger.analyst)
    run(application, meddler, deed.format(batch=draft.pk, country=country.pk))
    draft.refresh_from_db()
    assert draft.state == Batch.State.DRAFT
    with refused("not_submitted"):
        post(application, ledger.approver, draft.pk)
    factories.submitted(draft, ledger.analyst)
    with refused("had_a_hand", self_approval_allowed=False):
        post(application, meddler, draft.pk)
    draft.refresh_from_db()
    assert draft.state == Batch.State.SUBMITTED
    assert hands(draft) == {ledger.analyst.pk, meddler.pk}
    assert post(application, ledger.approver, draft.pk) == 2


def test_whoever_deletes_a_line_has_a_hand(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    deleter = both()
    commitment = draft.introduces.get()
    second = factories.line(draft, commitment, Stage.COMMITTED, 5)
    run(application, deleter, "delete from ledger_line where id = %s", second.pk)
    factories.submitted(draft, ledger.analyst)
    with refused("had_a_hand"):
        post(application, deleter, draft.pk)


def test_whoever_deletes_or_adds_a_commitment_has_a_hand(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    adder, deleter = both(), both()
    unused = factories.commitment(draft, by=adder)
    run(application, deleter, "delete from ledger_commitment where id = %s", unused.pk)
    factories.submitted(draft, ledger.analyst)
    for meddler in (adder, deleter):
        with refused("had_a_hand"):
            post(application, meddler, draft.pk)


def test_whoever_submits_has_a_hand(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    submitter = both()
    factories.submitted(draft, submitter)
    with refused("had_a_hand"):
        post(application, submitter, draft.pk)


def test_a_hand_stays_after_the_line_is_gone(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    adder = both()
    added = factories.line(draft, draft.introduces.get(), Stage.COMMITTED, 5, by=adder)
    run(application, ledger.analyst, "delete from ledger_line where id = %s", added.pk)
    factories.submitted(draft, ledger.analyst)
    with refused("had_a_hand"):
        post(application, adder, draft.pk)


def test_an_update_that_changes_nothing_is_no_edit(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    run(
        application, ledger.approver,
        "update ledger_batch set title = title, reason = reason where id = %s", draft.pk,
    )  # fmt: skip
    draft.refresh_from_db()
    assert draft.state == Batch.State.SUBMITTED
    assert post(application, ledger.approver, draft.pk) == 2


def test_sending_back_is_not_a_hand(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    run(application, ledger.approver, "select rules.send_back(%s, 'Name the page')", draft.pk)
    draft.refresh_from_db()
    assert draft.state == Batch.State.DRAFT
    assert draft.remarks.get().text == "Name the page"
    assert draft.remarks.get().author == ledger.approver
    factories.submitted(draft, ledger.analyst)
    assert post(application, ledger.approver, draft.pk) == 2


@pytest.mark.parametrize("remark", [None, "", "  \t "])
def test_sending_back_takes_a_remark(
    ledger: Ledger, application: psycopg.Connection, draft: Batch, remark: str | None
) -> None:
    factories.submitted(draft, ledger.analyst)
    with refused("remark_missing"):
        run(application, ledger.approver, "select rules.send_back(%s, %s)", draft.pk, remark)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"is_approver": True, "is_active": False},
        {"is_superuser": True},
        {"is_administrator": True, "is_analyst": True},
    ],
)
def test_only_an_active_approver_posts_and_sends_back(
    ledger: Ledger, application: psycopg.Connection, draft: Batch, fields: dict[str, bool]
) -> None:
    somebody = factories.person(**fields)
    factories.submitted(draft, ledger.analyst)
    with refused("role_missing", role="approver"):
        post(application, somebody, draft.pk)
    with refused("role_missing", role="approver"):
        run(application, somebody, "select rules.send_back(%s, 'No')", draft.pk)


@pytest.mark.parametrize(
    "fields", [{}, {"is_analyst": True, "is_active": False}, {"is_approver": True}]
)
def test_only_an_active_analyst_submits_withdraws_discards_and_reverses(
    ledger: Ledger, application: psycopg.Connection, draft: Batch, fields: dict[str, bool]
) -> None:
    somebody = factories.person(**fields)
    for verb in (
        f"submit({draft.pk})",
        f"withdraw({draft.pk})",
        f"discard({draft.pk})",
        "reverse(1, 'Take back', 'Because')",
    ):
        with refused("role_missing", role="analyst"):
            run(application, somebody, f"select rules.{verb}")


def test_nobody_acts_without_a_name(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    for sql in (
        f"select rules.submit({draft.pk})",
        f"select rules.post({draft.pk}, '')",
        f"update ledger_line set note = 'x' where batch_id = {draft.pk}",
        f"update ledger_batch set title = 'x' where id = {draft.pk}",
        "update ledger_commitment set title = 'x'",
        "insert into ledger_batch (title, reason, state, revision, created_at) "
        "values ('x', 'x', 'draft', 0, now())",
        "update ledger_country set name_en = 'x'",
    ):
        with refused("actor_unknown"):
            application.execute(sql)


def test_who_acts_is_forgotten_at_the_end_of_the_transaction(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    with acting(application, ledger.analyst):
        assert value(application, "select rules.actor()") == ledger.analyst.pk
    assert value(application, "select rules.actor()") is None


def test_a_role_taken_away_meanwhile_refuses_the_posting(
    ledger: Ledger, application: psycopg.Connection, another: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    refusals: list[str | None] = []

    def post_meanwhile() -> None:
        try:
            post(another, ledger.approver, draft.pk)
        except psycopg.errors.CheckViolation as error:
            refusals.append(error.diag.constraint_name)

    with application.transaction():
        application.execute(
            "update accounts_user set is_approver = false where id = %s", [ledger.approver.pk]
        )
        poster = threading.Thread(target=post_meanwhile)
        poster.start()
        until_waiting(application, another)
    poster.join()
    assert refusals == ["role_missing"]


def test_nobody_is_handed_batches_while_their_access_ends(
    ledger: Ledger, application: psycopg.Connection, another: psycopg.Connection, draft: Batch
) -> None:
    administrator, taker = factories.administrator(), factories.analyst()
    hand_over = f"select rules.hand_over({ledger.analyst.pk}, {taker.pk})"
    another.execute("set lock_timeout = '50ms'")
    with application.transaction():
        application.execute("update accounts_user set is_analyst = false where id = %s", [taker.pk])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            run(another, administrator, hand_over)
    with refused("keeper_is_analyst"):
        run(another, administrator, hand_over)


@pytest.fixture
def sola(draft: Batch) -> User:
    """Give an analyst and approver who had a hand in the draft."""
    alone = both(username="sola")
    factories.line(draft, draft.introduces.get(), Stage.COMMITTED, 5, by=alone)
    factories.submitted(draft, alone)
    return alone


def test_self_approval_takes_the_switch(
    application: psycopg.Connection, draft: Batch, sola: User
) -> None:
    with refused("had_a_hand", self_approval_allowed=False):
        post(application, sola, draft.pk, "Nobody else is here")


@pytest.mark.parametrize("login", ["alone"])
def test_self_approval_takes_a_reason(
    application: psycopg.Connection, draft: Batch, sola: User
) -> None:
    for blank in ("", "   ", "\u00a0"):
        with refused("had_a_hand", self_approval_allowed=True):
            post(application, sola, draft.pk, blank)
    with refused("had_a_hand", self_approval_allowed=True), acting(application, sola):
        application.execute(
            "select rules.post(%s, rules.batch_digest(%s), null)", [draft.pk, draft.pk]
        )
    with refused("reason_of_one_line"):
        post(application, sola, draft.pk, "Nobody\nelse")
    version = post(application, sola, draft.pk, " Nobody else is here ")
    posting = Posting.objects.get(version=version)
    assert posting.self_approval_rule == "An office of one."
    assert posting.self_approval_reason == "Nobody else is here"
    assert posting.approved_by == "sola"
    assert "sola" in posting.prepared_by


@pytest.mark.parametrize("login", ["alone"])
def test_a_posting_by_a_second_person_says_nothing_of_self_approval(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    posting = Posting.objects.get(version=post(application, ledger.approver, draft.pk, "Alone"))
    assert (posting.self_approval_rule, posting.self_approval_reason) == ("", "")


def test_the_switch_stays_as_it_was_read_until_the_posting_ends(
    application: psycopg.Connection, owner: psycopg.Connection, draft: Batch, sola: User
) -> None:
    flip = "update ledger_office set self_approval_rule = "
    owner.execute(f"{flip} 'An office of one.'")
    owner.execute("set lock_timeout = '50ms'")
    with acting(application, sola):
        application.execute(
            "select rules.post(%s, rules.batch_digest(%s), 'Alone')", [draft.pk, draft.pk]
        )
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute(f"{flip} ''")
    owner.execute(f"{flip} ''")


def test_the_application_may_not_flip_the_switch(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    for sql in (
        "update ledger_office set self_approval_rule = 'Because'",
        "insert into ledger_office (one, self_approval_rule) values (false, 'Because')",
        "delete from ledger_office",
    ):
        with denied():
            run(application, ledger.approver, sql)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"first_name": "Ana", "last_name": "Núñez"}, "Ana Núñez"),
        ({"first_name": "Ana"}, "Ana"),
        ({"last_name": 'O"Neil, Jr.'}, 'O"Neil, Jr.'),
        ({"first_name": " ", "last_name": "\u00a0"}, "odd"),
        ({"first_name": " Ana ", "last_name": " Ruiz  Paz "}, "Ana Ruiz Paz"),
    ],
)
def test_versions_print_names_on_one_line(
    ledger: Ledger,
    application: psycopg.Connection,
    draft: Batch,
    names: dict[str, str],
    shown: str,
) -> None:
    factories.submitted(draft, ledger.analyst)
    odd = factories.approver(username="odd", **names)
    posting = Posting.objects.get(version=post(application, odd, draft.pk))
    assert posting.approved_by == shown
    assert value(application, "select count(*) from rules.verify()") == 0


def test_people_are_named_as_they_were_when_they_posted(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    factories.submitted(draft, ledger.analyst)
    version = post(application, ledger.approver, draft.pk)
    application.execute(
        "update accounts_user set username = username || '-left', is_active = false"
    )
    posting = Posting.objects.get(version=version)
    assert (posting.prepared_by, posting.approved_by) == (["ana"], "pablo")
    assert value(application, "select count(*) from rules.verify()") == 0


def test_who_posted_or_prepared_is_not_deleted_nor_replaced(
    ledger: Ledger,
    application: psycopg.Connection,
    draft: Batch,
    connect_application: Callable[[], psycopg.Connection],
) -> None:
    factories.submitted(draft, ledger.analyst)
    post(application, ledger.approver, draft.pk)
    for who in (ledger.approver, ledger.analyst):
        for sql in (
            f"delete from accounts_user where id = {who.pk}",
            f"update accounts_user set id = id + 1000 where id = {who.pk}",
            "with gone as (delete from accounts_user where id = {0} returning *) "
            "insert into accounts_user select (g).* from (select gone g from gone) x",
        ):
            with pytest.raises(psycopg.errors.IntegrityError):
                application.execute(sql.format(who.pk))


def test_a_semicolon_in_a_name_does_not_make_two_people_of_one(
    ledger: Ledger, application: psycopg.Connection, draft: Batch
) -> None:
    odd = factories.analyst(first_name="Ana; Pablo", last_name="Ruiz\u037e")
    factories.line(draft, draft.introduces.get(), Stage.COMMITTED, 5, by=odd)
    factories.submitted(draft, ledger.analyst)
    posting = Posting.objects.get(version=post(application, ledger.approver, draft.pk))
    assert posting.prepared_by == ["Ana, Pablo Ruiz,", "ana"]
    assert value(application, "select count(*) from rules.verify()") == 0
