"""`verify_ledger` names what was altered in the rows, even by the owner."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection

from carsi_tracker.accounts.models import User
from carsi_tracker.database import address
from carsi_tracker.ledger import posting, verifying
from carsi_tracker.ledger.management.commands.verify_ledger import WORDS
from carsi_tracker.ledger.models import Country, Document, Stage
from tests import databases, factories
from tests.conftest import Templates
from tests.database import filled
from tests.ledger.attack import acting, value
from tests.ledger.forging import (
    FORGE,
    as_owner,
    run,
    run_unguarded,
    sentences,
    sentences_about_rows,
)
from tests.sourced import NEXT, VERSION

ROLE = address.application().user
WRONG, REVERSAL, MOVE, ON_TOP = range(NEXT, NEXT + 4)
"""The versions that stand behind the sourced ones: a mistake, its reversal, and a move."""


@pytest.fixture(scope="module")
def whole(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Give a ledger with one of everything: also corrections, and a countersignature."""
    name = f"{databases.prefix(worker_id)}_whole"
    with django_db_blocker.unblock():
        databases.make_limited(name, templates.sourced)
        with databases.speaking_to(databases.application_of(name)):
            filled.fill()
            ana, pablo = (User.objects.get(username=username) for username in ("ana", "pablo"))
            posting.countersign(2, pablo, "I compared it with the law")
            with posting.acting(ana, "As the department writes it"):
                Country.objects.filter(code="PA").update(name_en="Republic of Panama")
                Document.objects.filter(key="letter-of-the-dump").update(title_es="Una carta")
            User.objects.filter(username="pablo").update(first_name="Pablo, now retired")
        yield name
    databases.remove(name)


@pytest.fixture
def owner(whole: str) -> Iterator[None]:
    """Let Django speak as the owner, in a transaction."""
    with as_owner(databases.owner_of(whole)):
        yield


def found() -> list[str]:
    return sentences(ROLE)


def of(username: str) -> str:
    return f"(select id from accounts_user where username = '{username}')"


def commitment(reference: str) -> str:
    return f"(select id from ledger_commitment where reference = '{reference}')"


def batch(version: int) -> str:
    return f"(select batch_id from ledger_posting where version = {version})"


@pytest.mark.usefixtures("owner")
def test_a_ledger_with_one_of_everything_verifies() -> None:
    assert found() == []


# Each: what the owner does, then the version and the kind of problem, and the thing that is named.
IN_THE_FILES = [
    ("update ledger_entry set amount = 613000.01 where amount = 613000", 7, "entries", ""),
    ("update ledger_entry set note = 'x' where version = 9 and line = 1", 9, "entries", ""),
    ("delete from ledger_entry where version = 16 and line = 4", 16, "entries", ""),
    ("update ledger_commitment set country_id = (select id from ledger_country where code = 'GT')"
     " where reference = 'CARSI-08-INCLE-05'", 4, "entries", ""),
    ("update ledger_document set key = 'other' where key = 'efe-honduras-2009'", 4, "entries", ""),
    ("update ledger_posting set reason = 'another' where version = 5", 5, "chain", ""),
    ("update ledger_posting set approved_by = 'Nobody' where version = 5", 5, "chain", ""),
    ("update ledger_posting set self_approval_reason = '' where version = 2", 2, "chain", ""),
    ("update ledger_posting set checksum = repeat('0', 64) where version = 3", 3, "chain", ""),
    ("update ledger_head set checksum = repeat('0', 64)", MOVE, "head", ""),
    (f"update ledger_head set version = {REVERSAL}", MOVE, "head", ""),
    ("update ledger_head set posted_at = posted_at - interval '1 year'", MOVE, "head", ""),
    ("update ledger_head set posted_at = posted_at + interval '1 year'", MOVE, "head", ""),
    ("update ledger_head set one = false", None, "one row", "ledger_head"),
    ("insert into ledger_texts values (false, 0)", None, "one row", "ledger_texts"),
    ("delete from ledger_office", None, "one row", "ledger_office"),
    # A permanent address moves, though no file changes.
    ("update ledger_entry set line = 12 where version = 9 and line = 2", 9, "lines", ""),
    ("update ledger_entry set line = line + 1000 where version = 1", 1, "lines", ""),
]  # fmt: skip

