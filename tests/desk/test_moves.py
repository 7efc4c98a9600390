"""A posted commitment moves to a successor elsewhere, whole or by amount, in one batch."""

from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import (
    Batch,
    Commitment,
    Country,
    Document,
    Entry,
    Line,
    ProgrammingArea,
)
from carsi_tracker.ledger.money import dollars
from tests.desk.conftest import (
    People,
    appropriation,
    committed,
    error_of,
    hidden,
    page_of,
    post_it,
    reading,
    told,
)
from tests.sourced import NEXT, VERSION

REFERENCE = "CARSI-08-INCLE-03"


@pytest.fixture
def old(people: People) -> Commitment:
    return Commitment.objects.get(reference=REFERENCE)


def address(commitment: Commitment, verb: str = "move") -> str:
    return f"/admin/ledger/commitment/{commitment.pk}/{verb}/"


def whole(commitment: Commitment, **changes: Any) -> dict[str, Any]:
    """What somebody fills in to move all of a commitment to Honduras."""
    return {
        "token": str(uuid4()),
        "how": "whole",
        "appropriation": commitment.appropriation_id,
        "area": commitment.area_id,
        "country": Country.objects.get(code="HN").pk,
        "goal": commitment.goal_id or "",
        "title": commitment.title,
        "title_es": commitment.title_es,
        "basis": "stated",
        "_draft": "",
    } | changes


def part(commitment: Commitment, **changes: Any) -> dict[str, Any]:
    return (
        whole(
            commitment,
            how="part",
            committed="10,000.00",
            effective_date="2010-06-01",
            document=Document.objects.get(key="gao-13-295r").pk,
        )
        | changes
    )


def sums(commitment: Commitment) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in commitment.entries.all():
        found[entry.stage] += entry.amount  # type: ignore[assignment]
    return found


def amounts(lines: Any) -> list[Any]:
    names = ("stage", "effective_date", "document", "locator", "basis", "note", "quote")
    return sorted(
        (row["amount"], *(str(row[name]) for name in names))
        for row in lines.values("amount", *names)
    )


def test_the_whole_is_taken_back_at_its_own_dates_and_entered_under_a_successor(
    people: People, old: Commitment
) -> None:
    total, before = committed(), sums(old)
    assert "The batch was drafted." in told(people.analyst, address(old), **whole(old))
    successor = Commitment.objects.get(replaces=old)
    assert successor.reference.startswith("CARSI-08-INCLE-")
    assert (successor.country.code, successor.area, successor.title, successor.agency) == (
        "HN", old.area, old.title, old.agency,
    )  # fmt: skip
    batch = successor.introduced_by
    assert batch.title == f"Reclassification of {REFERENCE} to Honduras"
    entries = amounts(old.entries)
    assert amounts(batch.lines.filter(commitment=successor)) == entries
    assert amounts(batch.lines.filter(commitment=old)) == sorted(
        (-amount, *described) for amount, *described in entries
    )
    posting.submit(batch.pk, people.ana)
    assert f"Posted as version {NEXT}." in post_it(people.approver, batch)
    assert committed() == total
    assert sums(successor) == before
    assert not any(sums(old).values())


def test_an_amount_moves_at_the_date_stated_stage_by_stage(people: People, old: Commitment) -> None:
    before = sums(old)
    sent = part(old, obligated="10,000.00", note="Amendment 2", _submit="")
    assert "The batch was submitted." in told(people.analyst, address(old), **sent)
    successor = Commitment.objects.get(replaces=old)
    assert list(
        Line.objects.filter(batch__introduces=successor).values_list(
            "commitment__reference", "stage", "amount", "note"
        )
    ) == [
        (REFERENCE, "committed", Decimal(-10000), "Amendment 2"),
        (successor.reference, "committed", Decimal(10000), "Amendment 2"),
        (REFERENCE, "obligated", Decimal(-10000), "Amendment 2"),
        (successor.reference, "obligated", Decimal(10000), "Amendment 2"),
    ]
    post_it(people.approver, successor.introduced_by)
    assert sums(old)["committed"] == before["committed"] - 10000
    assert sums(successor) == {"committed": 10000, "obligated": 10000}


NEW_SOURCE = {
    "obligated": "10,000.00",
    "document": "",
    "new_document-title": "Amendment 3",
    "new_document-publisher": "U.S. Department of State",
    "new_document-published_on": "2010-02-01",
    "new_document-language": "en",
}


