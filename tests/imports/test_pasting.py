"""A pasted table is understood: its columns, its unit, its subtotals by their arithmetic."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.imports.errors import Unreadable
from carsi_tracker.imports.pasting.answers import Answers, remembered
from carsi_tracker.imports.pasting.arithmetic import SummedRow, added, sums
from carsi_tracker.imports.pasting.figures import figure, year_of
from carsi_tracker.imports.pasting.finding import KnownCommitment, find
from carsi_tracker.imports.pasting.grid import MOST_COLUMNS, Breaks, PastedGrid, cut
from carsi_tracker.imports.pasting.guessing import Guess, guess, shape
from carsi_tracker.imports.pasting.lines import PastedLine, lines
from carsi_tracker.imports.pasting.outline import RowKind
from carsi_tracker.imports.pasting.roles import role
from carsi_tracker.imports.pasting.vocabulary import LedgerWords
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.dates import Order

PASTES = Path(__file__).parent / "pastes"
ESF = {"fiscal_year": "2009", "account": "ESF", "country": "GT"}
KNOWN = LedgerWords(
    {
        "account": {"incle": "INCLE", "esf": "ESF"},
        "country": {"honduras": "HN", "guatemala": "GT", "el salvador": "SV", "hn": "HN",
                    "gt": "GT", "sv": "SV"},
        "stage": {name: name for name in ("appropriated", "committed", "obligated", "disbursed")},
    },
    [
        KnownCommitment(
            "CARSI-09-ESF-01", "Community policing and outreach", "Policía comunitaria", ESF
        ),
        KnownCommitment("CARSI-09-ESF-02", "Community centers", "", ESF | {"country": "HN"}),
    ],
    frozenset({"CARSI-09-ESF-01", "CARSI-09-ESF-02", "CARSI-08-INCLE-07"}),
)  # fmt: skip


def pasted(name: str) -> tuple[PastedGrid, Guess]:
    grid = cut((PASTES / f"plan-{name}.txt").read_text())
    return grid, guess(grid, KNOWN)


def made(name: str) -> list[PastedLine]:
    grid, understood = pasted(name)
    return lines(grid, understood, KNOWN)


def kinds(understood: Guess, kind: RowKind) -> dict[int, tuple[int, ...]]:
    seen = understood.outline.rows
    return {row: of.parts for row, of in seen.items() if of.kind is kind}


def test_a_spending_plan_in_thousands_is_read_with_its_merged_headings_and_footnotes() -> None:
    _grid, understood = pasted("thousands")
    answers = understood.answers
    assert [of.code for of in answers.roles] == [
        "title", "", "amount_usd;fiscal_year=2008", "amount_usd;fiscal_year=2009", "effective_date",
    ]  # fmt: skip
    assert answers.written == AmountStyle(1000)
    assert answers.order is Order.MONTH_FIRST
    assert answers.defaults["stage"] == "obligated"
    assert understood.unit
    assert (understood.unit.row, understood.day and understood.day.text) == (1, "10/1/2009")
    assert kinds(understood, RowKind.SUM) == {6: (4, 5), 10: (8, 9), 11: (6, 10)}
    assert answers.out == {1, 2, 3, 6, 7, 10, 11, 12}
    found = made("thousands")
    assert [(line.row, line.cells["amount_usd"], line.cells["fiscal_year"]) for line in found] == [
        (4, "2,400", "2009"), (5, "613", "2009"), (8, "2,000", "2008"), (8, "850", "2009"),
        (9, "1,000", "2008"), (9, "4,250", "2009"),
    ]  # fmt: skip
    assert found[0].cells["account"] == "INCLE"
    assert "account" not in found[2].cells
    assert found[1].cells["note"] == "Includes $13 thousand carried over."


def test_a_plan_with_parentheses_for_negatives_adds_up() -> None:
    _grid, understood = pasted("parentheses")
    assert kinds(understood, RowKind.SUM) == {6: (3, 4, 5)}
    assert [line.cells["amount_usd"] for line in made("parentheses")] == [
        "1,250,000", "(250,000)", "$ 400,000.50",
    ]  # fmt: skip
    assert made("parentheses")[0].cells["note"] == "Boats, radios; spare parts"


def test_a_dash_and_not_available_are_no_amounts_and_a_row_of_them_is_said() -> None:
    _grid, understood = pasted("dashes")
    assert kinds(understood, RowKind.NOTHING) == {4: ()}
    assert kinds(understood, RowKind.SUM) == {6: (2, 3, 5)}
    assert [(line.row, line.cells["stage"]) for line in made("dashes")] == [
        (2, "committed"), (2, "obligated"), (3, "committed"), (5, "committed"), (5, "obligated"),
    ]  # fmt: skip


def test_a_spanish_plan_has_a_decimal_comma_and_thousands_and_asks_what_is_first() -> None:
    _grid, understood = pasted("espanol")
    answers = understood.answers
    assert answers.written == AmountStyle(1000, ",")
    assert understood.mark
    assert understood.mark.text == "2.400"
    assert understood.day
    assert (understood.day.text, answers.order) == ("1/6/2010", None)
    assert kinds(understood, RowKind.SUM) == {6: (3, 4, 5)}
    assert [line.cells["country"] for line in made("espanol")] == ["GT", "HN", "SV"]


def test_percentages_and_a_column_of_totals_are_left_out() -> None:
    _grid, understood = pasted("percent")
    assert [of.code for of in understood.answers.roles] == [
        "title", "amount_usd;fiscal_year=2008", "", "amount_usd;fiscal_year=2009", "", "",
    ]  # fmt: skip
    assert [total.index for total in understood.totals] == [5]
    first = made("percent")[0].cells
    assert (first["title"], first["note"]) == ("Equipment", "Vehicles and radios.")


def test_totals_may_stand_above_their_rows_and_a_wrong_one_is_said_and_not_left_out() -> None:
    _grid, understood = pasted("totals-first")
    assert kinds(understood, RowKind.SUM) == {3: (4, 5), 6: (7, 8)}
    (wrong,) = understood.outline.wrong
    assert (wrong.row, wrong.says, wrong.adds_up_to) == (9, Decimal(5_600_000), Decimal(5_550_000))
    assert 9 not in understood.answers.out


@pytest.mark.parametrize("name", [path.stem[5:] for path in sorted(PASTES.glob("plan-*.txt"))])
def test_what_is_read_and_what_is_left_out_is_what_was_pasted(name: str) -> None:
    grid, understood = pasted(name)
    answers, seen = understood.answers, understood.outline
    read = {(line.row, line.index) for line in made(name)}
    for index in answers.amounts:
        cells = {row: seen.amount(row, index) or 0 for row in grid.rows}
        of_lines = sum(cells[row] for row, at in read if at == index)
        left_out = sum(cells[row] for row in answers.out)
        assert of_lines + left_out == sum(cells.values())
    assert not {row for row, _index in read} & answers.out
    assert {row for row, _index in read} | answers.out == set(grid.rows)


AMOUNTS = st.lists(
    st.tuples(*[st.none() | st.integers(-9_999, 9_999).map(Decimal)] * 2).filter(any),
    min_size=1,
    max_size=6,
)


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.booleans())
def test_subtotals_at_two_levels_are_found_and_every_one_found_holds_in_every_column(
    sections: list[list[tuple[Decimal | None, ...]]], named: bool
) -> None:
    entries: list[SummedRow] = []
    subtotals: list[SummedRow] = []
    for section in sections:
        begin = len(entries)
        for amounts in section:
            row = len(entries) + 1
            begins = row == begin + 1
            entries.append(SummedRow(row, amounts, filled=frozenset({0, 1}), begins=begins))
        row = len(entries) + 1
        subtotals.append(SummedRow(row, added(entries[begin:], 2), named, frozenset()))
        entries.append(subtotals[-1])
    entries.append(SummedRow(len(entries) + 1, added(subtotals, 2), says_total=True))
    found, _wrong = sums(entries)
    by_row = {entry.row: entry for entry in entries}
    for one in found:
        parts = [by_row[row] for row in one.parts]
        pairs = zip(by_row[one.row].amounts, added(parts, 2), strict=True)
        assert all((mine or 0) == (theirs or 0) for mine, theirs in pairs)
    if named and any(entries[-1].amounts):
        assert entries[-1].row in {one.row for one in found}


@given(AMOUNTS, st.integers(1, 99))
def test_a_total_that_is_wrong_in_one_column_is_never_left_out(
    rows: list[tuple[Decimal | None, ...]], off: int
) -> None:
    entries = [SummedRow(row, amounts) for row, amounts in enumerate(rows, start=1)]
    first, second = added(entries, 2)
    said = ((first or Decimal(0)) + Decimal(off) / 100, second)
    total = SummedRow(len(rows) + 1, said, says_total=True)
    found, wrong = sums([*entries, total])
    assert total.row not in {one.row for one in found}
    assert total.row in {one.row for one in wrong}


def test_rows_of_the_same_arithmetic_that_say_as_much_as_others_are_lines() -> None:
    full = frozenset({0, 1, 2})
    entries = [SummedRow(n, (Decimal(n),), filled=full) for n in (1, 2, 3)]
    assert sums(entries) == ([], [])


@pytest.mark.parametrize(
    ("cell", "text", "marks", "amount"),
    [
        ("613 1/", "613", ("1/",), 613_000),
        ("613 1/ 2/", "613", ("1/", "2/"), 613_000),
        ("613*", "613", ("*",), 613_000),
        ("613 (a)", "613", ("(a)",), 613_000),
        ("(613)", "(613)", (), -613_000),
        ("613¹", "613", ("¹",), 613_000),
        ("2,400 a/", "2,400", ("a/",), 2_400_000),
        ("6131/", "6131/", (), None),
        ("about 5", "about 5", (), None),
    ],
)
def test_marks_of_footnotes_are_told_from_amounts(
    cell: str, text: str, marks: tuple[str, ...], amount: int | None
) -> None:
    found = figure(cell, AmountStyle(1000))
    assert (found.text, found.marks) == (text, marks)
    assert found.amount == amount
    assert not found.nothing


@pytest.mark.parametrize("cell", ["", "—", "-", "n/a", "N/A", "0", "$ -", "s/d", "…"])
def test_no_amount_is_written_in_many_ways(cell: str) -> None:
    assert figure(cell, AmountStyle(1000)).nothing


def test_a_commitment_is_found_by_title_or_asked_for() -> None:
    sure = find("Community policing & outreach", {}, KNOWN.known).sure
    assert sure
    assert sure.reference == "CARSI-09-ESF-01"
    assert find("Policía comunitaria", {}, KNOWN.known).sure == sure
    assert find("policing", {"country": "GT"}, KNOWN.known).sure == sure
    unsure = find("Community", {}, KNOWN.known)
    assert unsure.sure is None
    assert len(unsure.others) == 2
    assert find("policing", {"country": "HN"}, KNOWN.known).sure is None


def test_the_headings_of_the_import_and_the_order_of_the_table_ask_nothing() -> None:
    line = "CARSI-09-ESF-01\tcommitted\t10\t2010-01-01\tactivities-2010"
    assert guess(cut(line), KNOWN).plain
    headed = "reference\tstage\tamount_usd\teffective_date\tdocument\n" + line
    understood = guess(cut(headed), KNOWN)
    assert understood.plain
    assert understood.answers.out == {1}
    assert not guess(cut("reference\tstage\tMonto\tHow much\n" + line), KNOWN).plain


def test_a_cell_of_two_lines_is_one_line_and_quotes_around_tabs_are_text() -> None:
    quoted = 'a\t"Vehicles, radios\nand spare parts"\t5'
    assert cut(quoted).rows[1][1] == "Vehicles, radios; and spare parts"
    assert cut(quoted, Breaks.BLANK).rows[1][1] == "Vehicles, radios and spare parts"
    assert len(cut(quoted, Breaks.ROWS).rows) == 2
    opened = 'a\t"Safe Streets\t5\nb\tof 24"\t6'
    assert cut(opened).rows == {1: ("a", '"Safe Streets', "5"), 2: ("b", 'of 24"', "6")}
    assert cut(opened).breaks is Breaks.ROWS


def test_a_tab_between_quotes_is_no_cell_where_the_row_would_be_wider_than_the_first() -> None:
    grid = cut('Program\tCommitted\n"Police\ttraining"\t1,000\n"Courts, ""new"""\t2,000\n')
    assert grid.rows == {
        1: ("Program", "Committed"), 2: ("Police training", "1,000"), 3: ('Courts, "new"', "2,000"),
    }  # fmt: skip
    assert grid.broken == "Police\ttraining"
    assert cut('a\tb\tc\n"Police\ttraining"\t1,000\t5\n').rows[2][0] == "Police training"
    assert cut('a\tb\n"Police\ttraining"\t5\t6\n').rows[2][0] == '"Police'


