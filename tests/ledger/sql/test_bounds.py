"""No row that the application role writes can hold what a page could not show."""

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from carsi_tracker.ledger.models import Batch, Stage
from tests import factories
from tests.desk.conftest import People, people  # noqa: F401 a fixture
from tests.ledger.attack import acting, run, value
from tests.ledger.conftest import Ledger
from tests.reports.addresses import EXAMPLES

TIMES = ("infinity", "-infinity", "0044-03-15 BC", "1066-10-14", "12000-01-01")
NUMBERS = ("0", "-1", "9007199254740992", "9223372036854775807")
WRITABLE = """
    select c.relname, a.attname, a.atttypid::regtype::text,
        has_column_privilege(%(role)s, c.oid, a.attnum, 'update'),
        exists (
            select from pg_constraint k
            where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)
            union all
            select from pg_trigger t
            where t.tgrelid = c.oid and t.tgfoid = 'rules.refuse_written()'::regprocedure
                and pg_get_triggerdef(t.oid) ~ format('new[.]%%I (>|<)', a.attname)
        )
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and a.attnum > 0 and not a.attisdropped
        and (a.atttypid in ('timestamptz'::regtype, 'date'::regtype) or a.attname = 'id')
        and has_column_privilege(%(role)s, c.oid, a.attnum, 'insert, update')
    order by 1, 2
"""
UNSEEN = {
    "account_emailaddress", "accounts_user_groups", "accounts_user_user_permissions",
    "mail_waitingmail", "mfa_authenticator", "monitoring_verification",
    "monitoring_witnessedversion", "socialaccount_socialaccount", "usersessions_usersession",
}  # fmt: skip
"""Tables whose own numbers no page shows or takes."""


def test_every_time_day_and_number_of_a_row_has_bounds(
    ledger: Ledger, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    columns = owner.execute(WRITABLE, {"role": application.info.user}).fetchall()
    assert len(columns) > 25
    loose = [
        (table, column)
        for table, column, _type, _updated, bounded in columns
        if not bounded and not (column == "id" and table in UNSEEN)
    ]
    assert loose == []


def test_what_is_out_of_bounds_is_refused(
    ledger: Ledger, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    draft = factories.batch(ledger.analyst)
    factories.line(draft, ledger.appropriation, Stage.APPROPRIATED, 5)
    factories.goal(), factories.organization()
    application.execute("update accounts_user set last_login = now()")
    columns = owner.execute(WRITABLE, {"role": application.info.user}).fetchall()
    tried = 0
    for table, column, kind, updated, bounded in columns:
        first = f"ctid = (select min(ctid) from {table})"
        if not (updated and bounded and value(application, f"select count(*) from {table}")):
            continue
        for odd in NUMBERS if kind in {"bigint", "integer"} else TIMES:
            with pytest.raises(psycopg.IntegrityError), acting(application, ledger.analyst):
                application.execute(f"update {table} set {column} = '{odd}' where {first}")
            tried += 1
    assert tried > 45


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("update ledger_document set url = 'javascript:alert(1)'", "address_of_the_web"),
        ("update ledger_document set language = 'xx'", "in_bounds"),
        ("update ledger_document set note = repeat('x', 10001)", "in_bounds"),
        ("update ledger_batch set reason = repeat('x', 1001) where version is null", "in_bounds"),
        (
            "insert into ledger_appropriation (fiscal_year, account_id, law_id) "
            "select 0, account_id, law_id from ledger_appropriation",
            "fiscal_year_in_range",
        ),
        (
            "insert into ledger_goal (number, name_en, name_es, retired) "
            "values (0, 'Zero', 'Cero', false)",
            "in_bounds",
        ),
        (
            "insert into mfa_authenticator (type, data, user_id, created_at) "
            "select 'odd', '{}', id, now() from accounts_user limit 1",
            "in_bounds",
        ),
        (
            "insert into mfa_authenticator (type, data, user_id, created_at) "
            "select 'totp', '{}', id, now() from accounts_user limit 1",
            "in_bounds",
        ),
        (
            "insert into accounts_event (kind, detail, happened_at) "
            "values ('signed_in', '[]', now())",
            "in_bounds",
        ),
        (
            "insert into ledger_pastehabit (person_id, shape, answers, used_at) "
            "select id, 'x', '[]', now() from accounts_user limit 1",
            "in_bounds",
        ),
        (
            "insert into ledger_upload (token, name, content, made_at, person_id) "
            "select gen_random_uuid(), 'x', '', 'infinity', id from accounts_user limit 1",
            "in_bounds",
        ),
    ],
)
def test_lengths_choices_and_new_rows_have_bounds(
    ledger: Ledger, application: psycopg.Connection, statement: str, rule: str
) -> None:
    factories.batch(ledger.analyst)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        run(application, ledger.analyst, statement)
    assert refused.value.diag.constraint_name == rule


