"""Cases from real life, and others of their kinds, as the public meets them.

What one case asks of one page is asked here of every public address.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.encoding import force_bytes

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.days import today
from carsi_tracker.ledger.formulas import unescaped
from carsi_tracker.ledger.models import Batch, Commitment, Country, ProgrammingArea, Stage
from carsi_tracker.reports.charts.charts import SHEETS
from carsi_tracker.reports.downloads.downloads import TABLES
from carsi_tracker.reports.downloads.fields import Holds
from carsi_tracker.reports.page import lists
from carsi_tracker.reports.tables import (
    CommitmentsTable,
    DocumentsTable,
    EntriesTable,
    VersionsTable,
)
from tests import factories
from tests.reports.addresses import EXAMPLES
from tests.reports.downloads.files import body, rows, sheets
from tests.reports.reading import Links, number
from tests.sourced import NEXT

BOTH = ("", "/es")
IN_ONE_LANGUAGE = ("/versions.csv", "/changes/12.csv", "/sitemap", "/robots", "/health/")
TIMELESS = ("/versions.csv", "/changes/12.csv", "/health/")
PAGES = (
    *(
        address
        for name, address in EXAMPLES.items()
        if name not in {"card", "chart", "table-file", "document-file", "feed"}
        and not address.startswith(IN_ONE_LANGUAGE)
    ),
    "/areas/not-attributed/", "/countries/gt/", "/countries/regional/", "/entries/?country=GT",
    "/commitments/?partner=none", "/entries/?measure=available", "/compare/?from_version=1",
    "/search/?q=policia", "/search/?q=patrol&kind=commitments",
)  # fmt: skip
FILES = (
    "/feed/", "/feed/?country=GT", "/charts/card.png",
    *(f"/charts/{name}.svg" for name in SHEETS),
    *(f"/tables/{name}.csv" for name in TABLES),
    *(f"/tables/{name}.{kind}" for name in ("entries", "matrix")
      for kind in ("xlsx", "csv-metadata.json")),
    *TIMELESS, "/robots.txt", "/sitemap.xml",
    *(f"/sitemap-{section}-1.xml" for section in (
        "pages", "subjects", "commitments", "documents", "changes", "entries"
    )),
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("sourced")


def everywhere(*also: str) -> Iterator[str]:
    """Yield all public addresses, in each language that they have."""
    for address in (*PAGES, *FILES, *also):
        yield address
        if not address.startswith(IN_ONE_LANGUAGE):
            yield f"/es{address}"


def asked(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def answer(client: Client, address: str, **headers: str) -> tuple[Any, bytes]:
    """Get an address; return the response, and all that it sends."""
    response = client.get(address, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return response, b"".join(map(force_bytes, response))


def forget() -> None:
    """Forget what this process remembers of pages, words and names."""
    caches["pages"].clear()
    forget_everything()


# Drafts

ITS_PAGES = (
    "/commitments/CARSI-08-INCLE-70/", "/documents/zacapa-2009/", "/documents/zacapa-law/",
    "/appropriations/2011-incle/", f"/changes/{NEXT}/", f"/entries/{NEXT}-1/",
    "/nothing-of-the-kind/",
)  # fmt: skip
LOOKED_FOR = (
    *(("/search/", f"q={word}") for word in (
        "Zacapa", "Zacpaa", "zacapa-2009", "Amigos", "CARSI-08-INCLE-70", "77777"
    )),
    *((f"/{name}/", f"text={word}") for name in ("entries", "commitments")
      for word in ("Zacapa", "Zacpaa")),
    *((path, query) for path in ("/entries/", "/feed/", "/tables/entries.csv") for query in (
        "commitment=CARSI-08-INCLE-70", "document=zacapa-2009", "partner=Amigos+de+Zacapa",
        "agency=Zacapa+Office", "year=2011", f"posted_in={NEXT}", "amount_from=77777",
    )),
)  # fmt: skip


def draft() -> Batch:
    """Draft all kinds of things that nobody outside may learn of."""
    made = factories.batch(title="Zacapa", reason="Zacapa")
    old = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    law = factories.document(key="zacapa-law", title="Zacapa Act")
    funds = factories.appropriation(fiscal_year=2011, account=old.appropriation.account, law=law)
    factories.line(made, funds, Stage.APPROPRIATED, 177_777, document=law, note="Zacapa")
    new = factories.commitment(
        made,
        reference="CARSI-08-INCLE-70",
        title="Zacapa checkpoint scanner",
        title_es="Escáner de Zacapa",
        appropriation=funds,
        area=old.area,
        country=Country.objects.get(code="GT"),
        agency=factories.organization(code="Zacapa Office"),
        partner=factories.organization(code="Amigos de Zacapa"),
        replaces=old,
    )
    source = factories.document(key="zacapa-2009", title="Letter on Zacapa", publisher="Zacapa")
    factories.line(made, new, Stage.COMMITTED, 77_777, document=source, quote="Zacapa")
    factories.line(made, new, Stage.OBLIGATED, 77_777, document=source, quote="Zacapa")
    for stage in (Stage.COMMITTED, Stage.OBLIGATED):
        factories.line(made, old, stage, -77_777, document=source, locator="Zacapa")
    return made


def test_a_draft_changes_no_byte_of_any_public_answer(client: Client) -> None:
    addresses = list(everywhere(*(asked(path, query) for path, query in LOOKED_FOR), *ITS_PAGES))

    def answers(asked_now: list[str]) -> dict[str, tuple[int, bytes]]:
        forget()
        found = {address: answer(client, address) for address in asked_now}
        return {
            address: (response.status_code, sent) for address, (response, sent) in found.items()
        }

    def changed(every: int = 1, from_: int = 0) -> list[str]:
        asked_now = addresses[from_::every]
        now = answers(asked_now)
        return [address for address in asked_now if now[address] != before[address]]

    before = answers(addresses)
    made = draft()
    assert changed() == []
    posting.submit(made.pk, made.created_by)
    assert changed(every=2) == []
    posting.send_back(made.pk, factories.approver(), "Is Zacapa spelt so?")
    assert changed(every=2, from_=1) == []
    assert {before[page][0] for page in ITS_PAGES} == {404}
    assert len({before[page][1] for page in ITS_PAGES}) == 1


# Formulas

FORMULA = '=HYPERLINK("http://example.org/?x="&A2,"open")'
STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def formulas() -> None:
    """Post texts that a spreadsheet would compute, wherever people write any."""
    analyst = factories.analyst(username="=ana", first_name="=Ana", last_name="@Alva")
    approver = factories.approver(first_name="+Pat", last_name="-Poe")
    made = factories.batch(analyst, title="=1+1", reason="@reason")
    known = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    source = factories.document(
        title=FORMULA, title_es="+504", publisher="-Publisher", note="@note", background=True
    )
    quoted = factories.document(title="'=1", publisher="''-1", note="'@", background=True)
    new = factories.commitment(
        made,
        title="-2+3",
        title_es="=SUMA(A1:A2)",
        appropriation=known.appropriation,
        area=factories.area(name_en="=Area", name_es="@Área"),
        country=factories.country(name_en="+Country", name_es="-País"),
        goal=factories.goal(name_en="=Goal", name_es="+Meta"),
        agency=factories.organization(code="=Agency"),
        partner=factories.organization(code="@Partner"),
    )
    texts_of_line = {"locator": "+1", "note": "-", "quote": "''=1"}
    factories.line(made, new, Stage.COMMITTED, 10, document=source, **texts_of_line)
    factories.line(made, new, Stage.OBLIGATED, 5, document=quoted)
    factories.posted(made, approver)


@pytest.mark.parametrize("language", BOTH)
def test_no_text_of_any_file_is_a_formula_and_workbooks_have_the_original(
    client: Client, formulas: None, language: str
) -> None:
    for name, table in TABLES.items():
        address = f"{language}/tables/{name}.xlsx"
        held = sheets(client, address)[0]
        written = table_of(client, f"{language}/tables/{name}.csv")
        for row, cells in zip(written[1:], held[1:], strict=True):
            for field, text, cell in zip(table.fields, row, cells, strict=True):
                if field.holds in {Holds.TEXT, Holds.CODE}:
                    assert not text.startswith(STARTS), (name, field.name)
                    assert unescaped(text) == as_text(cell), (name, field.name)
        with zipfile.ZipFile(io.BytesIO(body(client.get(address)))) as parts:
            for part in parts.namelist():
                assert b"<f>" not in parts.read(part), part


def test_pages_show_the_text_as_it_was_written(client: Client, formulas: None) -> None:
    for address, text in (
        ("/documents/", FORMULA), ("/documents/", "-Publisher"), ("/changes/", "=1+1"),
        (f"/changes/{NEXT}/", "@reason"), (f"/changes/{NEXT}/", "=Ana @Alva"),
        ("/commitments/", "-2+3"),
        ("/areas/", "=Area"), ("/es/countries/", "-País"), ("/feed/", "=1+1"),
        (f"/entries/{NEXT}-1/", "''=1"),
    ):  # fmt: skip
        shown = unescape(answer(client, address)[1].decode())
        assert text in shown, (address, text)
        assert f"'{text}" not in shown, (address, text)


def table_of(client: Client, address: str) -> list[list[str]]:
    """Read a CSV file, heading and rows."""
    return list(csv.reader(io.StringIO(body(client.get(address)).decode(), newline="")))


def as_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


# Figures and what is behind them


@pytest.fixture
def corrected() -> None:
    """Take back version 7 whole, and move a commitment to another country and area."""
    analyst, approver = factories.analyst(), factories.approver()
    reversal = posting.reverse(7, analyst, "Reversal of Panama", "Entered twice")
    posting.post(reversal, approver, posting.submit(reversal, analyst))
    made = factories.batch(analyst, title="Move to Honduras", reason="Wrong country")
    old = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    new = factories.commitment(
        made,
        reference="CARSI-08-INCLE-05-2",
        appropriation=old.appropriation,
        area=ProgrammingArea.objects.get(code="community"),
        country=Country.objects.get(code="HN"),
        agency=old.agency,
        replaces=old,
    )
    for entry in old.entries.all():
        for commitment, sign in ((old, -1), (new, 1)):
            factories.line(
                made,
                commitment,
                Stage(entry.stage),
                sign * entry.amount,
                entry.effective_date,
                document=entry.document,
            )
    factories.posted(made, approver)


def test_figures_are_the_sums_behind_them_after_a_reversal_and_a_move(
    client: Client, corrected: None
) -> None:
    behind: dict[str, Decimal] = {}
    for address in (
        "/", "/areas/community/", "/countries/pa/", "/countries/hn/", "/goals/2/",
        "/appropriations/2008-incle/", "/commitments/CARSI-08-INCLE-05/",
        "/commitments/CARSI-08-INCLE-05-2/", f"/changes/{NEXT}/", f"/changes/{NEXT + 1}/",
        "/entries/?country=PA&basis=stated", "/entries/?country=HN&text=carsi",
        "/commitments/?document=gao-13-295r", "/compare/?from_version=16",
    ):  # fmt: skip
        links = Links(client.get(address, follow=True).content.decode()).found
        figures = [
            (link.href.partition("?")[2], shown)
            for link in links
            if link.href.startswith("/entries/?") and (shown := number(link.text))
        ]
        assert figures, address
        for query, (amount, margin) in figures:
            if query not in behind:
                behind[query] = sum_of_file(client, query)
            assert abs(amount - behind[query]) <= margin, (address, query)
    assert "The books balance" in answer(client, "/balance/")[1].decode()


def sum_of_file(client: Client, query: str) -> Decimal:
    """Add up the entries behind a figure; count them where several stages stand among them."""
    found = rows(client, f"/tables/entries.csv?{query}")
    if not {"stage", "measure"} & dict(parse_qsl(query)).keys():
        return Decimal(len(found))
    return sum((Decimal(row["counted_usd"]) for row in found), Decimal(0))


# Lists

SHOWN_AT_ONCE = 9
LISTS = {
    "/commitments/": CommitmentsTable,
    "/documents/": DocumentsTable,
    "/changes/": VersionsTable,
    "/entries/?country=PA": EntriesTable,
    "/compare/": EntriesTable,
    "/areas/community/": CommitmentsTable,
}
FILE_OF = {"/commitments/": "commitments", "/documents/": "documents", "/changes/": "versions"}


@pytest.mark.parametrize("address", LISTS)
def test_each_row_stands_once_over_the_pages_in_every_order(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "ROWS_A_PAGE", SHOWN_AT_ONCE)
    found = {}
    for order in LISTS[address].sorts():
        for sort in (order, f"-{order}"):
            keys = found[sort] = keys_over_all_pages(client, asked(address, f"sort={sort}"))
            assert len(keys) == len(set(keys)) > SHOWN_AT_ONCE
            if name := FILE_OF.get(address):
                _heads, *lines = table_of(client, f"/tables/{name}.csv?sort={sort}")
                assert [line[0] for line in lines] == keys
    assert len({frozenset(keys) for keys in found.values()}) == 1


def keys_over_all_pages(client: Client, address: str) -> list[str]:
    """Return the keys of the things that the rows lead to, over all pages of a list."""
    found: list[str] = []
    while address:
        response = client.get(address, follow=True)
        table = response.content.decode().partition('id="table-caption"')[2]
        shown = table.partition("<tbody>")[2].partition("</tbody>")[0]
        found += re.findall(r'<th scope="row"><a href="/\w+/([^/]+)/', shown)
        pages = table.partition('<nav class="pages"')[2]
        following = re.search(r'rel="next" href="([^"]+)"', pages)
        address = unescape(following[1]) if following else ""
    return found


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    ("path", "file"), [("/entries/", "entries"), ("/commitments/", "commitments")]
)
def test_the_question_goes_along_with_every_link_of_a_list(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, file: str, language: str
) -> None:
    monkeypatch.setattr(lists, "ROWS_A_PAGE", 1)
    order = "-amount" if file == "entries" else "-committed"
    query = {
        "country": "GT", "amount_from": "0", "text": "policía", "as_of": "2012-01-01",
        "version": version_address(),
    }  # fmt: skip
    response = client.get(language + path, query | {"sort": order, "page": "2"})
    assert response.status_code == 200
    html = unescape(response.content.decode())
    other = "/es" if not language else ""
    for start, beside in (
        (f"{language}{path}?", {"sort": order}),
        (f"{language}{path}?", {"sort": order, "page": "3"}),
        (f"{language}{path}?", {"sort": "stage" if file == "entries" else "area"}),
        (f"{other}{path}?", {"sort": order, "page": "2"}),
        (f"{language}/tables/{file}.csv?", {"sort": order}),
        (f"{language}/tables/{file}.xlsx?", {"sort": order}),
    ):
        found = [
            dict(parse_qsl(urlsplit(href).query))
            for href in re.findall(r'href="([^"]+)"', html)
            if href.startswith(start)
        ]
        assert query | beside in found, (start, beside)


def version_address() -> str:
    return str(newest()[0])


# Days

DAYS = ("2008-06-29", "0001-01-01", "")
NO_DAYS = (
    "2009-02-29", "30/09/2009", "9999-12-31", "20090930", "2009-9-30", "2009-W40-3", "today",
    "2009-09-30T00:00", "0000-01-01", "٢٠٠٩-٠٩-٣٠", "2009-09-30 ", "infinity", "now", "NaN",
)  # fmt: skip


def dated() -> Iterator[str]:
    return (address for address in everywhere() if not address.startswith((*TIMELESS, "/robots")))


@pytest.mark.parametrize("day", DAYS)
def test_every_address_answers_on_every_day_without_a_share_of_nothing(
    client: Client, day: str
) -> None:
    for address in dated():
        response, sent = answer(client, asked(address, f"as_of={day}"))
        assert response.status_code in {200, 302}, address
        if "xlsx" not in address and "png" not in address:
            assert not re.search(rb"\b(NaN|Infinity|None)\b(?! by this day)", sent), address
        if day and day < "2008-06-30" and "html" in response["Content-Type"]:
            assert not re.search(r"\d\s?%", said(sent)), address


def test_no_address_takes_what_is_no_day_up_to_today(client: Client) -> None:
    days = [*NO_DAYS, (today() + timedelta(days=1)).isoformat()]
    for place, address in enumerate(dated()):
        for day in days[place % 5 :: 5]:
            response, sent = answer(client, asked(address, urlencode({"as_of": day})))
            assert response.status_code == 400, (address, day)
            assert "<code>as_of</code>" in sent.decode()
            assert day in sent.decode(), address


@pytest.mark.parametrize(
    "moment",
    ["20261125", "2026-W48", "2026-W48-3", "2026-11-25T12", "2999-01-01", "9999-12-31",
     "2999-01-01T00:00Z", "0001-01-01", "0001-01-01T00:00+14:00", "2009-02-29", "2026-11-25T24:00",
     "now", "infinity", "1764072000", "2026-11-25x12:00"],
)  # fmt: skip
def test_a_moment_that_can_be_misread_or_has_not_come_is_refused(
    client: Client, moment: str
) -> None:
    for address in ("/", "/es/entries/", "/tables/stages.csv", "/charts/bar.svg", "/feed/"):
        response, sent = answer(client, asked(address, urlencode({"known_on": moment})))
        assert response.status_code == 400
        assert moment in sent.decode()


def said(sent: bytes) -> str:
    """Return what stands on a page, without what its tags say."""
    return re.sub(r"<[^>]+>", " ", sent.decode().partition("<main")[2])


# Languages


def test_the_address_alone_decides_the_language(client: Client) -> None:
    for address in everywhere(
        "/nothing/", "/?as_of=2009-02-29", "/?version=12", "/entries/?page=9"
    ):
        wanted = "es" if address.startswith("/es/") else "en"
        answers = []
        for preferred in ("es", "en"):
            visitor = Client()
            visitor.cookies["django_language"] = preferred
            response, sent = answer(visitor, address, accept_language=preferred)
            assert response["Content-Language"] == wanted, address
            assert not response.cookies, address
            assert set(filter(None, response.get("Vary", "").split(", "))) <= {"Accept-Encoding"}
            if sent.startswith(b"<!doctype html>"):
                assert f'<html lang="{wanted}">'.encode() in sent, address
            answers.append((response.status_code, response.get("Location"), sent))
        assert answers[0] == answers[1], address


def test_an_etag_holds_for_the_language_of_its_address_alone(client: Client) -> None:
    for address in (*PAGES, *FILES):
        response, _sent = answer(client, address)
        if response.status_code != 200 or address.startswith("/health/"):
            continue
        etag = response["ETag"]
        assert answer(client, address, if_none_match=etag)[0].status_code == 304, address
        if not address.startswith(IN_ONE_LANGUAGE):
            assert answer(client, f"/es{address}", if_none_match=etag)[0].status_code == 200, (
                address
            )


@pytest.mark.parametrize(
    "address",
    [f"/changes/{NEXT}/", "/nothing/", "/commitments/CARSI-08-INCLE-70/", "/entries/?page=9",
     f"/entries/?posted_in={NEXT}", "/feed/?page=9", "/tables/nothing.csv",
     f"/?version={NEXT}-00000000"],
)  # fmt: skip
def test_no_cache_keeps_that_there_is_nothing(client: Client, address: str) -> None:
    for language in BOTH:
        response = client.get(language + address)
        assert response.status_code in {400, 404}
        assert "no-cache" in response["Cache-Control"]


# Tables


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("query", ["", "as_of=2009-09-30"])
def test_every_table_has_a_caption_scopes_and_a_region_that_scrolls(
    client: Client, language: str, query: str
) -> None:
    seen = 0
    for address in PAGES:
        html = client.get(asked(language + address, query), follow=True).content.decode()
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), address
        for before, table in re.findall(r"(<[^<]+>)\s*(<table.*?</table>)", html, re.DOTALL):
            seen += 1
            assert 'role="region"' in before, address
            assert 'tabindex="0"' in before, address
            label = re.search(r'aria-labelledby="([^"]+)"', before)
            assert label, address
            assert label[1] in ids, address
            assert re.search(r"<caption[^>]*>\s*\S", table), address
            assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table)), address
            for row in re.findall(r"<tr.*?</tr>", table.partition("</thead>")[2], re.DOTALL):
                assert row.count('scope="row"') == 1 or "colspan=" in row, address
        assert html.count("<table") == len(re.findall(r"<[^<]+>\s*<table", html))
    assert seen > 30
