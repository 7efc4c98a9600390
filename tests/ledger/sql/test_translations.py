"""What posted texts say in Spanish, and the language that they were written in."""

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Batch,
    Change,
    Commitment,
    Document,
    Line,
    Posting,
    Stage,
    Translation,
)
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

INSERT = "insert into ledger_translation (original, spanish) values (%s, %s)"


def posted_with_note(note: str, locator: str = "", **fields: str) -> int:
    draft = factories.batch(**fields)
    of = factories.commitment(draft, appropriation=factories.funded())
    factories.line(draft, of, Stage.COMMITTED, 1, note=note, locator=locator)
    return factories.posted(draft)


def test_an_analyst_or_administrator_adds_and_corrects_one_and_it_has_a_history(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    posted_with_note("Not split by project")
    for person in (ledger.analyst, factories.administrator()):
        before = value(application, "select revision from ledger_texts")
        run(application, person, INSERT, "Not split by project", "Sin desglose")
        run(application, person, "update ledger_translation set spanish = 'Sin desglose alguno'")
        run(application, person, "delete from ledger_translation")
        kept = Change.objects.filter(table="ledger_translation", user=person)
        assert [change.action for change in kept] == ["INSERT", "UPDATE", "DELETE"]
        assert value(application, "select revision from ledger_texts") == before + 3


def test_nobody_else_writes_one(ledger: Ledger, application: psycopg.Connection) -> None:
    posted_with_note("Not split by project")
    for person in (
        factories.approver(), factories.person(), factories.analyst(is_active=False)
    ):  # fmt: skip
        with refused("role_missing", role="analyst"):
            run(application, person, INSERT, "Not split by project", "Sin desglose")
    run(application, ledger.analyst, INSERT, "Not split by project", "Sin desglose")
    for statement in (
        "update ledger_translation set spanish = 'Otra cosa'", "delete from ledger_translation"
    ):  # fmt: skip
        with refused("role_missing", role="analyst"):
            run(application, factories.approver(), statement)


def test_where_a_published_total_stands_has_one(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    factories.published_figure(locator="Page 2")
    run(application, ledger.analyst, INSERT, "Page 2", "Página 2")
    assert Translation.objects.get().spanish == "Página 2"


def test_only_a_text_that_was_posted_in_english_has_one(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    posted_with_note("Not split by project", "Page 2", title="A title", reason="A reason")
    posted_with_note("Sin desglose", "Página 2", language="es", title="Un título", reason="Por eso")
    factories.line(
        draft := factories.batch(title="A draft"),
        factories.commitment(draft),
        Stage.COMMITTED,
        1,
        note="Of a draft",
    )
    for text in ("A title", "A reason", "Not split by project", "Page 2"):
        run(application, ledger.analyst, INSERT, text, "En español")
    in_spanish = ("Sin desglose", "Página 2", "Un título", "Por eso")
    for text in (*in_spanish, "A draft", "Of a draft", "not split by project"):
        with refused("no_text_to_translate"):
            run(application, ledger.analyst, INSERT, text, "En español")
    with refused("plain_text"):  # notes and places may be empty
        run(application, ledger.analyst, INSERT, "", "En español")


@pytest.mark.parametrize("becomes_public", ["background", "cited", "law", "published"])
def test_a_note_of_a_document_has_one_as_soon_as_the_public_reads_it(
    ledger: Ledger, application: psycopg.Connection, becomes_public: str
) -> None:
    document = factories.document(note="A scan")
    with refused("no_text_to_translate"):
        run(application, ledger.analyst, INSERT, "A scan", "Un escaneo")
    if becomes_public == "background":
        with posting.acting(ledger.analyst):
            Document.objects.filter(pk=document.pk).update(background=True)
    elif becomes_public == "published":
        factories.published_figure(document=document)
    elif becomes_public == "law":
        factories.funded(law=document)
    else:
        draft = factories.batch()
        of = factories.commitment(draft, appropriation=factories.funded())
        factories.line(draft, of, Stage.COMMITTED, 1, document=document)
        factories.posted(draft)
    run(application, ledger.analyst, INSERT, "A scan", "Un escaneo")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("original = 'A title'", "code_is_fixed"),
        ("spanish = ''", "plain_text"),
        ("spanish = E'\\u200b'", "plain_text"),
        ("spanish = repeat('a', 2001)", "in_bounds"),
    ],
)
def test_what_it_says_shows_and_what_it_is_of_is_fixed(
    ledger: Ledger, application: psycopg.Connection, change: str, rule: str
) -> None:
    posted_with_note("Not split by project")
    run(application, ledger.analyst, INSERT, "Not split by project", "Sin desglose")
    with refused(rule):
        run(application, ledger.analyst, f"update ledger_translation set {change}")
    assert Translation.objects.get().spanish == "Sin desglose"


def test_a_text_that_fits_into_no_index_has_none(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    longest = "é" * 1300
    for note in (longest, f"{longest}."):
        factories.published_figure(document=factories.document(note=note))
    run(application, ledger.analyst, INSERT, longest, "Largo")
    with refused("in_bounds"):
        run(application, ledger.analyst, INSERT, f"{longest}.", "Largo")


def test_a_text_has_one_and_the_checksums_stay(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    version = posted_with_note("Not split by project")
    checksum = Posting.objects.get(version=version).checksum
    run(application, ledger.analyst, INSERT, "Not split by project", "Sin desglose")
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(application, ledger.analyst, INSERT, "Not split by project", "Otra vez")
    assert Posting.objects.get(version=version).checksum == checksum
    assert value(application, "select count(*) from rules.verify()") == 0


def test_what_a_batch_posts_is_in_the_language_of_the_batch(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch(language="es", title="Lanchas", reason="Según la carta")
    of = factories.commitment(draft, appropriation=factories.funded(), title="Lanchas")
    factories.line(draft, of, Stage.COMMITTED, 1, note="Sin desglose")
    version = factories.posted(draft)
    assert Posting.objects.get(version=version).language == "es"
    assert Commitment.objects.get(pk=of.pk).language == "es"
    reversal = posting.reverse(version, ledger.analyst, "Reversión", "Por error")
    assert Batch.objects.get(pk=reversal).language == "es"
    assert value(application, "select count(*) from rules.verify()") == 0
    with refused("in_bounds"):
        run(application, ledger.analyst, "update ledger_commitment set language = 'fr'")


def test_another_language_makes_a_submitted_batch_a_draft_and_a_posted_one_keeps_its_own(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch()
    of = factories.commitment(draft, appropriation=factories.funded())
    factories.line(draft, of, Stage.COMMITTED, 1)
    factories.submitted(draft)
    other = factories.analyst()
    run(application, other, "update ledger_batch set language = 'es' where id = %s", draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.language) == ("draft", "es")
    assert draft.editors.filter(user=other).exists()
    with refused("in_bounds"):
        run(application, other, "update ledger_batch set language = 'fr' where id = %s", draft.pk)
    factories.posted(draft)
    with refused("batch_is_posted"):
        run(application, other, "update ledger_batch set language = 'en' where id = %s", draft.pk)
    assert Line.objects.filter(batch=draft).count() == 1
