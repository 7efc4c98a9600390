"""How pages say what they are called, where they stay, and how they are cited."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.figures.query import Query, Version
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import day_in_words, today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.citation import Citation, escaped

pytestmark = pytest.mark.usefixtures("sourced")

SITE = "http://testserver"
PAGES = (
    "/",
    "/entries/?country=HN&stage=committed&sort=amount",
    "/entries/12-5/",
    "/commitments/CARSI-08-INCLE-10/",
    "/documents/gao-13-295r/",
    "/changes/12/",
    "/compare/?from=2009-03-31&as_of=2009-09-30",
)


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def said(html: str, pattern: str) -> str:
    found = re.search(pattern, html, re.DOTALL)
    assert found, pattern
    return unescape(found[1])


def cited(html: str) -> tuple[str, str, str]:
    """Return the address, the citation in words and the BibTeX entry of a page."""
    cite = said(html, '<details class="cite">(.*?)</details>')
    words, bibtex = re.findall("<pre[^>]*>(.*?)</pre>", cite, re.DOTALL)
    return said(cite, '<a href="([^"]+)">'), words, bibtex


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_gives_an_address_of_its_own_for_good(
    client: Client, path: str, language: str
) -> None:
    version, _revision = newest()
    html = page(client, language + path)
    title = said(html, "<title>(.*) · CARSI Tracker</title>")
    address, words, bibtex = cited(html)
    assert address.startswith(f"{SITE}{language}{path.partition('?')[0]}?")
    for told in (words, bibtex):
        assert address in told
        assert f"{version.checksum[:8]}." in told or f"{version.checksum[:8]}," in told
        assert version.checksum not in told
    assert title.partition(", as of ")[0].partition(", al ")[0] in words
    again = page(client, address.removeprefix(SITE))
    named = said(again, "<title>(.*) · CARSI Tracker</title>")
    undated = title.partition(", as of ")[0].partition(", al ")[0]
    assert named.startswith(f"{undated}, ")
    assert str(version.number) in named.removeprefix(undated)
    assert cited(again)[0] == address


def test_the_citation_of_a_past_day_in_an_old_version_says_so(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    html = page(client, f"/commitments/?as_of=2009-09-30&version={posting}")
    _address, words, bibtex = cited(html)
    assert "Figures as of September 30, 2009, version 12 of the ledger" in words
    said_in_both = (
        f"as of September 30, 2009, version 12 of the ledger, checksum {str(posting)[3:]}"
    )
    assert said_in_both in bibtex
    assert said_in_both in words
    assert f"accessed {day_in_words(today())}" in bibtex


def test_an_entry_of_bibtex_is_well_formed() -> None:
    version = Version(12, Posting.objects.get(version=12).checksum)
    query = Query(version, date(2009, 9, 30))
    citation = Citation(SITE, "/entries/", "?area=community&version=12-abc", query, today())
    entry = citation.bibtex("100 % of #1_{a} & 50$ \\ ñandú")
    assert re.match(r"@misc\{[a-z0-9-]+,\n", entry)
    unescaped = re.sub(r"\\[{}]", "", entry)
    assert unescaped.count("{") == unescaped.count("}")
    assert f"year = {{{Posting.objects.get(version=12).posted_at.year}}}" in entry
    assert "howpublished = {\\url{http://testserver/entries/?area=community&version=12-abc}}" in (
        entry
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Panamá", r"Panam{\'a}"),
        ("señal, pingüino, Ñ", r"se{\~n}al, ping{\"u}ino, {\~N}"),
        ("A & B", r"A \& B"),
        ("100%_#{}", r"100\%\_\#\{\}"),
        ("$7,848,000", r"\$7,848,000"),
        (r"C:\x~y^z", r"C:{\textbackslash}x{\textasciitilde}y{\textasciicircum}z"),
        ("“Plan”, 2008–09 · ¿?", r"``Plan'', 2008--09 {\textperiodcentered} {?`}?"),
        ("中", "中"),
    ],
)
def test_texts_are_escaped_for_latex(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_a_page_that_does_not_exist_cannot_be_cited(client: Client) -> None:
    for address in ("/entries/?page=99", "/nothing/", "/entries/?area=x"):
        assert "@misc" not in client.get(address).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_the_head_of_a_page_names_it_in_both_languages(client: Client, path: str) -> None:
    html = page(client, f"/es{path}")
    plain, _, query = path.partition("?")
    query = query.replace("&sort=amount", "").replace(
        "from=2009-03-31&as_of=2009-09-30", "as_of=2009-09-30&from=2009-03-31"
    )
    canonical = said(html, '<link rel="canonical" href="([^"]+)">')
    assert canonical == f"{SITE}/es{plain}" + (f"?{query}" if query else "")
    for code, prefix in (("en", ""), ("es", "/es"), ("x-default", "")):
        alternate = said(html, f'<link rel="alternate" hreflang="{code}" href="([^"]+)">')
        assert alternate.startswith(f"{SITE}{prefix}{plain}")
        assert client.get(alternate.removeprefix(SITE)).status_code == 200
    assert said(html, '<meta property="og:title" content="([^"]+)">') == said(
        html, "<title>(.*) · CARSI Tracker</title>"
    )
    assert said(html, '<meta property="og:locale" content="([^"]+)">') == "es_LA"
    assert said(html, '<meta name="description" content="([^"]{40,400})">')
    picture = said(html, '<meta property="og:image" content="([^"]+)">')
    response = client.get(picture.removeprefix(SITE))
    assert response["Content-Type"] == "image/png"


def test_a_pinned_page_is_the_canonical_one_of_its_version(client: Client) -> None:
    posting = Posting.objects.get(version=12)
    html = page(client, f"/commitments/?version={posting}&utm_source=mail")
    assert said(html, '<link rel="canonical" href="([^"]+)">') == (
        f"{SITE}/commitments/?version={posting}"
    )


def test_no_two_pages_are_described_alike(client: Client) -> None:
    found = [
        said(page(client, path), '<meta name="description" content="([^"]+)">') for path in PAGES
    ]
    assert len(set(found)) == len(PAGES)


def test_titles_are_escaped_once_in_the_head(client: Client) -> None:
    for html in (page(client, path) for path in PAGES):
        assert "&amp;amp;" not in html
        assert "&amp;#x27;" not in html


def test_the_feed_is_named_in_the_head(client: Client) -> None:
    html = page(client, "/es/commitments/")
    assert said(
        html, '<link rel="alternate" type="application/atom\\+xml"[^>]* href="([^"]+)">'
    ) == ("/es/feed/")


@pytest.mark.parametrize(
    ("path", "figure"),
    [
        (
            "/?as_of=2009-09-30",
            r": ≥ \$[\d.]+ million committed of \$[\d.]+ million appropriated",
        ),
        (
            "/es/?as_of=2009-09-30",
            r": ≥ \$[\d.]+ millones comprometidos de \$[\d.]+ millones asignados",
        ),
        ("/countries/hn/", r"“Honduras: \$[\d,]+ committed"),
        ("/commitments/CARSI-08-INCLE-10/", r": Committed \$[\d,]+"),
        ("/entries/12-5/", r": \$468,000 disbursed"),
    ],
)
def test_the_figure_of_a_page_stands_in_its_citation(
    client: Client, path: str, figure: str
) -> None:
    _address, words, bibtex = cited(page(client, path))
    assert re.search(rf"{figure}[”»]", words)
    assert "title = " in bibtex