def test_when_a_batch_began_and_how_often_it_changed_is_the_databases_to_say(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    run(
        application, ledger.analyst,
        "insert into ledger_batch (title, reason, state, revision, created_at) "
        "values ('Odd', 'Odd', 'draft', 2147483647, 'infinity')",
    )  # fmt: skip
    batch = Batch.objects.get(title="Odd")
    line = factories.line(batch, ledger.appropriation, Stage.APPROPRIATED, 5)
    run(
        application, ledger.analyst,
        "insert into ledger_line (batch_id, appropriation_id, stage, amount, effective_date, "
        "document_id, locator, basis, note, revision) select batch_id, appropriation_id, stage, "
        "amount, effective_date, document_id, '', basis, '', 2147483647 from ledger_line "
        f"where id = {line.pk}",
    )  # fmt: skip
    assert batch.created_at.year > 2000
    assert set(batch.lines.values_list("revision", flat=True)) == {0}
    run(application, ledger.analyst, f"select rules.submit({batch.pk})")
    run(application, ledger.analyst, f"select rules.withdraw({batch.pk})")


def test_forms_say_the_bounds_at_the_field() -> None:
    for made, field in (
        (factories.Appropriation(fiscal_year=32767), "fiscal_year"),
        (factories.Appropriation(fiscal_year=1), "fiscal_year"),
        (factories.Document(published_on=factories.date(1066, 10, 14)), "published_on"),
        (factories.Goal(number=0), "number"),
    ):
        with pytest.raises(ValidationError) as refused:
            made.clean_fields()
        assert field in refused.value.message_dict


EXTREMES = (
    "update ledger_document set published_on = '1800-01-01' where key like 'l%'",
    "update ledger_document set published_on = '2099-12-31' where key like 'g%'",
    "update ledger_document set note = repeat('x', 10000) where key like 'g%'",
    "update accounts_user set date_joined = '1990-01-01', last_login = '2199-12-31'",
    "update ledger_country set position = 32000 + position",
    "update ledger_programmingarea set position = 32000 + position",
    "insert into accounts_event (kind, detail, happened_at) values "
    """('refused', '{"batches": 1, "what": {"a": [{}]}, "name": [[]], "n": 1e99}', now())""",
)


def test_pages_show_what_is_just_within_the_bounds(people: People) -> None:  # noqa: F811
    fund = factories.appropriation(people.adela, fiscal_year=2100)
    batch = factories.batch(people.ana)
    factories.line(batch, fund, Stage.APPROPRIATED, 5, by=people.ana)
    with factories.posting.acting(people.adela), connection.cursor() as cursor:
        for statement in EXTREMES:
            cursor.execute(statement)
    clients = (Client(), people.analyst, people.approver, people.administrator)
    lists = ("batch", "document", "appropriation", "country", "goal", "commitment")
    desk = ["/admin/", f"/admin/ledger/batch/{batch.pk}/change/", "/admin/accounts/user/"]
    desk += ["/admin/accounts/event/"]
    desk += [f"/admin/ledger/{name}/" for name in lists]
    for client, pages in zip(clients, (EXAMPLES.values(), desk, desk, desk), strict=True):
        for page in pages:
            assert client.get(page, follow=True).status_code < 500, page
