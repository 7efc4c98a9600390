"""How people get in: whoever changes it by SQL, the audit trail tells, with no way round it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from carsi_tracker.accounts.models import User
from tests.ledger.attack import acting, denied
from tests.ledger.conftest import Ledger

Told = list[tuple[str, int | None, dict[str, Any]]]

AS_IT_STANDS = (
    "insert into mfa_authenticator (user_id, type, data, created_at) values ({0}, 'totp',"
    ' \'{{"secret": "x"}}\', now())',
    "insert into mfa_authenticator (user_id, type, data, created_at)"
    """ values ({0}, 'recovery_codes', '{{"seed": "x", "used_mask": 0}}', now())""",
    "insert into django_session values ('key', 'data', now() + interval '1 hour')",
    "insert into django_session values ('old', 'data', now() - interval '1 hour')",
    "insert into usersessions_usersession (user_id, session_key, ip, user_agent, data, created_at,"
    " last_seen_at) select {0}, key, '127.0.0.1', '', '{{}}', now(), now()"
    " from unnest(array['key', 'old']) key",
)
"""A person's second factor and its codes, a session that goes on and one that ran out."""


@pytest.fixture
def ana(ledger: Ledger, application: psycopg.Connection) -> User:
    for statement in AS_IT_STANDS:
        application.execute(statement.format(ledger.analyst.pk))
    return ledger.analyst


@pytest.fixture
def told(application: psycopg.Connection, ana: User) -> Callable[..., Told]:
    """Give what runs a statement about a person, and returns what the trail then tells of them."""

    def run(statement: str, by: User | None = None) -> Told:
        row = application.execute("select max(id) from accounts_event").fetchone()
        if by:
            with acting(application, by):
                application.execute(statement.format(ana.pk))
        else:
            application.execute(statement.format(ana.pk))
        return application.execute(
            "select kind, actor_id, detail from accounts_event"
            " where id > %s and person_id = %s order by id",
            [*(row or ()), ana.pk],
        ).fetchall()

    return run


ENDED = ("sessions_ended", None, {"sessions": 1})


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        (
            "delete from mfa_authenticator where user_id = {0} and type = 'totp'",
            [("second_factor", None, {"removed": "totp"}), ENDED],
        ),
        (
            "delete from mfa_authenticator where user_id = {0} and type = 'recovery_codes'",
            [("second_factor", None, {"removed": "recovery_codes"})],
        ),
        (
            """insert into mfa_authenticator (user_id, type, data, created_at)
            values ({0}, 'webauthn', '{{"name": "", "credential": {{}}}}', now())""",
            [("second_factor", None, {"added": "webauthn"}), ENDED],
        ),
        (
            """update mfa_authenticator set data = '{{"secret": "mine"}}'
            where user_id = {0} and type = 'totp'""",
            [("second_factor", None, {"renewed": "totp"})],
        ),
        (
            """update mfa_authenticator set type = 'webauthn',
                data = data || '{{"name": "", "credential": {{}}}}'
            where user_id = {0} and type = 'totp'""",
            [("second_factor", None, {"renewed": "webauthn"}), ENDED],
        ),
        (
            """update mfa_authenticator set data = data || '{{"used_mask": 5}}'
            where user_id = {0} and type = 'recovery_codes'""",
            [("second_factor", None, {"used": "recovery_codes"})],
        ),
        (
            """update mfa_authenticator set user_id = (select max(id) from accounts_user)
            where user_id = {0} and type = 'totp'""",
            [("second_factor", None, {"removed": "totp"}), ENDED],
        ),
        ("update mfa_authenticator set last_used_at = now() where user_id = {0}", []),
        (
            """merge into mfa_authenticator m using (select {0}::bigint as person) p
            on m.user_id = p.person and m.type = 'totp' when matched then delete""",
            [("second_factor", None, {"removed": "totp"}), ENDED],
        ),
        ("delete from django_session where session_key = 'key'", [ENDED]),
        ("delete from django_session", [ENDED]),
        ("delete from django_session where session_key = 'old'", []),
        ("update django_session set expire_date = now() - interval '1 day'", [ENDED]),
        (
            "update django_session set session_key = 'another' where session_key = 'key'",
            [ENDED],
        ),
        ("update django_session set expire_date = now() + interval '2 hours'", []),
        ("delete from usersessions_usersession where user_id = {0}", [ENDED]),
        ("update usersessions_usersession set session_key = 'x' || session_key", [ENDED]),
        ("update usersessions_usersession set last_seen_at = now()", []),
        (
            "update accounts_user set password = 'mine' where id = {0}",
            [("password_changed", None, {}), ENDED],
        ),
        (
            "update accounts_user set is_approver = true where id = {0}",
            [("person_changed", None, {"is_approver": [False, True]}), ENDED],
        ),
        (
            "update accounts_user set is_superuser = true where id = {0}",
            [("person_changed", None, {"is_superuser": [False, True]}), ENDED],
        ),
        (
            "update accounts_user set must_change_password = true where id = {0}",
            [("person_changed", None, {"must_change_password": [False, True]})],
        ),
    ],
)
def test_what_changes_how_somebody_gets_in_is_noted_whoever_does_it(
    told: Callable[..., Told], attack: str, expected: Told
) -> None:
    # The two notes of one statement come in the order of the triggers' names.
    assert sorted(told(attack), key=str) == sorted(expected, key=str)


