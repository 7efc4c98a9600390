"""Rows that are alike, in a file and in the batches there are: each is found again once."""

from carsi_tracker.ledger.models import Line
from tests.imports.conftest import Way, rows

OF_LEDGER = ("title", "fiscal_year", "account", "area", "country", "goal", "agency", "partner")
SAME = {"reference": "CARSI-08-INCLE-03", "amount_usd": "1.00"} | dict.fromkeys(OF_LEDGER, "")
OTHER = SAME | {"amount_usd": "2.00"}


def test_rows_alike_are_found_again_each_once(upload: Way) -> None:
    assert upload("a.csv", rows(SAME, SAME, OTHER)).batch
    outcome = upload("b.csv", rows(OTHER, SAME, SAME, SAME), new=True)
    assert "3 of 4 rows are already in the batch" in outcome.said
    more = upload("c.csv", rows(SAME, SAME, SAME, SAME, SAME | {"amount_usd": "3.00"}), new=True)
    assert "3 of 5 rows are already in the batch" in more.said
    assert "2 of 5 rows are already in the batch" in more.said


def test_thousands_of_rows_alike_are_found_again(command: Way) -> None:
    content = rows(OTHER, *[SAME] * 3_000)
    first = command("a.csv", content)
    assert first.batch
    assert Line.objects.filter(batch=first.batch).count() == 3_001
    assert "3001 of 3001 rows are already in the batch" in command("b.csv", content).said
