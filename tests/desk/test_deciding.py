"""The decision stays in view, one batch after the other, beside the source of each line."""

import re
from datetime import date
from hashlib import sha256
from typing import Any
from zlib import compress

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Document, DocumentFile, Stage
from carsi_tracker.ledger.posting import acting
from tests import factories
from tests.desk.conftest import (
    People,
    add_lines,
    address,
    allocate,
    allow_self_approval,
    appropriation,
    hidden,
    page_of,
    post_it,
    reading,
    told,
)
from tests.sourced import NEXT

FILLED = re.compile(r'<button[^>]*class="desk-button"[^>]*>([^<]*)</button>')
PLAN = "spend-plan-2008"


def review(client: Client, batch: Batch, **asked: Any) -> str:
    response = client.get(address(batch, "review"), asked)
    assert response.status_code == 200
    return response.content.decode()


def post_and_open_next(client: Client, batch: Batch) -> Any:
    digest = hidden(review(client, batch), "digest")
    sent = {"digest": digest, "confirmed": "on", "_next": ""}
    return client.post(address(batch, "post"), sent, follow=True)


def give_a_file(people: People, name: str, kind: str, content: bytes) -> Document:
    document = Document.objects.get(key=PLAN)
    with acting(people.ana):
        DocumentFile.objects.create(
            document=document, name=name, media_type=kind, size=len(content),
            sha256=sha256(content).hexdigest(), content=content, added_by=people.ana,
        )  # fmt: skip
    return document


def test_posting_opens_the_next_batch_that_this_person_may_post(people: People) -> None:
    first = allocate(people.analyst, title="First")
    own = allocate(people.analyst, title="Prepared by Petra, too")
    last = allocate(people.analyst, title="Last")
    with acting(people.ana):
        Batch.objects.filter(pk=own.pk).update(reason="Another")
    posting.submit(own.pk, people.ana)
    petra = factories.person(username="both", is_approver=True, is_analyst=True)
    posting.withdraw(own.pk, petra)
    with acting(petra):
        Batch.objects.filter(pk=own.pk).update(reason="Mine")
    posting.submit(own.pk, petra)
    client = people.client(petra)
    assert "Post and open the next" in review(client, first)
    opened = post_and_open_next(client, first)
    assert opened.redirect_chain[-1][0] == address(last, "review")
    assert f"Posted as version {NEXT}." in reading(opened)
    assert "Post and open the next" not in review(client, last)
    end = post_and_open_next(client, last)
    assert end.redirect_chain[-1][0] == "/admin/"
    assert "No other batch waits for you." in reading(end)


@pytest.mark.commits
def test_an_office_of_one_opens_the_next_of_its_own(people: People) -> None:
    allow_self_approval("One person works here.")
    first, second = allocate(people.analyst), allocate(people.analyst, title="Second")
    petra = factories.person(username="both", is_approver=True, is_analyst=True)
    with acting(petra):
        Batch.objects.filter(pk=second.pk).update(reason="Mine")
    posting.submit(second.pk, petra)
    opened = post_and_open_next(people.client(petra), first)
    assert opened.redirect_chain[-1][0] == address(second, "review")


def test_a_refused_posting_opens_no_other_batch(people: People) -> None:
    first = allocate(people.analyst)
    allocate(people.analyst, title="Second")
    sent = {"digest": "0" * 64, "confirmed": "on", "_next": ""}
    response = people.approver.post(address(first, "post"), sent)
    assert response["Location"].startswith(address(first, "review"))


def test_what_fits_is_posted_by_the_one_filled_button(people: People) -> None:
    html = review(people.approver, allocate(people.analyst))
    assert FILLED.findall(html) == [f"Post version {NEXT}"]


def test_what_does_not_fit_offers_no_posting_and_is_refused(people: People) -> None:
    nadr = {"appropriation": appropriation(2008, "NADR").pk, "effective_date": "2009-09-30"}
    first = allocate(people.analyst, amount="1000000", title="Radios", **nadr)
    second = allocate(people.analyst, amount="1000000", title="Scanners", **nadr)
    read = review(people.approver, second)
    assert FILLED.findall(read) == [f"Post version {NEXT}"]
    post_it(people.approver, first)
    html = review(people.approver, second)
    assert FILLED.findall(html) == ["Return to analyst"]
    assert address(second, "post") not in html
    assert "Over balance now" in post_it(people.approver, second)
    second.refresh_from_db()
    assert second.state == Batch.State.SUBMITTED


