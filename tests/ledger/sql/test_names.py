"""A thing is named once, however it is written; no code is `none`."""

from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from psycopg.errors import CheckViolation, UniqueViolation

from carsi_tracker.imports.spelling import LOOKALIKES
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

ALIKE = [
    "state/inl", "STATE/INL", "State/\u0406NL", "St\u0430te/INL", "State/INL", "State / INL",
    "State\u2060/INL", "State/\u3164INL", "State\u00a0/INL",
]  # fmt: skip


def add(ledger: Ledger, session: psycopg.Connection, code: str, name: str = "x") -> None:
    run(
        session, factories.administrator(),
        "insert into ledger_organization (code, name_en, name_es, retired) "
        "values (%s, %s, %s, false)", code, name, name,
    )  # fmt: skip


def test_a_name_that_only_looks_different_is_refused_and_names_the_one_there_is(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    add(ledger, application, "State/INL", "Bureau of Narcotics, Panamá")
    for code in ALIKE:
        with refused("name_taken", written=code, taken="State/INL"):
            add(ledger, application, code, "another")
    for name in ("BUREAU OF NARCOTICS, PANAMÁ", "Bureau of Narcotics, Panama\u0301"):
        with refused("name_taken", written=name, taken="Bureau of Narcotics, Panamá"):
            add(ledger, application, "another", name)
    add(ledger, application, "State/WHA", "Bureau of Narcotics, Panama")


def test_the_index_refuses_where_the_guard_saw_nothing(
    ledger: Ledger, owner: psycopg.Connection, application: psycopg.Connection
) -> None:
    add(ledger, application, "State/INL", "one")
    owner.execute("alter table ledger_organization disable trigger name_taken")
    with pytest.raises(UniqueViolation):
        add(ledger, application, "state/inl", "two")


def test_no_code_is_none(ledger: Ledger, application: psycopg.Connection) -> None:
    for code in ("none", "NONE", "None", "\uff4eone", "n\u043ene", "no\u200dne"):
        with refused("code_but_none"):
            add(ledger, application, code)
    for table, written in (("account", "NONE"), ("programmingarea", "none")):
        with refused("code_but_none"):
            run(
                application, factories.administrator(),
                f"insert into ledger_{table} (code, name_en, name_es, retired"
                + (", position" if table == "programmingarea" else "")
                + ") values (%s, 'x', 'x', false"
                + (", 99" if table == "programmingarea" else "") + ")", written,
            )  # fmt: skip


def test_letters_that_look_alike_in_an_import_are_one_in_the_database(
    owner: psycopg.Connection,
) -> None:
    for other, plain in LOOKALIKES.items():
        said = value(
            owner,
            "select name_key(%s) = name_key(%s)",
            chr(other),
            chr(plain) if isinstance(plain, int) else plain,
        )
        assert said, f"U+{other:04X}"


def test_a_database_that_has_two_of_a_name_is_brought_up_to_date_and_told(
    owner: psycopg.Connection, django_speaks_as_owner: None
) -> None:
    owner.execute("alter table ledger_organization disable trigger user")
    owner.execute("drop index ledger_organization_code_once")
    for number, code in enumerate(("State/INL", "state/inl", "co\ufffeop")):
        owner.execute(
            "insert into ledger_organization (code, name_en, name_es, retired) "
            "values (%s, %s, %s, false)", [code, f"name {number}", f"nombre {number}"],
        )  # fmt: skip
    told = StringIO()
    call_command("migrate", apply_rules=True, verbosity=0, stderr=told)
    assert "These names are one: State/INL, state/inl." in told.getvalue()
    assert "1 plain_text of ledger_organization (" in told.getvalue()
    with pytest.raises(CheckViolation):
        owner.execute(
            "insert into ledger_organization (code, name_en, name_es, retired) "
            "values ('STATE/inl', 'x', 'x', false)"
        )
    owner.execute("alter table ledger_organization disable trigger user")
    owner.execute("delete from ledger_organization where code in ('state/inl', 'co\ufffeop')")
    told = StringIO()
    call_command("migrate", apply_rules=True, verbosity=0, stderr=told)
    assert told.getvalue() == ""
    assert value(owner, "select to_regclass('ledger_organization_code_once') is not null")