def test_who_acts_is_named_where_the_transaction_names_them(
    told: Callable[..., Told], ana: User, ledger: Ledger
) -> None:
    noted = told("delete from mfa_authenticator where user_id = {0}", by=ledger.approver)
    assert {actor for _kind, actor, _detail in noted} == {ledger.approver.pk}


def test_a_change_of_what_lets_somebody_in_leaves_the_session_in_which_they_make_it(
    application: psycopg.Connection, ana: User
) -> None:
    with acting(application, ana):
        application.execute("select set_config('carsi.session', 'key', true)")
        application.execute("update accounts_user set password = 'x' where id = %s", [ana.pk])
    kept = application.execute("select session_key from usersessions_usersession").fetchall()
    assert kept == [("key",)]


def test_who_signs_out_is_not_told_to_have_been_ended(
    told: Callable[..., Told], application: psycopg.Connection, ana: User
) -> None:
    with application.transaction():
        application.execute(
            "insert into accounts_event (kind, actor_id, detail, happened_at)"
            " values ('signed_out', %s, '{}', now())",
            [ana.pk],
        )
        assert told("delete from django_session") == []


@pytest.mark.parametrize(
    "attack",
    [
        "truncate mfa_authenticator",
        "truncate django_session",
        "truncate accounts_user cascade",
        "alter table mfa_authenticator disable trigger all",
        "alter table django_session disable trigger user",
        "drop trigger note on mfa_authenticator",
        "set session_replication_role = replica",
        "select rules.note_second_factor()",
        "select rules.end_sessions(1)",
        "select rules.note_sessions_ended('{key}')",
    ],
)
def test_the_application_role_has_no_way_round_it(
    application: psycopg.Connection, ana: User, attack: str
) -> None:
    with denied():
        application.execute(attack)


def test_what_copy_brings_in_is_noted_too(
    application: psycopg.Connection, told: Callable[..., Told], ana: User, ledger: Ledger
) -> None:
    columns = "user_id, type, data, created_at"
    with application.cursor().copy(f"copy mfa_authenticator ({columns}) from stdin") as rows:
        rows.write_row((ledger.approver.pk, "totp", '{"secret": "x"}', "2026-11-29"))
    noted = application.execute(
        "select detail from accounts_event where person_id = %s order by id desc limit 1",
        [ledger.approver.pk],
    ).fetchone()
    assert noted == ({"added": "totp"},)


def test_nobody_is_deleted_together_with_what_is_noted_of_them(
    application: psycopg.Connection, ana: User
) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation), application.transaction():
        application.execute("delete from mfa_authenticator")
        application.execute("delete from usersessions_usersession")
        application.execute("delete from accounts_user where id = %s", [ana.pk])
        application.execute("set constraints all immediate")
