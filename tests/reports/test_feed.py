"""The Atom feed of versions."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils.dateparse import parse_datetime

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Query
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.ledger.money import signed_dollars
from carsi_tracker.reports.versions import feed as view

pytestmark = pytest.mark.usefixtures("sourced")

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read(client: Client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 (our own feed)


def links(element: ET.Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in element.findall(f"{ATOM}link")}


def numbers(feed: ET.Element) -> list[int]:
    titles = [entry.findtext(f"{ATOM}title", "") for entry in feed.findall(f"{ATOM}entry")]
    return [int(title.partition(":")[0]) for title in titles]


@pytest.mark.parametrize(
    "address", ["/feed/", "/es/feed/", "/feed/?country=HN", "/feed/?area=community"]
)
def test_it_holds_what_atom_requires(client: Client, address: str) -> None:
    feed = read(client, address)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get(LANGUAGE) == ("es" if address.startswith("/es/") else "en")
    assert links(feed)["self"] == f"http://testserver{address}"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert re.match(r"tag:testserver,\d{4}-\d\d-\d\d:\S+$", element.findtext(f"{ATOM}id", ""))
        moment = parse_datetime(element.findtext(f"{ATOM}updated", ""))
        assert moment is not None
        assert moment.tzinfo
        relations = [link.get("rel") for link in element.findall(f"{ATOM}link")]
        assert relations.count("alternate") == 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "CARSI Tracker"
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)


def test_it_tells_of_each_version_newest_first_with_title_reason_approver_and_moment(
    client: Client,
) -> None:
    feed = read(client, "/feed/")
    postings = list(Posting.objects.order_by("-version"))
    found = feed.findall(f"{ATOM}entry")
    assert numbers(feed) == [posting.version for posting in postings]
    for entry, posting in zip(found, postings, strict=True):
        assert entry.get(LANGUAGE) == "en"
        assert entry.findtext(f"{ATOM}title") == f"{posting.version}: {posting.title}"
        assert parse_datetime(entry.findtext(f"{ATOM}updated", "")) == posting.posted_at
        assert posting.checksum in entry.findtext(f"{ATOM}id", "")
        assert posting.approved_by in entry.findtext(f"{ATOM}summary", "")
        assert links(entry)["alternate"].endswith(f"/changes/{posting.version}/")
    assert feed.findtext(f"{ATOM}updated") == found[0].findtext(f"{ATOM}updated")


def test_the_feed_of_a_country_has_the_versions_that_touch_it_with_their_effect_on_it(
    client: Client,
) -> None:
    feed = read(client, "/feed/?country=HN")
    query = Query(newest()[0], today()).where(country="HN")
    touching_versions = sorted({entry.posting_id for entry in entries(query)}, reverse=True)
    assert numbers(feed) == touching_versions
    assert len(touching_versions) < Posting.objects.count()
    assert "Honduras" in feed.findtext(f"{ATOM}title", "")
    for version, entry in zip(touching_versions, feed.findall(f"{ATOM}entry"), strict=True):
        committed = aggregates.totals(query.where(posted_in=version)).committed
        said = f"{signed_dollars(committed)} committed" if committed else "<li>No totals changed"
        assert said in entry.findtext(f"{ATOM}summary", "")


def test_older_versions_stand_on_further_pages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "ENTRIES_A_PAGE", 5)
    address, seen, pages = "/feed/", [], 0
    while address:
        feed = read(client, address)
        seen += numbers(feed)
        pages += 1
        assert links(feed)["first"] == "http://testserver/feed/"
        assert ("previous" in links(feed)) == (pages > 1)
        address = links(feed).get("next", "").removeprefix("http://testserver")
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == Posting.objects.count()
    assert pages == 4
    assert client.get("/feed/?page=5").status_code == 404


def test_a_country_without_entries_has_an_empty_feed(client: Client) -> None:
    feed = read(client, "/feed/?country=HN&as_of=2008-02-29")
    assert not feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}updated")


def test_it_is_fresh_by_its_etag_and_its_ids_stay(client: Client) -> None:
    first = client.get("/feed/")
    assert client.get("/feed/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    english, spanish = read(client, "/feed/"), read(client, "/es/feed/")
    ids = [
        [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
        for feed in (english, spanish)
    ]
    assert ids[0] == ids[1]
    assert english.findtext(f"{ATOM}id") != spanish.findtext(f"{ATOM}id")


def test_what_it_cannot_answer_is_400(client: Client) -> None:
    assert client.get("/feed/?country=XX").status_code == 400
