"""What holds of every public page and file, in both languages and on every day."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from carsi_tracker.ledger.days import today
from tests.reports.addresses import (
    BOTH,
    IN_ONE_LANGUAGE,
    TIMELESS,
    answer,
    asked,
    everywhere,
)
from tests.sourced import NEXT

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("", "2009-09-30", "2008-06-29", "0001-01-01")
NO_DAYS = (
    "2009-02-29", "30/09/2009", "9999-12-31", "20090930", "2009-9-30", "2009-W40-3", "today",
    "2009-09-30T00:00", "0000-01-01", "٢٠٠٩-٠٩-٣٠", "2009-09-30 ", "infinity", "now", "NaN",
)  # fmt: skip


def dated() -> Iterator[str]:
    return (address for address in everywhere() if not address.startswith((*TIMELESS, "/robots")))


@pytest.mark.parametrize("day", DAYS)
def test_every_address_answers_on_every_day_as_a_page_should(client: Client, day: str) -> None:
    tables = 0
    for address in dated():
        response, sent = answer(client, asked(address, f"as_of={day}") if day else address)
        if response.status_code == 302:
            response, sent = answer(client, response["Location"])
        assert response.status_code == 200, address
        if not re.search(r"\.(xlsx|png|pdf)", address):
            assert not re.search(rb"\b(NaN|Infinity|(?<!If-)None)\b(?! by this day)", sent), address
        if "html" in response["Content-Type"]:
            tables += tables_of_a_page(sent.decode(), address)
            if day and day < "2008-06-30":
                assert not re.search(r"\d\s?%(?!&quot;)", said(sent)), "a share of nothing"
    assert tables > 20


def tables_of_a_page(html: str, address: str) -> int:
    """Count the tables of a page: each has a caption, scopes, and a region that scrolls."""
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), address
    found = re.findall(r"(<[^<]+>)\s*(<table.*?</table>)", html, re.DOTALL)
    for before, table in found:
        assert 'role="region"' in before, address
        assert 'tabindex="0"' in before, address
        label = re.search(r'aria-labelledby="([^"]+)"', before)
        assert label, address
        assert label[1] in ids, address
        assert re.search(r"<caption[^>]*>\s*\S", table), address
        assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table)), address
        for row in re.findall(r"<tr.*?</tr>", table.partition("</thead>")[2], re.DOTALL):
            assert row.count('scope="row"') == 1 or "colspan=" in row, address
    assert html.count("<table") == len(found), address
    return len(found)


def test_no_address_takes_what_is_no_day_up_to_today(client: Client) -> None:
    days = [*NO_DAYS, (today() + timedelta(days=1)).isoformat()]
    for place, address in enumerate(dated()):
        for day in days[place % 5 :: 5]:
            response, sent = answer(client, asked(address, urlencode({"as_of": day})))
            assert response.status_code == 400, (address, day)
            assert "<code>as_of</code>" in sent.decode()
            assert day in sent.decode(), address


@pytest.mark.parametrize(
    "moment",
    ["20261125", "2026-W48", "2026-W48-3", "2026-11-25T12", "2999-01-01", "9999-12-31",
     "2999-01-01T00:00Z", "0001-01-01", "0001-01-01T00:00+14:00", "2009-02-29", "2026-11-25T24:00",
     "now", "infinity", "1764072000", "2026-11-25x12:00"],
)  # fmt: skip
def test_a_moment_that_can_be_misread_or_has_not_come_is_refused(
    client: Client, moment: str
) -> None:
    for address in ("/", "/es/entries/", "/tables/stages.csv", "/charts/bar.svg", "/feed/"):
        response, sent = answer(client, asked(address, urlencode({"known_on": moment})))
        assert response.status_code == 400
        assert moment in sent.decode()


def said(sent: bytes) -> str:
    """Return what stands on a page, without what its tags say."""
    return re.sub(r"<[^>]+>", " ", sent.decode().partition("<main")[2])


def test_the_address_alone_decides_the_language_and_what_an_etag_holds_for(client: Client) -> None:
    for address in everywhere(
        "/nothing/", "/?as_of=2009-02-29", "/?version=12", "/entries/?page=9"
    ):
        wanted = "es" if address.startswith("/es/") else "en"
        answers = []
        for preferred in ("es", "en"):
            visitor = Client()
            visitor.cookies["django_language"] = preferred
            response, sent = answer(visitor, address, accept_language=preferred)
            assert response["Content-Language"] == wanted, address
            assert not response.cookies, address
            assert set(filter(None, response.get("Vary", "").split(", "))) <= {"Accept-Encoding"}
            if sent.startswith(b"<!doctype html>"):
                assert f'<html lang="{wanted}">'.encode() in sent, address
            answers.append((response.status_code, response.get("Location"), sent))
        assert answers[0] == answers[1], address
        if response.status_code == 200:
            etag = response["ETag"]
            assert answer(client, address, if_none_match=etag)[0].status_code == 304, address
            if wanted == "en" and not address.startswith(IN_ONE_LANGUAGE):
                other = answer(client, f"/es{address}", if_none_match=etag)[0]
                assert other.status_code == 200, address


@pytest.mark.parametrize(
    "address",
    [f"/changes/{NEXT}/", "/nothing/", "/commitments/CARSI-08-INCLE-70/", "/entries/?page=9",
     f"/entries/?posted_in={NEXT}", "/feed/?page=9", "/tables/nothing.csv",
     f"/?version={NEXT}-00000000"],
)  # fmt: skip
def test_no_cache_keeps_that_there_is_nothing(client: Client, address: str) -> None:
    for language in BOTH:
        response = client.get(language + address)
        assert response.status_code in {400, 404}
        assert "max-age=0" in response["Cache-Control"]
