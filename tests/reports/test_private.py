"""What is not posted leaves no trace in public."""

from datetime import date

import pytest
from django.test import Client

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Appropriation,
    Batch,
    Country,
    ProgrammingArea,
    Stage,
)
from tests import factories
from tests.sourced import NEXT

PAGES = (
    "/",
    "/entries/",
    "/entries/?country=GT",
    "/commitments/",
    "/documents/",
    "/changes/",
    "/balance/",
    "/compare/",
    "/compare/?from_version=1",
    "/feed/",
    "/feed/?country=GT",
    "/sitemap.xml",
    "/sitemap-commitments-1.xml",
    "/sitemap-documents-1.xml",
    "/sitemap-changes-1.xml",
    "/sitemap-entries-1.xml",
    "/versions.csv",
)
NEVER = (
    "/commitments/CARSI-08-INCLE-71/",
    "/documents/never/",
    f"/changes/{NEXT + 1}/",
    f"/entries/{NEXT}-2/",
)
TRACES = (b"Zacapa", b"CARSI-08-INCLE-70", b"77,777", b"77777", b"zacapa-2009", b"Amigos")


@pytest.fixture
def draft(desk_database: None) -> Batch:
    """Draft what nobody outside may learn of, with a document and a partner of its own."""
    made = factories.batch(title="Zacapa patrol post")
    source = factories.document(key="zacapa-2009", title="Letter on Zacapa")
    commitment = factories.commitment(
        made,
        reference="CARSI-08-INCLE-70",
        title="Patrol post, Zacapa",
        appropriation=Appropriation.objects.get(fiscal_year=2008, account__code="INCLE"),
        area=ProgrammingArea.objects.get(code="law-enforcement"),
        country=Country.objects.get(code="GT"),
        partner=factories.organization(code="Amigos de Zacapa"),
    )
    factories.line(made, commitment, Stage.COMMITTED, 77_777, date(2009, 6, 15), document=source)
    return made


def require_no_trace(client: Client) -> None:
    for page in PAGES:
        for language in ("", "/es"):
            if page.endswith((".csv", ".xml")) and language:
                continue
            response = client.get(language + page, follow=True)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert response.status_code == 200
            assert not [trace for trace in TRACES if trace in body], page
    theirs = ("/commitments/CARSI-08-INCLE-70/", "/documents/zacapa-2009/", f"/changes/{NEXT}/")
    for address, never in zip((*theirs, f"/entries/{NEXT}-1/"), NEVER, strict=True):
        for language in ("", "/es"):
            asked, missing = client.get(language + address), client.get(language + never)
            assert (asked.status_code, missing.status_code) == (404, 404)
            assert asked.content == missing.content
    for query in ("commitment=CARSI-08-INCLE-70", "document=zacapa-2009", f"posted_in={NEXT}"):
        response = client.get(f"/entries/?{query}")
        assert response.status_code == 400
        accepted = response.content.decode().partition("Accepted is")[2]
        assert not any(trace.decode() in accepted for trace in TRACES)


def test_a_draft_a_submitted_and_a_returned_batch_leave_no_trace(
    draft: Batch, client: Client
) -> None:
    require_no_trace(client)
    posting.submit(draft.pk, draft.created_by)
    require_no_trace(client)
    posting.send_back(draft.pk, factories.approver(), "Zacapa is spelt so?")
    require_no_trace(client)


def test_once_posted_it_is_on_every_page_at_the_next_request(draft: Batch, client: Client) -> None:
    before = client.get("/")
    factories.posted(draft, factories.approver())
    after = client.get("/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert b"$123.2 million" in after.content
    assert b"Zacapa" in client.get("/commitments/CARSI-08-INCLE-70/").content
    assert client.get("/documents/zacapa-2009/").status_code == 200
    assert b"77,777" in client.get("/entries/?partner=Amigos+de+Zacapa").content


def test_a_corrected_name_is_on_every_page_at_the_next_request(
    draft: Batch, client: Client
) -> None:
    before = client.get("/")
    with posting.acting(factories.administrator(), "Its people call it so"):
        Country.objects.filter(code="BZ").update(name_en="British Honduras")
    after = client.get("/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert b"British Honduras" in after.content