def test_the_source_of_an_amount_that_moves_is_added_in_the_same_form(
    people: People, old: Commitment
) -> None:
    seen = people.analyst.post(address(old), part(old, **NEW_SOURCE) | {"_try": ""})
    assert {line.document.title for line in seen.context["preview"].lines} == {"Amendment 3"}
    assert not Document.objects.filter(title="Amendment 3").exists()
    told(people.analyst, address(old), **part(old, **NEW_SOURCE))
    assert Line.objects.filter(document__title="Amendment 3", batch__version=None).count() == 4
    unused = people.analyst.post(address(old), whole(old, **NEW_SOURCE | {"obligated": ""}))
    assert "Used for an amount only." in unused.context["form"].errors["document"][0]


def test_both_commitments_lead_to_each_other_in_public_only_once_posted(
    people: People, old: Commitment, client: Any
) -> None:
    told(people.analyst, address(old), **whole(old, reference="MOVED-1"))
    desk = people.analyst.get(address(old, "change"))
    assert "A draft reclassifies it, whole or in part, to MOVED-1" in reading(desk)
    before = reading(client.get(f"/commitments/{REFERENCE}/"))
    assert "MOVED-1" not in before
    assert client.get("/commitments/MOVED-1/").status_code == 404
    batch = Batch.objects.get(introduces__reference="MOVED-1")
    posting.submit(batch.pk, people.ana)
    post_it(people.approver, batch)
    assert "It was reclassified, whole or in part, to MOVED-1" in reading(
        people.analyst.get(address(old, "change"))
    )
    successor = Commitment.objects.get(reference="MOVED-1")
    assert f"It replaces {REFERENCE}" in reading(people.analyst.get(address(successor, "change")))
    assert "Reclassified, whole or in part, to MOVED-1" in reading(
        client.get(f"/commitments/{REFERENCE}/")
    )
    assert f"Reclassified, whole or in part, from {REFERENCE}" in reading(
        client.get("/commitments/MOVED-1/")
    )
    then = client.get(f"/commitments/{REFERENCE}/", {"version": str(VERSION)}, follow=True)
    assert "MOVED-1" not in reading(then)
    pages = [f"/commitments/{REFERENCE}/", "/commitments/MOVED-1/"]
    for version, told_of in ((NEXT, NEXT + 1), (NEXT + 1, None)):
        reversal = posting.reverse(version, people.ana, "Back", "Back")
        posting.submit(reversal, people.ana)
        post_it(people.approver, Batch.objects.get(pk=reversal))
        for page in pages:
            text = reading(client.get(page))
            assert "Reclassified, whole or in part," in text
            assert ("reversed it" in text) == (told_of is not None)
            assert not told_of or f"Version {told_of} reversed it." in text


def test_sent_twice_it_makes_one_batch(people: People, old: Commitment) -> None:
    sent = whole(old)
    told(people.analyst, address(old), **sent)
    again = told(people.analyst, address(old), **sent)
    assert "this is what it made. What you changed in the form since is not saved" in again
    assert Commitment.objects.filter(replaces=old).count() == 1


def test_a_move_to_where_it_is_is_refused(people: People, old: Commitment) -> None:
    response = people.analyst.post(address(old), whole(old, country=old.country_id))
    assert "It is there already" in reading(response)
    assert not Batch.objects.filter(version=None).exists()


def test_what_is_zero_on_every_day_does_not_move(people: People, old: Commitment) -> None:
    told(people.analyst, address(old), **whole(old))
    batch = Batch.objects.get(version=None)
    posting.submit(batch.pk, people.ana)
    post_it(people.approver, batch)
    response = people.analyst.post(address(old), whole(old))
    assert "Nothing to reclassify: the balance is zero on every date." in reading(response)


def test_a_move_under_a_later_law_says_which_balance_breaks_and_makes_nothing(
    people: People,
) -> None:
    old = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    later = appropriation(2009, "INCLE")
    text = reading(people.analyst.post(address(old), whole(old, appropriation=later.pk)))
    assert (
        "INCLE FY2009: $3,500,000.00 is more than the uncommitted balance of $0.00 on January "
        "9, 2009."
    ) in text
    assert not Batch.objects.filter(version=None).exists()
    assert not Commitment.objects.filter(replaces=old).exists()


