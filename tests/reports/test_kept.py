"""Parts of pages that are kept for other days: the page is what it would be without them."""

from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.test import Client

from carsi_tracker.figures.query import BLANK_DAY
from carsi_tracker.reports.page.kept import PARTS

PAGES = ("/", "/areas/", "/countries/", "/goals/", "/appropriations/", "/entries/?country=HN")
DAYS = (
    *(date(2009, 9, 28) + timedelta(days=number) for number in range(5)),  # a fiscal year ends
    date(2008, 1, 1),
    date(2009, 3, 10),
    date(2009, 3, 11),  # an appropriation
    date(2011, 9, 30),
    date(2012, 2, 29),
    date(2013, 1, 1),
)


def content(client: Client, address: str) -> str:
    """Return a page that is made now, of parts that may be kept."""
    caches["pages"].clear()
    response = client.get(address)
    assert response.status_code in (200, 404), address
    return str(response.content.decode())


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_kept_parts_is_the_page_that_is_made_anew(
    client: Client, page: str, language: str
) -> None:
    joined = "&" if "?" in page else "?"
    addresses = [f"{language}{page}{joined}as_of={day}" for day in DAYS]
    addresses += [f"{language}{page}", f"{addresses[0]}&version=12"]
    for address in addresses[:5]:
        content(client, address)
    kept = {address: content(client, full_address(client, address)) for address in addresses}
    for address, page_of_parts in kept.items():
        PARTS.forget()
        assert page_of_parts == content(client, full_address(client, address)), address
        assert BLANK_DAY[0] not in page_of_parts


def full_address(client: Client, address: str) -> str:
    """Return where an address leads: a version without checksum to the full one."""
    response = client.get(address)
    return response["Location"] if response.status_code == 302 else address


@pytest.mark.usefixtures("sourced")
def test_parts_are_kept_from_day_to_day_and_for_other_days_made_anew(client: Client) -> None:
    PARTS.forget()
    content(client, "/areas/?as_of=2012-02-01")
    weight = PARTS.weight
    assert weight > 0
    content(client, "/areas/?as_of=2012-02-02")
    assert PARTS.weight == weight
    content(client, "/areas/?as_of=2009-04-01")
    assert PARTS.weight > weight
