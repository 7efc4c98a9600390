"""The sourced ledger is loaded as its sources say, once."""

from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.figures import answers
from carsi_tracker.figures.reading import newest, read
from carsi_tracker.ledger import sourced
from carsi_tracker.ledger.models import Commitment, Entry, Office, Posting
from tests import databases


@pytest.mark.usefixtures("sourced")
def test_it_holds_what_its_readme_says() -> None:
    assert (Posting.objects.count(), Entry.objects.count(), Commitment.objects.count()) == (
        16,
        134,
        37,
    )
    head, revision = newest()
    question = read({"stage": "committed"}, head, revision)
    found = {
        dimension: {
            key: sums.committed for key, sums in answers.breakdown(question, dimension).items()
        }
        for dimension in ("country", "area", "goal")
    }
    assert found["country"] == {
        "GT": 11_674_500,
        "HN": 4_059_000,
        "CR": 2_987_000,
        "PA": 2_701_000,
        "NI": 2_378_000,
        "BZ": 1_659_000,
        "SV": 747_000,
        "regional": 96_904_000,
    }
    assert found["area"] == {
        "law-enforcement": 40_651_000,
        "community": 37_000_000,
        "capacity": 35_800_000,
        "not-attributed": 9_658_500,
    }
    assert found["goal"] == {
        1: 6_750_000,
        2: 39_097_000,
        3: 36_655_000,
        5: 699_000,
        None: 39_908_500,
    }


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("version", "committed", "obligated", "disbursed", "available"),
    [
        ("12", 122_633_000, 29_898_000, 9_835_000, 42_367_000),
        ("16", 123_109_500, 30_374_500, 9_835_000, 41_890_500),
    ],
)
def test_its_totals_are_those_of_its_sources_before_and_after_the_corrections(
    version: str, committed: int, obligated: int, disbursed: int, available: int
) -> None:
    totals = answers.totals(read({"version": version}, *newest()))
    assert totals.appropriated == 165_000_000
    assert (totals.committed, totals.obligated, totals.disbursed, totals.available) == (
        committed,
        obligated,
        disbursed,
        available,
    )


@pytest.mark.usefixtures("sourced")
def test_each_version_says_that_it_was_posted_without_a_second_person_and_why() -> None:
    for posting in Posting.objects.all():
        assert posting.self_approval_rule == sourced.SELF_APPROVAL_RULE
        assert posting.self_approval_reason == sourced.SELF_APPROVAL_REASON
        assert posting.prepared_by == [posting.approved_by] == ["CARSI Tracker"]


@pytest.mark.usefixtures("sourced")
def test_afterwards_nobody_may_post_alone_and_the_loader_can_do_nothing() -> None:
    assert not Office.objects.get().self_approval_rule
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
        assert load(database).count("version ") == 16
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
        assert list(sourced.load(sourced.pending())) == list(range(8, 17))
        connection.close()
    application.rollback()
    assert application.execute("select count(*) from ledger_entry").fetchone() == (134,)