def test_more_than_it_holds_does_not_move(people: People, old: Commitment) -> None:
    response = people.analyst.post(address(old), part(old, committed="999,000,000"))
    assert f"{REFERENCE}: committed would fall to −$" in reading(response)
    assert not Batch.objects.filter(version=None).exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("committed", "", "Needed for an amount that is reclassified."),
        ("document", "", "Needed for an amount that is reclassified."),
        ("effective_date", "", "Needed for an amount that is reclassified."),
        ("committed", "-5", "Enter an amount above zero."),
        ("obligated", "1.234", "can be read as"),
        ("reference", REFERENCE, f"There is a commitment {REFERENCE} already."),
        ("how", "none", "Select a valid choice"),
    ],
)
def test_a_fault_stands_at_its_field(
    people: People, old: Commitment, field: str, value: str, said: str
) -> None:
    response = people.analyst.post(address(old), part(old, **{field: value}))
    assert said in error_of(response, field)


def test_only_analysts_move_and_only_what_is_posted(people: People, old: Commitment) -> None:
    for client in (people.approver, people.administrator):
        assert client.get(address(old)).status_code == 403
        assert client.post(address(old), whole(old)).status_code == 403
        assert "Reclassify" not in reading(client.get(address(old, "change")))
    told(people.analyst, address(old), **whole(old))
    draft = Commitment.objects.get(replaces=old)
    assert people.analyst.get(address(draft)).status_code == 404


def test_the_form_says_how_it_stands_and_what_is_pending(people: People, old: Commitment) -> None:
    told(people.analyst, address(old), **part(old, obligated="10,000.00"))
    response = people.analyst.get(address(old))
    assert "2 lines in unposted batches" in reading(response)
    assert f"Reclassification of {REFERENCE} to Honduras draft" in reading(response)
    assert [offer.name for offer in response.context["offers"]][-1] == "move"


def test_a_successor_is_edited_in_its_draft(people: People, old: Commitment) -> None:
    told(people.analyst, address(old), **whole(old))
    successor = Commitment.objects.get(replaces=old)
    batch = successor.introduced_by
    edit = f"/admin/ledger/batch/{batch.pk}/commitments/{successor.pk}/"
    assert edit in people.analyst.get(page_of(batch)).content.decode()
    with posting.acting(people.ana):
        successor.area = ProgrammingArea.objects.exclude(pk=successor.area_id)[0]
        successor.save()
    assert posting.submit(batch.pk, people.ana)


def test_every_commitment_of_the_ledger_moves_whole(people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from rules.verify()")
        assert cursor.fetchone() == (0,)
    total, entries = committed(), Entry.objects.count()
    for old in Commitment.objects.filter(reference__startswith="CARSI-09"):
        other = Country.objects.exclude(pk=old.country_id)[0]
        told(people.analyst, address(old), **whole(old, country=other.pk, _submit=""))
        batch = Batch.objects.get(introduces__replaces=old)
        post_it(people.approver, batch)
    assert Entry.objects.count() > entries
    assert committed() == total


def test_a_move_that_does_not_move_any_more_says_so_at_once_and_is_not_submitted(
    people: People, old: Commitment
) -> None:
    told(people.analyst, address(old), **whole(old))
    batch = Batch.objects.get(version=None)
    assert ("A reclassification reduces by as much as it enters") not in reading(
        people.analyst.get(page_of(batch))
    )
    line = batch.lines.filter(commitment=old).order_by("pk")[0]
    lines = f"/admin/ledger/batch/{batch.pk}/lines/{line.pk}/"
    seen = hidden(people.analyst.get(lines).content.decode(), "seen")
    text = told(people.analyst, f"{lines}delete/", seen=seen)
    successor = Commitment.objects.get(replaces=old)
    said = (
        f"A reclassification reduces by as much as it enters. From {REFERENCE} to "
        f"{successor.reference}, "
        f"committed on {day_in_words(line.effective_date)}: "
        f"reduced by $0.00, entered {dollars(-line.amount)}."
    )
    assert f"If it were posted now, this would refuse it: {said}" in text
    assert said in told(people.analyst, f"/admin/ledger/batch/{batch.pk}/submit/")
    batch.refresh_from_db()
    assert batch.state == Batch.State.DRAFT
    spanish = reading(people.analyst.get(f"/es{page_of(batch)}"))
    assert f"De {REFERENCE} a {successor.reference}, comprometido el" in spanish


def test_an_amount_that_is_typed_chooses_an_amount(people: People, old: Commitment) -> None:
    told(people.analyst, address(old), **part(old, how="whole", obligated="10,000.00"))
    assert set(Line.objects.filter(batch__version=None).values_list("amount", flat=True)) == {
        Decimal(-10000),
        Decimal(10000),
    }


@pytest.mark.parametrize("amount", ["obligated", "committed"])
def test_an_amount_without_the_rest_is_refused_and_the_choice_shows_it(
    people: People, old: Commitment, amount: str
) -> None:
    response = people.analyst.post(address(old), whole(old, **{amount: "5"}))
    assert "Needed for an amount that is reclassified." in error_of(response, "effective_date")
    assert response.context["form"]["how"].value() == "part"
    assert not Batch.objects.filter(version=None).exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("effective_date", "2010-06-01"),
        ("locator", "page 3"),
        ("note", "Why"),
        ("quote", "It says"),
    ],
)
def test_what_is_typed_for_an_amount_is_never_dropped(
    people: People, old: Commitment, field: str, typed: str
) -> None:
    response = people.analyst.post(address(old), whole(old, **{field: typed}))
    assert "Used for an amount only." in error_of(response, field)
    assert not Batch.objects.filter(version=None).exists()


