"""Files that are hashed hold texts as typed, which is said beside every link to one.

The foot of each page has one as well: its words are those of a list.
"""

import re
from html import unescape

import pytest
from django.test import Client

from tests.reports.addresses import PAGES

pytestmark = pytest.mark.usefixtures("sourced")
HASHED = re.compile(r'href="(?:/versions\.csv|/changes/\d+\.csv)"')
SAID = {
    "": "hold texts as typed, because their bytes are hashed",
    "/es": "llevan los textos tal como se escribieron, porque de sus bytes se calcula el SHA-256",
}


@pytest.mark.parametrize("language", ["", "/es"])
def test_pages_that_lead_to_a_hashed_file_say_so_and_lead_to_the_tables(
    client: Client, language: str
) -> None:
    leading = set()
    for address in PAGES:
        page = client.get(f"{language}{address}").content.decode()
        body, _, _foot = page.partition("<footer")
        if HASHED.search(body):
            leading.add(address)
        assert bool(HASHED.search(body)) == (SAID[language] in body), address
    assert {"/about/", "/data/", "/changes/", "/changes/12/"} <= leading
    for address in leading:
        page = client.get(f"{language}{address}").content.decode()
        (target,) = re.findall(r'href="([^"]+)">(?:tables|tablas)</a>', page)
        on = unescape(target) if target.startswith("/") else f"{language}{address}"
        assert 'id="tables-caption"' in client.get(on).content.decode(), address


def test_what_pages_offer_for_spreadsheets_is_never_a_hashed_file(client: Client) -> None:
    """Tables have their formulas neutralised, which `test_formulas.py` shows of every one."""
    for address in PAGES:
        page = client.get(address).content.decode()
        for link in re.findall(r'href="([^"]+\.(?:csv|xlsx)[^"]*)"', page):
            assert link.startswith("/tables/") or HASHED.fullmatch(f'href="{link}"'), link
