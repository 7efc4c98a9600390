"""The tables of a package as one SQLite file, made of its CSV files.

Dollars are whole cents, so that no sum is rounded; texts are as they were typed.
"""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from carsi_tracker.exports.tables import EXPORTED, ExportedTable, is_money
from carsi_tracker.ledger.formulas import unescaped
from carsi_tracker.reports.downloads.fields import Field, Holds

DATABASE = "carsi.sqlite"
SUMMED_BY = ("stage", "area", "country", "goal", "agency", "fiscal_year", "account")
"""What there is a view of sums by."""


def write_sqlite(folder: Path) -> None:
    """Write the tables in `tables/` of a folder into its SQLite file, row by row.

    The same rows make the same bytes with the same library. Raises sqlite3.IntegrityError where a
    key stands twice, and AssertionError where a row refers to none.
    """
    path = folder / DATABASE
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("pragma journal_mode = off")
        database.execute("pragma page_size = 4096")
        database.execute("begin")
        for table in EXPORTED.values():
            database.execute(_created(table))
            marks = ", ".join("?" for _field in table.fields)
            rows = _rows(folder / "tables" / f"{table.name}.csv", table)
            insert = f'insert into "{table.name}" values ({marks})'  # noqa: S608 (names of ours)
            database.executemany(insert, rows)
        for column in SUMMED_BY:
            database.execute(_sums_by(column))
        database.execute("commit")
        lost = database.execute("pragma foreign_key_check").fetchall()
        if lost:
            raise AssertionError(f"Rows refer to what is not in the package: {lost[:3]}.")
    finally:
        database.close()


def column_of(field: Field) -> str:
    """Return what the database calls a column: dollars are there as `…_cents`."""
    return f"{field.name.removesuffix('_usd')}_cents" if is_money(field) else field.name


def _created(table: ExportedTable) -> str:
    columns = [f'"{column_of(field)}" {_type(field)}' for field in table.fields]
    keys = [f"primary key ({_named(table.key)})"]
    keys += [
        f'foreign key ({_named(each.columns)}) references "{each.table}" ({_named(each.key)})'
        for each in table.references
    ]
    inside = ",\n  ".join((*columns, *keys))
    return f'create table "{table.name}" (\n  {inside}\n) strict'


def _type(field: Field) -> str:
    return "integer" if field.holds is Holds.NUMBER or is_money(field) else "text"


def _named(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _sums_by(column: str) -> str:
    """Return the view of sums by what a column holds and by stage, in cents and in dollars."""
    by = column if column == "stage" else f"{column}, stage"
    return (
        f"create view sums_by_{column} as\n"
        f"select {by}, count(*) as entries, sum(amount_cents) as cents,\n"
        "  printf('%s%d.%02d', case when sum(amount_cents) < 0 then '-' else '' end,\n"
        "    abs(sum(amount_cents)) / 100, abs(sum(amount_cents)) % 100) as usd\n"
        f"from entries group by {by}"
    )


def _rows(path: Path, table: ExportedTable) -> Iterator[list[Any]]:
    readers = [_reader(field) for field in table.fields]
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        for row in rows:
            yield [read(cell) if cell else None for read, cell in zip(readers, row, strict=True)]


def _reader(field: Field) -> Callable[[str], Any]:
    if is_money(field):
        return lambda cell: int(Decimal(cell) * 100)
    if field.holds is Holds.NUMBER:
        return int
    return unescaped if field.holds is Holds.TEXT else str
