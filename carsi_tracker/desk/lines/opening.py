"""The table of a draft's lines, opened as it is saved or as a form sent it."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Min, Q
from django.http import QueryDict

from carsi_tracker.desk.forms.ids import id_sent
from carsi_tracker.desk.lines.introduced import CommitmentRow, introduced
from carsi_tracker.desk.lines.rows import RowForm
from carsi_tracker.desk.lines.sheet import SheetRow
from carsi_tracker.desk.lines.table import EMPTY_ROWS, MOST_ROWS, LineTable, lines_of
from carsi_tracker.ledger.models import Batch, Commitment, Line

KEY = re.compile(r"(?:line|new|commitment|introduced)-[0-9]{1,15}", re.ASCII)
OF_COMMITMENTS = ("commitment-", "introduced-")


def table_of(
    batch: Batch, lines: Iterable[Line], newest: int, first_number: int, *, is_last: bool
) -> LineTable:
    """Return the table of saved lines, with empty rows below.

    A commitment that the draft introduces stands before the first of its lines; one that has none,
    behind all lines on the last page.
    """
    lines = list(lines)
    table = LineTable(batch, [], newest)
    first = Min("lines", filter=Q(lines__batch=batch))
    known: list[Any] = list(batch.introduces.described().annotate(first=first).order_by("pk"))
    table.newest_introduced = max((commitment.pk for commitment in known), default=0)
    by_line = {commitment.first: commitment for commitment in known if commitment.first}
    for line in lines:
        if line.pk in by_line:
            table.rows.append(table.row_of(by_line[line.pk]))
        table.rows.append(RowForm(instance=line, prefix=f"line-{line.pk}"))
    if is_last:
        without = [commitment for commitment in known if commitment.first is None]
        table.rows += map(table.row_of, without[: MOST_ROWS // 3])
    table.count_from(first_number)
    table.add_blank(EMPTY_ROWS)
    return table


def table_sent(batch: Batch, sent: QueryDict) -> LineTable:
    """Return the table as a form sent it, each row with its line where that still exists.

    A row is known by the name of its line, never by where it stands.
    """
    keys = [key for key in dict.fromkeys(sent.getlist("row")) if KEY.fullmatch(key)][:MOST_ROWS]
    lines = {
        f"line-{line.pk}": line for line in lines_of(batch).filter(pk__in=_numbers(keys, "line-"))
    }
    wanted = _numbers(keys, "commitment-")
    found = introduced(batch).filter(pk__in=wanted) if wanted else ()
    known = {f"commitment-{row.pk}": row for row in found}
    newest, introduced_last = (
        id_sent(sent.get(name, "")) or 0 for name in ("newest", "newest_introduced")
    )
    table = LineTable(batch, [], newest, introduced_last)
    for key in keys:
        if key.startswith(OF_COMMITMENTS):
            of = known.get(key) or Commitment(introduced_by=batch)
            row: SheetRow = CommitmentRow(sent, prefix=key, instance=of, offered=table.offered)
        else:
            row = RowForm(sent, prefix=key, instance=lines.get(key) or Line(batch=batch))
        table.rows.append(row)
    return table


def _numbers(keys: Iterable[str], begins: str) -> list[int]:
    return [int(key.removeprefix(begins)) for key in keys if key.startswith(begins)]
