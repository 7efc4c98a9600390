"""Texts carry the language they were written in, and say in Spanish what was entered for them."""

import re
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Posting, Stage, Translation
from tests import factories
from tests.reports.downloads.files import rows
from tests.sourced import NEXT

pytestmark = pytest.mark.usefixtures("sourced")

ALIKE = {"Guatemala"}
"""Places in documents that are written alike in both languages."""
OF = "CARSI-08-INCLE-05"


def html_of(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def drafted_in_spanish(sourced: None) -> Commitment:
    """A version whose title, reason, note, place and commitment were written in Spanish."""
    draft = factories.batch(language="es", title="Lanchas para Trujillo", reason="Según la carta")
    like = Commitment.objects.get(reference=OF)
    of = factories.commitment(
        draft,
        reference="CARSI-08-INCLE-80",
        title="Investigadores de la Policía",
        appropriation=like.appropriation,
        area=like.area,
        country=like.country,
        agency=like.agency,
    )
    factories.line(draft, of, Stage.COMMITTED, 1, note="Capacitación, año 1", locator="Página tres")
    factories.posted(draft)
    return of


@pytest.mark.parametrize("root", ["", "/es"])
@pytest.mark.parametrize(
    ("address", "texts"),
    [
        (f"/changes/{NEXT}/", ["Lanchas para Trujillo", "Según la carta"]),
        ("/changes/", ["Lanchas para Trujillo", "Según la carta"]),
        ("/", ["Lanchas para Trujillo", "Según la carta"]),
        (f"/entries/{NEXT}-1/", ["Capacitación, año 1", "Página tres", "Lanchas para Trujillo"]),
        ("/entries/?commitment=CARSI-08-INCLE-80", ["Capacitación, año 1", "Página tres"]),
        (
            "/commitments/CARSI-08-INCLE-80/",
            ["Investigadores de la Policía", "Capacitación, año 1"],
        ),
        ("/commitments/", ["Investigadores de la Policía", "Capacitación, año 1"]),
        ("/search/?q=Trujillo", ["Lanchas para Trujillo"]),
    ],
)
def test_what_was_drafted_in_spanish_is_marked_spanish(
    client: Client, drafted_in_spanish: Commitment, root: str, address: str, texts: list[str]
) -> None:
    html = html_of(client, root + address)
    for text in texts:
        marked = re.findall(rf'lang="(\w*)"[^>]*>{re.escape(text)}<', html)
        assert set(marked) == {"es"}, text


@pytest.mark.parametrize(
    ("address", "text", "spanish"),
    [
        ("/changes/5/", "Letter of agreement with Belize", "Carta de acuerdo con Belice"),
        ("/changes/5/", "Signed on 9 February 2009", "Firmada el 9 de febrero de 2009"),
        ("/changes/", "Letter of agreement with Belize", "Carta de acuerdo con Belice"),
        ("/documents/tico-times-2008/", "Press; quotes the law", "Prensa; cita la ley"),
        ("/entries/?document=gao-13-295r", "Table 3", "Cuadro 3"),
    ],
)
def test_a_page_in_spanish_shows_what_is_entered_in_spanish_and_says_that_it_is_translated(
    client: Client, address: str, text: str, spanish: str
) -> None:
    english = html_of(client, address)
    assert f'lang="en">{text}<' in english
    assert spanish not in english
    page = html_of(client, f"/es{address}")
    assert f'lang="es">{spanish}<' in page
    assert "(traducción)" in page or "Como se asentó, en inglés" in page


def test_the_original_of_a_translation_is_within_reach(client: Client) -> None:
    page = html_of(client, "/es/changes/5/")
    assert re.search(r'<summary>Como se asentó, en inglés</summary> <p lang="en">Letter of', page)
    noted = next(
        row for row in rows(client, "/tables/entries.csv") if row["note_es"] and row["note"]
    )
    entry = html_of(client, f"/es/entries/{noted['version']}-{noted['line']}/")
    assert f'lang="es">{noted["note_es"]}<' in entry
    assert f'<p lang="en">{noted["note"]}</p>' in entry


def test_why_no_second_person_and_what_one_said_later_stand_beside_their_originals(
    client: Client,
) -> None:
    posting.countersign(5, factories.approver(), "Read against the letter")
    said = Posting.objects.get(version=5)
    whys = {
        said.self_approval_rule: "La regla de la oficina",
        said.self_approval_reason: "Nadie más estaba",
        "Read against the letter": "Cotejada con la carta",
    }
    with posting.acting(factories.analyst()):
        Translation.objects.filter(original__in=whys).delete()
        for text, spanish in whys.items():
            Translation.objects.create(original=text, spanish=spanish)
    page = html_of(client, "/es/changes/5/").partition('class="notice"')[2].partition("</div>")[0]
    for text, spanish in whys.items():
        assert f'lang="es">{spanish}<' in page
        assert text in page.partition('<p lang="en">')[2]
    assert "Como se asentó, en inglés" in page
    assert (
        "<details"
        not in html_of(client, "/changes/5/").partition('class="notice"')[2].partition("</div>")[0]
    )


def test_all_that_the_sourced_ledger_says_of_its_amounts_is_there_in_spanish(
    client: Client,
) -> None:
    for name, pairs in {
        "entries": (("note", "note_es"), ("locator", "locator_es")),
        "versions": (("title", "title_es"), ("reason", "reason_es")),
    }.items():
        for row in rows(client, f"/tables/{name}.csv"):
            assert row["language"] == "en"
            for written, spanish in pairs:
                assert bool(row[written]) == bool(row[spanish]) or row[written] in ALIKE


def test_words_of_a_translation_find_entries_and_versions(client: Client) -> None:
    found = rows(client, "/tables/entries.csv?text=desglose")
    assert found
    assert {row["note_es"] for row in found if "desglose" not in row["note"]}
    assert "Letter of agreement with Belize" in html_of(client, "/search/?q=Belice+acuerdo+carta")


def test_the_feed_in_spanish_says_versions_in_spanish(client: Client) -> None:
    assert "5: Letter of agreement with Belize" in html_of(client, "/feed/")
    spanish = html_of(client, "/es/feed/")
    assert "5: Carta de acuerdo con Belice" in spanish
    assert re.search(r'<entry xml:lang="es"><title>5: Carta', spanish)


def test_a_corrected_translation_is_seen_at_once(client: Client) -> None:
    before = client.get("/es/changes/5/")["ETag"]
    with posting.acting(factories.analyst(), "Better said"):
        Translation.objects.filter(original="Letter of agreement with Belize").update(
            spanish="Carta de entendimiento con Belice"
        )
    assert client.get("/es/changes/5/")["ETag"] != before
    assert "Carta de entendimiento con Belice" in html_of(client, "/es/changes/5/")
