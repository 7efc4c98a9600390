"""Spanish takes more room than English: it has it on small screens, too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

CUT_OFF = """[...document.querySelectorAll("svg text")].filter(text => {
  const drawing = text.ownerSVGElement.getBoundingClientRect();
  const shown = text.getBoundingClientRect();
  return shown.left < drawing.left - 1 || shown.right > drawing.right + 1;
}).map(text => text.textContent.trim())"""


@pytest.mark.parametrize(
    "path", ["/es/", "/es/areas/community/", "/es/countries/", "/es/appropriations/2008-incle/"]
)
def test_no_words_of_a_drawing_are_cut_off_on_a_small_screen(
    site: Site, open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(width=320)
    page.goto(site.address + path)
    assert page.locator("svg text").count() > 0
    assert page.evaluate(CUT_OFF) == []
