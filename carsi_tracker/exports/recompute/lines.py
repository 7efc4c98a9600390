"""The lines that compute a figure from a download: in a shell, in SQL, in a spreadsheet.

What a reader asked is quoted in each: a value never becomes a command.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from carsi_tracker.exports.package.sqlite import column_of
from carsi_tracker.exports.tables import is_money
from carsi_tracker.figures.query import MEASURES, NONE, Query
from carsi_tracker.figures.selection import LOOKUPS
from carsi_tracker.reports.downloads.fields import Field, Holds, in_spanish_order
from carsi_tracker.reports.downloads.listings import ENTRIES
from carsi_tracker.reports.downloads.writers import LONGEST_NAME
from carsi_tracker.reports.page.address import as_query_string

COUNTED = "counted_usd"
"""The column whose sum is the figure."""
COLUMNS = {field.source: field for field in ENTRIES.fields if isinstance(field.source, str)}
COMPARED = {"gte": ">=", "lte": "<="}
PROGRAM = (
    "import csv, sys; from decimal import Decimal as D; rows = csv.reader(sys.stdin); "
    f'n = next(rows).index("{COUNTED}"); print(sum((D(row[n]) for row in rows), D("0.00")))'
)
"""Adds a column of a CSV file up; without a file it fails, and says no sum."""
WRITTEN = (
    "printf('%s%d.%02d', case when cents < 0 then '-' else '' end, "
    "abs(cents) / 100, abs(cents) % 100)"
)


@dataclass(frozen=True)
class Sources:
    """The addresses on the site, with day and version, of what the lines compute from."""

    csv: str
    xlsx: str
    package: str


def sources(query: Query) -> Sources:
    """Return what a figure can be computed from."""
    asked, whole = (as_query_string(each.permanent()) for each in (query, query.everywhere()))
    return Sources(
        reverse("table-file", args=[ENTRIES.name, "csv"]) + asked,
        reverse("table-file", args=[ENTRIES.name, "xlsx"]) + asked,
        reverse("package", args=[query.version.number]) + whole,
    )


def shell(file: str) -> str:
    """Return the line that adds up the CSV file at an address."""
    fetched = f"curl --fail --silent --show-error {shlex.quote(file)}"
    return f"{fetched} | python3 -c {shlex.quote(PROGRAM)}"


def sql(query: Query) -> str | None:
    """Return what asks the SQLite file of a package; None where words are looked for."""
    if query.filters.text:
        return None
    cents = "amount_cents"
    if measure := query.filters.measure:
        plus = _literal(MEASURES[measure][0], COLUMNS["stage"])
        cents = f"case stage when {plus} then amount_cents else -amount_cents end"
    sums = f"select sum({cents}) as cents from entries where {' and '.join(_conditions(query))}"  # noqa: S608 (values are literals)
    return f"with sums as ({sums}) select {WRITTEN} from sums;"  # noqa: S608


def formula() -> str:
    """Return what adds up the workbook of entries, in the language that is spoken."""
    fields = in_spanish_order(ENTRIES.fields) if get_language() == "es" else ENTRIES.fields
    column = xl_col_to_name([field.name for field in fields].index(COUNTED))
    sheet = quote_sheetname(str(ENTRIES.title)[:LONGEST_NAME])
    function = pgettext("a function of spreadsheets", "SUM")
    return f"={function}({sheet}!{column}:{column})"


def _conditions(query: Query) -> Iterator[str]:
    yield _condition("effective_date__lte", query.day)
    yield _condition("posting_id__lte", query.version.number)
    for name, value in query.filters.given.items():
        if name == "measure":
            stages = (_literal(stage, COLUMNS["stage"]) for stage in MEASURES[value])
            yield f"stage in ({', '.join(stages)})"
        else:
            yield _condition(LOOKUPS[name], value)


def _condition(lookup: str, value: Any) -> str:
    """Return what a filter compares, in the columns of the package."""
    source, _underscores, comparison = lookup.rpartition("__")
    if comparison not in COMPARED:
        source = lookup
    field = COLUMNS[source]
    if value == NONE:
        return f"reference is not null and {column_of(field)} is null"
    return f"{column_of(field)} {COMPARED.get(comparison, '=')} {_literal(value, field)}"


def _literal(value: Any, field: Field) -> str:
    if is_money(field):
        return str(int(value * 100))
    if field.holds is Holds.NUMBER:
        return str(int(value))
    return "'" + str(value).replace("'", "''") + "'"
