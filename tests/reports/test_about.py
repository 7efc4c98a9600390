"""The page of methods, the glossary, and words explained where they stand."""

import re
from datetime import date

import pytest
from django.template import engines
from django.test import Client

from carsi_tracker.reports.page.glossary import TERMS
from tests.sourced import AVAILABLE, dollars, total


def words_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("sourced")
def test_the_methods_give_the_figures_of_the_day_asked(client: Client) -> None:
    assert f"${dollars(AVAILABLE)}</a>, we found no commitment" in words_of(client, "/about/")
    on = date(2009, 9, 30)
    available = dollars(total("appropriated", on=on) - total("committed", on=on))
    assert f"${available}</a>, we found no commitment" in words_of(client, f"/about/?as_of={on}")


@pytest.mark.usefixtures("sourced")
def test_the_methods_say_how_much_has_no_area_stated(client: Client) -> None:
    page = words_of(client, "/about/")
    href = "/entries/?area=not-attributed&amp;stage=committed"
    amount = dollars(total("committed", area="not-attributed"))
    assert f'contains <a href="{href}">${amount}</a>' in page


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("CARSI-09-FMF-01", "≤ $17,000,000 : at most: GAO gives one total"),
        ("CARSI-09-INCLE-01", "≥ $35,000,000 : at least: The law requires “not less than” it"),
    ],
)
def test_the_methods_list_the_commitments_that_are_limits(
    client: Client, reference: str, said: str
) -> None:
    page = words_of(client, "/about/")
    start = page.index("These amounts are limits, not exact figures:")
    listed = page[start : page.index("</ul>", start)]
    assert f'href="/commitments/{reference}/' in listed
    assert said in " ".join(re.sub(r"<[^>]+>", " ", listed).split())


@pytest.mark.usefixtures("sourced")
def test_a_limit_is_not_named_before_its_day(client: Client) -> None:
    assert "CARSI-09-FMF-01" not in words_of(client, "/about/?as_of=2011-09-29")


@pytest.mark.usefixtures("sourced")
def test_each_word_has_an_anchor(client: Client) -> None:
    page = words_of(client, "/about/")
    assert [anchor for anchor in TERMS if f'<dt id="{anchor}">' not in page] == []


@pytest.mark.django_db
def test_the_methods_stand_before_anything_is_posted(client: Client) -> None:
    page = words_of(client, "/about/")
    assert "$0" not in page
    assert "NaN" not in page


@pytest.mark.usefixtures("sourced")
def test_every_page_leads_to_the_methods_on_its_day(client: Client) -> None:
    assert 'href="/about/?as_of=2009-09-30"' in words_of(client, "/areas/?as_of=2009-09-30")


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("address", "anchors"),
    [
        ("/", ["appropriated", "committed", "obligated", "disbursed", "available"]),
        ("/areas/", ["committed", "obligated", "disbursed"]),
        ("/countries/hn/", ["committed", "obligated", "disbursed", "inferred"]),
        ("/commitments/", ["committed", "unobligated", "unliquidated"]),
        ("/commitments/CARSI-09-FMF-01/", ["committed", "unobligated", "unliquidated"]),
        ("/entries/", ["entry", "stage", "stated", "press", "inferred"]),
        ("/entries/?measure=available", ["available"]),
        ("/entries/1-1/", ["stage", "basis", "effective-date"]),
        ("/documents/", ["document", "committed"]),
        ("/documents/pl-111-8/", ["stated", "press", "inferred"]),
        ("/changes/", ["version", "checksum"]),
        ("/changes/12/", ["version", "checksum", "committed"]),
        ("/compare/", ["version", "committed"]),
        ("/balance/", ["appropriated", "committed", "obligated", "disbursed"]),
    ],
)
def test_pages_explain_their_words_where_they_stand(
    client: Client, address: str, anchors: list[str]
) -> None:
    page = words_of(client, address)
    for anchor in anchors:
        term = TERMS[anchor]
        assert f'#{anchor}">{term.name}</a></dt><dd>{term.meaning}</dd>' in page


@pytest.mark.django_db
def test_a_word_that_the_glossary_lacks_is_a_fault() -> None:
    template = engines["django"].from_string('{% load glossary %}{% terms "budgeted" %}')
    with pytest.raises(KeyError):
        template.render({})