BESIDE_THE_FILES = [
    ("update ledger_commitment set first_version = null where reference = 'CARSI-08-INCLE-05'",
     4, "first version", "commitment CARSI-08-INCLE-05"),
    ("update ledger_commitment set first_version = 9999 where reference = 'CARSI-08-INCLE-05'",
     4, "first version", "commitment CARSI-08-INCLE-05"),
    # A draft that the public sees.
    ("update ledger_commitment set first_version = 3 where reference = 'DUMP-DRAFT'",
     3, "first version", "commitment DUMP-DRAFT"),
    ("update ledger_appropriation a set first_version = null from ledger_account k"
     " where k.id = a.account_id and k.code = 'INCLE' and fiscal_year = 2008",
     1, "first version", "appropriation INCLE FY2008"),
    (f"update ledger_commitment set introduced_by_id = {batch(16)}"
     " where reference = 'CARSI-08-INCLE-05'", 4, "introduced", "CARSI-08-INCLE-05"),
    # What a commitment replaces, and what its history says that it replaces.
    (f"update ledger_commitment set replaces_id = {commitment('CARSI-08-INCLE-01')}"
     " where reference = 'CARSI-08-INCLE-05'", 4, "move", "CARSI-08-INCLE-05"),
    ("update ledger_commitment set replaces_id = null where reference = 'DUMP-MOVED'",
     MOVE, "history", "commitment DUMP-MOVED"),
    (f"update ledger_commitment set replaces_id = {commitment('CARSI-08-INCLE-01')}"
     " where reference = 'DUMP-MOVED'", MOVE, "move", "DUMP-MOVED"),
    ("update ledger_appropriation a set law_id = (select id from ledger_document"
     " where key = 'letter-of-the-dump') from ledger_account k"
     " where k.id = a.account_id and k.code = 'INCLE' and fiscal_year = 2008",
     1, "history", "appropriation INCLE FY2008"),
    # Names and titles, which may be corrected, but not in silence.
    ("update ledger_commitment set bound = 'at-most', bound_note = 'Another'"
     " where reference = 'CARSI-08-INCLE-05'", 4, "history", "commitment CARSI-08-INCLE-05"),
    ("update ledger_commitment set title = 'Another' where reference = 'CARSI-08-INCLE-05'",
     4, "history", "commitment CARSI-08-INCLE-05"),
    ("update ledger_country set name_en = 'Atlantis' where code = 'PA'",
     None, "history", "country PA"),
    ("update ledger_organization set retired = true where code = 'State/INL'",
     None, "history", "organization State/INL"),
    ("update ledger_document set url = 'https://example.org/' where key = 'efe-honduras-2009'",
     None, "history", "document efe-honduras-2009"),
    ("update ledger_document set background = false where key = 'efe-honduras-2009'",
     None, "history", "document efe-honduras-2009"),
    ('delete from ledger_change c using ledger_country t where c."table" = \'ledger_country\''
     " and c.row = t.id and t.code = 'PA' and action = 'UPDATE'", None, "history", "country PA"),
    ('delete from ledger_change c using ledger_country t where c."table" = \'ledger_country\''
     " and c.row = t.id and t.code = 'PA' and action = 'INSERT'", None, "history", "country PA"),
    ("update ledger_change set before = before || '{\"name_en\": \"Atlantis\"}'"
     " where \"table\" = 'ledger_country' and action = 'UPDATE'", None, "history", "country PA"),
    ("insert into ledger_account (code, name_en, name_es, retired) values ('X', 'X', 'X', false)",
     None, "history", "account X"),
    ("update ledger_commitment set language = 'es' where reference = 'CARSI-08-INCLE-05'",
     4, "history", "commitment CARSI-08-INCLE-05"),
    ("update ledger_publishedfigure set amount = 464000000 where key = 'gao-obligated-2013-floor'",
     None, "history", "published total gao-obligated-2013-floor"),
    ("update ledger_translation set spanish = 'Otra cosa'"
     " where original = 'Letter of agreement with Belize'",
     None, "history", "translation of Letter of agreement with Belize"),
    # A translation of another text than the one that it was entered for, in the history too.
    ("update ledger_translation set original = 'Another'"
     " where original = 'Letter of agreement with Belize'; insert into ledger_change"
     ' ("table", "row", action, before, after, user_id, reason, changed_at)'
     " select 'ledger_translation', t.id, 'UPDATE', c.after, to_jsonb(t), c.user_id, '', now()"
     ' from ledger_translation t join ledger_change c on c."row" = t.id'
     " and c.\"table\" = 'ledger_translation' where t.original = 'Another'",
     None, "history", "translation of Another"),
    # The row and its newest history alike, but not what posting it may change.
    ("update ledger_commitment set title = 'Another' where reference = 'DUMP-TAKEN-BACK'; update"
     " ledger_change set after = after || '{\"title\": \"Another\"}' where action = 'UPDATE'"
     " and after ->> 'reference' = 'DUMP-TAKEN-BACK'",
     WRONG, "history", "commitment DUMP-TAKEN-BACK"),
    ("update ledger_change set before = before || '{\"law_id\": 1}', after = after ||"
     " '{\"law_id\": 2}' where \"table\" = 'ledger_appropriation' and action = 'UPDATE';"
     " update ledger_change set after = after || '{\"law_id\": 1}' where \"table\" ="
     " 'ledger_appropriation' and action = 'INSERT'; update ledger_appropriation set law_id = 2",
     1, "history", "appropriation"),
    # A file put in the place of another, with its own size and hash.
    ("update ledger_documentfile set content = 'forged', size = 6,"
     " sha256 = encode(sha256('forged'), 'hex')", None, "file", "letter-of-the-dump"),
    ("update ledger_documentfile set name = 'other.txt'", None, "file", "letter-of-the-dump"),
    ("update ledger_documentfile set media_type = 'application/pdf'",
     None, "file", "letter-of-the-dump"),
    ("delete from ledger_documentfile", None, "file", "letter-of-the-dump"),
    # Pages that were kept would come back.
    ("update ledger_texts set revision = revision - 1", None, "texts", ""),
    ("update ledger_texts set revision = 0", None, "texts", ""),
    # Numbers that would be given again.
    ("alter sequence ledger_batch_id_seq restart with 1", None, "numbers",
     "sequence public.ledger_batch_id_seq is behind"),
    ("alter sequence accounts_event_id_seq restart with 1", None, "schema",
     "sequence public.accounts_event_id_seq is behind"),
]  # fmt: skip

