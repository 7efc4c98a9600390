"""Spanish of posted texts, and the language of a batch, at the desk."""

from urllib.parse import quote

from django.test import Client

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Change, Translation
from tests import factories
from tests.desk.conftest import People, hidden, place, reading, told

TITLE = "Letter of agreement with Belize"


def test_an_analyst_finds_a_text_without_spanish_and_enters_it(people: People) -> None:
    with posting.acting(people.ana, "To be said otherwise"):
        Translation.objects.filter(original=TITLE).delete()
    listed = people.analyst.get(place(Translation)).content.decode()
    assert f"{place(Translation, 'add')}?original={quote(TITLE)}" in listed
    form = people.analyst.get(f"{place(Translation, 'add')}?original={quote(TITLE)}")
    assert f'value="{TITLE}"' in form.content.decode()
    told(people.analyst, place(Translation, "add"), original=TITLE, spanish="Carta con Belice")
    assert "Carta con Belice" in reading(Client().get("/es/changes/5/"))


def test_a_text_that_is_too_long_to_be_entered_is_not_offered(people: People) -> None:
    factories.document(people.ana, note="A" * 2000, background=True)
    factories.document(people.ana, note="A" * 2001, background=True)
    listed = people.analyst.get(place(Translation)).context["untranslated"]
    assert [len(text) for text in listed if text.startswith("AAA")] == [2000]


def test_a_text_that_nobody_posted_is_refused_in_words(people: People) -> None:
    refused = people.analyst.post(
        place(Translation, "add"), {"original": "Never posted", "spanish": "Nunca"}
    )
    assert "No posted text in English reads so." in reading(refused)


def test_a_correction_asks_for_a_reason_that_its_history_tells(people: People) -> None:
    client, one = people.analyst, Translation.objects.get(original=TITLE)
    page = client.get(place(one, "change")).content.decode()
    sent = {"spanish": "Carta con Belice", "seen": hidden(page, "seen")}
    refused = client.post(place(one, "change"), sent)
    assert refused.context["adminform"].form.errors["change_reason"]
    told(client, place(one, "change"), **sent, change_reason="Shorter")
    change = Change.objects.filter(table="ledger_translation", row=one.pk).last()
    assert change
    assert (change.user, change.reason) == (people.ana, "Shorter")
    assert "Shorter" in reading(client.get(place(one, "history")))


def test_what_is_drafted_at_the_desk_in_spanish_is_spanish_unless_another_is_chosen(
    people: People,
) -> None:
    page = people.analyst.get("/es" + place(Batch, "add")).content.decode()
    assert '<option value="es" selected>' in page
    token = hidden(page, "token")
    sent = {"title": "Lanchas", "reason": "Según la carta", "language": "es", "token": token}
    people.analyst.post("/es" + place(Batch, "add"), sent)
    assert Batch.objects.get(title="Lanchas").language == "es"
    page = people.analyst.get(place(Batch, "add")).content.decode()
    assert '<option value="en" selected>' in page
