"""The status of funds on the site, in its files and in its letter, in both languages."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Country
from carsi_tracker.ledger.posting import acting
from carsi_tracker.reports.status.wording import MOST_LIMITS, letter
from tests import factories, sourced
from tests.reports.downloads.files import body, rows, sheets
from tests.reports.reading import said, text

pytestmark = pytest.mark.usefixtures("sourced")

PAGE, LETTER, TABLE = "/status-of-funds/", "/status-of-funds.pdf", "/tables/status-of-funds"


def line(found: list[dict[str, str]], *key: str) -> dict[str, str]:
    """Return the row of an account, place, line and year."""
    columns = ("account", "place", "line", "fiscal_year")
    (row,) = (row for row in found if tuple(row[name] for name in columns) == key)
    return row


def test_it_says_the_whole_first_with_the_way_it_may_move(client: Client) -> None:
    whole, owed, paid = (
        sourced.total(stage) for stage in ("appropriated", "obligated", "disbursed")
    )
    left = sourced.dollars(whole - owed)
    english, spanish = (said(text(client, f"{part}{PAGE}")) for part in ("", "/es"))
    assert f"at least ${sourced.dollars(owed)} obligated" in english
    assert f"what GAO calls the unobligated balance is at most ${left}" in english
    assert f"At least ${sourced.dollars(paid)} was paid out." in english
    assert f"como mínimo ${sourced.dollars(owed)} obligados" in spanish
    assert "n/k" in english
    assert "n/k" not in spanish
    assert "n/s" in spanish


def test_what_is_not_known_apart_is_one_cell_with_its_sum(client: Client) -> None:
    page = text(client, PAGE)
    honduras = sourced.dollars(sourced.total("obligated", country="HN", account="INCLE"))
    assert re.search(
        r'<td rowspan="2" class="number apart">.*?not known apart,.*?'
        rf">{honduras}</a>",
        page,
    )
    assert "No commitment found, all lines not known: El Salvador" in said(page)


def test_notes_name_what_is_a_limit_and_only_what_the_data_need(client: Client) -> None:
    page = text(client, PAGE)
    assert "CARSI-09-FMF-01, FY2009, $17,000,000. At most: " in said(page)
    assert "CARSI-09-INCLE-01, FY2009, $35,000,000. At least: " in said(page)
    spanish = said(text(client, f"/es{PAGE}"))
    assert "CARSI-09-FMF-01, FY2009, $17,000,000. Como máximo: " in spanish
    assert "FY2008 FY2009" in spanish
    assert page.count('<div id="note-') == 5
    for each in re.findall(r'href="#note-(\w+)"', page):
        assert f'<div id="note-{each}">' in page
    before = said(text(client, f"{PAGE}?as_of=2008-09-30"))
    assert "CARSI-09-FMF-01" not in before
    assert "nothing was appropriated for that year" not in before


def test_many_limits_have_a_note_for_the_largest_and_one_that_counts_the_rest(
    client: Client,
) -> None:
    money = factories.funded(9_000_000, fiscal_year=2010)
    code = money.account.code
    for number in range(30):
        made = factories.committed(
            money, 1000 + number, bound="at-most", bound_note=f"Said {number} times."
        )
    page = text(client, PAGE)
    assert page.count('<div id="note-') == 5 + MOST_LIMITS + 1
    noted = {int(number) for number in re.findall(r"Said (\d+) times", page)}
    assert noted == {*range(30 - MOST_LIMITS, 30)}
    rest = f"{30 - MOST_LIMITS} smaller limits of {code} are in the list of commitments."
    (href,) = re.findall(rf'<a href="([^"]+)">{rest}</a>', page)
    assert made.reference in text(client, unescape(href))
    assert set(re.findall(r'href="#note-(\w+)"', page)) == set(
        re.findall(r'<div id="note-(\w+)">', page)
    )
    assert any(rest in str(cell) for row in sheets(client, f"{TABLE}.xlsx")[0] for cell in row)
    spanish = said(text(client, f"/es{PAGE}"))
    assert f"{30 - MOST_LIMITS} límites menores de {code} están en la lista" in spanish


def test_letters_go_on_after_the_last() -> None:
    numbers = (0, 25, 26, 27, 51, 52, 701, 702)
    assert [letter(each) for each in numbers] == ["a", "z", "aa", "ab", "az", "ba", "zz", "aaa"]


def test_it_is_empty_before_the_first_law(client: Client) -> None:
    page = text(client, f"{PAGE}?as_of=2008-06-29")
    assert "No money had been appropriated by June 29, 2008. The first law is dated" in said(page)
    assert '<table class="funds"' not in page
    assert rows(client, f"{TABLE}.csv?as_of=2008-06-29") == []


def test_the_file_has_each_line_with_how_it_is_known(client: Client) -> None:
    found = rows(client, f"{TABLE}.csv")
    panama = line(found, "ESF", "PA", "disbursed", "2008")
    assert (panama["amount_usd"], panama["known"], panama["bound"]) == ("651000.00", "known", "")
    apart = [line(found, "INCLE", "HN", each, "2008") for each in ("unliquidated", "disbursed")]
    assert {row["amount_usd"] for row in apart} == {""}
    assert {row["known"] for row in apart} == {"not-known-apart"}
    assert {(row["sum_group"], row["sum_usd"]) for row in apart} == {
        ("INCLE-HN-2008-unliquidated", "3500000.00")
    }
    assert line(found, "INCLE", "HN", "disbursed", "2009")["known"] == "not-known"
    assert line(found, "NADR", "HN", "disbursed", "2009")["known"] == "no-appropriation"
    assert line(found, "FMF", "regional", "allocated", "2009")["bound"] == "at-most"
    assert line(found, "FMF", "none", "allocated", "2009")["bound"] == "at-least"
    assert {row["bound"] for row in found} == {"", "at-most", "at-least", "both"}
    assert line(found, "total", "total", "allocated", "total")["amount_usd"] == "165000000.00"


def test_the_file_adds_up_by_line_column_and_place(client: Client) -> None:
    found = rows(client, f"{TABLE}.csv")
    sums: dict[tuple[str, ...], Decimal] = {}
    counted: set[str] = set()
    for row in found:
        amount = row["amount_usd"]
        if row["sum_group"] and row["sum_group"] not in counted:
            counted.add(row["sum_group"])
            amount = row["sum_usd"]
        cell = (row["account"], row["place"], row["fiscal_year"])
        sign = 1 if row["line"] == "allocated" else -1
        sums[cell] = sums.get(cell, Decimal(0)) + sign * Decimal(amount or 0)
    assert set(sums.values()) == {Decimal(0)}


def test_files_leave_filters_aside_and_do_not_name_them(client: Client) -> None:
    response = client.get(f"{TABLE}.csv?country=HN")
    assert body(response) == body(client.get(f"{TABLE}.csv"))
    assert "-hn-" not in response["Content-Disposition"]


@pytest.mark.parametrize(("language", "unknown"), [("", "n/k"), ("/es", "n/s")])
def test_the_workbook_looks_as_the_page(client: Client, language: str, unknown: str) -> None:
    sheet, about = sheets(client, f"{language}{TABLE}.xlsx")
    cells = [cell for row in sheet for cell in row]
    assert unknown in cells
    assert 651000 in cells
    assert any("CARSI-09-FMF-01" in str(cell) for cell in cells)
    checksum = newest()[0].checksum
    assert any(checksum in str(cell) for row in about for cell in row)
    again = f"{language}{TABLE}.xlsx"
    assert body(client.get(again)) == body(client.get(again))


@pytest.mark.parametrize("language", ["", "/es"])
def test_the_letter_is_a_tagged_pdf_alike_each_time(client: Client, language: str) -> None:
    response = client.get(f"{language}{LETTER}?as_of=2011-09-30")
    first = body(response)
    assert response["Content-Type"] == "application/pdf"
    assert re.search(rf"-2011-09-30-v{sourced.VERSION}\.pdf", response["Content-Disposition"])
    assert first.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in first
    assert b"pdfuaid" in first
    assert b"CreationDate" not in first
    assert f"/Lang({language.strip('/') or 'en'})".encode() in first.replace(b" ", b"")
    caches["pages"].clear()
    assert body(client.get(f"{language}{LETTER}?as_of=2011-09-30")) == first


def test_the_letter_is_made_of_an_empty_day_too(client: Client) -> None:
    assert body(client.get(f"{LETTER}?as_of=2008-06-29")).startswith(b"%PDF-")


def test_many_countries_and_years_take_no_more_queries(client: Client) -> None:
    def queries() -> int:
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    client.get(PAGE)
    money = factories.funded(9_000_000, fiscal_year=2010)
    factories.committed(money, 1)
    few = queries()
    for number in range(20):
        factories.committed(money, 1000 + number)
    assert queries() == few
    assert "FY2010" in said(text(client, PAGE))


def test_a_retired_country_is_shown_where_it_has_money_and_not_named_where_it_has_none(
    client: Client,
) -> None:
    money = factories.funded(500)
    draft_of = factories.country(name_en="Formerland")
    factories.committed(money, 200, country=draft_of)
    with acting(factories.administrator()):
        Country.objects.filter(pk=draft_of.pk).update(retired=True)
    page = said(text(client, PAGE))
    assert page.count("Formerland") == 1
    assert "Formerland Allocated 200" in page


def test_each_number_leads_to_the_entries_that_it_sums(client: Client) -> None:
    links = re.findall(r'<a href="(/entries/\?[^"]+)">([\d,]+)</a>', text(client, PAGE))
    assert len(links) > 200
    for href, shown in dict(links[::9]).items():
        found = rows(client, unescape(href).replace("/entries/", "/tables/entries.csv"))
        total = sum((Decimal(row["counted_usd"]) for row in found), Decimal(0))
        assert total == Decimal(shown.replace(",", "")), href
