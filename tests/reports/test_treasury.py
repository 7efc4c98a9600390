"""Treasury's words of an appropriation: shown and downloaded where a document says them."""

import csv
import io

import pytest
from django.test import Client

from carsi_tracker.ledger.models import Account, Appropriation
from carsi_tracker.ledger.posting import acting
from tests import factories

pytestmark = pytest.mark.usefixtures("sourced")

PAGE = "/appropriations/2008-esf/"


def say(until: str) -> None:
    esf = Appropriation.objects.get(fiscal_year=2008, account__code="ESF")
    with acting(factories.administrator(), "A document says so"):
        Account.objects.filter(pk=esf.account_id).update(federal_account="011-1037")
        Appropriation.objects.filter(pk=esf.pk).update(
            treasury_account="011-2008/2009-1037-000", available_until=until
        )


def rows(client: Client) -> dict[tuple[str, str], dict[str, str]]:
    answer = client.get("/tables/appropriations.csv")
    read = csv.DictReader(io.StringIO(answer.getvalue().decode()))
    assert list(read.fieldnames or [])[-3:] == [
        "federal_account", "treasury_account", "available_until"
    ]  # fmt: skip
    return {(row["fiscal_year"], row["account"]): row for row in read}


@pytest.mark.parametrize(
    ("until", "english", "spanish"),
    [
        ("2009-09-30", "September 30, 2009", "30 de septiembre de 2009"),
        ("FY2009", "the end of fiscal year 2009", "fin del año fiscal 2009"),
        ("no-year", "no year: without end", "sin límite de años"),
    ],
)
def test_an_appropriation_shows_them_in_both_languages_and_its_table_has_them(
    client: Client, until: str, english: str, spanish: str
) -> None:
    assert "Treasury account symbol" not in client.get(PAGE).content.decode()
    assert set(rows(client)["2008", "ESF"].values()) >= {""}
    say(until)
    page = client.get(PAGE).content.decode()
    assert "011-1037" in page
    assert "011-2008/2009-1037-000" in page
    assert english in page
    assert spanish in client.get(f"/es{PAGE}").content.decode()
    row = rows(client)["2008", "ESF"]
    assert (row["federal_account"], row["available_until"]) == ("011-1037", until)
    assert rows(client)["2008", "FMF"]["federal_account"] == ""
