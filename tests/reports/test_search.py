"""Searching the public site: by words in either language, by words a letter apart."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.test import Client

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.aggregates import totals
from carsi_tracker.figures.matching import alike, find, one_letter_apart
from carsi_tracker.figures.query import Words
from carsi_tracker.figures.search_index import KnownWords
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Entry, Stage
from carsi_tracker.reports.page.parameters import read
from carsi_tracker.reports.search import results
from tests import factories
from tests.reports.reading import said, sums_behind, text

pytestmark = pytest.mark.usefixtures("sourced")


def heads(html: str) -> dict[str, int]:
    """What was found exactly: the kinds and their counts."""
    exactly = html.partition('id="like"')[0]
    found = re.findall(r'<h2 id="found-\w+">([^<]+) \((\d+)\)</h2>', exactly)
    return {unescape(kind): int(count) for kind, count in found}


def search(client: Client, words: str, more: str = "", prefix: str = "") -> str:
    return text(client, f"{prefix}/search/?q={quote(words)}{more}")


def test_without_words_the_page_says_how_to_search(client: Client) -> None:
    for query in ("", "?q=", "?q=+", "?as_of=2009-09-30"):
        html = text(client, f"/search/{query}")
        assert "may have one wrong letter" in said(html)
        assert '<form class="filters search" role="search"' in html
        assert "<h2" not in html.partition("<main")[2]


@pytest.mark.parametrize(
    "path", ["/", "/entries/", "/documents/gao-13-295r/", "/es/changes/", "/search/"]
)
def test_every_page_leads_to_the_search_of_its_day(client: Client, path: str) -> None:
    html = text(client, f"{path}?as_of=2009-09-30")
    prefix = "/es" if path.startswith("/es") else ""
    assert f'href="{prefix}/search/?as_of=2009-09-30"' in html


def test_words_in_either_language_find_all_kinds_of_things(client: Client) -> None:
    assert heads(search(client, "honduras")) == {
        "Commitments": 3, "Countries": 1, "Documents": 1, "Versions": 1, "Entries": 10,
    }  # fmt: skip
    assert heads(search(client, "gang prevention"))["Programming areas"] == 1
    assert heads(search(client, "prevención de pandillas"))["Programming areas"] == 1
    assert heads(search(client, "USAID"))["Agencies"] == 1
    assert heads(search(client, "belice"))["Countries"] == 1
    assert heads(search(client, "ESF FY2009"))["Appropriations"] == 1
    assert heads(search(client, "calles seguras"))["Goals"] == 1
    assert "Commitments" in heads(search(client, "educativos"))


@pytest.mark.parametrize(
    "written", ["prevención", "prevencion", "PREVENCIÓN", "prevencio\u0301n", " “Prevención,” "]
)
def test_accents_case_and_marks_make_no_difference(client: Client, written: str) -> None:
    assert heads(search(client, written)) == heads(search(client, "prevencion"))
    assert "Programming areas" in heads(search(client, written))


@pytest.mark.parametrize("written", ["412000", "$412,000", "412,000.00"])
def test_an_amount_finds_the_entries_of_that_amount(client: Client, written: str) -> None:
    html = search(client, written)
    assert heads(html)["Entries of $412,000"] == 3
    assert "/entries/?amount_from=412000&amount_to=412000" in unescape(html)


@pytest.mark.parametrize(
    ("words", "filters", "scope"),
    [
        ("INCLE FY2008 Guatemala", {"account": "INCLE", "year": "2008", "country": "GT"}, "INCLE"),
        ("Honduras gang prevention", {"area": "community", "country": "HN"}, "Honduras"),
        ("prevención de pandillas, Honduras", {"area": "community", "country": "HN"}, "Honduras"),
        ("Costa Rica 2009", {"country": "CR", "year": "2009"}, "Costa Rica"),
        ("2008 El Salvador NADR", {"account": "NADR", "year": "2008", "country": "SV"}, "NADR"),
    ],
)
def test_words_that_name_several_filters_are_answered_by_their_figures_first(
    client: Client, words: str, filters: dict[str, str], scope: str
) -> None:
    html = search(client, words)
    first, entries = next(iter(heads(html).items()))
    asked = read(filters, *newest())
    sums = totals(asked)
    assert scope in first
    assert entries == sums.entries
    answered = html.partition('id="found-figures"')[2].partition("</section>")[0]
    for stage in ("committed", "obligated", "disbursed"):
        sum_ = sums.of(stage)
        figure = f"{stage.capitalize()} ${sum_.amount:,.0f}"
        assert (figure in said(f"<main>{answered}")) == sum_.known
        if sum_.known:
            address = re.search(rf'href="([^"]*stage={stage}[^"]*)"', answered)
            assert address
            assert sums_behind(client, unescape(address[1])) == sum_.amount


def test_a_question_without_entries_is_answered_by_what_was_not_found(client: Client) -> None:
    html = said(search(client, "INCLE FY2009 Guatemala"))
    for words in ("no commitment found", "no obligation found", "no payment found"):
        assert words in html
    assert "No results" not in html


@pytest.mark.parametrize("words", ["honduras", "ESF FY2009", "police guatemala", "2009", "de"])
def test_words_that_name_one_thing_or_say_more_ask_for_no_figure(
    client: Client, words: str
) -> None:
    assert 'id="found-figures"' not in search(client, words)


def test_every_word_must_be_held(client: Client) -> None:
    both = heads(search(client, "police guatemala"))
    assert 0 < both["Commitments"] < heads(search(client, "police"))["Commitments"]
    assert heads(search(client, "police zanahoria")) == {}


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("pandillas", "pandilas", True),
        ("pandillas", "pandilllas", True),
        ("pandillas", "pandiyas", False),
        ("pandillas", "bandillas", True),
        ("pandillas", "pnadillas", True),
        ("pandillas", "pandillsa", True),
        ("pandillas", "pandillas", False),
        ("pandillas", "pndillsa", False),
        ("abcd", "badc", False),
        ("gangs", "gang", True),
        ("aab", "ab", True),
        ("abab", "baba", False),
    ],
)
def test_one_letter_may_be_wrong_missing_added_or_swapped(
    one: str, other: str, apart: bool
) -> None:
    assert (other in one_letter_apart(one, other)) is apart
    assert (one in one_letter_apart(other, one)) is apart


def test_short_words_are_taken_as_they_are() -> None:
    assert alike("usa", [KnownWords.of(["usb", "us"])]) == []
    known = KnownWords.of(["gangs", "gang", "gnag", "go"]), KnownWords.of(["bang", "gangs"])
    assert alike("gang", known) == ["bang", "gangs", "gnag"]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("hondurs", "/countries/hn/"),
        ("hondruas", "/countries/hn/"),
        ("honduraz", "/countries/hn/"),
        ("honnduras", "/countries/hn/"),
        ("gagn prevention", "/areas/community/"),
        ("prevencoin pandilas", "/areas/community/"),
        ("carsi-08-incel-10", "/commitments/CARSI-08-INCLE-10/"),
        ("gao-13-259r", "/documents/gao-13-295r/"),
    ],
)
def test_a_wrong_letter_in_each_word_is_forgiven(client: Client, wrong: str, expected: str) -> None:
    html = search(client, wrong)
    exactly, _head, like = html.partition('id="like"')
    assert f'<a href="{expected}"' not in exactly
    assert f'<a href="{expected}"' in like


def test_what_entries_say_is_found_with_a_wrong_letter_too(client: Client) -> None:
    entry = Entry.objects.filter(note__contains="disbursement").order_by("posting_id", "line")[0]
    html = search(client, "gao reportz disbursment")
    like = html.partition('id="like"')[2]
    assert "Entries with “gao reports disbursement”" in unescape(like)
    assert 'href="/search/?q=gao+reports+disbursement"' in like
    assert 'href="/entries/?text=gao+reports+disbursement"' in like
    assert entry.note in unescape(text(client, "/entries/?text=gao+reports+disbursement"))


def test_a_slip_in_each_of_many_words_is_forgiven(client: Client) -> None:
    like = search(client, "gao reprots this fy2009 disbursment approprition infered")
    right = "gao reports this fy2009 disbursement appropriation inferred"
    assert f"Entries with “{right}”" in unescape(like)


def test_what_holds_the_words_comes_before_what_is_like_them(client: Client) -> None:
    version, revision = newest()
    found = find(version, Words("panama", revision))
    assert found["countries"].exactly == ["PA"]
    assert found["countries"].alike == []
    html = search(client, "police")
    assert html.index("found-commitments") < (html.find('id="like"') % len(html))


@pytest.mark.parametrize("written", ["CARSI-08-INCLE-10", " carsi-08-incle-10 "])
def test_a_whole_reference_leads_straight_to_its_commitment(client: Client, written: str) -> None:
    response = client.get(f"/search/?q={quote(written)}&as_of=2009-09-30")
    assert response.status_code == 302
    assert response["Location"] == "/commitments/CARSI-08-INCLE-10/?as_of=2009-09-30"


def test_a_whole_key_leads_straight_to_its_document(client: Client) -> None:
    response = client.get("/es/search/?q=GAO-13-295R")
    assert response["Location"] == "/es/documents/gao-13-295r/"


def test_an_older_version_is_searched_as_it_was(client: Client) -> None:
    version = Commitment.objects.get(reference="CARSI-08-INCLE-10").first_version
    older = client.get(f"/search/?q=carsi&version={(version or 0) - 1}")["Location"]
    assert "CARSI-08-INCLE-10" not in text(client, older)
    page = text(client, older.replace("q=carsi", "q=CARSI-08-INCLE-10"))
    assert 'href="/commitments/CARSI-08-INCLE-10/' not in page
    assert "version=" in unescape(re.findall(r'href="(/commitments/CARSI[^"]+)"', page)[0])


def test_sums_beside_what_is_found_are_those_of_their_entries(client: Client) -> None:
    html = search(client, "honduras", "&as_of=2009-03-31")
    found = re.findall(r'<span class="number"><a href="(/entries/\?[^"]+)">\$([\d,]+)', html)
    assert len(found) >= 3
    for href, amount in found:
        assert f"{sums_behind(client, unescape(href)):,.0f}" == amount


def test_entries_are_shown_alike_whether_they_are_few_or_many(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = search(client, "honduras")
    monkeypatch.setattr(results, "FEW", 0)
    forget_everything()
    caches["pages"].clear()
    assert search(client, "honduras") == few


def test_all_of_a_kind_are_paged_and_counted(client: Client) -> None:
    html = search(client, "carsi")
    count = heads(html)["Commitments"]
    assert count > 10
    address = re.search(rf'<a href="([^"]+)">All {count} results: Commitments</a>', html)
    assert address
    listed = text(client, unescape(address[1]))
    assert len(re.findall(r'<a href="/commitments/CARSI', listed)) == min(count, 50)
    entries = re.search(r'<a href="(/entries/[^"]+)">All (\d+) results: Entries</a>', html)
    assert entries
    assert f"{entries[2]} entries" in said(text(client, unescape(entries[1])))


@pytest.mark.parametrize("page", ["0", "99", "abc", "-1"])
def test_a_page_that_is_none_is_404_and_leads_to_the_first(client: Client, page: str) -> None:
    html = text(client, f"/search/?q=carsi&kind=commitments&page={page}", 404)
    assert 'href="/search/?q=carsi&amp;kind=commitments"' in html


@pytest.mark.parametrize(
    "query",
    ["q=a%00b", "q=%ED%A0%80", "q=%C2%85", f"q={'x' * 201}", "q=a&q=b", "q=a&kind=batches",
     "q=" + "+".join("abcdefghij" * 5)],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_answered_400(client: Client, query: str) -> None:
    for path in ("/search/", "/es/search/"):
        assert "<code>" in text(client, f"{path}?{query}", 400)


@pytest.mark.parametrize(
    "nonsense", ["%", "_", "\\", "'", '"', '"><b>', ".*", "((((", "-", "?", "%s", "{}", "\u202e"]
)
def test_signs_are_looked_for_as_they_are(client: Client, nonsense: str) -> None:
    html = search(client, nonsense)
    assert "<b>" not in html
    search(client, nonsense, "&kind=commitments")


@pytest.mark.parametrize("state", ["draft", "submitted", "sent back"])
def test_what_was_never_posted_leaves_no_trace(client: Client, state: str) -> None:
    wanted = ("Zacapa", "Zacpaa", "CARSI-08-INCLE-70", "77777")
    before = {word: search(client, word) for word in wanted}
    analyst, approver = factories.analyst(), factories.approver()
    batch = factories.batch(analyst, title="Zacapa", reason="Zacapa")
    known = Commitment.objects.get(reference="CARSI-08-INCLE-10")
    commitment = factories.commitment(
        batch, reference="CARSI-08-INCLE-70", title="Zacapa", appropriation=known.appropriation
    )
    factories.line(batch, commitment, Stage.COMMITTED, 77_777, note="Zacapa")
    if state != "draft":
        factories.submitted(batch, analyst)
    if state == "sent back":
        posting.send_back(batch.pk, approver, "Which town?")
    forget_everything()
    for word, html in before.items():
        again = search(client, word)
        assert re.sub(r"\d+-\w{8}", "", again) == re.sub(r"\d+-\w{8}", "", html)
        assert "/commitments/CARSI-08-INCLE-70/" not in again


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    search(client, "zanahoria")
    with django_assert_max_num_queries(40):
        search(client, "carsi")
    with django_assert_max_num_queries(40):
        search(client, "guatemala")
