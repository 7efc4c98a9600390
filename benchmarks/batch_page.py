"""The page of a long batch against that of a short one, as an analyst opens it."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from benchmarks import ledgers
from benchmarks.size import either
from benchmarks.table import Row

FEW, MANY = 10, either(1000, 20)
ROUNDS = either(21, 1)


def measure(folder: Path) -> list[Row]:
    """Compare the seconds in which both pages are answered, in turns."""
    ledger = ledgers.make(folder, "batch_page")
    with ledgers.speaking_to(ledger.application):
        from django.test import Client

        from carsi_tracker.accounts.models import User

        analyst = User.objects.create_user("analyst", is_analyst=True)
        client = Client(SERVER_NAME="localhost")
        client.force_login(analyst)
        pages = [_page_of_a_batch(analyst, lines) for lines in (FEW, MANY)]
        for page in pages:
            _seconds(client, page)
        rounds = [[_seconds(client, page) for page in pages] for _ in range(ROUNDS)]
    few, many = (sorted(each)[ROUNDS // 2] * 1000 for each in zip(*rounds, strict=True))
    return [
        Row(
            f"page of a batch of {MANY:,} lines against {FEW}",
            f"{many:.0f} ms",
            f"{few:.0f} ms",
            [long / short for short, long in rounds],
            "<= 2",
        )
    ]


def _page_of_a_batch(analyst: object, lines: int) -> str:
    from carsi_tracker.ledger import posting
    from carsi_tracker.ledger.models import Batch, Commitment, Document, Line

    commitments = Commitment.objects.filter(reference__startswith="CARSI-08-INCLE")
    source = Document.objects.get(key="activities-2010")
    with posting.acting(analyst):  # type: ignore[arg-type]
        batch = Batch.objects.create(title=f"{lines} lines", reason="Measured")
        Line.objects.bulk_create(
            Line(
                batch=batch,
                appropriation_id=commitment.appropriation_id,
                commitment=commitment,
                stage="committed",
                amount=Decimal("0.01"),
                effective_date=date(2010, 1, 1),
                document=source,
                basis="stated",
                note=f"line {number}",
            )
            for number, commitment in zip(range(lines), list(commitments) * lines, strict=False)
        )
    return f"/admin/ledger/batch/{batch.pk}/change/"


def _seconds(client: object, page: str) -> float:
    started = time.perf_counter()
    response = client.get(page, secure=True)  # type: ignore[attr-defined]
    if response.status_code != 200:
        raise SystemExit(f"{page} answered {response.status_code}.")
    return time.perf_counter() - started