def test_what_will_move_is_shown_before_it_does(people: People, old: Commitment) -> None:
    sent = whole(old)
    del sent["_draft"]
    response = people.analyst.post(address(old), sent | {"_try": ""})
    text = reading(response)
    shown = response.context["preview"]
    assert f"would be reversed in {REFERENCE} and entered in CARSI-08-INCLE-" in text
    assert sorted(line.amount for line in shown.lines) == sorted(
        entry.amount for entry in old.entries.all()
    )
    assert f"Reclassification of {REFERENCE} to Honduras" in text
    assert "Nothing is saved yet." in text
    assert "The title still names Panama." in text
    renamed = sent | {"_try": "", "title": "Elsewhere", "title_es": ""}
    assert "still names" not in reading(people.analyst.post(address(old), renamed))
    assert not Batch.objects.filter(version=None).exists()
    assert not Commitment.objects.filter(replaces=old).exists()
    much = part(old, committed="999,000,000") | {"_try": ""}
    refused = people.analyst.post(address(old), much)
    assert f"{REFERENCE}: committed would fall to −$" in reading(refused)
    assert refused.context["preview"] is None


def titled(people: People, old: Commitment, title: str, title_es: str) -> Commitment:
    with posting.acting(people.ana, "For a test"):
        Commitment.objects.filter(pk=old.pk).update(title=title, title_es=title_es)
    return Commitment.objects.select_related("area", "country").get(pk=old.pk)


def test_titles_made_of_the_place_are_made_anew_where_it_goes(
    people: People, old: Commitment
) -> None:
    made = titled(
        people,
        old,
        f"{old.area.name_en}, {old.country.name_en}",
        f"{old.area.name_es}, {old.country.name_es}",
    )
    sent = whole(made)
    shown = people.analyst.post(address(made), sent | {"_try": ""})
    assert shown.context["form"]["title"].value() == f"{old.area.name_en}, Honduras"
    told(people.analyst, address(made), **sent)
    successor = Commitment.objects.get(replaces=old)
    assert successor.title == f"{old.area.name_en}, Honduras"
    assert successor.title_es == f"{old.area.name_es}, Honduras"


def test_titles_that_somebody_wrote_stay_or_are_as_typed(people: People, old: Commitment) -> None:
    made = titled(people, old, f"{old.area.name_en}, {old.country.name_en}", "Escrito")
    told(people.analyst, address(made), **whole(made, title="Typed"))
    successor = Commitment.objects.get(replaces=old)
    assert (successor.title, successor.title_es) == ("Typed", "Escrito")


@pytest.mark.parametrize(
    ("prefix", "language", "title"),
    [("", "en", "Reclassification of"), ("/es", "es", "Reclasificación de")],
)
def test_title_and_reason_are_in_the_language_of_the_batch(
    people: People, old: Commitment, prefix: str, language: str, title: str
) -> None:
    told(people.analyst, f"{prefix}{address(old)}", **whole(old))
    batch = Batch.objects.get(introduces__replaces=old)
    assert batch.language == language
    assert batch.title.startswith(title)
    assert batch.reason.startswith({"en": "From ", "es": "De "}[language])
