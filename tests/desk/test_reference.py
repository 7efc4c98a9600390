"""Reference data: kept by administrators, with reasons, history, and nothing lost by deleting."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.test import Client

from carsi_tracker.ledger.models import (
    Account,
    Appropriation,
    Change,
    Commitment,
    Country,
    Document,
    Goal,
    Organization,
    ProgrammingArea,
)
from tests import databases, factories
from tests.desk.conftest import People, hidden, panama, place, reading, told
from tests.sourced import COMMITMENTS, entries

WAITING = """
    select count(*) from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()
"""
KINDS = [Account, Country, ProgrammingArea, Goal, Organization, Document, Appropriation]


def country(client: Client | None = None, **changes: Any) -> dict[str, Any]:
    """What somebody fills into Panama's form; `client` opened it now."""
    row = panama()
    seen = hidden(client.get(place(row, "change")).content.decode(), "seen") if client else ""
    return {
        "name_en": row.name_en,
        "name_es": row.name_es,
        "position": row.position,
        "change_reason": "As the ministry writes it",
        "seen": seen,
    } | changes


def document(**changes: Any) -> dict[str, Any]:
    return {
        "key": "loa-honduras-2010",
        "title": "Letter of agreement with Honduras",
        "language": "en",
        "title_es": "",
        "publisher": "U.S. Department of State",
        "published_on": "2010-02-12",
        "url": "",
        "note": "",
        "change_reason": "",
    } | changes


def rows() -> dict[type[models.Model], int]:
    return {kind: kind._default_manager.count() for kind in (*KINDS, Commitment)}


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_reads_every_kind_and_administrators_add(
    people: People, kind: type[models.Model]
) -> None:
    row = kind._default_manager.all()[0]
    for client in (people.analyst, people.approver, people.administrator):
        for path in (place(kind), place(row, "change"), place(row, "history")):
            assert client.get(path).status_code == 200, path
    assert people.administrator.get(place(kind, "add")).status_code == 200


def test_a_name_is_corrected_with_a_reason_that_stands_in_the_history(people: People) -> None:
    client = people.administrator
    text = told(client, place(panama(), "change"), **country(client, name_es="República de Panamá"))
    assert "was changed successfully" in text
    assert panama().name_es == "República de Panamá"
    history = reading(client.get(place(panama(), "history")))
    assert "adela changed name in Spanish: Panamá → República de Panamá" in history
    assert "As the ministry writes it" in history
    change = Change.objects.filter(table="ledger_country", row=panama().pk).last()
    assert change
    assert (change.user, change.reason) == (people.adela, "As the ministry writes it")
    assert not LogEntry.objects.exists()


def test_a_change_without_a_reason_is_refused(people: People) -> None:
    client = people.administrator
    for reason in ("", "two\nlines", "a\x00b"):
        sent = country(client, name_es="Otro", change_reason=reason)
        response = client.post(place(panama(), "change"), sent)
        assert response.context["adminform"].form.errors["change_reason"]
    assert panama().name_es == "Panamá"


def test_a_code_is_fixed_once_saved(people: People) -> None:
    client = people.administrator
    page = client.get(place(panama(), "change")).content.decode()
    assert 'name="code"' not in page
    told(client, place(panama(), "change"), **country(client, code="PX", name_en="Panamá"))
    assert panama().name_en == "Panamá"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            True,
            "Your changes were not saved: someone else changed this after you opened it.",
        ),
        (False, "Your changes here were not saved: you changed this in another window"),
    ],
)
def test_a_name_saved_meanwhile_is_shown_beside_ones_own_and_kept(
    people: People, other: bool, said: str
) -> None:
    client = people.administrator
    old = country(client)
    colleague = people.client(factories.administrator(first_name="Carla", last_name="Cruz"))
    saver = colleague if other else client
    told(saver, place(panama(), "change"), **country(saver, name_en="Republic of Panama"))
    text = told(client, place(panama(), "change"), **old | {"name_en": "PANAMA"})
    assert said in text
    assert f"Saved by {'Carla Cruz' if other else 'adela'} on" in text
    assert "Name in English Republic of Panama PANAMA" in text
    assert panama().name_en == "Republic of Panama"


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        (Country, {"code": "pa"}, "code"),
        (Country, {"code": "PA", "position": "90"}, "code"),
        (Country, {"code": "Regional"}, "code"),
        (Account, {"code": "esf"}, "code"),
        (ProgrammingArea, {"code": "Rule_of_law", "position": "9"}, "code"),
        (Organization, {"code": "State/INL"}, "code"),
        (Organization, {"code": "a\nb"}, "code"),
        (Goal, {"number": "1"}, "number"),
        (Goal, {"number": "99999"}, "number"),
        (Document, {"key": "Not A Key"}, "key"),
        (Document, {"key": "gao-13-295r"}, "key"),
        (Document, {"published_on": "09/02/2009"}, "published_on"),
        (Document, {"title": "two\nlines"}, "title"),
        (Appropriation, {"fiscal_year": "99999"}, "fiscal_year"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field(
    people: People, kind: type[models.Model], sent: dict[str, str], field: str
) -> None:
    before = rows()
    names = {"name_en": "A", "name_es": "B", "position": "90"}
    response = people.administrator.post(place(kind, "add"), document() | names | sent)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]
    assert rows() == before


