"""The menu of every page, and the band below it."""

import re
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.templatetags.navigation import MENU

pytestmark = pytest.mark.usefixtures("sourced")


def html_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def menus(html: str) -> list[str]:
    """Return the menu for a wide page and the folded one."""
    nav = html.partition('<nav class="site-menu"')[2].partition("</nav>")[0]
    return nav.split('<details class="menu-folded">')


def band(html: str) -> str:
    return html.partition('<section class="band"')[2].partition("</section>")[0]


def test_each_section_is_in_both_menus_and_keeps_day_and_version(client: Client) -> None:
    version = Posting.objects.get(version=12)
    asked = f"?as_of=2009-09-30&version={version}"
    wide, folded = menus(html_of(client, f"/{asked}"))
    sections = [view for views in MENU.values() for view in views]
    for menu in (wide, folded):
        addresses = re.findall(r'<li><a href="([^"?]+)\?as_of=2009-09-30&version=12-', menu)
        assert len(addresses) == len(sections) + 1  # and the search
    for address in addresses:
        html_of(client, f"{address}{asked}")


@pytest.mark.parametrize(
    ("address", "group", "section", "current"),
    [
        ("/", "Figures", "/", "page"),
        ("/countries/hn/", "Figures", "/countries/", "true"),
        ("/es/commitments/", "Asientos", "/es/commitments/", "page"),
        ("/changes/12/", "Version history", "/changes/", "true"),
        ("/published/", "Sources and data", "/published/", "page"),
    ],
)
def test_the_section_of_a_page_and_its_group_are_marked(
    client: Client, address: str, group: str, section: str, current: str
) -> None:
    wide, folded = menus(html_of(client, address))
    assert re.findall(r'<summary aria-current="true">(.*?)</summary>', wide) == [group]
    for menu in (wide, folded):
        assert re.findall(r'href="([^"?]+)" aria-current="(\w+)"', menu) == [(section, current)]


def test_the_band_keeps_every_parameter_but_those_that_it_asks(client: Client) -> None:
    version = Posting.objects.get(version=12)
    asked = f"/entries/?country=HN&stage=committed&as_of=2009-09-30&version={version}&sort=-amount"
    form = band(html_of(client, asked))
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert hidden == {"country": "HN", "stage": "committed", "sort": "-amount"}
    assert re.search(r'name="as_of"[^>]*value="2009-09-30"', form)
    assert re.search(r'name="known_on"[^>]*value="12"', re.sub(r"\s+", " ", form))


def test_the_band_offers_the_newest_versions_by_number_and_title(client: Client) -> None:
    form = band(html_of(client, "/"))
    offered = re.findall(r'<option lang="\w*" value="(\d+)">(.*?)</option>', form)
    newest = Posting.objects.order_by("-version")[:12]
    assert [(str(each.version), each.title[:20]) for each in newest] == [
        (number, title[:20]) for number, title in offered
    ]


def test_what_the_band_sends_leads_to_the_address_that_links_have(client: Client) -> None:
    version = Posting.objects.get(version=12)
    sent = client.get("/entries/", {"country": "HN", "as_of": "2009-09-30", "known_on": "12"})
    assert sent["Location"] == f"/entries/?country=HN&as_of=2009-09-30&version={version}"
    newest = client.get("/entries/", {"country": "HN", "as_of": "2009-09-30", "known_on": ""})
    assert newest["Location"] == "/entries/?country=HN&as_of=2009-09-30"


def test_the_version_that_the_band_names_leads_to_its_page_with_the_day(client: Client) -> None:
    version = Posting.objects.get(version=12)
    shown = band(html_of(client, f"/?as_of=2009-09-30&version={version}"))
    assert f'href="/changes/12/?as_of=2009-09-30&version={version}"' in shown


def test_titles_tell_pages_of_another_day_or_version_apart(client: Client) -> None:
    titles = {
        re.findall("<title>(.*?)</title>", html_of(client, f"/countries/gt/{asked}"))[0]
        for asked in ("", "?as_of=2009-09-30", "?version=12", "?as_of=2009-09-30&version=12")
    }
    assert len(titles) == 4
    assert any("September 30, 2009" in title and "version 12" in title for title in titles)
