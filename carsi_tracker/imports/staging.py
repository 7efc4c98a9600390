"""What a file brings, held in a temporary table until it is entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import ngettext
from psycopg import sql

from carsi_tracker.imports.errors import LINES_APART
from carsi_tracker.imports.interpreting import LineAmount

ENTER = """
    insert into ledger_line (
        batch_id, appropriation_id, commitment_id, stage, amount, effective_date, document_id,
        locator, basis, note, quote, revision
    )
    select
        %(batch)s, coalesce(i.appropriation_id, c.appropriation_id), c.id, i.stage, i.amount,
        i.effective_date, i.document_id, i.locator, i.basis, i.note, i.quote, 0
    from incoming i
    left join ledger_commitment c on c.reference = i.reference
    order by i.row %% %(apart)s, i.row
"""

# Rows that another batch has already: of rows and lines that are the same, the first is the first,
# the second the second, so that each counts once and many of them cost no more than others.
PRESENT = """
    with ours as (
        select
            i.row, a.id as appropriation, coalesce(c.id, 0) as commitment, i.stage, i.amount,
            i.effective_date, i.document_id, i.locator, i.note,
            row_number() over (
                partition by a.id, c.id, i.stage, i.amount, i.effective_date, i.document_id,
                    i.locator, i.note
                order by i.row
            ) as nth
        from incoming i
        left join ledger_commitment c on c.reference = i.reference
        join ledger_appropriation a on a.id = coalesce(i.appropriation_id, c.appropriation_id)
    ), theirs as (
        select
            l.batch_id, l.appropriation_id as appropriation,
            coalesce(l.commitment_id, 0) as commitment, l.stage, l.amount, l.effective_date,
            l.document_id, l.locator, l.note,
            row_number() over (
                partition by l.batch_id, l.appropriation_id, l.commitment_id, l.stage, l.amount,
                    l.effective_date, l.document_id, l.locator, l.note
                order by l.id
            ) as nth
        from ledger_line l
        where (
            l.appropriation_id, coalesce(l.commitment_id, 0), l.stage, l.amount, l.effective_date,
            l.document_id, l.locator, l.note
        ) in (
            select
                appropriation, commitment, stage, amount, effective_date, document_id, locator,
                note
            from ours where nth = 1
        )
    )
    select b.id, b.title, b.version, count(*), array_agg(o.row order by o.row)
    from ours o
    join theirs t using (
        appropriation, commitment, stage, amount, effective_date, document_id, locator, note, nth
    )
    join ledger_batch b on b.id = t.batch_id
    group by b.id
    order by count(*) desc, b.id
"""

ALIKE = """
    select array_agg(row order by row)
    from incoming
    group by
        reference, appropriation_id, stage, amount, effective_date, document_id, locator, note
    having count(*) > 1
    order by min(row)
    limit %s
"""

WAITING = """
    select i.row, i.reference, b.id, b.title
    from incoming i join ledger_batch b on b.id = i.waits_for
    order by i.row
"""

LISTED = """
    select
        i.row, i.reference, c.title, a.fiscal_year, k.code as account, p.code as area,
        n.code as country, g.number as goal, o.code as agency, q.code as partner, i.stage,
        i.amount::numeric(16, 2) as amount_usd, i.effective_date, d.key as document, i.locator,
        i.basis, i.note, i.quote, c.title_es, c.bound,
        c.bound_note, c.bound_note_es
    from incoming i
    left join ledger_commitment c on c.reference = i.reference
    join ledger_appropriation a on a.id = coalesce(i.appropriation_id, c.appropriation_id)
    join ledger_account k on k.id = a.account_id
    join ledger_document d on d.id = i.document_id
    left join ledger_programmingarea p on p.id = c.area_id
    left join ledger_country n on n.id = c.country_id
    left join ledger_goal g on g.id = c.goal_id
    left join ledger_organization o on o.id = c.agency_id
    left join ledger_organization q on q.id = c.partner_id
    order by i.row
    limit %s
"""


@dataclass(frozen=True)
class Present:
    """A batch that has some of the rows already; `version` is None unless it is posted."""

    batch_id: int
    title: str
    version: int | None
    count: int
    rows: list[int]

    def in_words(self, row_count: int) -> str:
        """Say how many of so many rows it has."""
        values = {
            "count": self.count,
            "rows": row_count,
            "title": self.title,
            "batch": self.batch_id,
            "version": self.version,
        }
        if self.version:
            message = ngettext(
                "%(count)d of %(rows)d row is already in version %(version)d, “%(title)s” "
                "(batch %(batch)d).",
                "%(count)d of %(rows)d rows are already in version %(version)d, “%(title)s” "
                "(batch %(batch)d).",
                row_count,
            )
        else:
            message = ngettext(
                "%(count)d of %(rows)d row is already in the batch “%(title)s” (%(batch)d).",
                "%(count)d of %(rows)d rows are already in the batch “%(title)s” (%(batch)d).",
                row_count,
            )
        return message % values


class Staging:
    """The rows of an import, in a temporary table of the caller's transaction until it ends."""

    def __init__(self) -> None:
        """Make the table, which is empty."""
        self._do("select rules.open_incoming()")

    def load(self, amounts: Iterable[LineAmount]) -> None:
        """Put amounts into the table."""
        statement = sql.SQL("copy incoming from stdin")
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for amount in amounts:
                copy.write_row(amount)

    def analyse(self) -> None:
        """Let the database count what was put in, so that it plans well."""
        self._do("select rules.count_incoming()")

    def present(self) -> list[Present]:
        """Return the batches that have rows of the table already, the most first."""
        # Rows that are alike are estimated far too few, and would be compared each with each.
        self._do("set local enable_nestloop = off")
        found = [Present(*row) for row in self._rows(PRESENT)]
        self._do("set local enable_nestloop to default")
        return found

    def alike(self, at_most: int) -> list[list[int]]:
        """Return groups of rows that are the same, by their numbers."""
        return [rows for (rows,) in self._rows(ALIKE, [at_most])]

    def waiting(self) -> list[tuple[int, str, int, str]]:
        """Return (row, reference, batch, its title) of rows that wait for another batch."""
        return self._rows(WAITING)

    def enter(self, batch_id: int) -> None:
        """Make the lines of a batch of the table; commitments and documents have to exist."""
        self._do(ENTER, {"batch": batch_id, "apart": LINES_APART})

    def listed(self, at_most: int | None) -> list[dict[str, Any]]:
        """Return the rows by the columns of the format, in order, values as Python has them."""
        with connection.cursor() as cursor:
            cursor.execute(LISTED, [at_most])
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def cited(self) -> list[int]:
        """Return the keys of the documents that the rows cite, the most cited first."""
        query = "select document_id from incoming group by 1 order by count(*) desc, 1"
        return [key for (key,) in self._rows(query)]

    @staticmethod
    def _do(statement: str, values: dict[str, Any] | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    @staticmethod
    def _rows(query: str, values: list[Any] | None = None) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())
