"""Every refusal is said in words, with what was asked, what was left and the day."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils import translation

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.refusals import KINDS, WORDS, Refused
from carsi_tracker.ledger.rules import FILES
from tests.ledger.conftest import Ledger

VERBS_KEEP = {"state_known", "version_when_posted", "submission_known"}
"""Constraints over columns that only the verbs write, so that nobody can be told of them."""


def raised() -> set[str]:
    text = "\n".join(file.read_text() for file in FILES)
    refusals = re.findall(r"(?:refuse|guard_by_verbs)\(\s*(.*?)[,)]", text, re.DOTALL)
    names = {name for words in refusals for name in re.findall(r"(?:^|then |else )'(\w+)'", words)}
    held = re.findall(r"rules\.hold\(\s*[\w.']+, '(\w+)'", text)
    return names | set(held) | set(re.findall(r"add constraint (\w+)\s+check", text)) - VERBS_KEEP


def raised_by_pages() -> set[str]:
    package = Path(settings.BASE_DIR) / "carsi_tracker"
    return {
        name
        for file in package.rglob("*.py")
        for name in re.findall(r'raise Refused\("(\w+)"', file.read_text())
    }


def test_every_rule_that_is_raised_has_words_and_no_words_are_left_over() -> None:
    assert {"not_a_draft", "balance_broken", "plain_text"} <= raised()
    assert set(WORDS) == raised() | raised_by_pages() | set(KINDS.values())


BROKEN = {
    "total": 1,
    "undo_first": [],
    "broken": [
        {
            "appropriation": "INCLE FY2008",
            "reference": None,
            "new_references": ["CARSI-08-INCLE-68"],
            "balance": "available",
            "day": "2009-09-25",
            "asked": "11500000.00",
            "left": "11010500.00",
        }
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "CARSI-08-INCLE-68, INCLE FY2008: $11,500,000.00 is more than the uncommitted "
            "balance of $11,010,500.00 on September 25, 2009. Lower the amount or change the date.",
        ),
        (
            "es",
            "CARSI-08-INCLE-68, INCLE FY2008: $11,500,000.00 es más que el saldo por comprometer "
            "de $11,010,500.00 al 25 de septiembre de 2009. Baje el monto o cambie la fecha.",
        ),
    ],
)
def test_a_broken_ceiling_is_said_in_both_languages(language: str, sentence: str) -> None:
    with translation.override(language):
        assert Refused("balance_broken", BROKEN).lines == [sentence]


def test_a_total_below_zero_is_said_with_the_day_and_what_to_undo_first() -> None:
    broken = {
        "reference": "CARSI-09-ESF-01",
        "balance": "committed",
        "day": "2009-11-17",
        "asked": "12000000.00",
        "left": "5250000.00",
    }
    undo = [{"version": 9, "title": "Agreement with Guatemala"}]
    refused = Refused("balance_broken", {"broken": [broken], "total": 3, "undo_first": undo})
    assert refused.lines == [
        "CARSI-09-ESF-01: committed would fall to −$6,750,000.00 on November 17, 2009. It "
        "cannot go below zero.",
        "And 2 more balances.",
        "Reverse first: version 9, “Agreement with Guatemala”.",
    ]


def test_an_unknown_rule_is_still_said_in_a_sentence() -> None:
    assert str(Refused("something_new")) == "The database refused this: something_new."


def test_a_refusal_can_stand_in_a_set() -> None:
    first, second = Refused("something_new"), Refused("something_new")
    assert len({first, first, second}) == 2


def test_deleting_what_is_referred_to_is_said_in_words_by_every_postgresql(ledger: Ledger) -> None:
    """PostgreSQL 18 has a code of its own for it."""
    deletion = "delete from ledger_account where id = %s"
    with (
        pytest.raises(Refused, match="Something else refers to this"),
        posting.acting(ledger.analyst),
        connection.cursor() as cursor,
    ):
        cursor.execute(deletion, [ledger.appropriation.account_id])


def test_what_waits_too_long_is_a_refusal_and_what_is_no_rule_passes(ledger: Ledger) -> None:
    with pytest.raises(Refused) as refused, posting.acting(ledger.analyst):
        run("set local statement_timeout = '10ms'", "select pg_sleep(5)")
    assert refused.value.rule == "took_too_long"
    with pytest.raises(ProgrammingError), posting.acting(ledger.analyst):
        run("select nothing")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
