"""Charts as files over HTTP."""

import hashlib
import re
import struct
from base64 import b64encode
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from carsi_tracker.figures.versions import newest
from tests.sourced import COMMITTED, DISBURSED, OBLIGATED, dollars, total

pytestmark = pytest.mark.usefixtures("sourced")

NAMES = ("bar", "matrix", "countries", "map", "timeline")
SVG = "{http://www.w3.org/2000/svg}"
NOTHING = "No appropriation found through June 29, 2008"


def drawing(client: Client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    return parsed(response.content)


def parsed(drawn: bytes) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 (our own, and well formed is what is tested)


def written(drawn: ET.Element) -> list[str]:
    return [" ".join("".join(text.itertext()).split()) for text in drawn.iter(f"{SVG}text")]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_says_its_day_version_and_address(client: Client, name: str) -> None:
    version = newest()[0]
    texts = written(drawing(client, f"/charts/{name}.svg?as_of=2009-09-30"))
    assert f"As of September 30, 2009, ledger version {version}" in texts
    assert "Source: CARSI Tracker" in texts
    address = f"http://testserver/charts/{name}.svg?as_of=2009-09-30&version={version}"
    assert address in texts


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_carries_its_colours_and_asks_for_nothing_else(client: Client, name: str) -> None:
    drawn = client.get(f"/charts/{name}.svg").content.decode()
    assert "var(" not in drawn
    assert "rem" not in drawn.split("</style>")[0]
    assert re.findall(r'(?:src|href)="(?!/)', drawn) == []
    assert 'class="ground"' in drawn


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_of_a_drawing_allows_its_own_style_and_nothing_else(
    client: Client, name: str
) -> None:
    response = client.get(f"/charts/{name}.svg")
    style = parsed(response.content).find(f"{SVG}style")
    assert style is not None
    assert style.text
    digest = b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    policy = response["Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_the_same_twice_as_large(client: Client, name: str) -> None:
    drawn = drawing(client, f"/charts/{name}.svg?as_of=2009-09-30")
    response = client.get(f"/charts/{name}.png?as_of=2009-09-30")
    assert response["Content-Type"] == "image/png"
    assert size(response.content) == (
        2 * int(drawn.attrib["width"]), 2 * int(drawn.attrib["height"])
    )  # fmt: skip


def test_a_file_is_named_after_what_it_holds_and_its_day(client: Client) -> None:
    response = client.get("/charts/timeline.svg?as_of=2009-09-30")
    assert "carsi-timeline-2009-09-30.svg" in response["Content-Disposition"]
    response = client.get("/charts/map.png?area=community&as_of=2009-09-30")
    assert "carsi-map-community-2009-09-30.png" in response["Content-Disposition"]


def test_a_chart_of_a_filter_says_so_and_shows_its_figures(client: Client) -> None:
    texts = written(drawing(client, "/charts/countries.svg?area=community&as_of=2011-09-30"))
    assert any("Programming area: Community policing" in text for text in texts)
    on = date(2011, 9, 30)
    assert dollars(total("committed", on=on, area="community", country="GT")) in texts
    assert dollars(total("committed", on=on, area="community")) in texts


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_drawn_before_the_first_law(client: Client, name: str) -> None:
    texts = written(drawing(client, f"/charts/{name}.svg?as_of=2008-06-29"))
    assert NOTHING in texts
    assert not [text for text in texts if "NaN" in text or "%" in text]
    assert client.get(f"/charts/{name}.png?as_of=2008-06-29").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_in_the_language_of_its_address(client: Client, name: str) -> None:
    drawn = drawing(client, f"/es/charts/{name}.svg?as_of=2009-09-30")
    assert drawn.attrib["lang"] == "es"
    assert any("30 de septiembre de 2009" in text for text in written(drawn))


def test_a_chart_is_fresh_until_the_ledger_changes(client: Client) -> None:
    first = client.get("/charts/bar.png")
    again = client.get("/charts/bar.png", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/charts/pie.svg", 404),
        ("/charts/bar.gif", 404),
        ("/charts/card.svg", 404),
        ("/charts/bar.svg?as_of=2009-13-01", 400),
        ("/charts/bar.png?country=XX", 400),
        ("/charts/card.png?version=1-00000000", 400),
    ],
)
def test_an_address_that_means_nothing_is_refused(
    client: Client, address: str, status: int
) -> None:
    assert client.get(address).status_code == status


def test_the_card_has_the_size_that_other_sites_expect(client: Client) -> None:
    for address in ("/charts/card.png", "/es/charts/card.png?as_of=2008-02-29"):
        response = client.get(address)
        assert response["Content-Type"] == "image/png"
        assert size(response.content) == (1200, 630)


def test_the_overview_offers_each_chart_as_it_is_asked(client: Client) -> None:
    page = client.get("/es/?as_of=2009-09-30").content.decode()
    for name in NAMES:
        for form in ("svg", "png"):
            assert f'href="/es/charts/{name}.{form}?as_of=2009-09-30"' in page


@pytest.mark.parametrize(
    ("query", "title", "total"),
    [
        ("stage=disbursed", "Disbursed by country, U.S. dollars", dollars(DISBURSED)),
        (
            "measure=unobligated",
            "Committed, no obligation found by country, U.S. dollars",
            f"≥≤ {dollars(COMMITTED - OBLIGATED)}",
        ),
    ],
)
def test_a_chart_of_a_stage_or_balance_names_it(
    client: Client, query: str, title: str, total: str
) -> None:
    texts = written(drawing(client, f"/charts/countries.svg?{query}"))
    assert title in texts
    assert total in texts


def test_the_bar_has_all_stages_whichever_is_asked(client: Client) -> None:
    texts = written(drawing(client, "/charts/bar.svg?stage=obligated&country=PA"))
    assert "$2.7 million committed, and how far it has got" in texts
    assert not any("Stage" in text for text in texts)


def test_what_is_no_whole_has_no_bar(client: Client) -> None:
    texts = written(drawing(client, "/charts/bar.svg?posted_in=17"))
    assert any("no total to divide" in text for text in texts)
