"""Spanish takes more room than English: it has it on small screens, too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

CUT_OFF = """[...document.querySelectorAll("svg text")].filter(text => {
  const shown = text.getBoundingClientRect();
  if (!shown.width) return false;
  let frame = text.ownerSVGElement;
  while (getComputedStyle(frame).overflowX === "visible" && !frame.matches("main"))
    frame = frame.parentElement;
  const drawing = frame.getBoundingClientRect();
  return shown.left < drawing.left - 1 || shown.right > drawing.right + 1;
}).map(text => text.textContent.trim())"""
"""What is shown beyond what cuts it off: its drawing or, where that lets it out, the page."""


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
