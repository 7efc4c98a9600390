"""Files that others may keep for good: their address names all that they depend on."""

import re
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Country
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")

PAGES = ("/", "/data/", "/entries/", "/status-of-funds/", "/gaps/", "/es/commitments/")
FOR_GOOD = "public, max-age=31536000, immutable"


def kept(client: Client, address: str) -> str:
    response = client.head(address)
    assert response.status_code == 200, address
    return str(response["Cache-Control"])


@pytest.mark.parametrize("page", PAGES)
def test_files_of_a_pinned_page_are_kept_for_good_and_the_page_is_not(
    client: Client, page: str
) -> None:
    version, _revision = newest()
    address = f"{page}?as_of=2009-09-30&version={version}"
    assert kept(client, address).startswith("public, max-age=0,")
    links = re.findall(r'href="([^"]*edition=[^"]*)"', client.get(address).content.decode())
    assert links
    for link in links:
        assert kept(client, unescape(link)) == FOR_GOOD, link


def test_what_an_address_does_not_fix_is_asked_for_again(client: Client) -> None:
    version, _revision = newest()
    path = "/tables/entries.csv?"
    page = client.get(f"/data/?as_of=2009-09-30&version={version}").content.decode()
    (edition,) = set(re.findall(r"edition=(\w+)", page))
    assert "edition=" not in client.get("/data/?as_of=2009-09-30").content.decode()
    for asked in (
        f"as_of=2009-09-30&version={version}",
        f"as_of=2009-09-30&version={version}&edition=000000000000",
        f"as_of=2009-09-30&edition={edition}",
        f"version={version}&edition={edition}",
    ):
        assert kept(client, path + asked).startswith("public, max-age=0,"), asked
    assert kept(client, f"/?as_of=2009-09-30&version={version}&edition={edition}") != FOR_GOOD


def test_a_correction_makes_another_edition(client: Client) -> None:
    version, _revision = newest()
    address = f"/data/?as_of=2009-09-30&version={version}"
    before = re.findall(r"edition=(\w+)", client.get(address).content.decode())
    with posting.acting(factories.administrator(), "as it calls itself"):
        Country.objects.filter(name_en="Guatemala").update(name_en="Republic of Guatemala")
    after = re.findall(r"edition=(\w+)", client.get(address).content.decode())
    assert len(after) == len(before) > 0
    assert not {*after} & {*before}
    file = "/tables/entries.csv?" + address.split("?")[1]
    assert kept(client, f"{file}&edition={before[0]}") != FOR_GOOD
    assert kept(client, f"{file}&edition={after[0]}") == FOR_GOOD


def test_a_file_that_is_missing_is_kept_for_good_by_nobody(client: Client) -> None:
    version, _revision = newest()
    page = client.get(f"/data/?as_of=2009-09-30&version={version}").content.decode()
    edition = re.findall(r"edition=(\w+)", page)[0]
    address = f"/tables/nothing.csv?as_of=2009-09-30&version={version}&edition={edition}"
    response = client.get(address)
    assert response.status_code == 404
    assert "immutable" not in response["Cache-Control"]


def test_the_file_of_a_version_is_asked_for_again_as_its_address_names_no_checksum(
    client: Client,
) -> None:
    response = client.get("/changes/1.csv")
    assert response.status_code == 200
    assert kept(client, "/changes/1.csv") == "public, max-age=0, stale-if-error=86400"
    unchanged = client.get("/changes/1.csv", headers={"If-None-Match": response["ETag"]})
    assert unchanged.status_code == 304
