"""Data gaps on the site and in its files, in both languages."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.ledger.models import Stage
from tests import factories, sourced
from tests.reports.downloads.files import rows, sheets
from tests.reports.reading import said, sums_behind, text

PAGE = "/gaps/"
GAPS = {
    "available": sourced.AVAILABLE,
    "unobligated": sourced.COMMITTED - sourced.OBLIGATED,
    "unliquidated": sourced.OBLIGATED - sourced.DISBURSED,
}


def body_of(page: str, region: str) -> list[str]:
    """Return the rows of a table of the page, the row of all last."""
    table = page.partition(f'aria-labelledby="{region}"')[2].partition("</table>")[0]
    return [row for row in table.split("<tr>") if 'scope="row"' in row]


def figures(row: str) -> list[tuple[str, str]]:
    """Return the text and the address of each amount of a row."""
    cells = re.findall(r'<td class="number[^"]*">(.*?)</td>', row)
    return [
        (re.sub(r"<[^>]+>", "", cell).strip(), unescape(re.findall(r'href="([^"]+)"', cell)[0]))
        for cell in cells
    ]


@pytest.mark.usefixtures("sourced")
def test_it_says_the_gap_first_and_that_it_does_not_mean_unspent(client: Client) -> None:
    english, spanish = (said(text(client, f"{part}{PAGE}")) for part in ("", "/es"))
    available = sourced.millions(GAPS["available"])
    unobligated, unliquidated = (
        sourced.dollars(GAPS[kind]) for kind in ("unobligated", "unliquidated")
    )
    assert re.search(rf"No commitment found for ≥≤\s*\${available} million", english)
    assert re.search(
        rf"For another ≥≤\s*\${unobligated} we found no obligation, and for "
        rf"\${unliquidated} no payment\. This does not mean that the money is unspent\. "
        r"Others published larger totals: U\.S\. Government Accountability Office\.",
        english,
    )
    assert re.search(rf"Sin compromiso conocido: ≥≤\s*\${available} millones", spanish)
    assert (
        "No quiere decir que ese dinero esté sin gastar. "
        "Otros publicaron totales mayores: U.S. Government Accountability Office." in spanish
    )


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("asked", ["", "?as_of=2009-09-30", "?version=12", "?as_of=2008-09-30"])
def test_the_kinds_add_up_in_each_row_and_the_rows_to_the_last(client: Client, asked: str) -> None:
    page = client.get(f"{PAGE}{asked}", follow=True).content.decode()
    amounts = []
    for row in body_of(page, "gaps-appropriations"):
        whole, *kinds = (Decimal(re.sub(r"[^\d]", "", shown) or 0) for shown, _href in figures(row))
        assert sum(kinds) == whole
        amounts.append([whole, *kinds])
    *parts, total = amounts
    assert [sum(column) for column in zip(*parts, strict=True)] == total
    assert [part[0] for part in parts] == sorted((part[0] for part in parts), reverse=True)


@pytest.mark.usefixtures("sourced")
def test_each_amount_opens_the_entries_that_it_sums(client: Client) -> None:
    page = text(client, PAGE)
    regions = ("gaps-appropriations", "gaps-places")
    found = [
        figures(row) for region in regions for row in (body_of(page, region)[i] for i in (0, -1))
    ]
    for shown, href in (each for row in found for each in row):
        digits = re.sub(r"[^\d]", "", shown)
        assert sums_behind(client, href) == Decimal(digits or 0), href


@pytest.mark.usefixtures("sourced")
def test_what_reached_no_stage_before_it_is_none_found_and_never_zero(client: Client) -> None:
    rows_of = body_of(text(client, PAGE), "gaps-appropriations")
    (incle,) = (row for row in rows_of if "2009-incle" in row)
    assert figures(incle)[-1][0] == "none found"
    early = body_of(text(client, f"{PAGE}?as_of=2008-06-30"), "gaps-appropriations")
    assert {figures(row)[2][0] for row in early[:-1] if "2008-fmf" in row} == {"none found"}
    places = body_of(text(client, PAGE), "gaps-places")
    (salvador,) = (row for row in places if "/sv/" in row)
    assert figures(salvador)[1][0].startswith("–")


@pytest.mark.usefixtures("sourced")
def test_bars_have_one_scale(client: Client) -> None:
    page = text(client, PAGE)
    widths = dict(
        re.findall(r'appropriations/([\w-]+)/.*?<svg[^>]+width="([\d.]+)%"', page, re.DOTALL)
    )
    of_esf = sourced.total("appropriated", account="ESF", fiscal_year="2008")
    of_incle = sourced.total("appropriated", account="INCLE", fiscal_year="2009")
    assert widths["2009-incle"] == "100.00"
    assert Decimal(widths["2008-esf"]) == (of_esf / of_incle * 100).quantize(Decimal("0.01"))


@pytest.mark.usefixtures("sourced")
def test_before_the_first_law_there_is_nothing_to_be_missing(client: Client) -> None:
    page = text(client, f"{PAGE}?as_of=2008-06-29")
    assert "No appropriation found through June 29, 2008" in said(page)
    assert "<table" not in page
    for name in ("gaps", "gaps-by-country"):
        assert rows(client, f"/tables/{name}.csv?as_of=2008-06-29") == []


@pytest.mark.usefixtures("db")
def test_an_empty_ledger_has_a_page(client: Client) -> None:
    assert "No appropriation found through" in said(text(client, PAGE))


@pytest.mark.usefixtures("db")
def test_where_all_is_paid_nothing_is_missing(client: Client) -> None:
    money = factories.funded(5_000_000)
    draft = factories.batch()
    made = factories.commitment(draft, appropriation=money)
    for stage in (Stage.COMMITTED, Stage.OBLIGATED, Stage.DISBURSED):
        factories.line(draft, made, stage, 5_000_000)
    factories.posted(draft)
    page = text(client, PAGE)
    assert "No data gaps: payments found for all $5 million appropriated" in said(page)
    assert "This does not mean" not in said(page)
    assert ">0<" in body_of(page, "gaps-appropriations")[0]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ((), "No commitment found for $5 million"),
        ((Stage.COMMITTED,), "No obligation found for $5 million"),
        ((Stage.COMMITTED, Stage.OBLIGATED), "No payment found for $5 million"),
    ],
)
def test_the_headline_is_of_the_first_stage_that_is_missing(
    client: Client, stages: tuple[Stage, ...], expected: str
) -> None:
    money = factories.funded(5_000_000)
    if stages:
        draft = factories.batch()
        made = factories.commitment(draft, appropriation=money)
        for stage in stages:
            factories.line(draft, made, stage, 5_000_000)
        factories.posted(draft)
    page = said(text(client, PAGE))
    assert expected in page
    assert "is the largest gap: no " in page
    assert "for any of its $5 million" in page
    assert "For another" not in page


@pytest.mark.usefixtures("sourced")
def test_files_have_what_the_page_has_and_mark_limits(client: Client) -> None:
    found = rows(client, "/tables/gaps.csv?country=HN")
    total = found[-1]
    assert total["appropriation"] == "total"
    for kind, amount in GAPS.items():
        assert Decimal(total[f"{kind}_usd"]) == amount
    assert total["available_bound"] == "both"
    (incle,) = (row for row in found if row["appropriation"] == "2009-incle")
    assert (incle["unliquidated_usd"], incle["available_bound"]) == ("", "at-most")
    places = {row["country"]: row for row in rows(client, "/tables/gaps-by-country.csv")}
    honduras = sourced.total("committed", country="HN", area="not-attributed")
    assert Decimal(places["HN"]["area_not_specified_usd"]) == honduras
    assert places["SV"]["area_not_specified_usd"] == ""
    assert Decimal(places["total"]["committed_usd"]) == sourced.COMMITTED
    for name, size in (("gaps", len(found)), ("gaps-by-country", len(places))):
        sheet, _about = sheets(client, f"/es/tables/{name}.xlsx")
        assert len(sheet) == size + 1


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/", "No commitment found"),
        ("/", "What is not known, and what would settle it"),
        ("/appropriations/2009-incle/", "No commitment found"),
        ("/countries/sv/", "All data gaps"),
        ("/entries/?account=FMF&stage=obligated", "What is not known, and what would settle it"),
        ("/about/", "All data gaps"),
    ],
)
def test_what_is_not_known_leads_to_it_on_the_same_day(
    client: Client, page: str, words: str
) -> None:
    day = "as_of=2009-09-30"
    html = text(client, f"{page}{'&' if '?' in page else '?'}{day}")
    main = html.partition("<main")[2].partition("</main>")[0]
    assert re.search(rf'<a href="/gaps/\?{day}">{words}</a>', main)


@pytest.mark.usefixtures("sourced")
def test_many_appropriations_and_countries_take_no_more_queries(client: Client) -> None:
    def queries() -> int:
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            text(client, PAGE)
        return len(asked)

    queries()
    before = queries()
    for year in range(2010, 2016):
        money = factories.funded(9_000_000, fiscal_year=year)
        for number in range(5):
            factories.committed(money, 1000 + number, country=factories.country())
    assert queries() <= before


def question(page: str, name: str) -> str:
    """Return the row of an open question."""
    (row,) = (row for row in body_of(page, "open-questions") if name in row)
    return row


@pytest.mark.usefixtures("sourced")
def test_each_question_has_its_amount_what_others_published_and_what_would_settle_it(
    client: Client,
) -> None:
    row = question(text(client, PAGE), "Where most obligations went")
    (shown, href), *_ours = figures(row)
    assert shown.endswith(sourced.dollars(GAPS["unobligated"]))
    assert sums_behind(client, href) == GAPS["unobligated"]
    words = " ".join(re.sub(r"<[^>]+>", " ", unescape(row)).split())
    assert (
        "U.S. Government Accountability Office: at least $112 million obligated, through June 1, "
        "2013, worked out from what was published (all accounts). "
        f"Our figure: {sourced.dollars(sourced.OBLIGATED)} Differs, explained"
    ) in words
    assert words.endswith("A list of obligations by country for fiscal years 2008 and 2009")
    assert '<a href="/published/gao-obligated-2013-floor/">' in row
    spanish = question(text(client, f"/es{PAGE}"), "A dónde fue la mayor parte de lo obligado")
    assert 'lang="es"' in spanish
    assert "Una lista de obligaciones por país" in spanish


@pytest.mark.usefixtures("sourced")
def test_a_question_without_spanish_stands_in_english_and_says_so(client: Client) -> None:
    factories.open_question(question="Only <here>", settled_by="A memo")
    row = question(text(client, f"/es{PAGE}"), "Only &lt;here&gt;")
    assert '<span lang="en">Only &lt;here&gt;</span>' in row
    assert '<span lang="en">A memo</span>' in row


@pytest.mark.usefixtures("sourced")
def test_a_question_of_which_nothing_was_published_says_so(client: Client) -> None:
    factories.open_question(question="Which areas", measure="committed", area=None, year=2008)
    factories.open_question(
        question="Unpublished", measure="unliquidated", account=None, agency=None, year=2008
    )
    page = text(client, f"{PAGE}?as_of=2009-03-01")
    assert "No published total found" in question(page, "Unpublished")


@pytest.mark.usefixtures("sourced")
def test_where_nothing_is_open_there_is_no_list(client: Client) -> None:
    page = text(client, f"{PAGE}?as_of=2008-06-29")
    assert "what would settle it" not in said(page)


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("mailbox", ["", "errors@example.org"])
def test_readers_tell_of_a_document_where_there_is_somebody_to_tell(
    client: Client, settings: Any, mailbox: str
) -> None:
    settings.REPORT_ERRORS_TO = mailbox
    told = '<a href="mailto:errors@example.org">Tell us of a document</a>' in text(client, PAGE)
    assert told == bool(mailbox)


@pytest.mark.usefixtures("sourced")
def test_the_file_of_questions_has_both_languages_and_the_totals(client: Client) -> None:
    first, *_others = rows(client, "/tables/open-questions.csv?country=HN")
    assert first["question_es"] == "A dónde fue la mayor parte de lo obligado"
    assert Decimal(first["amount_usd"]) == GAPS["unobligated"]
    assert first["amount_bound"] == "both"
    assert first["published"] == "gao-obligated-2013-floor gao-obligated-2013"
    sheet, _about = sheets(client, "/es/tables/open-questions.xlsx")
    assert "Qué lo resolvería" in sheet[0]
