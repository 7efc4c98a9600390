"""Exploring entries and commitments: filters, what they leave out, sums, pages, odd addresses."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page.parameters import read
from tests.reports.reading import MARK, said, sums_behind, text
from tests.sourced import dollars, total

pytestmark = pytest.mark.usefixtures("sourced")

TEXTS = ("text", "area", "country", "partner", "document", "commitment", "amount_from", "date_to")


def address_of(html: str, words: str) -> str:
    """The address of the link that shows these words."""
    found = re.search(rf'href="([^"]+)"[^>]*>{re.escape(words)}', html)
    assert found, words
    return unescape(found[1])


def test_how_much_went_to_honduras_for_gang_prevention_by_march_2009(client: Client) -> None:
    html = text(client, "/entries/?area=community&country=HN&stage=committed&as_of=2009-03-31")
    assert "<h1>No commitment found</h1>" in html
    assert "That does not mean that the amount is zero." in said(html)
    for amount, words in (
        ("$3,500,000", "area not specified: $3,500,000"),
        ("$412,000", "Later entries, from September 30, 2009, add $412,000 to this figure."),
        ("$3,647,000", "All areas: $3,647,000 (Honduras)"),
    ):
        assert words in re.sub(r" (?=[.;,])", "", said(html))
        expected = Decimal(amount[1:].replace(",", ""))
        assert sums_behind(client, address_of(html, amount)) == expected


def test_what_comes_later_stays_in_the_version_that_is_asked(client: Client) -> None:
    first = read({"version": "12"}, *newest()).version
    html = text(client, f"/entries/?country=HN&stage=committed&as_of=2009-03-31&version={first}")
    later = re.search(r'add <a href="([^"]+)">(\$[\d,]+)</a>', html)
    assert later
    assert f"version={first}" in unescape(later[1])
    assert "as_of" not in later[1]


def test_what_is_taken_back_later_is_said_as_a_change(client: Client) -> None:
    html = text(
        client, "/entries/?area=community&country=regional&stage=committed&as_of=2009-09-29"
    )
    words = said(html)
    fund = {"area": "community", "country": "regional"}
    then = total("committed", on=date(2009, 9, 29), **fund)
    assert dollars(then) in words
    less = then - total("committed", **fund)
    changed = re.search(rf"change this figure by <a href=\"([^\"]+)\">−\${dollars(less)}</a>", html)
    assert changed
    assert sums_behind(client, unescape(changed[1])) == -less


def test_the_language_and_the_pages_keep_filter_day_and_order(client: Client) -> None:
    asked = {"country": "PA", "as_of": "2011-09-30", "sort": "-amount", "text": "panama"}
    html = text(client, "/entries/?" + "&".join(f"{key}={value}" for key, value in asked.items()))
    spanish = address_of(html, "Español")
    assert dict(parse_qsl(urlsplit(spanish).query)) == asked
    html = text(client, "/es/entries/?text=carsi&as_of=2012-01-01&sort=-stage")
    following = unescape(re.findall(r'rel="next" href="([^"]+)"', html)[0])
    assert dict(parse_qsl(urlsplit(following).query)) == {
        "text": "carsi", "as_of": "2012-01-01", "sort": "-stage", "page": "2",
    }  # fmt: skip


def test_the_files_of_a_list_keep_filter_day_and_order(client: Client) -> None:
    asked = {"country": "PA", "text": "panama", "as_of": "2011-09-30", "sort": "-amount"}
    html = text(client, "/entries/?" + "&".join(f"{key}={value}" for key, value in asked.items()))
    files = [unescape(href) for href in re.findall(r'href="(/tables/[^"]+)"', html)]
    assert {urlsplit(file).path for file in files} >= {
        "/tables/entries.csv",
        "/tables/entries.xlsx",
    }
    for file in files:
        assert asked.items() <= dict(parse_qsl(urlsplit(file).query)).items()
    rows = b"".join(client.get(files[0])).decode().splitlines()  # type: ignore[arg-type]
    query = read({key: asked[key] for key in ("country", "text", "as_of")}, *newest())
    found = sum("CARSI-" in row for row in rows)
    assert found == aggregates.totals(query).entries > 0


def test_what_no_page_knows_is_ignored_and_dropped(client: Client) -> None:
    html = text(client, "/entries/?country=HN&utm_source=mail")
    assert "utm_source" not in html


def test_the_filter_form_keeps_day_version_and_order_but_not_the_page(client: Client) -> None:
    version = newest()[0]
    html = text(
        client,
        f"/entries/?posted_in=3&as_of=2011-09-30&version={version}&sort=-amount&amount_from=1000",
    )
    form = html.partition('<form class="filters"')[2].partition("</form>")[0]
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form))
    assert carried == {
        "posted_in": "3", "as_of": "2011-09-30", "version": str(version), "sort": "-amount",
    }  # fmt: skip
    assert 'name="amount_from" value="1000"' in form


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("area=&country=HN&text=&amount_from=&date_to=", "?country=HN"),
        ("area=&country=&as_of=2009-09-30", "?as_of=2009-09-30"),
        ("amount_from=%24250%2C000", "?amount_from=250000"),
        ("text=++los+++maras+", "?text=los+maras"),
        ("country=hn&nonsense=1", "?country=HN"),
        ("text=", ""),
    ],
)
@pytest.mark.parametrize("path", ["/entries/", "/es/commitments/"])
def test_what_a_form_sends_leads_to_the_plain_address(
    client: Client, path: str, sent: str, plain: str
) -> None:
    response = client.get(f"{path}?{sent}")
    assert response.status_code == 302
    assert response["Location"] == path + plain
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("parameter", TEXTS)
@pytest.mark.parametrize(
    "value",
    ["a%00b", "%01", "%1F", "%7F", "%C2%85", "%ED%A0%80", "%FF", "a%0Ab", "x" * 201],
)
def test_what_is_no_text_is_answered_400(client: Client, parameter: str, value: str) -> None:
    for path in ("/entries/", "/es/commitments/"):
        response = client.get(f"{path}?{parameter}={value}")
        assert response.status_code == 400
        assert parameter in response.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("amount_from=613.000", "“613.000” can be read as 613.00 or as 613,000.00"),
        ("amount_from=lots", "“lots” is not an amount"),
        ("amount_to=NaN", "“NaN” is not an amount"),
        ("amount_to=1.005,001", "“1.005,001” has fractions of a cent"),
        ("amount_to=1000000000000", "a trillion"),
        ("amount_from=5&amount_to=4", "amount_to"),
        ("date_from=2009-02-29", "2009-02-29"),
        ("date_to=30/09/2009", "a date (YYYY-MM-DD)"),
        ("date_to=9999-01-01", "no later than today"),
        ("date_from=2009-03-02&date_to=2009-03-01", "date_to"),
        ("text=a&text=b", "text"),
    ],
)
def test_a_bad_filter_is_named_and_answered_400(client: Client, query: str, words: str) -> None:
    for path in ("/entries/", "/commitments/"):
        html = text(client, f"{path}?{query}", 400)
        assert words in said(html)
        assert query.partition("=")[0] in said(html)


@pytest.mark.parametrize(
    "query",
    ["", "country=HN", "text=police", "amount_to=-1", "date_from=2009-09-30&date_to=2009-12-31",
     "measure=unobligated", "basis=press&as_of=2010-01-01"],
)  # fmt: skip
def test_the_sums_over_a_list_of_commitments_are_those_of_its_rows(
    client: Client, query: str
) -> None:
    html = text(client, f"/commitments/?{query}".removesuffix("?"))
    shown = re.findall(
        r"<dt>(\w+)</dt><dd><a(?: class=\"\w+\")? href=\"([^\"]+)\">(.*?)</a>",
        html.partition("<dl")[2],
    )
    rows = list(aggregates.summed_commitments(read(dict(parse_qsl(query)), *newest())))
    asked = ["Committed", "Obligated", "Disbursed"]
    assert [name for name, _href, _amount in shown] == asked[: 2 if "measure" in query else 3]
    for name, href, amount in shown:
        if any(getattr(row, f"{name.lower()}_entries") for row in rows):
            expected = sum(getattr(row, name.lower()) for row in rows)
            plain = MARK.sub("", amount).replace("$", "")
            assert Decimal(plain.replace(",", "").replace("−", "-")) == expected
            assert sums_behind(client, unescape(href)) == expected
        else:
            assert amount == "none found" or "no entries" in amount


def test_the_sums_of_entries_stand_in_order_with_their_balances(client: Client) -> None:
    html = text(client, "/entries/?country=HN&amount_from=100000&date_to=2009-09-30")
    shown = re.findall(r"<dt>([^<]+)</dt><dd><a href=\"([^\"]+)\">\$([\d,]+)", MARK.sub("", html))
    assert [name for name, _href, _amount in shown] == [
        "Committed", "Obligated", "Disbursed",
        "Committed, no obligation found", "Obligated, no payment found",
    ]  # fmt: skip
    for _name, href, amount in shown:
        assert sums_behind(client, unescape(href)) == Decimal(amount.replace(",", ""))


def test_sums_of_nothing_and_sums_of_zero_are_told_apart(client: Client) -> None:
    html = text(client, "/entries/?area=not-attributed&country=CR&text=carsi")
    assert re.search(r'<dt>Committed</dt><dd><a class="zero" href="[^"]+">\$0</a>', html)
    html = text(client, "/commitments/?country=CR&date_to=2008-01-01")
    assert re.search(r'<dt>Committed</dt><dd><a class="empty" href="[^"]+"><span aria-hidden', html)


def test_an_empty_list_says_which_filters_hold_and_what_each_hides(client: Client) -> None:
    for path in ("/entries/", "/commitments/"):
        html = text(client, f"{path}?country=HN&text=zanahoria&as_of=2009-03-31")
        words = said(html)
        assert "No entries match all filters through March 31, 2009" in words
        without = address_of(html, "Without Words: “zanahoria”")
        count = re.search(r"Without Words: “zanahoria” , (\d+) entries", words)
        assert count
        assert without == f"{path}?country=HN&as_of=2009-03-31"
        query = read({"country": "HN", "as_of": "2009-03-31"}, *newest())
        assert int(count[1]) == aggregates.totals(query).entries
        assert "Without Country: Honduras , 0 entries" in words
        spanish = said(text(client, f"/es{path}?country=HN&text=zanahoria&as_of=2009-03-31"))
        assert "Quitar País: Honduras , 0 asientos" in spanish


def test_an_empty_list_offers_other_spellings_of_its_words(client: Client) -> None:
    html = text(client, "/commitments/?text=pandilas&country=HN&as_of=2010-01-01")
    address = address_of(html, "With Words: “pandillas”")
    assert address == "/commitments/?country=HN&text=pandillas&as_of=2010-01-01"
    assert "1 commitment" in said(text(client, address))


def test_before_the_first_law_a_list_is_empty_without_blaming_a_filter(client: Client) -> None:
    words = said(text(client, "/entries/?as_of=2008-02-29"))
    assert "0 entries" in words
    assert "No entries through this date." in words


@pytest.mark.parametrize("path", ["/entries/", "/commitments/"])
def test_queries_do_not_grow_with_what_a_text_finds(
    client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    text(client, f"{path}?text=usaid")
    with django_assert_max_num_queries(8):
        text(client, f"{path}?text=carsi")
    with django_assert_max_num_queries(8):
        text(client, f"{path}?text=honduras")
