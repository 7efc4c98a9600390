"""The import page: what it keeps, whom it shows it to, what sending twice does."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Line, Upload
from tests.desk.conftest import People, page_of, reading
from tests.desk.conftest import address as address_of
from tests.imports.conftest import HEADINGS, case, nothing_made, rows

IMPORT = "/admin/ledger/batch/import/"


def uploaded(client: Client, content: bytes, name: str = "amounts.csv", prefix: str = "") -> str:
    """Upload a file and return the address of its preview."""
    response = client.post(f"{prefix}{IMPORT}", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302
    return str(response["Location"])


def confirmation(client: Client, address: str) -> dict[str, str]:
    outcome = client.get(address).context["outcome"]
    texts = {"title": outcome.draft.title, "reason": outcome.draft.reason}
    return texts | {"language": "en"}


def test_a_preview_shows_amounts_balances_and_what_is_new(people: People) -> None:
    page = people.analyst.get(uploaded(people.analyst, case("two-rows.csv")))
    text = reading(page)
    assert "2 amounts" in text
    assert "1 new commitment: CARSI-08-INCLE-69" in text
    assert "Committed: +300,000 (1)" in text
    assert "Law enforcement and security force assistance, Panama Committed" in text
    spanish = reading(people.analyst.get(f"/es{page.wsgi_request.path}"))
    assert "Asistencia a las fuerzas del orden y de seguridad, Panamá Comprometido" in spanish
    assert "11,010,500" in text or "14,628,500" in text
    assert nothing_made()


@pytest.mark.commits
def test_a_confirmation_that_is_sent_again_ends_at_the_same_batch(people: People) -> None:
    client = people.analyst
    address = uploaded(client, case("two-rows.csv"))
    sent = confirmation(client, address)

    def send(_turn: int) -> str:
        try:
            return str(people.client(people.ana).post(address, sent)["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        at_once = list(both.map(send, range(2)))
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    assert at_once == [page_of(batch)] * 2
    after_back = client.post(address, sent, follow=True)
    assert after_back.redirect_chain[-1][0] == page_of(batch)
    assert "imported already" in reading(after_back)
    reloaded = client.get(address, follow=True)
    assert reloaded.redirect_chain[-1][0] == page_of(batch)
    assert Line.objects.filter(batch=batch).count() == 2


def test_rows_that_a_batch_has_are_made_again_only_when_called_new(people: People) -> None:
    client = people.analyst
    address = uploaded(client, case("codes.csv"))
    client.post(address, confirmation(client, address))
    first = Batch.objects.get(state=Batch.State.DRAFT)
    again = uploaded(client, case("codes.csv"))
    page = client.get(again)
    assert "2 of 2 rows are already in this batch" in reading(page)
    assert page_of(first) in page.content.decode()
    sent = confirmation(client, again)
    refused = client.post(again, sent)
    assert "Confirm that they are new" in reading(refused)
    assert Batch.objects.filter(state=Batch.State.DRAFT).count() == 1
    client.post(again, sent | {"new": "on"})
    assert Batch.objects.filter(state=Batch.State.DRAFT).count() == 2


def test_what_changes_between_preview_and_confirmation_is_checked_again(people: People) -> None:
    client = people.analyst
    address = uploaded(client, case("race-a.csv"))
    sent = confirmation(client, address)
    other = uploaded(people.client(people.benito), case("race-a.csv"))
    people.client(people.benito).post(other, sent)
    refused = client.post(address, sent)
    assert refused.status_code == 200
    assert Batch.objects.filter(state=Batch.State.DRAFT).count() == 1


def test_title_and_reason_are_suggested_and_can_be_changed(people: People) -> None:
    client = people.analyst
    address = uploaded(client, case("two-rows.csv"))
    sent = confirmation(client, address)
    assert sent == {
        "title": "Radio equipment, Panama border police",
        "reason": "CARSI FY 2010 Program Activity Descriptions",
        "language": "en",
    }
    assert "This field is required" in reading(client.post(address, sent | {"reason": ""}))
    client.post(address, {"title": "Radios", "reason": "As the embassy says", "language": "en"})
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    assert (batch.title, batch.reason) == ("Radios", "As the embassy says")


def test_columns_are_named_as_on_pages_with_their_headings_behind(people: People) -> None:
    said = reading(people.analyst.get("/admin/ledger/batch/import/"))
    assert "Page or section locator" in said
    said = reading(people.analyst.get("/es/admin/ledger/batch/import/"))
    assert "Monto amount_usd" in said


def test_an_upload_is_shown_to_whoever_made_it_alone(people: People) -> None:
    address = uploaded(people.analyst, case("two-rows.csv"))
    assert people.client(people.benito).get(address).status_code == 404
    assert people.client(people.benito).get(f"{address}remarks/").status_code == 404
    assert people.approver.get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("address", [IMPORT, f"{IMPORT}00000000-0000-4000-8000-000000000000/"])
def test_only_analysts_import(people: People, address: str) -> None:
    for client in (people.approver, people.administrator):
        assert client.get(address).status_code == 403
        assert client.post(address, {"pasted": "x"}).status_code == 403


def test_uploads_are_kept_for_a_day(people: People) -> None:
    address = uploaded(people.analyst, case("two-rows.csv"))
    Upload.objects.update(made_at=timezone.now() - timedelta(days=1, minutes=1))
    uploaded(people.analyst, case("codes.csv"))
    assert people.analyst.get(address).status_code == 404
    assert Upload.objects.count() == 1


def test_an_upload_is_gone_once_its_batch_is_made(people: People) -> None:
    address = uploaded(people.analyst, case("two-rows.csv"))
    people.analyst.post(address, confirmation(people.analyst, address))
    assert not Upload.objects.exists()


def test_the_file_with_remarks_is_a_download(people: People) -> None:
    client = people.analyst
    address = uploaded(client, case("amount-refused.csv"), name="junio ñ.csv")
    response = client.get(f"{address}remarks/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename*=utf-8''junio%20%C3%B1-errors.csv" in response["Content-Disposition"]
    assert "613,000.00" in response.content.decode("utf-8-sig")


@pytest.mark.parametrize("sent", [{}, {"pasted": " \n "}])
def test_something_has_to_be_given(people: People, sent: dict[str, Any]) -> None:
    assert "one of the two" in reading(people.analyst.post(IMPORT, sent))


def test_a_file_and_pasted_rows_at_once_are_refused(people: People) -> None:
    sent = {"pasted": "x", "file": SimpleUploadedFile("a.csv", rows({}))}
    assert "one of the two" in reading(people.analyst.post(IMPORT, sent))


def test_faults_are_told_in_spanish(people: People) -> None:
    client = people.analyst
    page = client.get(uploaded(client, case("dates-refused.csv"), prefix="/es"))
    text = reading(page)
    assert "9 de febrero de 2009" in text
    assert "effective_date" in text
    assert not re.search(r"\b(Write|row|can be read)\b", text)


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbfref"), ("xlsx", b"PK")])
def test_the_template_is_a_download(people: People, kind: str, start: bytes) -> None:
    response = people.analyst.get(f"{IMPORT}template.{kind}")
    assert response.content.startswith(start)
    assert f'filename="carsi-import.{kind}"' in response["Content-Disposition"]


def test_queries_do_not_grow_with_rows(people: People, django_assert_num_queries: Any) -> None:
    few = uploaded(people.analyst, rows({}))
    many = uploaded(
        people.analyst,
        rows(*({"reference": f"NEW-{number}", "amount_usd": "1"} for number in range(300))),
    )
    client = people.analyst
    client.get(few)
    with django_assert_num_queries(_queries(client, few)):
        client.get(many)


def _queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_a_confirmation_asks_for_the_language_and_a_review_shows_it(people: People) -> None:
    client = people.analyst
    for prefix, spoken in (("", "en"), ("/es", "es")):
        address = uploaded(client, case("two-rows.csv"), prefix=prefix)
        form = client.get(address).context["form"]
        assert form["language"].value() == spoken
    sent = confirmation(client, address)
    refused = client.post(address, sent | {"language": ""})
    assert refused.context["form"].errors.keys() == {"language"}
    client.post(address, sent | {"language": "en"})  # an English file, at the desk in Spanish
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    assert batch.language == "en"
    posting.submit(batch.pk, people.ana)
    assert "Language English" in reading(people.approver.get(address_of(batch, "review")))


def test_a_preview_shows_limits_and_titles_in_spanish_beside_the_commitment(
    people: People,
) -> None:
    limit = {"bound": "at-most", "bound_note": "One sum for two years"}
    spanish = {"title_es": "Lanchas", "bound_note_es": "Una suma para dos años"}
    given = limit | spanish
    file = rows(given, headings=",".join([HEADINGS, *given]))
    page = people.analyst.get(uploaded(people.analyst, file))
    text = reading(page)
    assert "at-most: One sum for two years" in text
    assert "Una suma para dos años" in text
    assert "Lanchas" in text
