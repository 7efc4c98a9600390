"""What pages of others show of ours in a frame, and how they learn to."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from carsi_tracker.exports.embed.embeds import CHARTS
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import MEASURES
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting, Stage
from carsi_tracker.ledger.money import figure
from carsi_tracker.reports.page.parameters import read
from tests.sourced import millions

pytestmark = pytest.mark.usefixtures("sourced")

SITE = "http://testserver"
DAYS = ["2009-03-13", "2009-09-30", "2011-09-30"]
VERSIONS = [12, 17]


class Frame(HTMLParser):
    """The one frame of a line of HTML: what it says of itself."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(line)
        (self.says,) = self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe"
        self.found.append(dict(attrs))


def oembed(client: Client, url: str, status: int = 200, **more: str) -> Any:
    answer = client.get(f"/oembed/?{urlencode({'url': url, **more})}")
    assert answer.status_code == status, answer.content
    return answer.json() if status == 200 else answer.content.decode()


@pytest.mark.parametrize("name", [*CHARTS, *Stage.values, *MEASURES])
@pytest.mark.parametrize("language", ["", "/es"])
def test_what_is_embedded_may_be_framed_by_any_page_and_has_no_script(
    client: Client, name: str, language: str
) -> None:
    answer = client.get(f"{language}/embed/{name}/")
    assert answer.status_code == 200
    assert "frame-ancestors *;" in answer["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in answer
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"<script" not in answer.content
    assert b"style=" not in answer.content
    assert not answer.cookies


@pytest.mark.parametrize(
    "page",
    ["/", "/embed/", "/entries/", "/oembed/", "/embed/nothing/", "/embed/bar/?country=XX"],
)
def test_no_other_page_may_be_framed(client: Client, page: str) -> None:
    answer = client.get(page)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("number", VERSIONS)
def test_a_key_number_is_the_figure_of_its_day_and_version(
    client: Client, day: str, number: int
) -> None:
    posting = Posting.objects.get(version=number)
    version = f"{number}-{posting.checksum[:8]}"
    for country in ({}, {"country": "GT"}):
        asked = {"as_of": day, "version": version, **country}
        sums = aggregates.totals(read(asked, *newest()))
        for stage in ("committed", "obligated", "disbursed"):
            page = client.get(f"/embed/{stage}/?{urlencode(asked)}").content.decode()
            if sums.of(stage).known:
                amount = sums.of(stage).amount
                assert (millions(amount) if amount >= 1_000_000 else figure(amount)) in page
            else:
                assert "No " in page
            assert f"ledger version {version}" in page


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("number", VERSIONS)
def test_the_table_of_countries_has_the_sums_of_its_day_and_version(
    client: Client, day: str, number: int
) -> None:
    posting = Posting.objects.get(version=number)
    asked = {"as_of": day, "version": f"{number}-{posting.checksum[:8]}"}
    sums = aggregates.totals(read(asked, *newest()))
    page = client.get(f"/embed/countries/?{urlencode(asked)}").content.decode()
    assert figure(sums.of("committed").amount) in page


def test_a_balance_of_what_has_no_appropriation_is_not_said(client: Client) -> None:
    page = client.get("/embed/available/?country=GT").content.decode()
    assert "No appropriation found" in page
    assert "million" not in page.partition("<footer>")[0].partition("<main>")[2]
    assert "available-live" not in client.get("/embed/?country=GT").content.decode()


def test_lines_to_copy_show_what_they_say(client: Client) -> None:
    answer = client.get("/embed/?area=community")
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    shown_to_copy = re.findall(
        r'<pre id="\w+-(?:live|pinned)"[^>]*>(.*?)</pre>', answer.content.decode(), re.DOTALL
    )
    assert [unescape(line) for line in shown_to_copy] == [
        line for _each, *lines in answer.context["embeds"] for line in lines
    ]
    assert "<" not in "".join(shown_to_copy)
    for each, live, pinned in answer.context["embeds"]:
        for line, parameters in ((live, {"area"}), (pinned, {"area", "as_of", "version"})):
            says = Frame(line).says
            source = str(says["src"])
            assert source.startswith(f"{SITE}/embed/{each.name}/?")
            shown = client.get(source.removeprefix(SITE))
            assert shown.status_code == 200
            assert {*shown.wsgi_request.GET} == parameters
            assert says["title"] == f"CARSI Tracker: {each.title}"


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("/", "/embed/bar/"),
        ("/es/", "/es/embed/bar/"),
        ("/countries/gt/", "/embed/bar/?country=GT"),
        ("/es/goals/2/?as_of=2009-09-30", "/es/embed/bar/?goal=2&as_of=2009-09-30"),
        ("/appropriations/2008-incle/", "/embed/bar/?account=INCLE&year=2008"),
        ("/entries/?stage=committed&area=capacity", "/embed/committed/?area=capacity"),
        ("/entries/?measure=unobligated", "/embed/unobligated/"),
        ("/embed/map/?country=HN", "/embed/map/?country=HN"),
    ],
)
def test_a_page_with_a_chart_or_a_number_is_found_and_embedded_by_its_address(
    client: Client, page: str, source: str
) -> None:
    head = client.get(page).content.decode()
    (found,) = (line for line in head.splitlines() if 'type="application/json+oembed"' in line)
    address = found.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    answer = client.get(address.removeprefix(SITE)).json()
    assert answer == oembed(client, f"{SITE}{page}")
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    says = Frame(answer["html"]).says
    assert says["src"] == f"{SITE}{source}"
    assert (says["width"], says["height"]) == (str(answer["width"]), str(answer["height"]))
    assert client.get(source).status_code == 200


def test_a_frame_is_as_large_as_a_program_allows(client: Client) -> None:
    answer = oembed(client, f"{SITE}/", maxwidth="320", maxheight="400")
    assert (answer["width"], answer["height"]) == (320, 400)
    says = Frame(answer["html"]).says
    assert (says["width"], says["height"]) == ("320", "400")


@pytest.mark.parametrize(
    ("url", "status", "more"),
    [
        ("", 404, {}),
        ("https://elsewhere.example/", 404, {}),
        (f"{SITE}.elsewhere.example/", 404, {}),
        (f"{SITE}/nothing/", 404, {}),
        (f"{SITE}/admin/", 404, {}),
        (f"{SITE}/entries/", 404, {}),
        (f"{SITE}/countries/xx/", 404, {}),
        (f"{SITE}/embed/nothing/", 404, {}),
        (f"{SITE}/?as_of=2009-02-30", 404, {}),
        (f"{SITE}/?version=3-00000000", 404, {}),
        (f"{SITE}/entries/?stage=committed&stage=obligated", 404, {}),
        (f"{SITE}/?{'a&' * 1100}", 404, {}),
        ("http://[", 404, {}),
        (f"{SITE}/", 501, {"format": "xml"}),
        (f"{SITE}/", 400, {"maxwidth": "wide"}),
        (f"{SITE}/", 400, {"maxheight": "-1"}),
        (f"{SITE}/", 400, {"maxwidth": "٣٠٠"}),
    ],
)
def test_what_is_not_embedded_is_said_in_a_sentence(
    client: Client, url: str, status: int, more: dict[str, str]
) -> None:
    said = oembed(client, url, status, **more)
    assert said.endswith(".\n")
    assert "<" not in said


def test_programs_of_other_sites_may_ask_how_to_embed(client: Client) -> None:
    answer = client.get(f"/oembed/?{urlencode({'url': f'{SITE}/'})}")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.post("/oembed/").status_code == 405
