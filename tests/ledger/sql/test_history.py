"""History: who changed which text or commitment, when and why, kept by the database."""

from collections.abc import Callable

import psycopg
import pytest
from django.db.models import Model

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Change, Country, LabelRevision
from tests import factories
from tests.ledger.attack import acting, refused, run
from tests.ledger.conftest import Ledger


def revision() -> int:
    return LabelRevision.objects.get().revision


def test_a_corrected_name_is_kept_with_who_and_why(ledger: Ledger) -> None:
    country = factories.country(name_en="Pannama")
    administrator = factories.administrator()
    before = revision()
    with posting.acting(administrator, "A typing error"):
        Country.objects.filter(pk=country.pk).update(name_en="Panama")
    change = Change.objects.get(table="ledger_country", row=country.pk, action="UPDATE")
    assert (change.user, change.reason) == (administrator, "A typing error")
    assert change.before["name_en"] == "Pannama"
    assert change.after["name_en"] == "Panama"
    assert revision() == before + 1


@pytest.mark.parametrize(
    "make",
    [
        factories.account, factories.area, factories.country, factories.goal,
        factories.organization, factories.document, factories.appropriation,
        factories.published_figure, factories.open_question,
    ],
)  # fmt: skip
def test_what_is_added_changed_and_deleted_is_kept_whole(
    ledger: Ledger, application: psycopg.Connection, make: Callable[[], Model]
) -> None:
    row = make()
    table = row._meta.db_table
    column = {
        "ledger_appropriation": "fiscal_year",
        "ledger_document": "title",
        "ledger_openquestion": "question",
        "ledger_publishedfigure": "quote",
    }.get(table, "name_en")
    run(application, ledger.analyst, f"update {table} set {column} = '1999' where id = %s", row.pk)
    run(application, ledger.analyst, f"delete from {table} where id = %s", row.pk)
    added, changed, deleted = Change.objects.filter(table=table, row=row.pk)
    assert [added.action, changed.action, deleted.action] == ["INSERT", "UPDATE", "DELETE"]
    assert added.before is None
    assert added.after == changed.before
    assert changed.after == deleted.before
    assert deleted.after is None
    assert str(changed.after[column]) == "1999"


def test_an_update_that_changes_nothing_leaves_no_trace(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    factories.country()
    kept, before = Change.objects.count(), revision()
    run(application, ledger.analyst, "update ledger_country set name_en = name_en")
    assert (Change.objects.count(), revision()) == (kept, before)


def test_drafting_leaves_the_texts_that_the_public_reads_alone(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = factories.batch(ledger.analyst)
    described = {
        "area": factories.area(),
        "country": factories.country(),
        "agency": factories.organization(),
    }
    before = revision()
    commitment = factories.commitment(draft, appropriation=ledger.appropriation, **described)
    run(application, ledger.analyst, "update ledger_commitment set title = 'Draft'")
    assert revision() == before
    assert Change.objects.filter(table="ledger_commitment", row=commitment.pk).count() == 2


def test_a_corrected_title_of_a_posted_commitment_is_kept_and_counted(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    commitment = factories.committed(ledger.appropriation, 100)
    before = revision()
    run(application, ledger.analyst, "update ledger_commitment set title_es = 'Corregido'")
    assert revision() == before + 1
    change = Change.objects.filter(table="ledger_commitment", row=commitment.pk).last()
    assert change
    assert (change.before["title_es"], change.after["title_es"]) == ("", "Corregido")


def test_a_change_that_is_rolled_back_leaves_no_history(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    factories.country()
    kept = Change.objects.count()
    with acting(application, ledger.analyst), application.transaction(force_rollback=True):
        application.execute("update ledger_country set name_en = 'Elsewhere'")
    assert Change.objects.count() == kept


def test_a_change_by_nobody_is_refused_even_to_the_owner(
    ledger: Ledger, owner: psycopg.Connection
) -> None:
    factories.country()
    with refused("actor_unknown"):
        owner.execute("update ledger_country set name_en = 'Elsewhere'")


def test_who_changed_something_is_not_deleted(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    administrator = factories.administrator()
    factories.country(by=administrator)
    with pytest.raises(psycopg.errors.IntegrityError):
        application.execute("delete from accounts_user where id = %s", [administrator.pk])