def test_too_wide_a_paste_is_refused_in_words() -> None:
    with pytest.raises(Unreadable) as refused:
        cut("x\t" * MOST_COLUMNS + "x")
    assert "at most 60 are read" in refused.value.findings[0].message


def test_answers_are_kept_for_the_next_paste_of_the_same_headings() -> None:
    grid, understood = pasted("thousands")
    kept = remembered(understood.answers.kept(), grid.width)
    assert kept
    assert kept.roles == understood.answers.roles
    assert kept.written == understood.answers.written
    other = cut((PASTES / "plan-thousands.txt").read_text().replace("2,400", "2,500"))
    assert shape(other) == shape(grid)
    assert shape(grid) != shape(pasted("percent")[0])
    assert remembered(understood.answers.kept(), 3) is None
    assert remembered({"roles": "x"}, 1) is None


def test_what_a_table_says_of_itself_comes_before_answers_for_an_earlier_one() -> None:
    text = "Obligated, FY 2008 ($ in thousands)\nProgram\tAmount\tDate\nRadios\t1.250\t3/4/2009\n"
    answered = Answers(
        (role("title"), role("amount_usd"), role("effective_date")),
        AmountStyle(1000, "."), Order.DAY_FIRST,
        defaults={"stage": "obligated", "fiscal_year": "2008", "basis": "inferred"},
    )  # fmt: skip
    kept = guess(cut(text), KNOWN, answered).answers
    assert (kept.written, kept.order) == (AmountStyle(1000, "."), Order.DAY_FIRST)
    assert kept.defaults["basis"] == "inferred"
    other = text.replace(
        "Obligated, FY 2008 ($ in thousands)", "Committed, FY 2009 ($ in millions)"
    )
    other = other.replace("1.250", "1.250,5") + "Vans\t2.400\t3/14/2009\n"
    read = guess(cut(other), KNOWN, answered).answers
    assert (read.written, read.order) == (AmountStyle(1_000_000, ","), Order.MONTH_FIRST)
    assert (read.defaults["stage"], read.defaults["fiscal_year"]) == ("committed", "2009")


