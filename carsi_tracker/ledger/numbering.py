"""References of commitments, as they are made for whoever leaves them out."""

from django.db import connection

from carsi_tracker.ledger.models import Appropriation


def next_reference(appropriation: Appropriation) -> str:
    """Return the next free CARSI-<yy>-<ACCOUNT>-<nn> of an appropriation.

    Locks the appropriation to the end of the transaction, so that two people who ask at the same
    moment are given different ones.
    """
    locked = Appropriation.objects.select_related("account").select_for_update(
        of=("self",), no_key=True
    )
    of = locked.get(pk=appropriation.pk)
    prefix = f"CARSI-{of.fiscal_year % 100:02d}-{of.account.code}-"
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select coalesce(max(substring(reference from '[0-9]+$')::integer), 0) + 1
            from ledger_commitment where reference ~ ('^' || %s || '[0-9]{1,6}$')
            """,
            [prefix],
        )
        (number,) = cursor.fetchone()
    return f"{prefix}{number:02d}"
