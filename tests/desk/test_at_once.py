"""What is sent twice at once, by a double click or two tabs, makes one thing and never fails."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from carsi_tracker.ledger.models import Batch, Commitment, Country
from tests import factories
from tests.desk.conftest import People, address, allocate, page_of
from tests.desk.forms import filled

pytestmark = pytest.mark.commits
LIST = "/admin/ledger/batch/"
RETURNED = "/admin/ledger/batch/returned/"


def at_once(send: Callable[[], Any], times: int = 6) -> list[Any]:
    """Return what sending something so many times at once gave."""

    def sent(_: int) -> Any:
        try:
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(sent, range(times)))


def test_an_edited_download_that_is_confirmed_at_once_is_one_draft(people: People) -> None:
    file = people.analyst.get("/tables/entries.csv", follow=True)
    name = file["Content-Disposition"].split('"')[1]
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    edited = re.sub(rb"(,obligated,[^\n]*?)613000", rb"\g<1>612000", content, count=1)
    assert edited != content
    upload = {"file": SimpleUploadedFile(name, edited)}
    place = people.analyst.post(RETURNED, upload)["Location"]
    head = people.analyst.get(place).context["head"].number
    sent = {"title": "Corrections", "reason": "As agreed", "language": "en", "head": head}
    answers = at_once(lambda: people.analyst.post(place, sent | {"_create": ""}))
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    assert batch.lines.count() == 1
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, page_of(batch))
    }


def test_drafts_that_are_discarded_at_once_are_gone_and_nothing_else(people: People) -> None:
    mine = [allocate(people.analyst, _draft="") for _ in range(3)]
    kept = allocate(people.analyst, _draft="")
    sent = {"action": "discard_drafts", "_selected_action": [batch.pk for batch in mine],
            "_confirmed": "1"}  # fmt: skip
    answers = at_once(lambda: people.analyst.post(LIST, sent))
    assert {answer.status_code for answer in answers} == {302}
    assert [*Batch.objects.filter(state=Batch.State.DRAFT)] == [kept]


def test_a_reclassification_that_is_sent_at_once_is_one_draft(people: People) -> None:
    old = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    form = f"/admin/ledger/commitment/{old.pk}/move/"
    sent = {
        "token": str(uuid4()), "how": "whole", "appropriation": old.appropriation_id,
        "area": old.area_id, "country": Country.objects.get(code="HN").pk, "title": old.title,
        "goal": old.goal_id or "", "basis": "stated", "_draft": "",
    }  # fmt: skip
    answers = at_once(lambda: people.analyst.post(form, sent))
    assert {answer.status_code for answer in answers} == {302}
    assert Commitment.objects.filter(replaces=old).count() == 1


def test_pasted_rows_that_are_sent_at_once_are_added_once(people: People) -> None:
    batch = factories.batch(people.ana)
    row = "CARSI-09-INCLE-01\tobligated\t1000\t2010-08-24\tactivities-2010\tstated"
    head = "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\n"
    sent = {"pasted": head + row, "revision": "0"}
    answers = at_once(lambda: people.analyst.post(address(batch, "lines/paste"), sent))
    assert {answer.status_code for answer in answers} == {302}
    assert batch.lines.count() == 1


def test_a_table_with_a_new_commitment_that_is_sent_at_once_is_saved_once(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    made = batch.introduces.get()
    sent = filled(people.analyst.get(page_of(batch)), "table") | {
        "row": ["introduced-0", "new-0"],
        "introduced-0-reference": "CARSI-08-INCLE-15", "introduced-0-title": "Radios",
        "introduced-0-appropriation": made.appropriation_id, "introduced-0-area": made.area_id,
        "introduced-0-country": made.country_id, "introduced-0-agency": made.agency_id,
        "new-0-against": "", "new-0-stage": "committed", "new-0-amount": "1,000",
        "new-0-effective_date": "2010-02-15",
        "new-0-document": "activities-2010", "new-0-basis": "stated",
    }  # fmt: skip
    answers = at_once(lambda: people.analyst.post(address(batch, "lines"), sent))
    assert {answer.status_code for answer in answers} == {302}
    assert (batch.introduces.count(), batch.lines.count()) == (2, 2)