@pytest.mark.parametrize(
    "heading", ["FY 2008-2010", "FY2008/09", "FY 2008 and FY 2009", "2008–2010", "FY08-10"]
)
def test_a_heading_of_several_years_names_none(heading: str) -> None:
    assert not year_of(heading)


@pytest.mark.parametrize("heading", ["FY 2008", "FY08", "2008", "FY 2008 1-2", "AF 2008 (2)"])
def test_a_heading_of_one_year_names_it(heading: str) -> None:
    assert year_of(heading) == "2008"


def test_only_what_is_said_of_money_is_its_unit() -> None:
    text = "Program\tObligated\nTraining for thousands of officers\t5\nEn miles de escuelas\t6\n"
    assert guess(cut(text), KNOWN).answers.written == AmountStyle(1)
    for said in ("thousands of U.S. dollars", "miles de dólares", "$000", "en miles"):
        assert guess(cut(f"{said}\n{text}"), KNOWN).answers.written.unit == 1000


def test_rows_whose_amounts_have_two_readings_are_lines_and_no_headings() -> None:
    found = guess(cut("Programa\tComprometido\nRadios\t1.250\nVans\t2.400\nBoats\t613\n"), KNOWN)
    assert kinds(found, RowKind.HEADING) == {1: ()}
    assert [*kinds(found, RowKind.LINE)] == [2, 3, 4]


