"""Where the database is, and as whom: by environment and by command."""

import subprocess
import sys

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from carsi_tracker.database import address
from carsi_tracker.database.address import DatabaseAddress
from carsi_tracker.local import postgresql, secret
from tests.database.conftest import Checkout, clean_environment
from tests.sourced import ENTRIES


def test_an_address_is_written_as_psql_takes_it() -> None:
    written = DatabaseAddress("db.example", "5433", "carsi", "app", "p@ss/word").url
    assert written == "postgresql://app:p%40ss%2Fword@/carsi?host=db.example&port=5433"
    assert DatabaseAddress.parse(written, "X") == DatabaseAddress(
        "db.example", "5433", "carsi", "app", "p@ss/word"
    )


def test_an_address_may_name_several_servers_of_which_one_takes_writes() -> None:
    of_both = DatabaseAddress.parse(
        "postgresql://app@one:5433,two:5434/carsi?target_session_attrs=read-write", "X"
    )
    assert conninfo_to_dict(of_both.conninfo()) == conninfo_to_dict(of_both.url) | {
        "host": "one,two", "port": "5433,5434", "target_session_attrs": "read-write",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["mysql://a@b/c", "postgresql://", "nonsense", "postgresql:///x"])
def test_what_is_no_address_is_said_with_the_name_of_the_variable(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", text)
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is no address such as [^\n]+$"):
        address.application()


def test_both_roles_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss@h/d")
    assert not address.is_embedded()
    assert (address.application().user, address.owner().user) == ("app", "boss")


def test_replicas_are_separated_by_commas_or_blanks_and_hosts_of_one_by_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    written = " postgresql://app@h1/d,postgresql://app@h2,postgres-3/d, \n postgresql://app@h4/d,"
    monkeypatch.setenv("DATABASE_REPLICA_URLS", written)
    assert [each.host for each in address.replicas()] == ["h1", "h2,postgres-3", "h4"]
    named = address.django_databases()
    assert list(named) == ["default", "replica-1", "replica-2", "replica-3"]
    assert "default_transaction_read_only=on" in named["replica-1"]["OPTIONS"]["options"]
    assert "read_only" not in named["default"]["OPTIONS"]["options"]


def test_a_replica_is_only_read_whatever_options_its_address_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    written = "postgresql://app:p%2C%40ss@[::1]:5433/d?options=-c%20work_mem%3D8MB"
    monkeypatch.setenv("DATABASE_REPLICA_URLS", written)
    named = address.django_databases()["replica-1"]
    assert (named["HOST"], named["PORT"], named["PASSWORD"]) == ("::1", "5433", "p,@ss")
    for option in ("default_transaction_read_only=on", "lock_timeout=5s", "work_mem=8MB"):
        assert f"-c {option}" in named["OPTIONS"]["options"]


def test_a_replica_without_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    monkeypatch.setenv("DATABASE_REPLICA_URLS", "postgresql://app@h1/d replica2")
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_REPLICA_URLS is no address such"):
        address.replicas()


def test_without_the_owner_s_address_its_commands_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(ImproperlyConfigured, match="set DATABASE_OWNER_URL beside DATABASE_URL"):
        address.owner()


def test_outside_of_the_embedded_server_a_secret_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/d")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        secret.secret_key()


def test_a_command_that_needs_the_owner_ends_with_one_sentence(checkout: Checkout) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=checkout.folder,
        env=clean_environment(DATABASE_URL="postgresql://app@h/d", SECRET_KEY="x"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == (
        "This needs the owner of the database: set DATABASE_OWNER_URL beside DATABASE_URL.\n"
    )


def test_the_addresses_printed_are_those_in_use(checkout: Checkout) -> None:
    with checkout.serving() as run:
        run.until("their passwords are in")
        for words, role in (((), postgresql.APPLICATION), (("--owner",), postgresql.OWNER)):
            printed = checkout.manage("database_address", *words)
            assert not printed.stderr
            with psycopg.connect(printed.stdout.strip()) as session:
                found = session.execute("select current_user, count(*) from ledger_entry")
                assert found.fetchone() == (role, ENTRIES)
