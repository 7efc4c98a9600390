"""A published ledger is loaded by the owner alone, and only into an empty one."""

import psycopg
import pytest

from tests.ledger.attack import denied, refused, sealed
from tests.ledger.conftest import OWNER, Ledger

FORGED = {
    "load_version": (
        "select rules.load_version((select max(id) from ledger_batch), '2020-01-01', '{A}',"
        " array[(select min(id) from accounts_user)], 'A', (select min(id) from accounts_user),"
        " '', '')"
    ),
    "load_countersignature": (
        "select rules.load_countersignature(1, (select min(id) from accounts_user), 'A', now(), '')"
    ),
    "note_loaded": "select rules.note_loaded()",
}


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_the_application_cannot_load(application: psycopg.Connection, attack: str) -> None:
    with denied():
        application.execute(attack)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_the_application_cannot_load_whatever_it_was_granted(
    application: psycopg.Connection, owner: psycopg.Connection, attack: str
) -> None:
    owner.execute(
        f"grant execute on all functions in schema rules to {application.info.user};"
        f"grant all on all tables in schema public to {application.info.user}"
    )
    with refused("loaded_by_owner"):
        application.execute(attack)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("login", ["application", "granted"])
def test_the_application_cannot_say_that_a_version_was_loaded(
    session: psycopg.Connection, login: str
) -> None:
    with sealed(login, "version_is_final"):
        session.execute("update ledger_posting set loaded_at = now()")


def test_nothing_is_loaded_behind_what_was_posted(
    ledger: Ledger, owner: psycopg.Connection
) -> None:
    assert owner.info.user == OWNER
    with refused("loaded_into_empty"):
        owner.execute(FORGED["load_version"])
    assert ledger.appropriation.first_version == 1
