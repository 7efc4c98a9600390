"""The sourced ledger is loaded as its sources say, once."""

from datetime import date
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import sourced
from carsi_tracker.ledger.models import (
    Batch,
    Commitment,
    Entry,
    LedgerSettings,
    OpenQuestion,
    Posting,
    PublishedFigure,
    Stage,
)
from carsi_tracker.ledger.posting import acting
from carsi_tracker.reports.page.parameters import read
from tests import databases, factories
from tests.sourced import (
    AVAILABLE,
    BATCHES,
    COMMITMENTS,
    ENTRIES,
    NEXT,
    VERSION,
    by,
    entries,
    total,
)


@pytest.mark.usefixtures("sourced")
def test_it_holds_what_its_readme_says() -> None:
    assert Posting.objects.count() == VERSION
    assert Entry.objects.count() == ENTRIES
    assert Commitment.objects.count() == COMMITMENTS
    head, revision = newest()
    query = read({"stage": "committed"}, head, revision)
    for dimension in ("country", "area", "goal"):
        found = aggregates.breakdown(query, dimension)
        assert {str(key or ""): sums.committed for key, sums in found.items()} == by(dimension)


def test_the_readme_of_the_files_says_what_they_hold() -> None:
    readme = " ".join((sourced.FIXTURES / "README.md").read_text(encoding="utf-8").split())
    said = [f"{ENTRIES} dated, sourced entries in {VERSION} batches", f"{COMMITMENTS} commitments"]
    said += [f"${total(stage):,.0f} {stage}" for stage in Stage.values]
    for column in ("country", "area", "goal"):
        said += [f"{key or 'not stated'} {amount:,.0f}" for key, amount in by(column).items()]
    said.append(f"The remaining ${AVAILABLE:,.0f}")
    assert [words for words in said if words not in readme] == []


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("version", [1, 12, 15, 16, VERSION])
def test_its_totals_are_those_of_its_sources_before_and_after_the_corrections(version: int) -> None:
    totals = aggregates.totals(read({"version": str(version)}, *newest()))
    for stage in Stage.values:
        assert getattr(totals, stage) == total(stage, until=version)
    assert totals.available == totals.appropriated - totals.committed


@pytest.mark.usefixtures("sourced")
def test_words_quoted_from_a_document_come_with_the_entry() -> None:
    quoted = {row["quote"] for row in entries() if row.get("quote")}
    assert quoted
    assert set(Entry.objects.exclude(quote="").values_list("quote", flat=True)) == quoted


@pytest.mark.usefixtures("sourced")
def test_each_version_says_that_it_was_posted_without_a_second_person_and_why() -> None:
    for posting in Posting.objects.all():
        assert posting.self_approval_rule == sourced.SELF_APPROVAL_RULE
        assert posting.self_approval_reason == sourced.SELF_APPROVAL_REASON
        assert posting.prepared_by == [posting.approved_by] == ["CARSI Tracker"]


@pytest.mark.usefixtures("sourced")
def test_afterwards_nobody_may_post_alone_and_the_loader_can_do_nothing() -> None:
    assert not LedgerSettings.objects.get().self_approval_rule
    loader = User.objects.get(username=sourced.LOADER)
    assert (loader.is_active, loader.is_analyst, loader.is_approver) == (False, False, False)
    assert not loader.has_usable_password()


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("password", ["", "!", sourced.LOADER])
def test_nobody_signs_in_as_the_loader(client: Client, password: str) -> None:
    sent = {"login": sourced.LOADER, "password": password, "next": "/admin/"}
    response = client.post("/account/login/", sent)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("sourced")
def test_commitments_and_documents_have_titles_in_spanish() -> None:
    assert not Commitment.objects.filter(title_es="").exists()


def load(database: str) -> str:
    said = StringIO()
    with databases.speaking_to(databases.owner_of(database)):
        call_command("load_sourced", stdout=said)
    return said.getvalue()


def test_loading_twice_changes_nothing(
    database: str, application: psycopg.Connection, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        assert load(database).count("version ") == VERSION
        before = application.execute("select checksum from ledger_head").fetchone()
        assert load(database) == "The sourced ledger is loaded already.\n"
    assert application.execute("select checksum from ledger_head").fetchone() == before


def test_a_load_that_was_interrupted_goes_on_where_it_stopped(
    database: str, application: psycopg.Connection, django_db_blocker: pytest.FixtureRequest
) -> None:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        databases.speaking_to(databases.owner_of(database)),
    ):
        loading = sourced.load(sourced.pending())
        assert [next(loading) for _ in range(7)] == list(range(1, 8))
        loading.close()
        assert [batch.file.name[:2] for batch in sourced.pending()][:2] == ["08", "09"]
        assert list(sourced.load(sourced.pending())) == list(range(8, NEXT))
        connection.close()
    application.rollback()
    assert application.execute("select count(*) from ledger_entry").fetchone() == (ENTRIES,)


def test_a_batch_that_came_later_is_posted_after_all_else_and_waits_where_it_is_refused(
    database: str, django_db_blocker: pytest.FixtureRequest
) -> None:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        databases.speaking_to(databases.owner_of(database)),
    ):
        before = BATCHES.index("17-guatemala-as-printed.csv")
        later = sourced.pending()[before]
        list(sourced.load(sourced.pending()[:before]))
        taken = Commitment.objects.get(reference="CARSI-08-ESF-01")
        of_another = factories.batch()
        left = total("committed", reference=taken.reference, until=before)
        used = factories.line(of_another, taken, Stage.OBLIGATED, left, date(2010, 9, 30))
        assert factories.posted(of_another) == before + 1
        with pytest.raises(CommandError, match=rf"{later.title} as it stands.*CARSI-08-ESF-01"):
            call_command("load_sourced", verbosity=0)
        assert not Batch.objects.filter(token=later.token).exists()
        back = factories.batch()
        factories.line(back, taken, Stage.OBLIGATED, -left, used.effective_date)
        assert factories.posted(back) == before + 2
        assert next(sourced.load(sourced.pending())) == before + 3
        connection.close()


@pytest.mark.usefixtures("sourced")
def test_published_totals_are_there_in_both_languages() -> None:
    rows = sourced._rows(sourced.FIXTURES / "published_figures.csv")
    verdicts = sourced.acknowledged_verdicts()
    assert [row["key"] for row in rows if row["key"] not in verdicts] == []
    assert set(verdicts) == set(PublishedFigure.objects.values_list("key", flat=True))
    for figure in PublishedFigure.objects.all():
        assert bool(figure.wider) == bool(figure.wider_es), figure
        assert bool(figure.explanation) == bool(figure.explanation_es), figure


@pytest.mark.usefixtures("sourced")
def test_a_published_total_is_added_where_it_was_never_there_and_not_where_it_was_deleted() -> None:
    with acting(factories.administrator()):
        PublishedFigure.objects.filter(key="plan-2008-esf").delete()
    assert sourced._never_there(PublishedFigure, "published_figures.csv") == []


@pytest.mark.usefixtures("sourced")
def test_open_questions_are_there_in_both_languages_and_one_that_was_deleted_stays_away() -> None:
    rows = sourced._rows(sourced.FIXTURES / "open_questions.csv")
    questions = OpenQuestion.objects.all()
    assert [each.key for each in questions] == [row["key"] for row in rows]
    assert all(each.question_es and each.settled_by_es for each in questions)
    with acting(factories.administrator()):
        questions.filter(key="obligations").delete()
    assert sourced._never_there(OpenQuestion, "open_questions.csv") == []
