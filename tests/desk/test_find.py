"""Finding a reference, title, document or batch from the header of every page."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.desk.find import find
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Batch, Commitment, Posting
from tests import factories
from tests.desk.conftest import People, allocate, page_of, post_it, reading
from tests.sourced import NEXT

FIND = "/admin/find/"


def found(client: Client, text: str, **more: str) -> str:
    response = client.get(FIND, {"q": text, **more})
    assert response.status_code == 200
    return reading(response)


def keys(people: People, text: str) -> dict[str, int]:
    """How many of each kind are found."""
    return {group.kind.key: group.total for group in find(people.ana, text)}


def test_parts_of_words_find_each_kind_of_thing(people: People) -> None:
    batch = allocate(people.analyst, called="Zacapa radios", title_es="Radios de Zacapa")
    post_it(people.approver, batch)
    allocate(people.analyst, called="More for Zacapa", _draft="")
    text = found(people.analyst, "zaca")
    assert "Commitments (2)" in text
    assert "Batches (2)" in text
    assert "Versions (1)" in text
    assert f"Version {NEXT} Zacapa radios" in text
    assert "Documents (" not in text
    assert keys(people, "zaca radio") == keys(people, "RADIO ZACA")
    assert keys(people, "zaca radio")["commitments"] == 1
    assert keys(people, "zaca nothing")["commitments"] == 0


@pytest.mark.parametrize("written", ["Ñuflo", "N\u0303uflo", "ñuflo", "nuflo", "NUFLO"])
def test_accents_and_case_make_no_difference(people: People, written: str) -> None:
    allocate(people.analyst, called="Aldea Ñuflo Chávez", _draft="")
    assert keys(people, written)["commitments"] == 1
    assert keys(people, "aldea chavez")["batches"] == 1


def test_a_whole_reference_or_key_leads_straight_there(people: People) -> None:
    commitment = Commitment.objects.filter(first_version=1).first() or Commitment.objects.all()[0]
    for text in (commitment.reference, f"  {commitment.reference.lower()} "):
        response = people.analyst.get(FIND, {"q": text})
        assert response["Location"] == f"/admin/ledger/commitment/{commitment.pk}/change/"
    response = people.analyst.get(FIND, {"q": "spend-plan-2008"})
    assert response["Location"].startswith("/admin/ledger/document/")


def test_a_reference_of_a_draft_leads_to_its_batch(people: People) -> None:
    batch = allocate(people.analyst, reference="CARSI-08-INCLE-77", _draft="")
    response = people.analyst.get(FIND, {"q": "carsi-08-incle-77"}, follow=True)
    assert response.redirect_chain[-1][0] == page_of(batch)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "%",
        "_",
        "\\",
        "'",
        '"><b>',
        "a\x00b",
        "\ud800",
        "\u202e",
        "\u0301",
        "x" * 5000,
        "a " * 2000,
        "[(*",
        "$1",
        "😀",
        "İ",
        "ß",
    ],
)
def test_odd_text_finds_what_it_says_or_nothing(people: People, text: str) -> None:
    sent = quote(text, errors="surrogatepass")
    for path in (f"{FIND}?q={sent}", f"{FIND}?q=a&in={sent}&page={sent}"):
        response = people.analyst.get(path)
        assert response.status_code in {200, 302}, path
        assert "<b>" not in response.content.decode()


def test_a_percent_sign_is_looked_for_as_itself(people: People) -> None:
    allocate(people.analyst, called="Half, 50% of it", _draft="")
    assert keys(people, "50%")["batches"] == 1
    assert keys(people, "5%t")["batches"] == 0
    assert keys(people, "_")["batches"] == 0


def test_long_text_is_cut_and_says_so(people: People) -> None:
    assert "Searched only for the first 100 characters." in found(people.analyst, "x" * 101)
    assert "Searched only for" not in found(people.analyst, "x" * 100)


def test_many_are_shown_in_part_and_paged(people: People) -> None:
    for number in range(61):
        factories.batch(people.ana, title=f"Numbered {number}")
    text = found(people.analyst, "numbered")
    assert "Batches (61)" in text
    assert "All 61 results: Batches" in text
    assert text.count("Numbered") == 10
    first = found(people.analyst, "numbered", **{"in": "batches"})
    assert first.count("Numbered") == 50
    assert "Page 1 of 2" in first
    assert "Commitments" not in first.partition("Looked for")[2]
    second = found(people.analyst, "numbered", **{"in": "batches", "page": "2"})
    assert second.count("Numbered") == 11


def test_finding_asks_as_often_for_many_as_for_few(people: People) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            found(people.analyst, "numbered")
        return len(queries)

    factories.batch(people.ana, title="Numbered")
    few = asked()
    for number in range(30):
        factories.batch(people.ana, title=f"Numbered {number}")
    assert asked() == few


def test_whoever_is_not_signed_in_finds_nothing(people: People) -> None:
    batch = allocate(people.analyst, called="Zacapa", reference="CARSI-08-INCLE-77", _draft="")
    outsider = Client()
    outsider.force_login(factories.person(username="outsider"))
    for client in (Client(), outsider):
        for text in ("zacapa", "carsi-08-incle-77", "spend-plan-2008"):
            response = client.get(FIND, {"q": text})
            assert response["Location"].startswith(("/admin/login/?next=", "/account/login/?next="))
    assert Batch.objects.filter(pk=batch.pk).exists()


@pytest.mark.django_db
def test_who_may_view_nothing_finds_nothing() -> None:
    assert find(factories.person(), "a") == []


def test_the_database_folds_as_the_tracker_does(people: People) -> None:
    title = "ÁÉÍÓÚÜÑ áéíóúüñ Çã ŁØ"
    batch = factories.batch(people.ana, title=title)
    groups = {group.kind.key: group for group in find(people.ana, folded(title))}
    assert [row.href for row in groups["batches"].rows] == [page_of(batch)]


def test_finding_speaks_spanish(people: People) -> None:
    response = people.analyst.get(f"/es{FIND}", {"q": "a"})
    assert response["Content-Language"] == "es"
    assert response.status_code == 200


@pytest.mark.parametrize("asked", ["version 7", "Versión 7", "v7", "v. 7"])
def test_a_version_is_found_as_it_is_called(people: People, asked: str) -> None:
    response = people.analyst.get("/admin/find/", {"q": asked})
    version = Posting.objects.get(version=7)
    assert response["Location"] == f"/admin/ledger/posting/{version.pk}/change/"


@pytest.mark.parametrize("asked", ["batch %d", "Lote %d"])
def test_a_batch_is_found_by_its_number(people: People, asked: str) -> None:
    batch = factories.batch(people.ana)
    response = people.approver.get("/admin/find/", {"q": asked % batch.pk})
    assert response["Location"] == page_of(batch)


def test_what_is_not_found_is_said_once(people: People) -> None:
    text = reading(people.analyst.get("/admin/find/", {"q": "version 999"}))
    assert text.count("No results.") == 1
    assert "(0)" not in text
