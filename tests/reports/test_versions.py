"""What each version did, and the ways to the ledger as it stood then."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.ledger.money import signed_dollars
from tests.reports.reading import MARK
from tests.sourced import VERSION, of_version, total

pytestmark = pytest.mark.usefixtures("sourced")

TAGS = re.compile(r"<[^>]+>")


def html_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return str(response.content.decode())


def words(html: str) -> str:
    return " ".join(unescape(TAGS.sub("", html)).split())


def effect_of(version: int) -> str:
    changes = [(stage, of_version(version, stage)) for stage in Stage.values]
    said = [f"{signed_dollars(change)} {stage}" for stage, change in changes if change]
    return ", ".join(said) or "No totals changed"


def test_the_list_of_versions_says_what_each_did_to_the_totals(client: Client) -> None:
    rows = re.findall(
        r"<tr>\s*(<th scope=\"row\">.*?)</tr>", html_of(client, "/changes/"), re.DOTALL
    )
    assert len(rows) == VERSION
    for row, version in zip(rows, range(VERSION, 0, -1), strict=True):
        assert effect_of(version) in words(row), version


def test_on_a_day_in_the_past_a_version_did_what_it_added_by_then(client: Client) -> None:
    page = words(html_of(client, "/changes/15/?as_of=2009-09-30"))
    added = total("committed", on=date(2009, 9, 30), until=15)
    added -= total("committed", on=date(2009, 9, 30), until=14)
    assert added > 0 > of_version(15, "committed")
    assert f"12 entries: {signed_dollars(added)} committed" in page


def test_the_overview_leads_its_newest_versions_with_their_effect(client: Client) -> None:
    latest = words(html_of(client, "/").partition('id="latest-title"')[2])
    for version in range(VERSION, VERSION - 3, -1):
        assert f"Version {version} {effect_of(version)}" in latest


def test_a_version_leads_into_the_ledger_as_it_stood_then_by_each_address_it_prints(
    client: Client,
) -> None:
    for posting in Posting.objects.all():
        page = html_of(client, f"/changes/{posting.version}/")
        door = page.partition('<section class="door"')[2].partition("</section>")[0]
        asked = f"/?version={posting}"
        assert f'<a href="{asked}"><strong>The ledger as it stood then' in door
        utc, washington, by_version, by_moment = map(
            unescape, re.findall("<code>(.*?)</code>", door)
        )
        assert by_version == f"http://testserver{asked}"
        for moment in (utc, washington):
            assert client.get("/", {"known_on": moment})["Location"] == asked
        assert client.get(by_moment.removeprefix("http://testserver"))["Location"] == asked


def test_the_door_keeps_the_day_that_is_asked(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    page = unescape(html_of(client, "/changes/12/?as_of=2009-09-30"))
    assert f'href="/?as_of=2009-09-30&version={posting}"' in page
    known_on = re.findall(r"<code>http://testserver(/\?known_on=.*?)</code>", page)
    assert client.get(known_on[0])["Location"] == f"/?as_of=2009-09-30&version={posting}"


def test_where_no_one_approved_no_one_is_named_as_approver(client: Client) -> None:
    for address in ("/changes/", "/changes/5/"):
        assert "no one: posted without a second person" in words(html_of(client, address))
    facts = html_of(client, "/changes/5/").partition('<dl class="facts">')[2]
    assert "Approved by no one: posted without a second person Posted by CARSI Tracker" in (
        words(facts.replace("<d", " <d"))
    )


def test_a_version_shows_the_sums_that_it_changed_before_and_after(client: Client) -> None:
    page = MARK.sub("", html_of(client, "/changes/15/"))
    tables = re.findall(r"<table class=\"sums\">.*?</table>", page, re.DOTALL)
    rows = {
        words(cells[0]): [words(cell) for cell in cells[1:]]
        for table in tables
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        if len(cells := re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)) == 4
    }
    before, after = (total("committed", until=version) for version in (14, 15))
    assert rows["Committed"] == [f"{before:,.0f}", f"{after:,.0f}", f"−{before - after:,.0f}"]
    assert rows["Disbursed"][2] == "no change"
    its = [total("committed", until=version, country="CR") for version in (14, 15)]
    assert rows["Costa Rica"] == [f"{its[0]:,.0f}", f"{its[1]:,.0f}", f"−{its[0] - its[1]:,.0f}"]
    assert "Honduras" not in rows


def test_comparing_two_versions_begins_with_those_between_and_their_reasons(
    client: Client,
) -> None:
    page = html_of(client, "/compare/?from_version=12")
    between = words(page.partition("Versions between")[2].partition('class="compare-forms"')[0])
    for posting in Posting.objects.filter(version__gt=12):
        assert f"Version {posting.version} {effect_of(posting.version)} {posting.title}" in between
        assert posting.reason in between
    assert "Version 12" not in between


def test_a_comparison_of_one_country_says_what_each_version_did_to_it(client: Client) -> None:
    page = html_of(client, "/compare/?from_version=12&country=CR")
    between = words(page.partition("Versions between")[2].partition('class="compare-forms"')[0])
    assert "Version 15 −$3,182,000 committed" in between
    assert "Version 14 No totals changed" in between


@pytest.mark.parametrize("path", ["/", "/changes/", f"/changes/{VERSION}/"])
def test_a_version_that_changed_later_days_alone_says_through_which_day_it_changed_nothing(
    client: Client, path: str
) -> None:
    for day, written in (("2008-06-29", "June 29, 2008"), ("2008-06-28", "June 28, 2008")):
        said = words(html_of(client, f"{path}?as_of={day}"))
        assert f"No totals changed through {written}" in said
    assert "No cambió ningún total hasta el 29 de junio de 2008" in words(
        html_of(client, f"/es{path}?as_of=2008-06-29")
    )
    assert "No totals changed through" not in words(html_of(client, path))


def test_what_changed_since_a_version_is_one_link_away(client: Client) -> None:
    posting, newest = (Posting.objects.get(version=version) for version in (12, VERSION))
    since = f"/compare/?from_version={posting}&version={newest}"
    assert f'href="{since}"' in unescape(html_of(client, "/changes/12/"))
    assert "What changed since" not in html_of(client, f"/changes/{VERSION}/")
