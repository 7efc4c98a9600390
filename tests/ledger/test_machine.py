"""Rules hold and figures agree after each step of random work on the desk.

`LEDGER_MACHINE=long` works longer, and differently each time.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test as run_machine

from carsi_tracker.ledger.models import Posting
from tests.ledger.machine import Desk

LONG = os.environ.get("LEDGER_MACHINE") == "long"


@pytest.mark.usefixtures("django_speaks_as_application")
def test_random_work_keeps_every_rule_and_every_figure() -> None:
    Desk.refused.clear()
    run_machine(
        Desk,
        settings=settings(
            max_examples=200 if LONG else 50,
            stateful_step_count=60 if LONG else 30,
            deadline=None,
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(Desk.refused) >= 9, "the work ran into few rules"
    assert Desk.refused["balance_broken"]
    assert Posting.objects.count() > 100
    assert Posting.objects.filter(reverses__isnull=False).exists()
