"""What PostgreSQL prints differently by its release or after a restore has one form."""

import pytest

from carsi_tracker.ledger.schema.printing import one_form

OF_ONE = """owner owner,  SELECT {0}of_table,
    {0}of_column,
    string_agg(({0}name)::text, ', '::text) AS names
   FROM ( SELECT 'ledger_account'::text AS of_table,
            'code'::text{1} AS of_column,
            ledger_account.code AS name
           FROM public.ledger_account
        UNION ALL
         SELECT 'named.'::text{1},
            'name_en'::text{1},
            ledger_account.name_en
           FROM (public.ledger_account
             JOIN public.ledger_goal g USING (id))) named
  GROUP BY {0}of_table, {0}of_column
 HAVING (count(*) > 1);"""


def test_a_view_of_one_relation_is_the_same_with_and_without_its_name() -> None:
    assert one_form("view", OF_ONE.format("named.", "")) == one_form("view", OF_ONE.format("", ""))


def test_a_view_of_one_relation_still_tells_columns_apart() -> None:
    other = OF_ONE.replace("ledger_account.code", "ledger_account.name_es")
    assert one_form("view", other.format("", "")) != one_form("view", OF_ONE.format("", ""))


@pytest.mark.parametrize(
    "read",
    [
        "(public.one a\n     JOIN public.two b ON (true))",
        "public.one a\n     JOIN public.two b ON true",
        "public.one a,\n    public.two b",
    ],
)
def test_a_view_of_two_relations_keeps_their_names(read: str) -> None:
    view = f" SELECT a.code,\n    b.code AS other\n   FROM {read};"
    assert one_form("view", view) == view
    assert one_form("view", view.replace("b.code", "a.code")) != view


@pytest.mark.parametrize(
    ("made", "restored"),
    [
        (
            "CHECK (((type)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying]"
            ")::text[])))",
            "CHECK (((type)::text = ANY (ARRAY[('a'::character varying)::text,"
            " ('it''s'::character varying)::text])))",
        ),
        ("''::character varying", "''::text"),
    ],
)
def test_a_restored_condition_is_the_same(made: str, restored: str) -> None:
    assert one_form("constraint", made) == one_form("constraint", restored)


def test_a_cast_that_cuts_a_text_is_kept() -> None:
    assert one_form("column", "'ab'::character varying(1)") == "'ab'::character varying(1)"


def test_columns_without_a_name_of_their_own_are_the_same_after_a_restore() -> None:
    made = " SELECT 'x'::text\nUNION ALL\n SELECT 'y'::text,\n    1;"
    restored = (
        " SELECT 'x'::text AS text\nUNION ALL\n SELECT 'y'::text AS text,\n    1 AS \"?column?\";"
    )
    assert one_form("view", made) == one_form("view", restored)


def test_the_body_of_a_function_stays_as_it_is() -> None:
    body = "begin return 'x'::character varying; end"
    assert one_form("function", body) == body
