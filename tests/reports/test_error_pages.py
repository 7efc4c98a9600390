"""What answers in place of a page: in both languages, with a way to the other."""

from html import unescape

import pytest
from django.test import Client

from tests.desk.conftest import reading


@pytest.mark.usefixtures("sourced")
def test_a_bad_address_leads_to_itself_in_the_other_language(client: Client) -> None:
    query = "/entries/?country=XX&as_of=2009-09-30"
    english, spanish = client.get(query), client.get(f"/es{query}")
    assert f'<a href="/es{query}" lang="es"' in unescape(english.content.decode())
    assert f'<a href="{query}" lang="en"' in unescape(spanish.content.decode())
    assert "The value “XX” for country is not valid. Use" in reading(english)
    assert "Open this page without country" in reading(english)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("root", ["", "/es"])
def test_what_does_not_exist_leads_to_the_other_language(client: Client, root: str) -> None:
    answer = client.get(f"{root}/nothing/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert ('<a href="/" lang="en"' if root else '<a href="/es/" lang="es"') in html
    assert "nothing" not in html.partition("<main")[2].partition("</main>")[0].lower().replace(
        "there is nothing", ""
    )


@pytest.mark.usefixtures("sourced")
def test_a_parameter_given_twice_is_told_so(client: Client) -> None:
    said = reading(client.get("/?as_of=2009-09-30&as_of=2009-09-29"))
    assert "It is given twice. Give it once." in said
