"""Codes of lists that others keep: written as those write them, and beside the ledger."""

import psycopg
import pytest
from django.core.exceptions import ValidationError

from carsi_tracker.ledger.models import Account, Appropriation, Change, LedgerHead
from carsi_tracker.ledger.models.funding import available_until
from tests import factories
from tests.ledger.attack import refused, run, value
from tests.ledger.conftest import Ledger

TAKEN = [
    ("account", "federal_account", "011-1037"),
    ("appropriation", "treasury_account", "011-2008/2009-1037-000"),
    ("appropriation", "treasury_account", "011-X-1037-000"),
    ("appropriation", "available_until", "2008-02-29"),
    ("appropriation", "available_until", "FY2009"),
    ("appropriation", "available_until", "no-year"),
    ("programmingarea", "dac_sector", "15130"),
    ("organization", "iati_identifier", "US-GOV-11"),
    ("organization", "iati_type", "40"),
]
REFUSED = [
    ("account", "federal_account", "11-1037"),
    ("account", "federal_account", "0111037"),
    ("account", "federal_account", "011-103٣"),
    ("appropriation", "treasury_account", "011-1037"),
    ("appropriation", "treasury_account", "011-2008-1037-000"),
    ("appropriation", "available_until", "2009-02-29"),
    ("appropriation", "available_until", "1989-09-30"),
    ("appropriation", "available_until", "today"),
    ("appropriation", "available_until", "FY1989"),
    ("appropriation", "available_until", "2009"),
    ("programmingarea", "dac_sector", "1513"),
    ("programmingarea", "dac_sector", "01513"),
    ("organization", "iati_identifier", "US-GOV-11?"),
    ("organization", "iati_identifier", "State"),
    ("organization", "iati_type", "12"),
]


def test_a_code_is_taken_as_its_list_writes_it_and_refused_otherwise(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    administrator = factories.administrator()
    factories.area(), factories.organization()
    for table, column, code in TAKEN:
        run(application, administrator, f"update ledger_{table} set {column} = '{code}'")
        assert value(application, f"select {column} from ledger_{table} limit 1") == code
    for table, column, code in REFUSED:
        with refused("code_of_another_list"):
            run(application, administrator, f"update ledger_{table} set {column} = '{code}'")


def test_a_form_and_the_database_take_the_same(ledger: Ledger) -> None:
    for codes, taken in ((TAKEN, True), (REFUSED, False)):
        for written in (code for _, column, code in codes if column == "available_until"):
            if taken:
                available_until(written)
            else:
                with pytest.raises(ValidationError):
                    available_until(written)


def test_treasurys_words_of_a_posted_appropriation_are_corrected_beside_the_checksum(
    ledger: Ledger, application: psycopg.Connection
) -> None:
    administrator, before = factories.administrator(), LedgerHead.objects.get().checksum
    change = "update ledger_appropriation set treasury_account = '011-X-1037-000'"
    run(application, administrator, f"{change} where id = {ledger.appropriation.pk}")
    kept = Change.objects.filter(table="ledger_appropriation", row=ledger.appropriation.pk).last()
    assert kept
    assert kept.after
    assert kept.after["treasury_account"] == "011-X-1037-000"
    assert LedgerHead.objects.get().checksum == before
    assert value(application, "select count(*) from rules.verify()") == 0
    with refused("frozen"):
        run(application, administrator, f"{change}, fiscal_year = fiscal_year + 1")


def test_they_are_empty_unless_somebody_says_them(ledger: Ledger) -> None:
    assert Account.objects.get(pk=ledger.appropriation.account_id).federal_account == ""
    said = Appropriation.objects.values("treasury_account", "available_until")
    assert {text for row in said for text in row.values()} == {""}
