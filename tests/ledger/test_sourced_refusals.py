"""What the sourced ledger refuses: more than is left on a later day, and reversing out of turn."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import (
    Batch,
    Country,
    Document,
    Organization,
    ProgrammingArea,
    Stage,
)
from carsi_tracker.ledger.refusals import Refused
from tests import factories
from tests.ledger.attack import value
from tests.ledger.conftest import Ledger
from tests.sourced import COMMITTED, NEXT, OBLIGATED, of_version


def backdated(ledger: Ledger, amount: str) -> Batch:
    """Draft CARSI-08-INCLE-68, committed on March 13, 2009."""
    draft = factories.batch(ledger.analyst)
    commitment = factories.commitment(
        draft,
        reference="CARSI-08-INCLE-68",
        appropriation=ledger.appropriation,
        area=ProgrammingArea.objects.get(code="law-enforcement"),
        country=Country.objects.get(code="regional"),
        agency=Organization.objects.get(code="State/INL"),
    )
    source = Document.objects.get(key="gao-13-295r")
    factories.line(draft, commitment, Stage.COMMITTED, amount, date(2009, 3, 13), document=source)
    return draft


def total(session: psycopg.Connection, stage: str) -> Decimal:
    return Decimal(value(session, "select sum(amount) from ledger_entry where stage = %s", stage))


def test_a_backdated_commitment_is_judged_on_every_later_day(sourced_ledger: Ledger) -> None:
    draft = backdated(sourced_ledger, "11500000.00")
    (broken,) = posting.broken_balances(draft.pk)
    assert (broken.balance, broken.day) == ("available", date(2009, 9, 25))
    assert (broken.asked, broken.left) == (Decimal("11500000.00"), Decimal("11010500.00"))
    with pytest.raises(Refused) as refusal:
        posting.submit(draft.pk, sourced_ledger.analyst)
    assert refusal.value.lines == [
        "CARSI-08-INCLE-68, INCLE FY2008: $11,500,000.00 is more than the uncommitted "
        "balance of $11,010,500.00 on September 25, 2009. Lower the amount or change the date."
    ]


def test_a_backdated_commitment_of_exactly_what_is_left_is_posted(
    sourced_ledger: Ledger, application: psycopg.Connection
) -> None:
    draft = backdated(sourced_ledger, "11010500.00")
    assert factories.posted(draft, sourced_ledger.approver) == NEXT
    assert total(application, "committed") == COMMITTED + Decimal("11010500.00")


def test_a_cent_more_than_what_is_left_is_refused(sourced_ledger: Ledger) -> None:
    with pytest.raises(Refused, match=r"\$11,010,500\.01 is more than .* \$11,010,500\.00"):
        posting.submit(backdated(sourced_ledger, "11010500.01").pk, sourced_ledger.analyst)


def test_a_version_is_reversed_once_and_what_rests_on_it_is_named(
    sourced_ledger: Ledger, application: psycopg.Connection
) -> None:
    analyst, approver = sourced_ledger.analyst, sourced_ledger.approver
    panama = posting.reverse(7, analyst, "Reversal of Panama", "Entered twice")
    with pytest.raises(Refused) as refusal:
        posting.reverse(7, analyst, "Again", "Again")
    assert refusal.value.lines == [
        f"Version 7 is being reversed already, by the batch “Reversal of Panama” ({panama})."
    ]
    assert posting.post(panama, approver, posting.submit(panama, analyst)) == NEXT
    assert total(application, "committed") == COMMITTED - of_version(7, "committed")
    assert total(application, "obligated") == OBLIGATED - of_version(7, "obligated")
    with pytest.raises(Refused) as refusal:
        posting.reverse(7, analyst, "Again", "Again")
    assert refusal.value.lines == [f"Version 7 was reversed already, by version {NEXT}."]

    law = posting.reverse(6, analyst, "Reversal of the law", "Wrong")
    with pytest.raises(Refused) as refusal:
        posting.submit(law, analyst)
    assert (
        "CARSI-09-ESF-01: committed would fall to −$6,750,000.00 on November 17, 2009. It "
        "cannot go below zero." in refusal.value.lines
    )
    assert (
        "Reverse first: version 9, “Agreement with Guatemala on community policing and crime "
        "prevention”." in refusal.value.lines
    )


def test_who_prepared_a_batch_may_not_post_it_whatever_they_are(sourced_ledger: Ledger) -> None:
    analyst = sourced_ledger.analyst
    draft = backdated(sourced_ledger, "1.00")
    digest = factories.submitted(draft)
    for field in ("is_approver", "is_administrator", "is_superuser"):
        setattr(analyst, field, True)
        analyst.save()
        with pytest.raises(Refused):
            posting.post(draft.pk, analyst, digest)
    draft.refresh_from_db()
    assert draft.state == Batch.State.SUBMITTED
