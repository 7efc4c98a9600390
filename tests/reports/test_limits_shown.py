"""A sum that holds a limit carries its mark wherever it stands, read out in words and explained."""

import csv
import io
import re

import pytest
from django.test import Client

from carsi_tracker.figures.bounds import Mark
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment
from carsi_tracker.reports.page.links import linked_sum
from carsi_tracker.reports.page.parameters import read
from tests import factories
from tests.reports.reading import text

pytestmark = pytest.mark.usefixtures("sourced")

AT_MOST, AT_LEAST = "CARSI-09-FMF-01", "CARSI-09-INCLE-01"
PAGES = [
    "/", "/areas/", "/countries/", "/goals/", "/appropriations/", "/commitments/", "/documents/",
    "/changes/", "/balance/", "/compare/", "/entries/", "/entries/?measure=available",
    "/countries/regional/", "/about/", "/published/", f"/commitments/{AT_MOST}/",
    f"/commitments/{AT_LEAST}/", "/appropriations/2009-fmf/", "/appropriations/2009-incle/",
    "/documents/gao-13-295r/",
]  # fmt: skip
SPAN = re.compile(r'<span class="limit" role="img" aria-label="([^"]+)">([≤≥]+)</span>\xa0')


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_marks_and_explains_the_sums_that_hold_a_limit(
    client: Client, page: str, language: str
) -> None:
    html = text(client, f"{language}{page}")
    found = set(SPAN.findall(html))
    words = {
        "": {("at most", "≤"), ("at least", "≥"), ("at most in part, at least in part", "≥≤")},
        "/es": {
            ("como máximo", "≤"), ("como mínimo", "≥"),
            ("como máximo en parte, como mínimo en parte", "≥≤"),
        },
    }[language]  # fmt: skip
    assert found
    assert found <= words
    assert f'href="{language}/about/#limits-title"' in html or page == "/about/"
    if "/commitments/C" in page:
        note = Commitment.objects.get(reference=page.split("/")[2])
        assert (note.bound_note_es if language else note.bound_note) in html


@pytest.mark.parametrize("page", ["/", "/countries/regional/", "/balance/", "/appropriations/"])
def test_before_the_day_of_a_limit_no_sum_has_a_mark(client: Client, page: str) -> None:
    html = text(client, f"{page}?as_of=2009-03-10").partition("Later entries")[0]
    assert not SPAN.findall(html)


def test_a_total_holds_both_kinds_and_a_cell_its_own(client: Client) -> None:
    for address, mark in (
        ({"stage": "committed"}, Mark.BOTH),
        ({"measure": "available"}, Mark.BOTH),
        ({"commitment": AT_MOST, "stage": "committed"}, Mark.AT_MOST),
        ({"commitment": AT_LEAST, "stage": "committed"}, Mark.AT_LEAST),
        ({"account": "INCLE", "year": "2009", "measure": "available"}, Mark.AT_MOST),
        ({"country": "GT", "stage": "committed"}, None),
        ({"stage": "obligated"}, None),
    ):
        shown = linked_sum(read(address, *newest()))
        assert shown.limits.mark is mark
        assert shown.text.startswith(mark.sign if mark else tuple("0123456789"))


@pytest.mark.parametrize(
    ("table", "row", "expected"),
    [
        ("appropriations", {"fiscal_year": "2009", "account": "FMF"},
         {"committed_bound": "at-most", "available_bound": "at-least",
          "unobligated_bound": "at-most"}),
        ("countries", {"country": "regional"}, {"committed_bound": "both"}),
        ("countries", {"country": "GT"}, {"committed_bound": "", "unobligated_bound": ""}),
        ("matrix", {"area": "capacity", "country": "regional"}, {"committed_bound": "at-least"}),
        ("stages", {"part": "available"}, {"bound": "both"}),
        ("stages", {"part": "disbursed"}, {"bound": ""}),
        ("commitments", {"reference": AT_MOST}, {"bound": "at-most"}),
        ("entries", {"reference": AT_LEAST}, {"bound": "at-least"}),
        ("timeline", {"day": "2011-09-30"}, {"committed_bound": "both"}),
    ],
)  # fmt: skip
def test_files_say_it_beside_the_amount_which_stays_a_number(
    client: Client, table: str, row: dict[str, str], expected: dict[str, str]
) -> None:
    response = client.get(f"/tables/{table}.csv")
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert not re.search("[≤≥]", content)
    rows = list(csv.DictReader(io.StringIO(content)))
    found = [each for each in rows if all(each[name] == cell for name, cell in row.items())]
    assert found
    assert {name: found[-1][name] for name in expected} == expected


@pytest.mark.parametrize("chart", ["bar", "matrix", "countries", "map", "timeline"])
def test_charts_carry_the_marks_too(client: Client, chart: str) -> None:
    assert re.search("[≤≥]\xa0\\$?[0-9]", client.get(f"/charts/{chart}.svg").content.decode())


def test_the_feed_says_what_a_version_added_at_most(client: Client) -> None:
    assert re.search("[≤≥]\xa0[+−]\\$[0-9]", client.get("/feed/").content.decode())


def test_a_corrected_mark_is_on_every_page_at_once(client: Client) -> None:
    first = client.get("/countries/gt/")
    assert ("at least", "≥") not in SPAN.findall(first.content.decode())
    commitment = Commitment.objects.filter(country__code="GT")[0]
    with posting.acting(factories.analyst(), "The source says so"):
        Commitment.objects.filter(pk=commitment.pk).update(bound="at-least", bound_note="It does.")
    again = client.get("/countries/gt/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert ("at least", "≥") in SPAN.findall(again.content.decode())


def test_how_well_a_sum_is_known_is_said_of_the_sum_with_its_mark(client: Client) -> None:
    known = text(client, "/").split('id="known-title"')[1].split("</section>")[0]
    heading = known.split("</h2>")[0]
    assert [sign for _words, sign in SPAN.findall(heading)] == ["≥≤"]
    assert "is known down to a country" in heading
    known = text(client, "/appropriations/2009-fmf/").split('id="known-title"')[1]
    heading, measures = known.split("</section>")[0].split("</h2>")
    assert [sign for _words, sign in SPAN.findall(heading)] == ["≤"]
    evidence, place, signed = measures.split("</dt>")[1:]
    assert "$" not in evidence  # its amount would stand beside like amounts of stages
    for measure in (place, signed):
        assert [sign for _words, sign in SPAN.findall(measure)] == ["≤"]


def test_what_gao_calls_the_unobligated_balance_is_at_most_so_much(client: Client) -> None:
    assert "GAO’s “unobligated balance”, at most" in text(client, "/appropriations/")
    assert "Saldo por obligar según la GAO, como máximo" in text(client, "/es/appropriations/")


@pytest.mark.parametrize("page", ["/status-of-funds/", "/es/status-of-funds/"])
def test_both_signs_stand_in_one_order_on_every_page(client: Client, page: str) -> None:
    html = text(client, page)
    assert "≥≤" in html
    assert "≤≥" not in html