ON_THE_DESK = [
    (f"update ledger_batch set state = 'draft', version = null, submitted_at = null,"
     f" submitted_by_id = null where id = {batch(5)}", 5, "batch", ""),
    (f"update ledger_batch set reason = 'another' where id = {batch(5)}", 5, "batch", ""),
    (f"update ledger_batch set reverses_id = null where id = {batch(REVERSAL)}",
     REVERSAL, "batch", ""),
    ("update ledger_posting set language = 'es' where version = 5", 5, "batch", ""),
    ("update ledger_posting set batch_id = (select id from ledger_batch where state = 'draft')"
     " where version = 5", 5, "batch", ""),
    ("update ledger_batch set state = 'posted', version = 77, submitted_at = now(),"
     f" submitted_by_id = {of('ana')} where state = 'draft'", 77, "batch", ""),
    (f"update ledger_line set amount = amount + 1 where batch_id = {batch(5)}",
     5, "batch lines", "line 1"),
    (f"delete from ledger_line where batch_id = {batch(5)}", 5, "batch lines", ""),
    (f"update ledger_batch set submitted_by_id = {of('ada')} where id = {batch(WRONG)}",
     WRONG, "submission", ""),
    (f"update ledger_batch set submitted_at = now() where id = {batch(WRONG)}",
     WRONG, "submission", ""),
    (f"delete from ledger_submission where batch_id = {batch(WRONG)}", WRONG, "submission", ""),
    (f"update ledger_submission set content = replace(content::text, '1000.00', '9000.00')::jsonb"
     f" where batch_id = {batch(WRONG)}", WRONG, "submission", "line"),
]  # fmt: skip