def test_a_second_appropriation_of_account_and_year_is_refused(people: People) -> None:
    first = Appropriation.objects.all()[0]
    sent = {"fiscal_year": first.fiscal_year, "account": first.account_id, "law": first.law_id}
    response = people.administrator.post(place(Appropriation, "add"), sent)
    assert response.context["adminform"].form.errors
    assert Appropriation.objects.count() == 7


@pytest.mark.commits
def test_a_code_that_somebody_else_takes_at_the_same_moment_is_refused_in_words(
    people: People,
) -> None:
    name = connection.settings_dict["NAME"]

    def send() -> str:
        try:
            sent = document(title="Typed at the same moment")
            response = people.administrator.post(place(Document, "add"), sent)
            assert response.status_code == 200
            return reading(response)
        finally:
            connection.close()

    with (
        ThreadPoolExecutor(1) as thread,
        psycopg.connect(databases.application_of(name).conninfo()) as other,
        psycopg.connect(databases.owner_of(name).conninfo(), autocommit=True) as watcher,
    ):
        other.execute("select set_config('carsi.actor', %s, true)", [str(people.ana.pk)])
        other.execute(
            "insert into ledger_document (key, title, language, title_es, publisher, "
            "published_on, url, note, background) "
            "values ('loa-honduras-2010', 'First', 'en', '', 'State', '2010-02-12', '', '', false)"
        )
        answer = thread.submit(send)
        while watcher.execute(WAITING).fetchone() == (0,):
            assert not answer.done()
        other.commit()
        text = answer.result()
    assert "This exists already." in text
    assert Document.objects.get(key="loa-honduras-2010").title == "First"


def test_analysts_add_and_change_documents_add_organizations_and_nothing_else(
    people: People,
) -> None:
    client = people.analyst
    told(client, place(Document, "add"), **document())
    added = Document.objects.get(key="loa-honduras-2010")
    seen = hidden(client.get(place(added, "change")).content.decode(), "seen")
    sent = document(seen=seen, title="Second letter", change_reason="Exact title")
    told(client, place(added, "change"), **sent)
    added.refresh_from_db()
    assert added.title == "Second letter"
    assert client.post(place(added, "delete"), {"post": "yes"}).status_code == 403
    partner = {"code": "OIJ", "name_en": "Judicial police", "name_es": "Policía judicial"}
    told(client, place(Organization, "add"), **partner)
    assert Organization.objects.filter(code="OIJ").exists()
    for kind in set(KINDS) - {Document}:
        row = kind._default_manager.all()[0]
        if kind is not Organization:
            assert client.get(place(kind, "add")).status_code == 403
            assert client.post(place(kind, "add"), country()).status_code == 403
        assert client.post(place(row, "change"), country()).status_code == 403
        assert client.post(place(row, "delete"), {"post": "yes"}).status_code == 403


def test_approvers_change_nothing(people: People) -> None:
    before = rows()
    for kind in KINDS:
        row = kind._default_manager.all()[0]
        assert people.approver.post(place(kind, "add"), country()).status_code == 403
        assert people.approver.post(place(row, "change"), country()).status_code == 403
        assert people.approver.post(place(row, "delete"), {"post": "yes"}).status_code == 403
    assert rows() == before