def test_columns_that_add_up_others_are_left_out_though_rounded_or_within_groups() -> None:
    found = guess(cut(
        "\tFY 2008\t\t\tFY 2009\t\tGrand total\nCountry\tINCLE\tESF\tSubtotal\tINCLE\tESF\t\n"
        "Honduras\t1,333\t1,333\t2,667\t5\t1\t2,673\nGuatemala\t2\t2\t4\t6\t3\t13\n"
        "El Salvador\t7\t2\t9\t6\t3\t18\n"
    ), KNOWN)  # fmt: skip
    assert [of.is_amount for of in found.answers.roles] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip
    assert [(of.index, of.wrong) for of in found.totals] == [(3, (3,)), (6, (3,))]


def test_a_line_that_is_the_sum_of_those_below_it_is_said_to_be_and_stays() -> None:
    found = guess(cut(
        "Program\tObligated\nINCLE\t6\nGuatemala\t4\nRadios\t1\nVans\t3\nHonduras\t2\nSchools\t5\n"
    ), KNOWN)  # fmt: skip
    assert [(of.row, of.parts) for of in found.outline.possible] == [(2, (4, 5, 6)), (3, (4, 5))]
    assert not {2, 3} & found.answers.out
    each = guess(cut("Country\tObligated\nGuatemala\t4\nHonduras\t1\nEl Salvador\t2\n"), KNOWN)
    assert not each.outline.possible


def test_the_total_of_one_stage_adds_up_its_columns_alone() -> None:
    found = guess(cut(
        "\tFY 2008\t\tFY 2009\t\t\nActivity\tAllocated\tObligated\tAllocated\tObligated\t"
        "Total obligated\nRadios\t5\t4\t3\t2\t6\nVans\t9\t(1)\t8\tn/a\t(1)\n"
    ), KNOWN)  # fmt: skip
    assert [(of.index, of.parts) for of in found.totals] == [(5, (2, 4))]