PEOPLE = [
    (f"update ledger_posting set approver_id = {of('ana')} where version = {WRONG}",
     WRONG, "approver", "Pablo, for the Office"),
    (f"update ledger_posting set approver_id = {of('pablo')} where version = 2", 2, "approver", ""),
    (f"update accounts_event set actor_id = {of('ada')} where kind = 'posted'"
     f" and detail ->> 'version' = '{WRONG}'", WRONG, "trail", "posted"),
    (f"delete from accounts_event where kind = 'posted' and detail ->> 'version' = '{WRONG}'",
     WRONG, "trail", "posted"),
    ("insert into accounts_event (kind, detail, happened_at)"
     " values ('posted', '{\"version\": 5}', now())", 5, "trail", "posted"),
    ("delete from accounts_event where kind = 'ledger_loaded'", VERSION, "trail", "loaded"),
    ("update accounts_event set detail = detail || '{\"checksum\": \"\"}'"
     " where kind = 'ledger_loaded'", VERSION, "trail", "loaded"),
    (f"update ledger_posting set loaded_at = now() where version = {MOVE}",
     MOVE, "trail", "loaded"),
    ("update ledger_posting set loaded_at = null where version = 5", VERSION, "trail", "loaded"),
    ("insert into accounts_event (kind, detail, happened_at)"
     " values ('posted', '{\"version\": 99}', now())", 99, "trail", "posted"),
    # He was no approver when he posted.
    ("update accounts_event set detail = jsonb_set(detail, '{is_approver}', '[true, false]')"
     f" where kind = 'person_changed' and person_id = {of('pablo')} and detail ? 'is_approver'",
     WRONG, "approver", "Pablo"),
    (f"insert into ledger_batcheditor (batch_id, user_id) values ({batch(WRONG)}, {of('pablo')})",
     WRONG, "hands", ""),
    (f"insert into ledger_batcheditor (batch_id, user_id) values ({batch(WRONG)}, {of('ada')})",
     WRONG, "preparers", ""),
    (f"delete from ledger_batcheditor where batch_id = {batch(WRONG)}", WRONG, "preparers", ""),
    (f"delete from ledger_batcheditor where batch_id = {batch(2)}", 2, "hands", ""),
    (f"update ledger_batcheditor set user_id = {of('ada')} where batch_id = {batch(WRONG)}",
     WRONG, "preparers", "Ana"),
    (f"update ledger_batch set created_by_id = {of('ada')} where id = {batch(WRONG)}",
     WRONG, "hands", ""),
    (f"update ledger_countersignature set person_id = {of('ada')}", 2, "countersignature", ""),
    ("update ledger_countersignature set signed_by = 'The Inspector General'",
     2, "countersignature", "The Inspector General"),
    ("update ledger_countersignature set signed_at = '2001-01-01'", 2, "countersignature", ""),
    ("update ledger_countersignature set signed_at = signed_at + interval '3 days'",
     2, "trail", "countersigned"),
    ("update ledger_countersignature set remark = 'I object'", 2, "trail", "countersigned"),
    ("update ledger_countersignature set signed_at = signed_at + interval '3 hours'",
     2, "trail", "countersigned"),
    ("delete from ledger_countersignature", 2, "trail", "countersigned"),
    ("update ledger_countersignature set posting_id = 3", 3, "trail", "countersigned"),
    (f"insert into ledger_countersignature values ({WRONG}, 'Pablo; for the Office', now(), '',"
     f" {of('pablo')})", WRONG, "countersignature", ""),
    ("update accounts_user set is_approver = true where username = 'ana'", None, "person", "ana"),
    ("update accounts_user set first_name = 'X' where username = 'ana'", None, "person", "ana"),
    ("insert into accounts_user (username, password, first_name, last_name, email, is_active,"
     " is_superuser, is_analyst, is_approver, is_administrator, must_change_password, date_joined)"
     " values ('eve', '', '', '', '', true, false, false, true, false, false, now())",
     None, "person", "eve"),
]  # fmt: skip


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("forgery", "version", "kind", "name"),
    [*IN_THE_FILES, *BESIDE_THE_FILES, *ON_THE_DESK, *PEOPLE],
)
def test_what_the_owner_alters_is_named(
    forgery: str, version: int | None, kind: str, name: str
) -> None:
    run_unguarded(forgery)
    assert_named(version, kind, name)


def assert_named(version: int | None, kind: str, name: str) -> None:
    where = f"version {version}" if version else kind
    said = found() if kind in {"schema", "numbers"} else sentences_about_rows(ROLE)
    assert any(
        one.startswith(f"{where}: {WORDS[kind]}") and name in one.removeprefix(where)
        for one in said
    ), said


