"""A verb whose transaction met another one in the wrong order tries again; no other does."""

from contextlib import suppress
from types import SimpleNamespace

import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.posting import TRIES, _tried_again
from carsi_tracker.ledger.refusals import Refused


def tries(rule: str, times: int) -> int:
    """Return how often a verb was tried that is refused so many times."""
    refusals = iter([Refused(rule)] * times)
    called = 0

    @_tried_again
    def verb() -> None:
        nonlocal called
        called += 1
        for refused in refusals:
            raise refused

    with suppress(Refused):
        verb()
    return called


def test_what_met_another_is_tried_again_a_few_times() -> None:
    assert [tries("met_another", times) for times in (0, 1, TRIES, 99)] == [1, 2, TRIES, TRIES]


def test_what_a_rule_refused_is_not_tried_again() -> None:
    assert tries("balance_broken", 99) == 1


def test_within_another_transaction_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "connection", SimpleNamespace(in_atomic_block=True))
    assert tries("met_another", 99) == 1