def test_a_document_added_in_a_popup_is_handed_to_the_form_below(people: People) -> None:
    response = people.analyst.post(
        f"{place(Document, 'add')}?_popup=1&_to_field=id", document(_popup="1", _to_field="id")
    )
    added = Document.objects.get(key="loa-honduras-2010")
    assert response.status_code == 200
    assert f"&quot;value&quot;: &quot;{added.pk}&quot;" in response.content.decode()
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (panama, "commitments"),
        (
            lambda: Document.objects.get(key="gao-13-295r"),
            f"{sum(1 for _ in entries(document='gao-13-295r'))} entries",
        ),
    ],
)
def test_what_is_referred_to_is_not_deleted(people: People, row: Any, said: str) -> None:
    """Case 17."""
    client, found, before = people.administrator, row(), rows()
    for text in (
        reading(client.get(place(found, "delete"))),
        told(client, place(found, "delete"), post="yes"),
    ):
        assert "Nothing was deleted. This is still referred to:" in text
        assert said in text
    assert rows() == before


def test_a_posted_commitment_is_not_deleted_nor_offered_to_be(people: People) -> None:
    """Case 17."""
    posted = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    client = people.analyst
    assert "/delete/" not in client.get(place(posted, "change")).content.decode()
    assert client.post(place(posted, "delete"), {"post": "yes"}).status_code == 403
    assert Commitment.objects.count() == COMMITMENTS


def test_what_nothing_refers_to_is_deleted(people: People) -> None:
    client = people.administrator
    told(client, place(Document, "add"), **document(key="one"))
    one = Document.objects.get(key="one")
    assert "Nothing refers to this. Delete it?" in reading(client.get(place(one, "delete")))
    why: dict[str, Any] = {"post": "yes", "change_reason": "Listed twice"}
    assert "was deleted successfully" in told(client, place(one, "delete"), **why)
    assert not Document.objects.filter(key="one").exists()
    kept = Change.objects.filter(action="DELETE", user=people.adela)
    assert [change.reason for change in kept] == ["Listed twice"]


@pytest.mark.parametrize("reason", ["", "\u2800", "a\u202eb"])
def test_nothing_is_deleted_without_a_reason(people: People, reason: str) -> None:
    client = people.administrator
    told(client, place(Document, "add"), **document())
    row = Document.objects.get(key="loa-honduras-2010")
    sent = {"post": "yes", "change_reason": reason}
    text = told(client, place(row, "delete"), **sent)
    assert "Nothing refers to this. Delete it?" in text
    assert ("U+202E" if reason.startswith("a") else "This field is required.") in text
    assert Document.objects.filter(pk=row.pk).exists()


def test_no_list_offers_to_delete_many_and_none_does(people: People) -> None:
    client, before = people.administrator, rows()
    for model in (Document, Country, Organization, Account):
        html = client.get(place(model)).content.decode()
        assert "delete_selected" not in html
        sent = {"action": "delete_selected", "_selected_action": 1, "post": "yes"}
        client.post(place(model), sent)
    assert rows() == before


def test_what_is_used_is_offered_to_be_retired_and_what_is_not_to_be_deleted(
    people: People,
) -> None:
    client = people.administrator
    told(client, place(Document, "add"), **document())
    for key, offered in (("loa-honduras-2010", "Delete …"), ("gao-13-295r", "Retire …")):
        text = reading(client.get(place(Document.objects.get(key=key), "change")))
        assert offered in text
    assert "Delete …" not in text
    used = Document.objects.get(key="gao-13-295r")
    told(client, place(used, "retire"), change_reason="Superseded")
    text = reading(client.get(place(used, "change")))
    assert "Retire …" not in text


def test_the_title_of_a_posted_commitment_is_corrected_and_nothing_else(people: People) -> None:
    posted = Commitment.objects.get(reference="CARSI-08-INCLE-03")
    client = people.analyst
    page = client.get(place(posted, "change")).content.decode()
    told(
        client,
        place(posted, "change"),
        title="Better policing, Panama",
        title_es=posted.title_es,
        language=posted.language,
        country=Country.objects.get(code="HN").pk,
        reference="OTHER-1",
        seen=hidden(page, "seen"),
        change_reason="Typing error",
    )
    posted.refresh_from_db()
    assert (posted.title, posted.reference) == ("Better policing, Panama", "CARSI-08-INCLE-03")
    assert posted.country == panama()
    history = reading(client.get(place(posted, "history")))
    assert "title: Improved policing and police equipment, Panama → Better policing" in history
    assert "country: Panama" in history


def test_what_is_posted_of_an_appropriation_is_only_shown(people: People) -> None:
    row = Appropriation.objects.all()[0]
    page = people.administrator.get(place(row, "change")).content.decode()
    assert 'name="fiscal_year"' not in page


