"""The page of methods and the glossary."""

import pytest
from django.test import Client

from carsi_tracker.reports.glossary import TERMS, Term


def words_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("sourced")
def test_the_methods_give_the_figures_of_the_day_asked(client: Client) -> None:
    assert "$41,890,500" in words_of(client, "/about/")
    assert "$41,890,500" not in words_of(client, "/about/?as_of=2009-09-30")


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("reference", ["CARSI-09-FMF-01", "CARSI-09-INCLE-01"])
def test_the_methods_name_the_weak_spots(client: Client, reference: str) -> None:
    assert f'href="/commitments/{reference}/' in words_of(client, "/about/")


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.anchor)
def test_each_word_has_an_anchor(client: Client, term: Term) -> None:
    assert f'<dt id="{term.anchor}">' in words_of(client, "/about/")


@pytest.mark.django_db
def test_the_methods_stand_before_anything_is_posted(client: Client) -> None:
    assert "$0" in words_of(client, "/about/")


@pytest.mark.usefixtures("sourced")
def test_every_page_leads_to_the_methods(client: Client) -> None:
    assert 'href="/about/' in words_of(client, "/")
