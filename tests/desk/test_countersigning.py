"""Versions that were posted without a second person are countersigned by one later."""

from typing import Any

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Batch, Countersignature
from tests import factories
from tests.desk.conftest import People, page_of, reading, told
from tests.sourced import VERSION

LIST = "/admin/ledger/posting/"
SIGN = f"{LIST}7/countersign/"


def test_an_approver_countersigns_from_the_versions_page(people: People) -> None:
    version = Batch.objects.get(version=7)
    assert SIGN in people.approver.get(page_of(version)).content.decode()
    form = reading(people.approver.get(SIGN))
    assert "Posted without a second person" in form
    assert "Read the version and its sources first." in form
    text = told(people.approver, SIGN, remark="Read against the letter")
    assert "Version 7 is countersigned." in text
    assert "Petra Paz Read against the letter" in text
    assert SIGN not in people.approver.get(page_of(version)).content.decode()


def test_the_list_says_which_versions_wait_and_finds_them(people: People) -> None:
    told(people.approver, SIGN, remark="")
    everything = reading(people.approver.get(LIST))
    assert "countersigned by Petra Paz" in everything
    assert everything.count("waits for one") == VERSION  # all but one, and the filter
    assert f"{VERSION - 1} versions" in reading(people.approver.get(LIST, {"second": "missing"}))
    assert "1 version" in reading(people.approver.get(LIST, {"second": "since"}))
    assert "0 versions" in reading(people.approver.get(LIST, {"second": "posted"}))
    assert f"{VERSION} versions" in reading(people.approver.get(LIST, {"second": "odd"}))


def test_a_second_countersignature_is_refused_and_names_the_first(people: People) -> None:
    told(people.approver, SIGN, remark="")
    other = people.client(factories.approver())
    assert "Version 7 was countersigned already, by Petra Paz on " in told(other, SIGN, remark="")
    assert Countersignature.objects.count() == 1


def test_only_approvers_countersign(people: People) -> None:
    for client in (people.analyst, people.administrator):
        assert client.get(SIGN).status_code == 403
        assert client.post(SIGN, {"remark": ""}).status_code == 403
        assert "Countersign" not in reading(
            client.get(page_of(Batch.objects.get(version=7)))
        ).replace("Countersigned not yet", "")
    assert people.approver.get(f"{LIST}99/countersign/").status_code == 404


def test_whoever_posted_a_version_is_not_offered_to_countersign_it(people: People) -> None:
    poster = Batch.objects.get(version=7).posting.approver
    type(poster).objects.filter(pk=poster.pk).update(is_active=True, is_approver=True)
    poster.refresh_from_db()
    client = people.client(poster)
    assert ("You worked on it or posted it. Someone else must countersign it.") in reading(
        client.get(SIGN)
    )
    assert "You worked on version 7 or posted it." in told(client, SIGN, remark="")
    assert not Countersignature.objects.exists()


@pytest.mark.parametrize("remark", ["two\nlines", "x" * 1001])
def test_a_remark_is_one_line(people: People, remark: str) -> None:
    response: Any = people.approver.post(SIGN, {"remark": remark})
    assert response.context["form"].errors["remark"]
    assert not Countersignature.objects.exists()


def test_the_public_reads_who_countersigned_when_and_what_they_said(
    people: People, client: Client
) -> None:
    before = client.get("/changes/7/")
    assert "Not yet confirmed by one." in reading(before)
    told(people.approver, SIGN, remark="Read against the letter")
    after = client.get("/changes/7/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    signed = Countersignature.objects.get()
    text = reading(after)
    assert f"Posted without a second person. Confirmed by {signed.signed_by} on " in text
    assert "Read against the letter" in text
    assert "Not yet confirmed" not in text
    listed = reading(client.get("/changes/"))
    assert "no one at first; confirmed later by Petra Paz" in listed
    assert client.get("/versions.csv").status_code == 200
