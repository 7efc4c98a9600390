"""The ledger is verified on a timer by reading alone, and administrators hear of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from carsi_tracker.monitoring.models import Verification
from tests import factories
from tests.desk.conftest import reading

pytestmark = pytest.mark.usefixtures("sourced")


def verified(days_ago: int = 0, problems: tuple[str, ...] = ()) -> None:
    Verification.objects.create(
        finished_at=timezone.now() - timedelta(days=days_ago),
        version=17,
        place="where it is",
        problem_count=len(problems),
        problems=list(problems),
    )


def work_list_of(role: str, root: str = "") -> str:
    client = Client()
    client.force_login(getattr(factories, role)())
    return reading(client.get(f"{root}/admin/"))


def test_an_administrator_hears_of_one_that_failed_until_one_does_not() -> None:
    verified(problems=("version 3: its entries are not those of its file",))
    said = "found 1 problem. Post nothing until it is explained"
    told = work_list_of("administrator")
    assert said in told
    assert "Nothing needs your attention" not in told
    assert "encontró 1 problema. No asiente nada" in work_list_of("administrator", "/es")
    assert said not in work_list_of("approver")
    verified()
    assert "verif" not in work_list_of("administrator")


def test_an_administrator_hears_of_one_that_is_old() -> None:
    verified(days_ago=4)
    assert "The ledger was last verified on" in work_list_of("administrator")


def test_where_it_is_deployed_one_is_expected(settings: Any) -> None:
    assert "never verified" not in work_list_of("administrator")
    settings.DEPLOYED = True
    assert "The ledger has never been verified" in work_list_of("administrator")


@pytest.mark.parametrize("table", ["monitoring_verification", "monitoring_witnessedversion"])
@pytest.mark.parametrize("change", ["update {} set version = 1", "delete from {}"])
def test_the_application_can_add_what_was_found_and_not_change_it(table: str, change: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))
