"""The desk's first page: what waits, what became of it, what is left, what was posted."""

import re

import pytest
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from tests import factories
from tests.desk.conftest import (
    ALLOCATE,
    People,
    add_lines,
    address,
    allocate,
    allow_self_approval,
    appropriation,
    page_of,
    post_it,
    queries,
    reading,
    told,
)
from tests.sourced import NEXT, VERSION

DESK = "/admin/"


def desk(client: Client) -> str:
    response = client.get(DESK)
    assert response.status_code == 200
    return reading(response)


def section(client: Client, heading: str) -> str:
    """What a person reads under a heading of the work list."""
    html = client.get(DESK).content.decode()
    found = re.search(rf"(?s)<h2[^>]*>{heading}</h2>(.*?)(<h2|<footer)", html)
    assert found, heading
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def test_drafts_wait_for_who_keeps_them_alone(people: People) -> None:
    allocate(people.analyst, called="Patrol boats", _draft="")
    text = section(people.analyst, "Your drafts")
    assert re.search(r"Patrol boats 1 line · spend-plan-2008 started", text)
    assert "INCLE FY2008 Honduras 250,000 – – Within balance" in text
    assert "Patrol boats" not in section(people.client(people.benito), "Your drafts")
    assert "Patrol boats" not in desk(people.approver)
    assert "1 to finish" in desk(people.analyst)
    assert "to finish" not in desk(people.client(people.benito))


def test_a_draft_says_by_how_much_it_is_over_balance_and_whether_it_holds_anything(
    people: People,
) -> None:
    factories.batch(people.ana, title="Empty")
    draft = allocate(people.analyst, called="Too much", _draft="")
    with posting.acting(people.ana):
        draft.lines.update(amount="12000000.00")
    text = section(people.analyst, "Your drafts")
    row = "INCLE FY2008 Honduras 12,000,000 – – Over balance by 989,500"
    assert re.search(rf"Too much 1 line · spend-plan-2008 started [^–]* {row}", text)
    assert re.search(r"Empty 0 lines started [^–]* – – – – – No lines yet", text)


def test_what_was_handed_over_waits_for_its_new_keeper(people: People) -> None:
    allocate(people.analyst, called="Patrol boats", _draft="")
    posting.hand_over(people.ana, people.benito, people.adela)
    assert "Patrol boats" in section(people.client(people.benito), "Your drafts")
    assert "Patrol boats" not in desk(people.analyst)


def test_what_was_sent_back_comes_first_with_the_remark(people: People) -> None:
    back = allocate(people.analyst, called="Radios")
    allocate(people.analyst, called="Newer draft", _draft="")
    told(people.approver, address(back, "send-back"), text="Which page?\nSay it.")
    text = section(people.analyst, "Your drafts")
    assert re.search(r"Radios .* Which page\? Say it\. Petra Paz, .* Newer draft", text)
    assert "Radios" not in section(people.analyst, "Submitted by you")


def test_an_approver_sees_what_they_may_post_oldest_first_and_whether_it_fits(
    people: People,
) -> None:
    of = appropriation(2008, "NADR").pk
    for title in ("Radios", "Scanners"):
        allocate(
            people.analyst,
            called=title,
            appropriation=of,
            amount="1000000.00",
            effective_date="2009-09-30",
        )
    text = section(people.approver, "Ready for you to post")
    row = "NADR FY2008 Honduras 1,000,000 – – "
    assert re.search(f"Radios 1 line .* Ana Alva, .* {row}Within balance Scanners", text)
    assert f"{row}Over balance by 635,000 Fits now." in text
    assert (
        "$1,000,000.00 is more than the uncommitted balance of $365,000.00 on September 30, 2009."
    ) in text
    assert text.index("Earlier batches that use the balance: Radios") > text.index("Scanners")
    assert "2 to post" in desk(people.approver)
    assert "Ready for you to post" not in desk(people.analyst)


@pytest.mark.commits
def test_an_approver_is_not_asked_to_post_what_they_prepared(people: People) -> None:
    allocate(people.analyst, called="Radios")
    User.objects.filter(pk=people.ana.pk).update(is_approver=True)
    text = section(people.analyst, "Ready for you to post")
    said = "No batches to post. 1 more batch needs another approver, because you worked on it"
    assert said in text
    assert "#to-post" not in people.analyst.get(DESK).content.decode()
    allow_self_approval("One person works here.")
    assert "Radios" in section(people.analyst, "Ready for you to post")
    assert "Why: One person works here." in desk(people.analyst)


