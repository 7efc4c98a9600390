"""Text that a spreadsheet would compute, as the database neutralises it in files."""

import psycopg
import pytest

from tests.ledger.attack import value


@pytest.mark.parametrize(
    ("written", "neutralised"),
    [
        ("=1+1", "'=1+1"), ("+504", "'+504"), ("-2+3", "'-2+3"), ("@note", "'@note"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("'=1", "''=1"), ("''-1", "'''-1"),
        ("a=1", "a=1"), (" =1", " =1"), ("'a", "'a"), ("'", "'"), ("é", "é"), ("a\n=1", "a\n=1"),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_one_apostrophe_more_stands_before_what_may_be_a_formula(
    application: psycopg.Connection, written: str | None, neutralised: str | None
) -> None:
    assert value(application, "select rules.neutralised(%s)", written) == neutralised


def test_no_path_turns_it(application: psycopg.Connection) -> None:
    application.execute("create function pg_temp.ascii(text) returns int return 0")
    application.execute(
        "create function pg_temp.regexp_replace(text, text, text) returns text return 'false'"
    )
    application.execute("set search_path = pg_temp, rules, pg_catalog")
    assert value(application, "select rules.neutralised('=1')") == "'=1"