# An owner who makes files, chain and head agree with the forgery still meets all the rest.
WHOLE_CHAIN = [
    ("update ledger_entry set amount = 90000000 where version = 2 and line = 1",
     2, "ceiling", "FY20"),
    ("update ledger_entry set effective_date = '1999-01-01' where stage = 'disbursed'",
     12, "stages", ""),
    ("update ledger_entry set effective_date = '2030-01-01' where version = 9 and line = 1",
     9, "amounts", "entry 1"),
    ("update ledger_entry set effective_date = '2009-02-02' where version = 9 and line = 1",
     9, "batch lines", "line 1"),
    ("delete from ledger_entry where version = 16 and line = 4", 16, "batch lines", "line 4"),
    ("update ledger_entry set note = 'x' where version = 9 and line = 1;"
     f" update ledger_line set note = 'x' where id = (select min(id) from ledger_line"
     f" where batch_id = {batch(9)})", 9, "submission", "line"),
    ("update ledger_entry set quote = 'x' where version = 9 and line = 1;"
     f" update ledger_line set quote = 'x' where id = (select min(id) from ledger_line"
     f" where batch_id = {batch(9)})", 9, "submission", "line"),
    ("update ledger_posting set posted_at = posted_at - interval '9 years' where version = 5",
     5, "order", ""),
    (f"update ledger_posting set posted_at = posted_at + interval '9 years' where version = {MOVE}",
     MOVE, "order", ""),
    (f"update ledger_posting set title = 'another' where version = {WRONG}",
     WRONG, "trail", "posted"),
    ("update ledger_posting set prepared_by = '{A,B}' where version = 5", 5, "preparers", "A; B"),
    ("update ledger_posting set prepared_by = prepared_by || null::text where version = 5",
     5, "preparers", ""),
    (f"update ledger_posting set approved_by = 'Nobody' where version = {WRONG}",
     WRONG, "approver", "Nobody"),
    ("update ledger_posting set (self_approval_reason, self_approval_rule) = ('', '')"
     " where version = 5", 5, "hands", ""),
    (f"update ledger_posting set reverses_id = 16 where version = {REVERSAL}",
     REVERSAL, "reversal", ""),
    (f"update ledger_posting set reverses_id = null where version = {REVERSAL}",
     REVERSAL, "batch", ""),
    (f"update ledger_entry set amount = -999 where version = {REVERSAL}", REVERSAL, "reversal", ""),
    (f"update ledger_entry set commitment_id = {commitment('CARSI-08-INCLE-01')}"
     f" where version = {MOVE} and amount < 0", MOVE, "move", "DUMP-MOVED"),
]  # fmt: skip


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(("forgery", "version", "kind", "name"), WHOLE_CHAIN)
def test_an_owner_who_forges_the_whole_chain_still_meets_the_rest(
    forgery: str, version: int, kind: str, name: str
) -> None:
    run_unguarded(forgery + "; " + FORGE)
    said = found()
    assert not any(WORDS["chain"] in one or WORDS["entries"] in one for one in said)
    assert_named(version, kind, name)


@pytest.mark.usefixtures("owner")
def test_a_fraction_that_no_file_prints_is_named() -> None:
    run_unguarded(
        "alter table ledger_entry drop constraint amount_of_dollars_and_cents;"
        "update ledger_entry set amount = amount + 0.004 where version = 7 and line = 1"
    )
    said = found()
    assert not any(WORDS["entries"] in one for one in said)
    assert f"version 7: {WORDS['amounts']} (entry 1)" in said


@pytest.mark.usefixtures("owner")
def test_a_version_put_on_top_by_hand_is_named() -> None:
    run_unguarded(
        "insert into ledger_batch (title, reason, state, version, revision, created_at,"
        " created_by_id, submitted_by_id, submitted_at)"
        f" select 'On top', 'None', 'posted', {ON_TOP}, 0,"
        " now(), created_by_id, created_by_id, now() from ledger_batch limit 1;"
        "insert into ledger_posting (version, posted_at, batch_id, title, reason, prepared_by,"
        " approver_id, approved_by, self_approval_rule, self_approval_reason, entry_count,"
        f" entries_sha256, checksum) select {ON_TOP}, now(), b.id, b.title, b.reason,"
        " p.prepared_by,"
        " p.approver_id, p.approved_by, '', '', 1, '', '' from ledger_batch b, ledger_posting p"
        f" where b.version = {ON_TOP} and p.version = {WRONG};"
        "insert into ledger_entry (version, line, appropriation_id, commitment_id, stage, amount,"
        f" effective_date, document_id, locator, basis, note, quote) select {ON_TOP}, line,"
        " appropriation_id, commitment_id, stage, amount, effective_date, document_id, locator,"
        f" basis, note, quote from ledger_entry where version = {WRONG};"
        f"update ledger_head set version = {ON_TOP};" + FORGE
    )
    assert_named(ON_TOP, "batch lines", "line 1")
    assert_named(ON_TOP, "submission", "")
    assert_named(ON_TOP, "trail", "posted")