def test_addresses_with_broken_values_are_no_server_error(people: People) -> None:
    client = people.administrator
    for path in (
        "/admin/ledger/country/x/change/",
        "/admin/ledger/country/99999999999999999999/change/",
        "/admin/ledger/country/1/history/",
        "/admin/ledger/country/?q=%00",
        "/admin/ledger/country/?retired__exact=%00",
        "/admin/ledger/batch/?state__exact=%00",
        "/admin/ledger/batch/?q=%00",
        "/admin/ledger/batch/?p=9999",
        "/admin/ledger/commitment/?area__id__exact=%00",
        "/admin/ledger/commitment/?area__id__exact=999999999999999999999",
    ):
        assert client.get(path, follow=True).status_code < 500, path
    assert client.post(place(panama(), "history")).status_code < 500
    commitment = Commitment.objects.all()[0]
    assert people.analyst.post(place(commitment, "history")).status_code < 500


def test_a_name_that_only_looks_different_is_refused_in_words(people: People) -> None:
    client, before = people.administrator, rows()
    other = {"name_en": "Another", "name_es": "Otra"}
    for code, said in (
        ("state/inl", "“state/inl” is too like “State/INL”, which is there already."),
        ("St\u0430te/INL", "which is there already"),
        ("NONE", "“none” means “not specified” in addresses. Choose another code."),
        ("\u200b", "This field is required."),
        ("State\u200b/INL", "After “State” stands U+200B ZERO WIDTH SPACE, which is not visible."),
        ("Police\ue000", "U+E000"),
    ):
        text = reading(client.post(place(Organization, "add"), {"code": code, **other}))
        assert said in text, code
    area = {"code": "none", "position": 9, **other}
    assert "Choose another code" in reading(client.post(place(ProgrammingArea, "add"), area))
    same = {"code": "OTHER", "name_en": "U.S. DEPARTMENT OF STATE", "name_es": "Otra"}
    assert "too like" in reading(client.post(place(Organization, "add"), same))
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", "Letter \u202eof agreement"),
        ("title_es", "Carta\u2067"),
        ("publisher", "Depart\u00adment"),
        ("note", "a\ufffeb"),
        ("url", "https://example.org/\u202ea"),
        ("key", "loa\u200d-honduras"),
    ],
)
def test_a_document_is_described_in_plain_text(people: People, field: str, typed: str) -> None:
    answer = people.administrator.post(place(Document, "add"), document(**{field: typed}))
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_an_address_that_names_no_field_leads_to_the_row_by_its_id(people: People) -> None:
    assert people.administrator.get(place(panama(), "change"), {"_to_field": ""}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "fitting", "wrong"),
    [
        (Account, {"federal_account": "011-1037"}, {"federal_account": "0111037"}),
        (ProgrammingArea, {"dac_sector": "15210"}, {"dac_sector": "1521"}),
        (
            Organization,
            {"iati_identifier": "US-GOV-99", "iati_type": "15"},
            {"iati_identifier": "State", "iati_type": "12"},
        ),
        (
            Appropriation,
            {"treasury_account": "011-2008/2009-1037-000", "available_until": "FY2009"},
            {"treasury_account": "011-1037", "available_until": "2009-02-29"},
        ),
    ],
)
def test_codes_of_other_lists_are_set_with_a_reason_and_wrong_ones_refused_at_their_field(
    people: People,
    kind: type[models.Model],
    fitting: dict[str, str],
    wrong: dict[str, str],
) -> None:
    row = kind._default_manager.order_by("pk")[0]
    address = place(row, "change")
    opened = people.administrator.get(address)
    form = opened.context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"seen": hidden(opened.content.decode(), "seen"), "change_reason": "Its list says so"}
    refused = people.administrator.post(address, sent | wrong)
    assert refused.status_code == 200
    errors = refused.context["adminform"].form.errors
    assert set(errors) == set(wrong)
    assert all(str(said[0]).endswith(".") for said in errors.values())
    without = people.administrator.post(address, sent | fitting | {"change_reason": ""})
    assert set(without.context["adminform"].form.errors) == {"change_reason"}
    assert people.administrator.post(address, sent | fitting).status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in fitting} == fitting
    kept = Change.objects.filter(table=kind._meta.db_table, row=row.pk).latest("pk")
    assert kept.reason == "Its list says so"
    assert kept.after
    assert {name: kept.after[name] for name in fitting} == fitting
    history = people.approver.get(place(row, "history")).content.decode()
    assert all(value in history for value in fitting.values())
