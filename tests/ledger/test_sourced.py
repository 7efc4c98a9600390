"""The sourced ledger is loaded as it was published, everywhere the same."""

import pytest
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import sourced
from carsi_tracker.ledger.models import (
    Commitment,
    Entry,
    LedgerSettings,
    OpenQuestion,
    Posting,
    PublishedFigure,
    Stage,
)
from carsi_tracker.reports.page.parameters import read
from tests.sourced import (
    AVAILABLE,
    CHECKSUM,
    COMMITMENTS,
    ENTRIES,
    HEAD,
    POSTED,
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
    readme = " ".join((sourced.LEDGER.parent / "README.md").read_text(encoding="utf-8").split())
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
def test_its_head_is_the_published_one_so_that_a_citation_means_the_same_everywhere() -> None:
    head, _revision = newest()
    assert (str(head), head.checksum) == (HEAD, CHECKSUM)
    assert Client().get(f"/?version={HEAD}").status_code == 200


@pytest.mark.usefixtures("sourced")
def test_each_version_is_what_it_was_when_it_was_published() -> None:
    for posting, said in zip(Posting.objects.order_by("version"), POSTED, strict=True):
        assert posting.posted_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == said["posted_at"]
        assert (posting.checksum, posting.title) == (said["checksum"], said["title"])
        assert posting.prepared_by == [posting.approved_by] == ["CARSI Tracker"]
        assert posting.self_approval_rule == said["self_approval_rule"] != ""


@pytest.mark.usefixtures("sourced")
def test_the_people_of_a_loaded_ledger_are_names_who_can_do_nothing() -> None:
    assert not LedgerSettings.objects.get().self_approval_rule
    people = User.objects.all()
    assert [each.display_name for each in people.order_by("pk")] == [
        "Loaded ledger",
        "CARSI Tracker",
    ]
    for each in people:
        assert not each.has_usable_password()
        assert not each.is_active
        assert not each.is_staff


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("password", ["", "!", "published-1"])
def test_nobody_signs_in_as_a_published_name(client: Client, password: str) -> None:
    sent = {"login": "published-1", "password": password, "next": "/admin/"}
    response = client.post("/account/login/", sent)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("sourced")
def test_commitments_and_documents_have_titles_in_spanish() -> None:
    assert not Commitment.objects.filter(title_es="").exists()


@pytest.mark.usefixtures("sourced")
def test_published_totals_are_there_in_both_languages() -> None:
    verdicts = sourced.acknowledged_verdicts()
    assert set(verdicts) == set(PublishedFigure.objects.values_list("key", flat=True))
    for figure in PublishedFigure.objects.all():
        assert bool(figure.wider) == bool(figure.wider_es), figure
        assert bool(figure.explanation) == bool(figure.explanation_es), figure


@pytest.mark.usefixtures("sourced")
def test_open_questions_are_there_in_both_languages() -> None:
    questions = OpenQuestion.objects.all()
    assert len(questions) > 3
    assert all(each.question_es and each.settled_by_es for each in questions)