@pytest.mark.usefixtures("owner")
def test_a_forged_chain_that_keeps_the_rules_shows_in_every_noted_checksum() -> None:
    def checksum() -> str:
        with connection.cursor() as cursor:
            cursor.execute("select checksum from ledger_head")
            return str(cursor.fetchone()[0])

    noted = checksum()
    run_unguarded(
        "update ledger_posting set reason = 'another' where version = 1;"
        f"update ledger_batch set reason = 'another' where id = {batch(1)};" + FORGE
    )
    assert found() == []
    assert checksum() != noted


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "older",
    [
        "comment on schema rules is 'of an older release'",
        "delete from django_migrations where app = 'ledger' and name = '0005_rules'",
        "insert into django_migrations (app, name, applied) values ('ledger', '9999_later', now())",
    ],
)
def test_a_database_of_another_release_is_told_so(older: str) -> None:
    run(older)
    assert found() == [f"release: {WORDS['release']}"]


@pytest.mark.usefixtures("owner")
def test_a_clock_put_right_after_it_ran_ahead_is_no_forgery() -> None:
    run_unguarded(
        "update ledger_posting set posted_at = now() + interval '9 days'"
        f" where version = {REVERSAL};"
        "update ledger_posting set posted_at = now() + interval '9 days 1 microsecond'"
        f" where version = {MOVE};"
        "update accounts_event set happened_at = now() + interval '9 days'"
        f" where kind = 'posted' and detail ->> 'version' = '{REVERSAL}';" + FORGE
    )
    assert [one for one in found() if f"version {MOVE}:" in one] == []


@pytest.mark.usefixtures("owner")
def test_what_is_countersigned_when_the_clock_was_put_right_is_no_forgery() -> None:
    run_unguarded(
        "delete from accounts_event where kind = 'countersigned';"
        "delete from ledger_countersignature;"
        "update ledger_texts set revision = revision - 1;"
        "update ledger_posting set posted_at = now() + interval '9 days' where version = 2;"
        "update accounts_event set happened_at = now() + interval '9 days'"
        " where kind = 'posted' and detail ->> 'version' = '2';" + FORGE
    )
    run(
        f"select set_config('carsi.actor', ({of('pablo')})::text, true);"
        "select rules.countersign(2, 'I compared it with the law')"
    )
    assert [
        one for one in found() if WORDS["countersignature"] in one or WORDS["trail"] in one
    ] == []


def test_a_number_that_is_given_again_has_one_history_after_the_other(whole: str) -> None:
    with as_owner(databases.application_of(whole)):
        run(
            f"select set_config('carsi.actor', ({of('ada')})::text, true);"
            "insert into ledger_account (code, name_en, name_es, retired)"
            " values ('OLD', 'Old', 'Vieja', false);"
            "delete from ledger_account where code = 'OLD';"
            "insert into ledger_account (id, code, name_en, name_es, retired)"
            " values (currval('ledger_account_id_seq'), 'NEW', 'New', 'Nueva', false)"
        )
        assert sentences_about_rows(ROLE) == []


@pytest.mark.usefixtures("owner")
def test_every_table_that_keeps_a_history_is_compared_with_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " where t.tgfoid = 'rules.keep_history()'::regprocedure"
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("select pg_get_functiondef('rules.verify_history()'::regprocedure)")
        (compared,) = cursor.fetchone()
    assert len(tables) >= 8
    assert [name for name in tables if f"'{name}'" not in compared] == []


@pytest.mark.usefixtures("owner")
def test_what_can_not_be_computed_is_said_and_the_rest_goes_on() -> None:
    run("drop function rules.verify_chain() cascade; alter table ledger_head rename to other")
    said = found()
    assert any("rules.verify_chain()" in one and WORDS["not computed"] in one for one in said)
    assert any("table public.ledger_head is missing" in one for one in said)