def test_one_box_takes_a_comment_and_what_needs_to_change(people: People) -> None:
    batch = allocate(people.analyst)
    html = review(people.approver, batch)
    assert html.count("<textarea") == 1
    after = hidden(html, "after")
    text = told(people.approver, address(batch, "remark"), text="Which page?", after=after)
    assert "The comment was added." in text
    assert "Your decision" not in text
    assert "Post version" in text
    empty = people.approver.post(address(batch, "send-back"), {"text": "", "after": after})
    assert "autofocus" in empty.content.decode()
    assert "Returned with your comment." in told(
        people.approver, address(batch, "send-back"), text="Name it.", after=after
    )


def test_nothing_is_said_to_be_posted_before_it_is(people: People) -> None:
    batch = allocate(people.analyst)
    for page in (address(batch, "review"), page_of(batch)):
        assert "Posted as version" not in reading(people.approver.get(page))
    post_it(people.approver, batch)
    assert f"Posted as version {NEXT}" in reading(people.approver.get(page_of(batch)))


def test_the_quoted_words_of_a_text_are_marked_beside_the_line(people: People) -> None:
    quote = "improved prison management: up to $400,000"
    text = b"(c) <b>; (d) Improved prison\n management: up to $400,000."
    give_a_file(people, "plan.txt", "text/plain", text)
    batch = allocate(people.analyst, quote=quote)
    html = review(people.approver, batch)
    assert "<mark>Improved prison\n management: up to $400,000</mark>." in html
    assert "(c) &lt;b&gt;; (d) " in html
    assert "The quoted words are marked." in html
    other = allocate(people.analyst, quote="nothing of it")
    assert "The quoted words are not in the file." in review(people.approver, other)
    assert "<mark>" not in review(people.approver, other)


