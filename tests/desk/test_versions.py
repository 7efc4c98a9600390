"""Versions: read, and reversed by a draft."""

import pytest
from django.db import connection
from django.test import Client

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch
from tests.desk.conftest import People, address, committed, page_of, post_it, reading, told
from tests.sourced import COMMITTED, NEXT, VERSION, of_version

LIST = "/admin/ledger/posting/"


def reverse(people: People, version: int, title: str = "Taken back") -> str:
    return told(
        people.analyst, f"{LIST}{version}/reverse/", title=title, reason="It was not signed"
    )


def test_versions_are_listed_and_lead_to_what_was_posted(people: People) -> None:
    text = reading(people.approver.get(LIST))
    assert f"{VERSION} versions" in text
    assert "7 Letter of agreement with Panama" in text
    page = people.approver.get(f"{LIST}7/change/", follow=True)
    assert "Posted as version 7" in reading(page)
    found = reading(people.approver.get(LIST, {"q": "CARSI-08-INCLE-03"}))
    assert "Letter of agreement with Panama" in found
    assert "Nicaragua" not in found


def test_the_reversal_of_a_version_ends_on_its_draft(people: People) -> None:
    batch = Batch.objects.get(version=7)
    assert f"{LIST}7/reverse/" in people.analyst.get(page_of(batch)).content.decode()
    form = people.analyst.get(f"{LIST}7/reverse/")
    assert "its 8 entries will be reversed on their own dates" in reading(form)
    assert 'value="Reversal of version 7: Letter of agreement with Panama"' in (
        form.content.decode()
    )
    text = reverse(people, 7)
    assert "The reversal was drafted." in text
    assert "Reverses version 7, “Letter of agreement with Panama”" in text
    draft = Batch.objects.get(reverses=7)
    assert draft.lines.count() == 8
    assert "Add an amount" not in text


def test_a_reversal_posted_takes_the_version_back_and_both_link_to_each_other(
    people: People,
) -> None:
    reverse(people, 7)
    draft = Batch.objects.get(reverses=7)
    posting.submit(draft.pk, people.ana)
    assert f"Posted as version {NEXT}." in post_it(people.approver, draft)
    assert committed() == COMMITTED - of_version(7, "committed")
    batch = Batch.objects.get(version=7)
    assert page_of(draft) in people.analyst.get(page_of(batch)).content.decode()
    assert page_of(batch) in people.analyst.get(page_of(draft)).content.decode()


def test_a_second_reversal_is_refused_and_names_the_first(people: People) -> None:
    """Case 16: also while the first is still a draft."""
    reverse(people, 7, title="Panama taken back")
    draft = Batch.objects.get(reverses=7)
    text = reverse(people, 7)
    assert (
        f"Version 7 is being reversed already, by the batch “Panama taken back” ({draft.pk})."
        in text
    )
    assert "This version has a reversal already: Panama taken back (draft)" in text
    posting.submit(draft.pk, people.ana)
    post_it(people.approver, draft)
    assert f"Version 7 was reversed already, by version {NEXT}." in reverse(people, 7)
    page = people.analyst.get(page_of(Batch.objects.get(version=7)))
    assert "Reverse this version" not in reading(page)


def test_a_reversal_that_others_rest_on_says_what_to_undo_first(people: People) -> None:
    """Case 16: batch 09 moved the sum of batch 06 on."""
    text = reverse(people, 6)
    said = "CARSI-09-ESF-01: committed would fall to −$6,750,000.00 on November 17, 2009."
    assert said in text
    draft = Batch.objects.get(reverses=6)
    refused = told(people.analyst, address(draft, "submit"))
    assert said in refused
    assert "Reverse first: version 9" in refused


def test_a_reversal_is_reversed_and_the_version_stands_again(people: People) -> None:
    for version in (7, NEXT):
        reverse(people, version)
        draft = Batch.objects.get(reverses=version)
        posting.submit(draft.pk, people.ana)
        post_it(people.approver, draft)
    assert committed() == COMMITTED


@pytest.mark.parametrize("sent", [{"title": "", "reason": "x"}, {"title": "x", "reason": "a\nb"}])
def test_a_reversal_needs_a_title_and_a_reason(people: People, sent: dict[str, str]) -> None:
    response = people.analyst.post(f"{LIST}7/reverse/", sent)
    assert response.context["form"].errors
    assert not Batch.objects.filter(reverses=7).exists()


def test_only_analysts_reverse_and_nobody_edits_or_deletes(people: People) -> None:
    sent = {"title": "T", "reason": "R"}
    for client in (people.approver, people.administrator):
        assert client.post(f"{LIST}7/reverse/", sent).status_code == 403
    for client in (people.analyst, people.approver, people.administrator):
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}7/delete/", {"post": "yes"}).status_code == 403
    assert people.analyst.post(f"{LIST}99/reverse/", sent).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_posting")
        assert cursor.fetchone() == (VERSION,)


def test_what_rests_on_a_version_is_named_before_its_reversal_is_drafted(people: People) -> None:
    page = people.analyst.get(f"{LIST}6/reverse/")
    text = reading(page)
    assert "CARSI-09-ESF-01: committed would fall to −$6,750,000.00 on November 17, 2009." in text
    assert "Reverse first, in this order: version 9" in text
    assert f'href="{LIST}9/reverse/"' in page.content.decode()
    assert not Batch.objects.filter(reverses=6).exists()
    assert "Nothing posted since rests on it." in reading(people.analyst.get(f"{LIST}7/reverse/"))


def test_the_page_of_a_version_that_is_reversed_says_by_what_and_offers_no_second(
    people: People,
) -> None:
    reverse(people, 7)
    text = reading(people.analyst.get(f"{LIST}7/reverse/"))
    assert "This version has a reversal already: Taken back (draft)" in text
    assert "Create draft reversal" not in text
    draft = Batch.objects.get(reverses=7)
    posting.submit(draft.pk, people.ana)
    post_it(people.approver, draft)
    text = reading(people.analyst.get(f"{LIST}7/reverse/"))
    assert f"This version has a reversal already: Taken back (version {NEXT})" in text


def test_a_version_says_in_public_what_reversed_it_and_what_reinstated_it(people: People) -> None:
    for version in (7, NEXT, NEXT + 1):
        batch = posting.reverse(version, people.ana, f"Reversal of {version}", "As agreed")
        posting.post(batch, people.petra, posting.submit(batch, people.ana))
    page = reading(Client().get("/changes/7/"))
    said = (
        f"This version was reversed by version {NEXT}: Reversal of 7.",
        f"It was reinstated by version {NEXT + 1}: Reversal of {NEXT}.",
        f"It was reversed again by version {NEXT + 2}: Reversal of {NEXT + 1}.",
    )
    assert [page.index(sentence) for sentence in said] == sorted(map(page.index, said))
    earlier = reading(Client().get(f"/changes/7/?version={NEXT}", follow=True))
    assert said[0] in earlier
    assert "It was reinstated by" not in earlier
    reversal = reading(Client().get(f"/changes/{NEXT + 1}/"))
    assert f"This version reverses version {NEXT}: Reversal of 7." in reversal
    assert "It reinstates version 7: Letter of agreement with Panama." in reversal
