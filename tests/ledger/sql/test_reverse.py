"""Rule 7: a reversal is the exact negation of one version, once per version."""

import threading

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Posting, Stage
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import acting, post, refused, run, value
from tests.ledger.conftest import Ledger
from tests.ledger.waiting import until_waiting

REVERSE = "select rules.reverse(%s, 'Take back', 'It was wrong')"
SUM = "select coalesce(sum(amount), 0) from ledger_entry where stage = 'committed'"


@pytest.fixture
def commitment(ledger: Ledger) -> Commitment:
    """Give a commitment, posted as version 2."""
    return factories.committed(ledger.appropriation, 100)


def test_a_reversal_takes_back_each_amount_at_its_own_date(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    reversal = run(application, ledger.analyst, REVERSE, 2)
    factories.submitted(Batch.objects.get(pk=reversal))
    assert post(application, ledger.approver, reversal) == 3
    columns = "appropriation_id, commitment_id, stage, effective_date, document_id, basis, locator"
    assert value(
        application,
        f"select count(*) from (select {columns}, -amount from ledger_entry where version = 2 "
        f"except select {columns}, amount from ledger_entry where version = 3) x",
    ) == 0  # fmt: skip
    assert value(application, SUM) == 0
    assert Posting.objects.get(version=3).reverses_id == 2
    assert Posting.objects.get(version=2).reversal.version == 3


def test_a_version_is_reversed_once_also_while_the_first_reversal_is_a_draft(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    first = run(application, ledger.analyst, REVERSE, 2)
    for state in ("draft", "submitted"):
        with refused("reversed_already", version=2, batch=first, state=state, by_version=None):
            run(application, ledger.analyst, REVERSE, 2)
        if state == "draft":
            run(application, ledger.analyst, "select rules.submit(%s)", first)
    post(application, ledger.approver, first)
    with refused("reversed_already", version=2, state="posted", by_version=3):
        run(application, ledger.analyst, REVERSE, 2)


def test_versions_rest_on_an_appropriation_by_what_they_commit_alone(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    later: dict[str, int] = {}
    for name, stage, amount in (
        ("obligates", Stage.OBLIGATED, 50),
        ("takes back", Stage.COMMITTED, -20),
        ("appropriates", Stage.APPROPRIATED, 10),
        ("commits", Stage.COMMITTED, 30),
    ):
        draft = factories.batch(ledger.analyst)
        of = ledger.appropriation if stage == Stage.APPROPRIATED else commitment
        factories.line(draft, of, stage, amount)
        later[name] = factories.posted(draft, ledger.approver)
    reversal = run(application, ledger.analyst, REVERSE, 1)
    resting = application.execute("select version from rules.resting_on(%s, 1)", [reversal])
    assert {version for (version,) in resting} == {2, later["commits"]}


def test_a_second_reversal_drafted_by_hand_is_refused(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    run(application, ledger.analyst, REVERSE, 2)
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(
            application, ledger.analyst,
            "insert into ledger_batch (title, reason, state, revision, created_at, reverses_id) "
            "values ('x', 'x', 'draft', 0, now(), 2)",
        )  # fmt: skip


def test_two_reversals_at_once_make_one(
    ledger: Ledger,
    application: psycopg.Connection,
    another: psycopg.Connection,
    commitment: Commitment,
) -> None:
    refusals: list[str | None] = []

    def reverse_meanwhile() -> None:
        try:
            run(another, ledger.analyst, REVERSE, 2)
        except psycopg.errors.CheckViolation as error:
            refusals.append(error.diag.constraint_name)

    with acting(application, ledger.analyst):
        application.execute(REVERSE, [2])
        second = threading.Thread(target=reverse_meanwhile)
        second.start()
        until_waiting(application, another)
    second.join()
    assert refusals == ["reversed_already"]


def test_a_discarded_reversal_leaves_the_version_reversible(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    first = run(application, ledger.analyst, REVERSE, 2)
    run(application, ledger.analyst, "select rules.discard(%s)", first)
    second = run(application, ledger.analyst, REVERSE, 2)
    assert second != first


def test_reversing_the_reversal_reinstates_the_version(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    for version, total in ((2, 0), (3, 100), (4, 0)):
        reversal = run(application, ledger.analyst, REVERSE, version)
        run(application, ledger.analyst, "select rules.submit(%s)", reversal)
        assert post(application, ledger.approver, reversal) == version + 1
        assert value(application, SUM) == total
    assert value(application, "select count(*) from rules.verify()") == 0


ALTERATIONS = {
    "an amount": "update ledger_line set amount = amount + 1 where batch_id = {batch}",
    "a date": "update ledger_line set effective_date = '2009-03-14' where batch_id = {batch}",
    "a document": "update ledger_line set document_id = (select max(id) from ledger_document) "
    "where batch_id = {batch}",
    "a basis": "update ledger_line set basis = 'inferred' where batch_id = {batch}",
    "a stage": "update ledger_line set stage = 'obligated' where batch_id = {batch}",
    "a line more": "insert into ledger_line (batch_id, appropriation_id, commitment_id, stage, "
    "amount, effective_date, document_id, locator, basis, note, revision) select batch_id, "
    "appropriation_id, commitment_id, stage, amount, effective_date, document_id, '', basis, '', 0 "
    "from ledger_line where batch_id = {batch}",
    "two lines that cancel out": "insert into ledger_line (batch_id, appropriation_id, "
    "commitment_id, stage, amount, effective_date, document_id, locator, basis, note, revision) "
    "select batch_id, appropriation_id, commitment_id, stage, amount * n, effective_date, "
    "document_id, '', basis, '', 0 from ledger_line, (values (7), (-7)) as v (n) "
    "where batch_id = {batch}",
}


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_an_altered_reversal_is_refused(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment, alteration: str
) -> None:
    factories.document()
    reversal = run(application, ledger.analyst, REVERSE, 2)
    run(application, ledger.analyst, alteration.format(batch=reversal))
    with refused("reversal_altered", version=2):
        run(application, ledger.analyst, "select rules.submit(%s)", reversal)


def test_a_reversal_may_say_more_in_its_notes(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    reversal = run(application, ledger.analyst, REVERSE, 2)
    run(application, ledger.analyst,
        "update ledger_line set note = 'Counted twice' where batch_id = %s", reversal)  # fmt: skip
    run(application, ledger.analyst, "select rules.submit(%s)", reversal)
    assert post(application, ledger.approver, reversal) == 3


def test_what_does_not_exist_is_not_reversed(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    for version in (0, 99, -1):
        with refused("no_such_version", version=version):
            run(application, ledger.analyst, REVERSE, version)


def test_a_version_that_others_rest_on_names_them_newest_first(
    ledger: Ledger, application: psycopg.Connection, commitment: Commitment
) -> None:
    versions = []
    for stage, amount in ((Stage.OBLIGATED, 60), (Stage.OBLIGATED, 20), (Stage.DISBURSED, 70)):
        draft = factories.batch(ledger.analyst, title=f"{stage} {amount}")
        factories.line(draft, commitment, stage, amount)
        versions.append(factories.posted(draft))
    reversal = posting.reverse(2, ledger.analyst, "Take back", "It was wrong")
    with pytest.raises(Refused) as caught:
        posting.submit(reversal, ledger.analyst)
    assert caught.value.lines == [
        f"{commitment.reference}: $100.00 is more than the "
        "$20.00 committed but not obligated on March 13, 2009.",
        "Reverse first: version 4, “obligated 20”.",
        "Reverse first: version 3, “obligated 60”.",
    ]
    posting.discard(reversal, ledger.analyst)
    for version in [*reversed(versions), 2]:
        reversal = posting.reverse(version, ledger.analyst, "Take back", "It was wrong")
        posting.post(reversal, ledger.approver, posting.submit(reversal, ledger.analyst))
    assert value(application, SUM) == 0
    assert value(application, "select count(*) from rules.verify()") == 0


def test_a_reversed_appropriation_names_the_commitments_that_draw_on_it(
    ledger: Ledger, commitment: Commitment
) -> None:
    reversal = posting.reverse(1, ledger.analyst, "Take back", "It was wrong")
    with pytest.raises(Refused) as caught:
        posting.submit(reversal, ledger.analyst)
    title = Posting.objects.get(version=2).title
    assert caught.value.lines[-1] == f"Reverse first: version 2, “{title}”."