def test_numbers_that_are_no_entries_are_no_amounts_unless_chosen() -> None:
    found = guess(cut(
        "Code\tProgram\tCommitted ($000)\tTrained\tFY 2010 request\tChange\t% change\tBalance\n"
        "1101\tRadios\t10\t250\t12\t2\t20.0\t3\n1102\tVans\t20\t30\t12\t(8)\t-40.0\t4\n"
        "\tTotal\t30\t280\t24\t(6)\t-20.0\t7\n"
    ), KNOWN)  # fmt: skip
    codes = [of.code for of in found.answers.roles]
    assert codes == ["", "title", "amount_usd;stage=committed", "", "", "", "", ""]
    assert found.silent == (3,)
    assert kinds(found, RowKind.SUM) == {4: (2, 3)}


def test_a_column_of_a_country_says_it_of_its_amounts() -> None:
    found = guess(cut("Program\tGuatemala\tHonduras\tTotal\tStaff\nRadios\t1\t2\t3\t9\n"), KNOWN)
    assert [of.code for of in found.answers.roles] == [
        "title", "amount_usd;country=GT", "amount_usd;country=HN", "", "",
    ]  # fmt: skip


def test_headings_within_a_table_hold_until_one_of_their_kind_or_their_total() -> None:
    text = (
        "Program\tCommitted\nINCLE\nGuatemala\nRadios\t1\nVans\t2\nSubtotal\t3\n"
        "Honduras\nBoats\t4\nSubtotal\t4\nTotal, INCLE\t7\nRegional office\t5\n"
        "ESF\nSchools\t6\n"
    )
    grid = cut(text)
    found = [
        (line.cells["title"], line.cells.get("account"), line.cells.get("country"))
        for line in lines(grid, guess(grid, KNOWN), KNOWN)
    ]
    assert found == [
        ("Radios", "INCLE", "GT"), ("Vans", "INCLE", "GT"), ("Boats", "INCLE", "HN"),
        ("Regional office", None, None), ("Schools", "ESF", None),
    ]  # fmt: skip


def test_new_commitments_get_the_next_reference_once_a_title() -> None:
    text = "Program\tAmount\nRadios\t5\nTraining\t6\nRadios\t7\n"
    grid = cut(text)
    understood = guess(grid, KNOWN)
    answers = understood.answers
    said = {"fiscal_year": "2008", "account": "INCLE", "country": "HN"}
    new = Answers(answers.roles, out=answers.out, defaults=said, by=answers.by.__class__("new"))
    found = lines(grid, replace(understood, answers=new), KNOWN)
    assert [line.cells["reference"] for line in found] == [
        "CARSI-08-INCLE-08", "CARSI-08-INCLE-09", "CARSI-08-INCLE-08",
    ]  # fmt: skip


def test_a_role_is_one_of_the_import_or_left_out() -> None:
    assert role("amount_usd;fiscal_year=2008").code == "amount_usd;fiscal_year=2008"
    assert role("nonsense").code == ""
    assert role("title;fiscal_year=2008").code == "title"
    assert role("amount_usd;nonsense=1").code == "amount_usd"


def test_a_heading_of_an_account_says_so_of_the_rows_below_it() -> None:
    grid = cut("INCLE\nActivity\tAmount\nRadios\t5\nESF\nActivity\tAmount\nSchools\t7\n")
    found = lines(grid, guess(grid, KNOWN), KNOWN)
    assert [line.cells["account"] for line in found] == ["INCLE", "ESF"]


def test_a_heading_that_names_an_account_beside_a_year_says_both_of_its_amounts() -> None:
    grid = cut("Activity\tFY 2009 INCLE\tFY 2009 ESF\tINCLE and ESF\nRadios\t5\t7\t12\n")
    assert [of.code for of in guess(grid, KNOWN).answers.roles[1:]] == [
        "amount_usd;account=INCLE;fiscal_year=2009",
        "amount_usd;account=ESF;fiscal_year=2009",
        "amount_usd",
    ]


def test_words_for_nothing_stay_where_the_import_asks_for_empty_cells() -> None:
    row = "CARSI-09-ESF-01\tn/a\tcommitted\t10\t2010-01-01\tactivities-2010"
    grid = cut(f"reference\tpartner\tstage\tamount_usd\teffective_date\tdocument\n{row}")
    (line,) = lines(grid, guess(grid, KNOWN), KNOWN)
    assert line.cells["partner"] == "n/a"
