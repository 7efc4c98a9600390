"""What is not posted leaves no trace in public."""

import os

import pytest
from django.core.cache import caches
from django.test import Client

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Country, Stage
from tests import factories
from tests.reports.addresses import answer, asked, everywhere
from tests.sourced import APPROPRIATED, NEXT, millions

EVERYTHING = bool(os.environ.get("EVERYTHING"))
pytestmark = pytest.mark.usefixtures("sourced")


def forget() -> None:
    """Forget what this process remembers of pages, words and names."""
    caches["pages"].clear()
    forget_everything()


ITS_PAGES = (
    "/commitments/CARSI-08-INCLE-70/", "/documents/zacapa-2009/", "/documents/zacapa-law/",
    "/appropriations/2011-incle/", f"/changes/{NEXT}/", f"/entries/{NEXT}-1/",
    "/nothing-of-the-kind/",
)  # fmt: skip


LOOKED_FOR = (
    *(("/search/", f"q={word}") for word in (
        "Zacapa", "Zacpaa", "zacapa-2009", "Amigos", "CARSI-08-INCLE-70", "77777"
    )),
    *((f"/{name}/", f"text={word}") for name in ("entries", "commitments")
      for word in ("Zacapa", "Zacpaa")),
    *((path, query) for path in ("/entries/", "/feed/", "/tables/entries.csv") for query in (
        "commitment=CARSI-08-INCLE-70", "document=zacapa-2009", "partner=Amigos+de+Zacapa",
        "agency=Zacapa+Office", "year=2011", f"posted_in={NEXT}", "amount_from=77777",
    )),
)  # fmt: skip


@pytest.fixture
def draft(sourced: None) -> Batch:
    """Draft all kinds of things that nobody outside may learn of."""
    made = factories.batch(title="Zacapa", reason="Zacapa")
    old = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    law = factories.document(key="zacapa-law", title="Zacapa Act")
    funds = factories.appropriation(fiscal_year=2011, account=old.appropriation.account, law=law)
    factories.line(made, funds, Stage.APPROPRIATED, 177_777, document=law, note="Zacapa")
    new = factories.commitment(
        made,
        reference="CARSI-08-INCLE-70",
        title="Zacapa checkpoint scanner",
        title_es="Escáner de Zacapa",
        appropriation=funds,
        area=old.area,
        country=Country.objects.get(code="GT"),
        agency=factories.organization(code="Zacapa Office"),
        partner=factories.organization(code="Amigos de Zacapa"),
        replaces=old,
    )
    source = factories.document(key="zacapa-2009", title="Letter on Zacapa", publisher="Zacapa")
    factories.line(made, new, Stage.COMMITTED, 77_777, document=source, quote="Zacapa")
    factories.line(made, new, Stage.OBLIGATED, 77_777, document=source, quote="Zacapa")
    for stage in (Stage.COMMITTED, Stage.OBLIGATED):
        factories.line(made, old, stage, -77_777, document=source, locator="Zacapa")
    return made


def test_a_draft_a_submitted_and_a_returned_batch_change_no_byte_of_any_public_answer(
    client: Client, request: pytest.FixtureRequest
) -> None:
    """What would name the batch is asked in each state, other addresses in one of three."""
    others = len(list(everywhere()))
    addresses = list(everywhere(*(asked(path, query) for path, query in LOOKED_FOR), *ITS_PAGES))

    def answers(asked_now: list[str]) -> dict[str, tuple[int, bytes]]:
        forget()
        found = {address: answer(client, address) for address in asked_now}
        return {
            address: (response.status_code, sent) for address, (response, sent) in found.items()
        }

    def changed(turn: int) -> list[str]:
        asked_now = [
            address
            for number, address in enumerate(addresses)
            if EVERYTHING or number >= others or number % 3 == turn
        ]
        now = answers(asked_now)
        return [address for address in asked_now if now[address] != before[address]]

    before = answers(addresses)
    made: Batch = request.getfixturevalue("draft")
    assert changed(0) == []
    posting.submit(made.pk, made.created_by)
    assert changed(1) == []
    posting.send_back(made.pk, factories.approver(), "Is Zacapa spelt so?")
    assert changed(2) == []
    assert {before[page][0] for page in ITS_PAGES} == {404}
    assert len({before[page][1] for page in ITS_PAGES}) == 1


def test_once_posted_it_is_on_every_page_at_the_next_request(draft: Batch, client: Client) -> None:
    before = client.get("/")
    factories.posted(draft, factories.approver())
    after = client.get("/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert f"${millions(APPROPRIATED + 177_777)} million" in after.content.decode()
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
