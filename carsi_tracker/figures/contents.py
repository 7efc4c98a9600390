"""What a batch says in whole: its amounts by stage, and of what, where and by which source."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from carsi_tracker.database.reading import connection
from carsi_tracker.ledger.models import Appropriation, Country, Document, Stage

CONTENTS = """
    select
        l.batch_id, l.stage, sum(l.amount), count(*),
        array_agg(distinct l.appropriation_id),
        array_remove(array_agg(distinct c.country_id), null),
        array_agg(distinct l.document_id)
    from ledger_line l
    left join ledger_commitment c on c.id = l.commitment_id
    where l.batch_id = any(%s)
    group by l.batch_id, l.stage
"""


@dataclass(frozen=True)
class BatchContents:
    """What the lines of a batch say together, in U.S. dollars.

    `amounts` are the stages that have lines, in their order, each with its sum, which may be zero;
    the others are in the order in which people choose them.
    """

    lines: int
    amounts: dict[Stage, Decimal]
    appropriations: list[Appropriation]
    countries: list[Country]
    documents: list[Document]


def contents(batches: Iterable[int]) -> dict[int, BatchContents]:
    """Return what batches say, by their ids; asks the database four times, however many."""
    wanted = list(batches)
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    counts: dict[int, int] = defaultdict(int)
    used: dict[int, list[set[int]]] = defaultdict(lambda: [set(), set(), set()])
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS, [wanted])
        for batch, stage, amount, count, *of in cursor.fetchall():
            sums[batch][stage] = amount
            counts[batch] += count
            for ids, more in zip(used[batch], of, strict=True):
                ids.update(more)
    every = [set().union(*ids) for ids in zip(*used.values(), strict=True)] or [set()] * 3
    rows: list[list[Any]] = [
        list(Appropriation.objects.select_related("account").filter(pk__in=every[0])),
        list(Country.objects.filter(pk__in=every[1])),
        list(Document.objects.filter(pk__any_of=every[2]).order_by("title")),
    ]
    return {
        batch: BatchContents(
            counts[batch],
            {stage: sums[batch][stage] for stage in Stage if stage in sums[batch]},
            *(_of(kind, ids) for kind, ids in zip(rows, used[batch], strict=True)),
        )
        for batch in wanted
    }


def _of(rows: list[Any], ids: Collection[int]) -> Any:
    return [row for row in rows if row.pk in ids]
