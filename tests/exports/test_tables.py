"""The tables of the exports: their keys tell rows apart, and what refers finds what it names."""

import pytest
from django.test import Client

from carsi_tracker.exports.tables import EXPORTED, meaning_of
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.models import Posting
from tests.reports.downloads.files import rows

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("2008-09-30", "2009-09-30", "2013-01-30")


def views() -> list[str]:
    """Three days in the newest version, and in an older one."""
    older = Posting.objects.get(version=newest()[0].number - 2)
    return [f"as_of={day}&version={version}" for day in DAYS for version in (newest()[0], older)]


def test_keys_tell_rows_apart_and_what_refers_finds_its_row(client: Client) -> None:
    for view in views():
        found = {name: rows(client, f"/tables/{name}.csv?{view}") for name in EXPORTED}
        keys = {}
        for name, table in EXPORTED.items():
            each = [tuple(row[column] for column in table.key) for row in found[name]]
            assert len(set(each)) == len(each), (name, view)
            assert all(all(key) for key in each), (name, view)
            keys[name, table.key] = set(each)
            for reference in table.references:
                named = {tuple(row[column] for column in reference.columns) for row in found[name]}
                known = keys[reference.table, reference.key]
                assert {key for key in named if all(key)} <= known, (name, reference, view)


def test_tables_and_columns_are_described_in_both_languages() -> None:
    for table in EXPORTED.values():
        said = [table.title, table.meaning, *map(meaning_of, table.fields)]
        assert all(each["en"] and each["en"] != each["es"] for each in said), table.name
        assert {*table.key, *(c for r in table.references for c in r.columns)} <= {
            field.name for field in table.fields
        }
