"""Every public page is in Spanish under its Spanish address."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from carsi_tracker.ledger.models import Commitment
from tests.catalogue import PARTS, messages, texts

PAGES = (
    "/",
    "/?as_of=2007-01-01",
    "/?as_of=2009-03-31",
    "/areas/",
    "/areas/community/",
    "/areas/not-attributed/?as_of=2009-09-30",
    "/countries/",
    "/countries/hn/",
    "/goals/",
    "/goals/2/",
    "/appropriations/",
    "/appropriations/2008-incle/",
    "/entries/",
    "/entries/?country=PA&stage=committed&as_of=2010-09-30",
    "/entries/?country=HN&as_of=2010-09-30",
    "/entries/?country=HN&goal=1&partner=none&text=x&amount_from=10&date_to=2010-01-01",
    "/entries/?measure=available",
    "/entries/12-5/",
    "/commitments/",
    "/commitments/?country=GT",
    "/commitments/CARSI-08-INCLE-10/",
    "/documents/",
    "/documents/gao-13-295r/",
    "/changes/",
    "/changes/12/",
    "/compare/",
    "/compare/?from=2007-01-01&as_of=2008-01-01",
    "/search/",
    "/search/?q=policia",
    "/search/?q=polocia",
    "/search/?q=honduras&kind=commitments",
    "/search/?q=xyzzyq",
    "/data/",
    "/about/",
    "/balance/",
)
FAULTS = (
    "/entries/?page=99",
    "/entries/?area=x",
    "/entries/?as_of=2050-01-01",
    "/entries/?amount_from=9&amount_to=3",
    "/entries/?version=3-00000000",
    "/compare/?from=2009-09-30&from_version=1",
    "/commitments/nothing/",
    "/nothing/",
)
DRAWN = (
    "/charts/bar.svg",
    "/charts/matrix.svg",
    "/charts/countries.svg",
    "/charts/map.svg",
    "/charts/timeline.svg",
    "/charts/timeline.svg?as_of=2007-01-01",
)
EMPTY_ELEMENTS = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
SAID = ("aria-label", "alt", "title", "placeholder")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


class Reader(HTMLParser):
    """Collects what a page says in its language: texts and spoken labels, but no code."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.said: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = given.get("lang") not in (None, self.language) or tag == "code"
        if tag not in EMPTY_ELEMENTS:
            self._open.append(foreign)
        if not foreign and not any(self._open):
            self.said += [given[name] or "" for name in SAID if name in given]
            if given.get("name") == "description":
                self.said.append(given["content"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY_ELEMENTS:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY_ELEMENTS:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.said.append(data)


def said_on(page: HttpResponse) -> list[str]:
    reader = Reader(page.headers["Content-Language"])
    reader.feed(page.content.decode())
    reader.close()
    return [text for text in (" ".join(said.split()) for said in reader.said) if text]


def pieces(texts_: list[str]) -> Iterator[str]:
    """Yield what stands between the parts and tags of messages, without spaces around."""
    for text in texts_:
        for piece in re.split(rf"{PARTS.pattern}|<[^>]*>", text):
            if re.search(r"[a-z]{2}", piece):
                yield " ".join(piece.replace("%%", "%").split())


def english() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the texts that are English alone, and what finds the longer of them in a text."""
    whole: set[str] = set()
    spanish: set[str] = set()
    for message in messages():
        whole.update(pieces(texts(message.id)))
        spanish.update(pieces(texts(message.string)))
    alone = whole - spanish
    longer = [piece for piece in alone if len(piece) > 12 and piece.count(" ") > 1]
    found = "|".join(map(re.escape, sorted(longer, key=len, reverse=True)))
    return frozenset(alone), re.compile(rf"\b(?:{found})")


ENGLISH, LONGER = english()


def english_of(said: list[str]) -> list[str]:
    return [
        text
        for text in said
        if text.strip(" .,:;()") in ENGLISH or text in ENGLISH or LONGER.search(text)
    ]


def as_spanish_reads_it(client: Client, path: str) -> HttpResponse:
    page = client.get(f"/es{path}", follow=True)
    assert page.headers["Content-Language"] == "es"
    return page


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("path", PAGES + FAULTS)
def test_a_page_under_a_spanish_address_says_nothing_in_english(client: Client, path: str) -> None:
    page = as_spanish_reads_it(client, path)
    assert (page.status_code == 200) == (path in PAGES)
    assert '<html lang="es"' in page.content.decode()
    said = said_on(page)
    assert len(said) > 10
    assert english_of(said) == []
    dates = [text for text in said if re.search(rf"\b\d* ?(?:{MONTHS}) \d", text)]
    assert dates == []


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("path", DRAWN)
def test_a_drawing_under_a_spanish_address_says_nothing_in_english(
    client: Client, path: str
) -> None:
    said = said_on(as_spanish_reads_it(client, path))
    assert any("libro contable" in text for text in said)
    assert english_of(said) == []


@pytest.mark.usefixtures("sourced")
def test_the_feed_and_the_sheet_about_a_workbook_are_in_spanish(client: Client) -> None:
    feed = client.get("/es/feed/").content.decode()
    assert "≤\N{NO-BREAK SPACE}+$22,000,000 comprometidos" in feed
    assert "72 asientos" in feed
    assert "Asentada por CARSI Tracker sin una segunda persona." in feed
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(body(client, "/es/tables/areas.xlsx")))
    assert workbook.sheet_names == ["Áreas programáticas", "Acerca de"]
    about = workbook.get_sheet_by_name("Acerca de").to_python()
    assert english_of([str(cell) for row in about for cell in row[1:]]) == []
    assert {"Tabla", "Cifras al", "Versión", "Cítese así", "Licencia"} <= {row[0] for row in about}


def body(client: Client, path: str) -> bytes:
    answer = client.get(path)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.usefixtures("sourced")
def test_the_english_pages_would_be_told_from_the_spanish(client: Client) -> None:
    for path in ("/", "/entries/", "/about/", "/nothing/"):
        assert len(english_of(said_on(client.get(path, follow=True)))) > 10, path


@pytest.mark.usefixtures("sourced")
def test_a_title_is_in_the_language_of_the_page_where_there_is_one(client: Client) -> None:
    one = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    assert one.title != one.title_es
    for prefix, shown, language in (("", one.title, "en"), ("/es", one.title_es, "es")):
        page = client.get(f"{prefix}/commitments/{one.reference}/").content.decode()
        assert f">{escape(shown)}<" in page
        with override(language):
            assert (one.shown_title, one.shown_in) == (shown, language)
    one.title_es = ""
    with override("es"):
        assert (one.shown_title, one.shown_in) == (one.title, "en")


@pytest.mark.usefixtures("sourced")
def test_dates_are_written_as_spanish_does_and_figures_as_in_english(client: Client) -> None:
    path = "/areas/community/?as_of=2009-09-30"
    spanish, english_ = said_on(as_spanish_reads_it(client, path)), said_on(client.get(path))
    assert any("hasta el 30 de septiembre de 2009" in text for text in spanish)
    assert figures_of(spanish) == figures_of(english_) != []
    assert shares_of(spanish) == shares_of(english_) != []


def figures_of(said: list[str]) -> list[str]:
    return [text for text in said if re.fullmatch(r"[−+]?\$?\d[\d,.]*", text)]


def shares_of(said: list[str]) -> list[str]:
    return re.findall(r"\d[\d.,]*%", " ".join(said))