def verify(database: str, **options: Any) -> tuple[str, str, str]:
    """Run the command as the owner; return what it prints, what it says, and how it ends."""
    printed, said = StringIO(), StringIO()
    with databases.speaking_to(databases.owner_of(database)):
        try:
            call_command("verify_ledger", stdout=printed, stderr=said, **options)
        except CommandError as error:
            return printed.getvalue(), said.getvalue(), str(error)
    return printed.getvalue(), said.getvalue(), ""


def test_the_command_says_what_it_checks_and_what_it_found(whole: str) -> None:
    printed, said, failure = verify(whole)
    assert printed.startswith(f"Verified: {MOVE} versions, ")
    assert said.startswith(
        f"Checking: release\nChecking: schema\nChecking: files of versions 1 to {MOVE}\n"
    )
    assert not failure
    assert verify(whole, verbosity=0)[1] == ""


def test_the_command_fails_with_the_first_version(
    whole: str, templates: Templates, worker_id: str
) -> None:
    name = f"{databases.prefix(worker_id)}_altered"
    databases.make_limited(name, templates.sourced)
    with databases.speaking_to(databases.owner_of(name)):
        run_unguarded(
            "update ledger_entry set amount = 613000.01 where amount = 613000;"
            "update ledger_posting set reason = 'another' where version = 9"
        )
    printed, said, failure = verify(name, verbosity=0)
    databases.remove(name)
    assert printed == ""
    assert f"version 7: {WORDS['entries']}\n" in said
    assert f"version 9: {WORDS['chain']}\n" in said
    assert failure == "The ledger does not verify: version 7 is the first that fails."


@pytest.fixture
def may_speak(django_db_blocker: Any) -> Iterator[None]:
    """Let Django speak to a database that the test makes itself."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.usefixtures("may_speak")
def test_everybody_posts_and_edits_while_it_reads_one_moment(
    templates: Templates, worker_id: str
) -> None:
    name = f"{databases.prefix(worker_id)}_busy"
    databases.make_limited(name, templates.sourced)
    role = databases.application_of(name)
    with databases.speaking_to(role):
        ana, pablo = factories.analyst(username="ana"), factories.approver(username="pablo")
        bea = factories.analyst(is_administrator=True)
        money = factories.funded()
        kept, left = factories.batch(ana), factories.batch(ana)
        for draft in (kept, left):
            new = factories.commitment(draft, appropriation=money)
            factories.line(draft, new, Stage.COMMITTED, 1_000)
    with databases.speaking_to(databases.owner_of(name)), verifying.snapshot():
        assert verifying.problems(role.user) == []
        with psycopg.connect(role.conninfo(), options="-c lock_timeout=5s") as session:
            session.autocommit = True
            work(session, ana, pablo, bea, kept.pk, left.pk)
        assert verifying.problems(role.user) == []
        with pytest.raises(InternalError, match="read-only"):
            run("update ledger_head set version = 0")
    assert verify(name)[2] == ""
    databases.remove(name)


def work(
    session: psycopg.Connection, ana: User, pablo: User, bea: User, kept: int, left: int
) -> None:
    """Do all that the desk does, in sessions that wait for no lock."""

    def call(who: User, verb: str, *values: Any) -> Any:
        with acting(session, who):
            return value(session, f"select rules.{verb}", *values)

    with acting(session, ana):
        session.execute("update ledger_batch set title = 'Renamed' where id = %s", [kept])
        session.execute("update ledger_line set amount = 900 where batch_id = %s", [kept])
        session.execute("update ledger_commitment set title = 'New' where introduced_by_id = %s",
                        [kept])  # fmt: skip
        session.execute("update ledger_country set name_es = 'Otro' where code = 'PA'")
        session.execute("insert into ledger_organization (code, name_en, name_es, retired)"
                        " values ('New', 'New', 'Nueva', false)")  # fmt: skip
    call(ana, "submit(%s)", kept)
    call(ana, "withdraw(%s)", kept)
    call(ana, "submit(%s)", kept)
    call(pablo, "send_back(%s, 'why?')", kept)
    call(ana, "submit(%s)", kept)
    version = call(pablo, "post(%s, rules.batch_digest(%s))", kept, kept)
    reversal = call(ana, "reverse(%s, 'Back', 'By mistake')", version)
    call(ana, "submit(%s)", reversal)
    call(pablo, "post(%s, rules.batch_digest(%s))", reversal, reversal)
    call(pablo, "countersign(2, '')")
    call(bea, "hand_over(%s, %s)", ana.pk, bea.pk)
    call(ana, "discard(%s)", left)