@pytest.mark.commits
def test_versions_that_nobody_else_has_read_wait_for_a_countersignature(people: People) -> None:
    said = "versions were posted without a second person"
    assert f"{VERSION} {said}" in section(people.approver, "Ready for you to post")
    posting.countersign(VERSION, people.petra, "")
    assert f"{VERSION - 1} {said}" in section(people.approver, "Ready for you to post")
    assert "without a second person and" not in desk(people.analyst)
    allow_self_approval("One person works here.")
    own = allocate(people.analyst, called="Radios")
    User.objects.filter(pk=people.ana.pk).update(is_approver=True)
    post_it(people.analyst, own, self_approval_reason="My colleague is ill")
    assert f"{VERSION} versions" in section(people.approver, "Ready for you to post")
    assert f"{VERSION - 1} versions" in section(people.analyst, "Ready for you to post")


def test_what_became_of_what_was_sent_stands_on_the_list(people: People) -> None:
    waiting = allocate(people.analyst, called="Radios")
    assert "Waits for an approver" in section(people.analyst, "Submitted by you")
    post_it(people.approver, waiting)
    assert f"Posted as version {NEXT} by Petra Paz," in section(people.analyst, "Submitted by you")
    assert f"Version {NEXT} : Radios" in section(people.analyst, "Recently posted")
    assert page_of(waiting) in people.analyst.get(DESK).content.decode()


def test_what_is_left_stands_beside_what_is_pending(people: People) -> None:
    allocate(people.analyst, _draft="")
    row = re.search(r"INCLE FY2008 [^A-Z]*", section(people.approver, "Uncommitted balances"))
    assert row
    assert row[0].split()[-1] == "250,000"


def test_a_new_office_is_told_how_to_start(people: People) -> None:
    newcomer = people.client(factories.analyst(username="new"))
    text = desk(newcomer)
    assert "You have no drafts." in text
    assert "You have not submitted a batch." in text
    assert "No batches to post." in desk(people.approver)


@pytest.mark.django_db
def test_an_empty_ledger_has_a_work_list(client: Client) -> None:
    client.force_login(factories.administrator())
    text = desk(client)
    assert "No appropriations yet." in text
    assert "Nothing has been posted yet." in text


def test_the_list_leads_to_the_ways_in(people: People) -> None:
    html = people.analyst.get(DESK).content.decode()
    for href in (ALLOCATE, "/admin/ledger/batch/add/", "/admin/ledger/batch/import/"):
        assert f'href="{href}"' in html
    assert "/admin/ledger/batch/import/" not in people.approver.get(DESK).content.decode()


def test_counts_stand_on_every_page_of_the_desk_and_on_no_other(people: People) -> None:
    allocate(people.analyst, _draft="")
    allocate(people.analyst)
    for path in ("/admin/ledger/batch/", "/account/", ALLOCATE, "/admin/find/"):
        assert "Work list 1: 1 to finish" in reading(people.analyst.get(path))
    assert "Work list 1: 1 to post" in reading(people.approver.get("/account/"))
    for path in ("/account/login/", "/"):
        assert "desk-count" not in Client().get(path).content.decode()


def test_many_batches_are_shown_in_part_and_counted(people: People) -> None:
    for number in range(22):
        factories.batch(people.ana, title=f"Draft {number}")
    text = section(people.analyst, "Your drafts")
    assert "All 22 of your drafts" in text
    assert text.count("0 lines") == 20


@pytest.mark.parametrize("who", ["analyst", "approver"])
def test_the_list_asks_as_often_for_many_batches_as_for_one(people: People, who: str) -> None:
    def some(count: int) -> None:
        for number in range(count):
            draft = allocate(people.analyst, called=f"Draft {number}", _draft="")
            add_lines(people, draft, 2)
            told(people.approver, address(allocate(people.analyst), "send-back"), text="Why?")
            post_it(people.approver, allocate(people.analyst, amount="10"))
            allocate(people.analyst, called=f"Sent {number}", amount="10")

    some(1)
    client: Client = getattr(people, who)
    client.get(DESK)
    few = queries(client, DESK)
    some(2)
    assert queries(client, DESK) == few


def test_the_list_speaks_spanish(people: People) -> None:
    response = people.analyst.get(f"/es{DESK}")
    assert response["Content-Language"] == "es"
    assert response.status_code == 200


def test_whoever_is_not_signed_in_sees_no_list(people: People) -> None:
    allocate(people.analyst, called="Zacapa")
    response = Client().get(DESK, follow=True)
    assert response.redirect_chain
    assert "Zacapa" not in reading(response)
