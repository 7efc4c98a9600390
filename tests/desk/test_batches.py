"""Batches: their list, their pages, and what analysts do with them."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Country, Line
from carsi_tracker.ledger.posting import acting
from tests.desk.conftest import (
    SUGGESTED,
    People,
    address,
    allocate,
    hidden,
    page_of,
    queries,
    reading,
    told,
)
from tests.sourced import COMMITMENTS, NEXT

LIST = "/admin/ledger/batch/"
ADD = "/admin/ledger/batch/add/"


def test_the_list_is_filtered_by_state_and_searched(people: People) -> None:
    allocate(people.analyst, _draft="", amount="77,000")
    allocate(people.analyst)
    for client in (people.analyst, people.approver, people.administrator):
        everything = reading(client.get(LIST))
        assert f"{NEXT + 1} batches" in everything
        submitted = reading(client.get(LIST, {"state__exact": "submitted"}))
        assert SUGGESTED in submitted
        assert "$77,000" not in submitted
        found = reading(client.get(LIST, {"q": "CARSI-08-INCLE-03"}))
        assert "Letter of agreement with Panama" in found
        assert "$77,000" not in found


def test_the_list_says_how_far_each_has_got(people: People) -> None:
    text = reading(people.analyst.get(LIST))
    assert re.search(
        r"Letter of agreement with Panama posted as version 7 \S+ FY\d+.* Panama [\d,–]+ ", text
    )


def texts(title: str, reason: str) -> dict[str, str]:
    return {"title": title, "reason": reason, "language": "en"}


def test_a_new_batch_is_made_once(people: People) -> None:
    client = people.analyst
    token = hidden(client.get(ADD).content.decode(), "token")
    sent = {"token": token, "title": "Figures of a letter", "reason": "Signed", "language": "en"}
    client.post(ADD, sent)
    batch = Batch.objects.get(token=token)
    assert client.post(ADD, sent)["Location"] == page_of(batch)
    assert Batch.objects.filter(title="Figures of a letter").count() == 1


def test_a_new_batch_without_a_reason_is_refused(people: People) -> None:
    response = people.analyst.post(
        ADD, {"token": str(uuid4()), "title": "T", "reason": " ", "language": "en"}
    )
    assert response.context["form"].errors["reason"]


def test_the_page_shows_all_that_an_approver_decides_on(people: People) -> None:
    batch = allocate(
        people.analyst,
        title_es="Lanchas patrulleras, Honduras",
        note="Two boats",
        reason="Read in the plan",
        reference="CARSI-08-INCLE-70",
        goal=Commitment.objects.get(reference="CARSI-08-INCLE-03").goal_id,
    )
    text = reading(people.approver.get(page_of(batch)))
    for part in (
        "Reason Read in the plan",
        "Prepared by Ana Alva",
        "CARSI-08-INCLE-70 Patrol boats, Honduras new Committed Jun 15, 2009",
        "page 12, table 3 stated Two boats 250,000",
        "Lanchas patrulleras, Honduras INCLE FY2008",
        "Law enforcement and security force assistance Honduras",
        "3. Support the development of strong",
        "State/INL",
        "INCLE FY2008 Uncommitted 11,010,500 → with this batch 10,760,500",
        "Lowest 10,760,500 on Sep 25, 2009",
    ):
        assert part in text, part


def test_the_page_says_what_would_refuse_a_draft(people: People) -> None:
    batch = allocate(people.analyst, _draft="", amount="11,500,000", effective_date="2009-03-13")
    text = reading(people.analyst.get(page_of(batch)))
    assert "If it were posted now, this would refuse it" in text
    assert (
        "$11,500,000.00 is more than the uncommitted balance of $11,010,500.00 on September 25, "
        "2009."
    ) in text
    assert "Over balance on Sep 25, 2009: INCLE FY2008 would be −489,500" in text


def test_title_and_reason_are_edited_and_the_editor_has_a_hand(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    client = people.client(people.benito)
    seen = hidden(client.get(address(batch, "texts")).content.decode(), "seen")
    text = told(client, address(batch, "texts"), seen=seen, **texts("Boats", "Plan"))
    batch.refresh_from_db()
    assert (batch.title, batch.reason) == ("Boats", "Plan")
    assert "Prepared by Ana Alva, Benito Bo" in text


def test_title_and_reason_edited_meanwhile_are_shown_beside_ones_own(people: People) -> None:
    batch = allocate(people.analyst, _draft="", title="Boats")
    ana, benito = people.analyst, people.client(people.benito)
    seen = hidden(ana.get(address(batch, "texts")).content.decode(), "seen")
    told(ana, address(batch, "texts"), seen=seen, **texts("Patrol boats", "Plan"))
    text = told(benito, address(batch, "texts"), seen=seen, **texts("Boats", "Spending plan"))
    assert "Your changes were not saved" in text
    assert "Title Patrol boats Boats" in text
    assert "Reason Plan Spending plan" in text
    batch.refresh_from_db()
    assert (batch.title, batch.reason) == ("Patrol boats", "Plan")


def test_submitting_twice_says_so(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    assert "The batch was submitted." in told(people.analyst, address(batch, "submit"))
    assert "submitted already" in told(people.analyst, address(batch, "submit"))


def test_a_submission_that_breaks_a_balance_is_refused_in_words(people: People) -> None:
    batch = allocate(people.analyst, _draft="", amount="11,500,000", effective_date="2009-03-13")
    text = told(people.analyst, address(batch, "submit"))
    assert (
        "INCLE FY2008: $11,500,000.00 is more than the uncommitted balance of $11,010,500.00 on "
        "September 25, 2009."
    ) in text
    batch.refresh_from_db()
    assert batch.state == Batch.State.DRAFT


def test_an_empty_batch_is_not_submitted(people: People) -> None:
    token = str(uuid4())
    people.analyst.post(ADD, {"token": token} | texts("Empty", "None yet"))
    text = told(people.analyst, address(Batch.objects.get(token=token), "submit"))
    assert "This batch has no lines yet." in text


def test_a_submitted_batch_is_withdrawn_then_discarded_after_a_question(people: People) -> None:
    batch = allocate(people.analyst)
    assert "is a draft again" in told(people.analyst, address(batch, "withdraw"))
    query = reading(people.analyst.get(address(batch, "discard")))
    assert f"“{SUGGESTED}” and its 1 line will be deleted." in query
    assert Batch.objects.filter(pk=batch.pk).exists()
    assert f"“{SUGGESTED}” was discarded." in told(people.analyst, address(batch, "discard"))
    assert not Batch.objects.filter(pk=batch.pk).exists()
    assert Commitment.objects.count() == COMMITMENTS


@pytest.mark.parametrize("verb", ["withdraw", "discard", "submit"])
def test_a_posted_batch_stays_posted(people: People, verb: str) -> None:
    posted = Batch.objects.get(version=7)
    assert "This batch was posted already, as version 7" in told(
        people.analyst, address(posted, verb)
    )


def test_a_submitted_batch_is_not_edited_unawares(people: People) -> None:
    batch = allocate(people.analyst)
    line, commitment = batch.lines.get(), batch.introduces.get()
    client = people.analyst
    for path, sent in (
        (address(batch, "texts"), {"title": "Other", "reason": "Other"}),
        (address(batch, f"commitments/{commitment.pk}"), {"title": "Other"}),
        (address(batch, f"lines/{line.pk}/delete"), {}),
        (address(batch, f"commitments/{commitment.pk}/delete"), {}),
    ):
        assert "submitted already" in told(client, path, **sent), path
    batch.refresh_from_db()
    assert batch.state == Batch.State.SUBMITTED
    assert batch.title == SUGGESTED
    assert "Add an amount" not in reading(client.get(page_of(batch)))


@pytest.mark.parametrize("verb", ["submit", "withdraw", "discard", "texts", "lines/add"])
def test_approvers_and_administrators_do_not_edit(people: People, verb: str) -> None:
    batch = allocate(people.analyst, _draft="")
    for client in (people.approver, people.administrator):
        assert client.post(address(batch, verb), {}).status_code == 403
    batch.refresh_from_db()
    assert batch.state == Batch.State.DRAFT


def test_the_new_commitment_is_edited_in_its_batch(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    commitment = batch.introduces.get()
    path = address(batch, f"commitments/{commitment.pk}")
    client = people.analyst
    seen = hidden(client.get(path).content.decode(), "seen")
    sent = {
        "seen": seen,
        "reference": commitment.reference,
        "title": "Fast boats",
        "title_es": "",
        "appropriation": commitment.appropriation_id,
        "area": commitment.area_id,
        "country": commitment.country_id,
        "goal": "",
        "agency": commitment.agency_id,
        "partner": "",
    }
    told(client, path, **sent)
    assert "Fast boats" in told(client, path, **sent | {"title": "Slow boats"})
    commitment.refresh_from_db()
    assert commitment.title == "Fast boats"
    assert "There is" not in reading(client.get(path))
    assert "already exists" in told(
        client,
        path,
        **sent
        | {
            "seen": hidden(client.get(path).content.decode(), "seen"),
            "reference": "CARSI-08-INCLE-03",
        },
    )


def test_an_unposted_commitment_is_reached_through_its_batch(people: People) -> None:
    batch = allocate(people.analyst)
    commitment = batch.introduces.get()
    response = people.analyst.get(f"/admin/ledger/commitment/{commitment.pk}/change/")
    assert response["Location"] == page_of(batch)


def test_a_commitment_without_amounts_can_be_removed(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    commitment = batch.introduces.get()
    path = address(batch, f"commitments/{commitment.pk}/delete")
    assert "refers to this" in told(people.analyst, path)
    with acting(people.ana):
        batch.lines.all().delete()
    assert commitment.reference in reading(people.analyst.get(page_of(batch)))
    assert "The commitment was removed." in told(people.analyst, path)
    assert not batch.introduces.exists()


def test_a_batch_that_does_not_exist_is_not_found(people: People) -> None:
    for number in ("9999", "x", "9" * 40, "-1"):
        assert people.analyst.get(f"/admin/ledger/batch/{number}/change/").status_code == 404
    assert people.analyst.post("/admin/ledger/batch/9999/submit/", follow=True).status_code == 404


def test_long_batches_are_shown_in_pages_that_say_how_many_there_are(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    line = batch.lines.get()
    with acting(people.ana):
        Line.objects.bulk_create(
            Line(
                batch=batch,
                appropriation=line.appropriation,
                commitment=line.commitment,
                stage="obligated",
                amount=10,
                effective_date=date(2010, 1, 4),
                document=line.document,
                basis="stated",
                changed_by=people.ana,
            )
            for _ in range(120)
        )
    posting.submit(batch.pk, people.ana)
    first = people.analyst.get(page_of(batch))
    assert "Lines 1 to 25 of 121" in reading(first)
    digest = posting.digest(batch.pk)
    assert f"?page=2&amp;digest={digest}" in first.content.decode()
    second = reading(people.analyst.get(page_of(batch), {"page": 2, "digest": digest}))
    assert "Lines 26 to 50 of 121" in second
    assert "changed since you began" not in second
    changed = reading(people.analyst.get(page_of(batch), {"page": 2, "digest": "0" * 64}))
    assert "This batch was changed since you began to read it." in changed


def test_remarks_make_a_thread_and_are_no_hand(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    for client, text in ((people.analyst, "Is it page 12?"), (people.approver, "It is page 13.")):
        after = hidden(client.get(page_of(batch)).content.decode(), "after")
        sent = {"text": text, "after": after}
        for _ in range(2):
            assert "The comment was added." in told(client, address(batch, "remark"), **sent)
    said = reading(people.analyst.get(page_of(batch)))
    assert said.index("Is it page 12? Ana Alva") < said.index("It is page 13. Petra Paz")
    assert batch.remarks.count() == 2
    assert not batch.editors.filter(user=people.petra).exists()
    assert "This field is required" in told(people.analyst, address(batch, "remark"), text=" ")


def chosen(*batches: Batch, **more: str) -> dict[str, Any]:
    """What the list sends to discard these."""
    return {"action": "discard_drafts", "_selected_action": [b.pk for b in batches], **more}


def test_ones_own_drafts_are_found_and_several_discarded_after_a_question(people: People) -> None:
    mine = [allocate(people.analyst, _draft="") for _ in range(2)]
    other = allocate(people.client(people.benito), _draft="", amount="77,000")
    sent = allocate(people.analyst, amount="88,000")
    text = reading(people.analyst.get(LIST, {"keeper": "drafts"}))
    assert "2 batches" in text
    assert "$77,000" not in text
    boxes = re.findall(r'class="action-select"[^>]*', people.analyst.get(LIST).content.decode())
    assert len(boxes) == len(mine)
    question = reading(people.analyst.post(LIST, chosen(*mine, other, sent)))
    assert "2 other batches that you chose stay: they are not your drafts." in question
    assert Batch.objects.filter(pk=mine[0].pk).exists()
    done = told(people.analyst, LIST, **chosen(*mine, other, sent, _confirmed="1"))
    assert "2 drafts were discarded." in done
    assert {*Batch.objects.filter(version=None)} == {other, sent}


def test_what_is_no_draft_of_ones_own_is_not_discarded_from_the_list(people: People) -> None:
    other = allocate(people.client(people.benito), _draft="")
    said = told(people.analyst, LIST, **chosen(other, _confirmed="1"))
    assert "None of these is a draft of yours." in said
    people.approver.post(LIST, chosen(other, _confirmed="1"))
    assert Batch.objects.filter(pk=other.pk).exists()
    for text in ("first", "\0", "²", "9" * 5_000):
        sent = {"action": "discard_drafts", "_selected_action": [text], "_confirmed": "1"}
        assert "No items have been changed." in told(people.analyst, LIST, **sent)
    assert "Discard the drafts chosen" not in people.approver.get(LIST).content.decode()


def test_the_list_asks_no_more_for_more_batches(people: People) -> None:
    allocate(people.analyst, _draft="")
    few = queries(people.analyst, LIST)
    for code in ("PA", "GT"):
        country = Country.objects.get(code=code).pk
        allocate(people.analyst, _draft="", country=country, obligated="5")
    assert queries(people.analyst, LIST) == few
