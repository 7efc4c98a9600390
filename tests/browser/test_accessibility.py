"""What is asked of every kind of page: that everybody can read it, and that it is light.

Each kind of page is opened in one circumstance, and each circumstance meets some page;
`make check-everything` opens more pages, each in all of them. What is folded is unfolded.
"""

import os
from collections.abc import Callable
from itertools import pairwise, product

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import Site, faults, is_wider_than_its_window

EVERYTHING = bool(os.environ.get("EVERYTHING"))
KINDS = (
    "/",
    "/areas/",
    "/countries/hn/?as_of=2009-03-31",
    "/appropriations/2008-incle/",
    "/entries/",
    "/entries/?area=community&country=GT&stage=committed&as_of=2009-09-30",
    "/entries/?text=nothing+of+the+kind",
    "/entries/12-5/",
    "/commitments/",
    "/commitments/CARSI-08-INCLE-10/",
    "/documents/",
    "/documents/gao-13-295r/",
    "/published/",
    "/published/gao-obligated-2013-floor/",
    "/status-of-funds/",
    "/gaps/",
    "/changes/12/",
    "/compare/",
    "/search/?q=policia",
    "/data/",
    "/about/",
    "/nothing/",
    "/entries/?area=nowhere",
)
STATES = (
    "/?as_of=2008-02-29",
    "/?as_of=2009-09-30&version=12",
    "/areas/community/",
    "/countries/",
    "/countries/regional/",
    "/goals/",
    "/goals/4/",
    "/appropriations/",
    "/entries/?country=HN&area=community&stage=committed&as_of=2009-03-31",
    "/entries/?page=9",
    "/commitments/?text=zanahoria",
    "/changes/",
    "/compare/?from_version=12&version=16",
    "/compare/?from=2009-03-31&as_of=2009-09-30&country=HN&stage=obligated",
    "/compare/?as_of=2008-02-29",
    "/search/",
    "/search/?q=carsi&kind=commitments",
    "/balance/",
    "/status-of-funds/?as_of=2008-06-29",
)
"""Further pages of these kinds, and states of them, that are opened with everything."""
HEAVY = ("/", "/?as_of=2009-09-30&version=12", "/entries/", "/compare/", "/about/")
OPENED = KINDS + STATES if EVERYTHING else KINDS
CIRCUMSTANCES = tuple(product(("", "/es"), ("light", "dark"), (1280, 320), (100, 200)))
"""Language, colour scheme, width in pixels, size of text in percent."""
HEAVIEST = 60_000  # bytes, compressed, with all that the page loads
REQUESTS = 6
Open = Callable[..., Page]
Circumstance = tuple[str, str, int, int]


def by_circumstance() -> dict[Circumstance, list[str]]:
    """Return the kinds of page to open in each circumstance: each kind in one, or in all."""
    return {
        circumstance: OPENED if EVERYTHING else OPENED[number :: len(CIRCUMSTANCES)]
        for number, circumstance in enumerate(CIRCUMSTANCES)
    }


@pytest.mark.parametrize(("circumstance", "kinds"), by_circumstance().items(), ids=str)
def test_axe_finds_nothing_headings_are_in_order_and_no_page_scrolls_sideways(
    site: Site, open_page: Open, circumstance: Circumstance, kinds: tuple[str, ...]
) -> None:
    language, scheme, width, text = circumstance
    page = open_page(width, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    found = {}
    for kind in kinds:
        page.goto(site.address + language + kind)
        refused = [words for words in said if "Failed to load resource" not in words]
        page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{text}%")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        wide = ["wider than its window"] if is_wider_than_its_window(page) else []
        found[kind] = refused + wide + disordered(page) + faults(page, targets=True)
        said.clear()
    assert not {kind: faulty for kind, faulty in found.items() if faulty}


def disordered(page: Page) -> list[str]:
    """Return the levels of a page's headings where they are no outline under one of the first."""
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
        "headings => headings.map(heading => Number(heading.tagName[1]))"
    )
    steps = all(after <= before + 1 for before, after in pairwise(levels))
    return [] if steps and levels[0] == 1 == levels.count(1) else [f"headings of levels {levels}"]


def test_the_heaviest_pages_are_light(site: Site, open_page: Open) -> None:
    icon = f"{site.address}/static/favicon.svg"  # which the browser asks for in its own time
    for kind in OPENED if EVERYTHING else HEAVY:
        page = open_page()
        seen: list[Request] = []
        page.on("requestfinished", lambda request, seen=seen: seen.append(request))
        page.goto(f"{site.address}/es{kind}")
        asked = [each for each in seen if each.url != icon and not each.redirected_to]
        sizes = [request.sizes() for request in asked]
        weight = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
        assert len(asked) + 1 <= REQUESTS, kind
        assert weight + len(page.request.get(icon).body()) <= HEAVIEST, (kind, weight)
        page.context.close()


@pytest.mark.parametrize(
    "kind", ["/", "/countries/hn/?as_of=2009-03-31", "/entries/?country=HN", "/compare/"]
)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    site: Site, open_page: Open, kind: str
) -> None:
    page = open_page()
    page.goto(site.address + kind)
    expected = page.evaluate(REACHABLE)
    page.evaluate(RECORD)
    for _ in range(len(expected) + 4 * page.locator("input[type=date]").count()):
        page.keyboard.press("Tab")
    walked = page.evaluate("focused")
    assert [name for name, _ in walked[: len(expected)]] == expected
    assert not [name for name, outlined in walked if not outlined]
    assert expected[0] == "Skip to the content"


NAME = "(element.textContent || element.name || '').trim().slice(0, 80)"
REACHABLE = f"""() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]'
)].filter(element => element.checkVisibility()).map(element => {NAME})"""
RECORD = f"""() => {{
    window.focused = []
    document.addEventListener('focusin', event => {{
        const element = event.target
        const style = getComputedStyle(element)
        const country = element.querySelector('.country')
        const outlined = country ? getComputedStyle(country).strokeWidth === '9px'
                                 : style.outlineStyle !== 'none'
        focused.push([{NAME}, outlined])
    }})
}}"""