def test_a_pdf_stands_in_a_frame_of_our_own_at_its_page(people: People) -> None:
    document = give_a_file(people, "plan.pdf", "application/pdf", b"%PDF-1.4 of a plan")
    batch = allocate(people.analyst, locator="pp. 12-14, table 3")
    place = address(batch, f"source/{document.pk}")
    response = people.approver.get(address(batch, "review"))
    assert f'<iframe src="{place}#page=12"' in response.content.decode()
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "frame-src" not in people.approver.get(page_of(batch))["Content-Security-Policy"]
    file = people.approver.get(place)
    assert (file.content, file["Content-Type"]) == (b"%PDF-1.4 of a plan", "application/pdf")
    assert file["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in file["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in file["Content-Security-Policy"]


def test_a_pdf_that_a_browser_has_is_not_read_again_and_stays_within_its_policy(
    people: People,
) -> None:
    document = give_a_file(people, "plan.pdf", "application/pdf", b"%PDF-1.4 of a plan")
    batch = allocate(people.analyst)
    place = address(batch, f"source/{document.pk}")
    first = people.approver.get(place)
    with CaptureQueriesContext(connection) as queries:
        again = people.approver.get(place, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not [query for query in queries if '"content"' in query["sql"]]
    for name in ("Content-Security-Policy", "X-Frame-Options", "Cache-Control"):
        assert again[name] == first[name]
    assert Client().get(place, headers={"If-None-Match": first["ETag"]}).status_code == 302


PACKED = b"5 0 obj <</Type/ObjStm/Filter/FlateDecode>>stream\n%s\nendstream"


@pytest.mark.parametrize(
    ("content", "is_shown"),
    [
        (
            b"%PDF-1.4 <</Type/Catalog/OpenAction [3 0 R /Fit]>> <</S/URI/URI(https://a.example)>>",
            1,
        ),
        (b"%PDF-1.5 " + PACKED % compress(b"<</Type/Font/JBIG2Decode 4>>"), 1),
        (b"%PDF-1.4 <</OpenAction<</S/JavaScript/JS(app.alert\\('Type your password'\\))>>>>", 0),
        (b"%PDF-1.4 <</OpenAction<</S /J#61vaScript/JS 4 0 R>>>>", 0),
        (b"%PDF-1.4 <</AA<</O<</S/SubmitForm/F(https://a.example)>>>>>>", 0),
        (b"%PDF-1.5 " + PACKED % compress(b"<</S/JavaScript/JS 4 0 R>>"), 0),
        (b"%PDF-1.5 " + PACKED % b"unreadable", 0),
    ],
)
def test_a_pdf_that_holds_a_script_is_downloaded_and_not_framed(
    people: People, content: bytes, is_shown: bool
) -> None:
    document = give_a_file(people, "plan.pdf", "application/pdf", content)
    batch = allocate(people.analyst)
    answer = people.approver.get(address(batch, f"source/{document.pk}"))
    assert (answer.content == content) is bool(is_shown)
    assert is_shown or b"is not shown here. Download it." in answer.content
    assert answer["Content-Type"] == (
        "application/pdf" if is_shown else "text/plain; charset=utf-8"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_only_a_pdf_that_the_batch_cites_is_framed_and_only_for_staff(people: People) -> None:
    document = give_a_file(people, "plan.txt", "text/plain", b"A plan")
    batch = allocate(people.analyst)
    other = factories.document(people.ana)
    for number in (document.pk, other.pk, 999_999):
        assert people.approver.get(address(batch, f"source/{number}")).status_code == 404
    place = address(batch, f"source/{document.pk}")
    assert people.administrator.get(place).status_code in (403, 404)
    assert Client().get(place).status_code == 302
    assert people.client(factories.person()).get(place).status_code in (302, 403)
    assert people.approver.post(place).status_code == 405


def test_a_line_is_chosen_whose_source_is_shown(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    other = factories.document(people.ana, title="A letter of agreement", key="letter-2009")
    old = batch.lines.get()
    day = date(2009, 7, 1)
    factories.line(batch, old.commitment, "obligated", 5, day, by=people.ana, document=other)  # type: ignore[arg-type]
    posting.submit(batch.pk, people.ana)
    line = batch.lines.latest("pk")
    html = review(people.approver, batch)
    assert f"line={line.pk}" in html
    assert "A letter of agreement" not in html
    chosen = review(people.approver, batch, line=line.pk)
    assert 'aria-label="Source of line 2"' in chosen
    assert "A letter of agreement" in chosen
    for odd in ("x", "0", "9" * 40, "²"):
        assert 'aria-label="Source of line 1"' in review(people.approver, batch, line=odd)


def test_many_lines_are_found_and_sorted(people: People) -> None:
    few = allocate(people.analyst)
    assert 'name="sort"' not in review(people.approver, few)
    batch = allocate(people.analyst, _draft="")
    add_lines(people, batch, 12)
    posting.submit(batch.pk, people.ana)
    client = people.approver
    assert 'name="sort"' in review(client, batch)
    found = reading(client.get(address(batch, "review"), {"find": f"MANY-{batch.pk}-7"}))
    assert "13 lines and their sources" in found
    assert re.search(r"Evidence 9 MANY-\d+-7 new", found), "a line keeps its number"
    assert "No line has these words." in review(client, batch, find="nothing like it")
    none = reading(client.get(address(batch, "review"), {"stage": "disbursed"}))
    assert "No line has these words." in none
    largest = reading(client.get(address(batch, "review"), {"sort": "amount"}))
    assert re.search(r"Evidence 1 CARSI", largest)
    assert client.get(address(batch, "review"), {"sort": "x", "stage": "y"}).status_code == 200


def test_each_changed_line_is_told_apart_from_others_of_its_commitment(people: People) -> None:
    batch = allocate(people.analyst, _draft="")
    line = batch.lines.get()
    for amount, day in ((100, date(2009, 7, 1)), (200, date(2009, 8, 1))):
        factories.line(batch, line.commitment, "obligated", amount, day, by=people.ana)  # type: ignore[arg-type]
    posting.submit(batch.pk, people.ana)
    review(people.approver, batch)
    posting.withdraw(batch.pk, people.ana)
    with acting(people.ana):
        batch.lines.filter(amount=100).update(amount=150)
        batch.lines.filter(amount=200).delete()
    posting.submit(batch.pk, people.ana)
    text = reading(people.approver.get(address(batch, "review")))
    assert "Obligated, $150.00, Jul 1, 2009: changed (Ana Alva," in text
    assert "Obligated, $200.00, Aug 1, 2009: deleted" in text
    assert re.search(r"2 CARSI-08-INCLE-\d+ new changed", text), "the line says so, too"


def test_a_version_posted_in_between_is_told_with_what_it_changed(people: People) -> None:
    batch = allocate(people.analyst)
    review(people.approver, batch)
    posting.withdraw(batch.pk, people.ana)
    near = allocate(people.analyst, called="From the same appropriation")
    far = allocate(
        people.analyst, called="From another", appropriation=appropriation(2008, "NADR").pk,
        effective_date="2009-09-30",
    )  # fmt: skip
    for other in (near, far):
        post_it(people.approver, other)
    with acting(people.ana):
        batch.lines.update(note="Mended")
    posting.submit(batch.pk, people.ana)
    text = reading(people.approver.get(address(batch, "review")))
    told_near = rf"Version {NEXT}, “From the same appropriation”: Petra Paz posted it on [^;]+; it"
    assert re.search(f"{told_near} changed a balance of this batch", text)
    told_far = rf"Version {NEXT + 1}, “From another”: Petra Paz posted it on [^;]+; it"
    assert re.search(f"{told_far} changed no balance of this batch", text)


def test_a_version_that_commits_elsewhere_changed_no_balance_of_an_obligation(
    people: People,
) -> None:
    batch = allocate(people.analyst, _draft="")
    posting.submit(batch.pk, people.ana)
    post_it(people.approver, batch)
    later = factories.batch(people.ana, title="An obligation")
    commitment = batch.introduces.get()
    factories.line(later, commitment, Stage.OBLIGATED, 100, date(2009, 7, 1), by=people.ana)
    posting.submit(later.pk, people.ana)
    review(people.approver, later)
    post_it(people.approver, allocate(people.analyst, called="From the same appropriation"))
    own = factories.batch(people.ana, title="Of the same commitment")
    factories.line(own, commitment, Stage.COMMITTED, -100, date(2009, 7, 1), by=people.ana)
    posting.submit(own.pk, people.ana)
    post_it(people.approver, own)
    posting.withdraw(later.pk, people.ana)
    with acting(people.ana):
        later.lines.update(note="Mended")
    posting.submit(later.pk, people.ana)
    text = reading(people.approver.get(address(later, "review")))
    assert re.search("“From the same appropriation”: [^;]+; it changed no balance", text)
    assert re.search("“Of the same commitment”: [^;]+; it changed a balance", text)


@pytest.mark.commits
def test_a_confirmation_is_given_anew_each_time(people: People) -> None:
    allow_self_approval("An office of one")
    both = factories.person(username="both", is_approver=True, is_analyst=True)
    client = people.client(both)
    own = allocate(client)
    html = review(client, own)
    sent = {"digest": hidden(html, "digest"), "confirmed": "on", "self_approval_reason": ""}
    refused = client.post(address(own, "post"), sent).content.decode()
    assert "This field is required." in refused
    box = re.search(r'<input type="checkbox" name="confirmed"[^>]*>', refused)
    assert box
    assert "checked" not in box[0]
    assert "data-unkept" in box[0], "the browser keeps it neither"
    assert 'autocomplete="off"' in box[0]


def test_the_queue_goes_on_behind_the_batch_that_was_decided_about(people: People) -> None:
    first, second, third, fourth = (allocate(people.analyst, called=f"Number {n}") for n in "1234")
    client = people.approver
    skip = f'Next to review: <a href="{address(second, "review")}">Number 2</a>'
    assert skip in review(client, first), "one may be left for later"
    opened = post_and_open_next(client, second)
    assert opened.redirect_chain[-1][0] == address(third, "review"), "not the one left for later"
    sent = {"text": "Say which boats."}
    returned = client.post(address(third, "send-back"), sent, follow=True).content.decode()
    assert f'<a href="{address(fourth, "review")}">Number 4</a>' in returned
    around = post_and_open_next(client, fourth)
    assert around.redirect_chain[-1][0] == address(first, "review"), "what is left comes last"
    assert "Next to review" not in review(client, first)
    assert "Next to review" not in post_it(client, first)
