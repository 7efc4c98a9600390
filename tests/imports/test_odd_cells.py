"""What cells hold that nobody meant: quotes, words for nothing, errors, marks that do not show."""

import pytest
from django.core.management import CommandError, call_command

from carsi_tracker.ledger.models import Commitment, Line, Organization
from tests.imports.conftest import CASES, ROW, Way, case, nothing_made, rows


def test_amounts_of_accountants_have_the_currency_before_the_bracket(any_way: Way) -> None:
    outcome = any_way("accounting.csv", case("accounting.csv"))
    assert [amount for _reference, _stage, amount, _day in outcome.entries] == [
        "900000.00",
        "-7500.00",
        "-2500.00",
        "-1000.00",
    ]


def test_a_dash_after_the_currency_is_a_zero(any_way: Way) -> None:
    outcome = any_way("zero.csv", rows({"amount_usd": " $ -   "}, {"amount_usd": "-$(5)"}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [
        (2, "amount_usd"),
        (3, "amount_usd"),
    ]
    assert outcome.faults[0].message == "An amount is not zero."


def test_a_quote_in_a_column_that_is_not_read_swallows_no_rows(any_way: Way) -> None:
    outcome = any_way("open-quote.csv", case("open-quote.csv"))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, "remarks")]
    assert "line break" in outcome.said
    assert "rows 3 and 4" in outcome.said
    assert nothing_made()


@pytest.mark.parametrize(
    ("first", "last", "column", "held"),
    [
        ({"title": '"Boats'}, {"note": 'hull of 24"'}, "title", "rows 3 and 4"),
        ({"note": '"never closed'}, {}, "note", "rows 3 to 5"),
        ({"partner": '"said" and left'}, {}, "partner", ""),
        ({"locator": '"p. 3\n"'}, {}, "", ""),
    ],
)
def test_a_quote_that_is_not_for_its_cell_alone_is_named_with_what_it_holds(
    file_way: Way, first: dict[str, str], last: dict[str, str], column: str, held: str
) -> None:
    lines = [first, {}, last, {"amount_usd": "7.00"}]
    outcome = file_way("a.csv", rows(*lines))
    if not column:
        assert len(outcome.entries) == 4
        return
    assert [(fault.row, fault.column) for fault in outcome.faults][:1] == [(2, column)]
    assert "quote" in outcome.said
    assert held in outcome.said
    assert nothing_made()


def test_pasted_cells_stand_as_they_were_copied(paste: Way) -> None:
    outcome = paste("", case("paste-quotes.txt"))
    assert outcome.entries == [("CARSI-08-INCLE-90", "committed", "300000.00", "2010-02-01")]
    assert Line.objects.get(batch=outcome.batch).note == 'screens of 24"'
    commitment = Commitment.objects.get(reference="CARSI-08-INCLE-90")
    assert commitment.title == '"Safe Streets" campaign, Panama'


def pasted(**change: str) -> bytes:
    """A row as a spreadsheet copies it, with its headings."""
    cells = {**ROW, **change}
    return ("\t".join(cells) + "\n" + "\t".join(cells.values())).encode()


@pytest.mark.parametrize(
    ("copied", "title"),
    [
        ('"Safe Streets"', "Safe Streets"),
        ('"Safe" and "sound" streets', '"Safe" and "sound" streets'),
        ('"""Safe Streets"" campaign"', '"Safe Streets" campaign'),
        ('""Safe"" streets', '""Safe"" streets'),
        ('Boats of 24"', 'Boats of 24"'),
        ('Boats "A", radios, "B"', 'Boats "A", radios, "B"'),
        ('"Boats, radios', '"Boats, radios'),
    ],
)
def test_a_quote_opens_a_pasted_cell_only_where_its_partner_ends_it(
    paste: Way, copied: str, title: str
) -> None:
    outcome = paste("", pasted(title=copied))
    assert outcome.accepted, outcome.said
    assert Commitment.objects.get(reference=ROW["reference"]).title == title


@pytest.mark.parametrize(
    "change",
    [
        {"title": '"two\nlines"'},
        {"agency": '"State/INL', "partner": 'Somebody"'},
        {"title": '"Boats', "note": 'of 24"'},
    ],
    ids=["a line break", "a tab", "several tabs"],
)
def test_quotes_with_two_readings_are_refused(paste: Way, change: dict[str, str]) -> None:
    outcome = paste("", pasted(**change))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, next(iter(change)))]
    assert "it may be one cell" in outcome.said
    assert nothing_made()


def test_words_for_nothing_are_nobody(any_way: Way) -> None:
    outcome = any_way("placeholders.csv", case("placeholders.csv"))
    assert outcome.places == [
        (2, "partner", "n/a"),
        (3, "partner", "None"),
        (4, "partner", "TBD"),
        (5, "partner", "-"),
    ]
    assert all("Leave the cell empty where no one is named" in f.message for f in outcome.faults)
    assert nothing_made()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("partner", "s/d"), ("partner", "N/D"), ("partner", "Ninguno"), ("partner", "por definir"),
        ("partner", "--"), ("partner", "—"), ("partner", "?"), ("partner", "NULL"),
        ("partner", "(none)"), ("partner", "N / A"), ("partner", "n.a."), ("partner", "<unknown>"),
        ("partner", "Por confirmar"), ("partner", "..."), ("partner", "0"), ("agency", "TBD"),
        ("agency", "n/a"),
        ("country", "n/a"), ("goal", "-"), ("goal", "none"), ("title", "TBD"), ("title", "?"),
        ("title", "n/a"), ("title_es", "por definir"), ("reference", "TBD"), ("reference", "N-A"),
    ],
)  # fmt: skip
def test_words_for_nothing_are_refused_in_codes_and_titles(
    command: Way, column: str, text: str
) -> None:
    headings = ",".join(dict.fromkeys([*ROW, column]))
    row = {"title_es": "", column: text}
    outcome = command("a.csv", rows(row, headings=headings))
    assert (2, column, text) in outcome.places
    assert nothing_made()


@pytest.mark.parametrize("partner", ["Nadia Group", "ND", "+504 Fundación", "O.A.S.", "NGO 1"])
def test_names_that_only_look_short_are_names(command: Way, partner: str) -> None:
    outcome = command("a.csv", rows({"partner": partner}))
    assert outcome.accepted, outcome.said
    assert Organization.objects.filter(code=partner).exists()


def test_errors_of_spreadsheets_are_no_text(any_way: Way) -> None:
    outcome = any_way("error-text.csv", case("error-text.csv"))
    assert outcome.places == [
        (2, "title", "#VALUE!"),
        (2, "partner", "#REF!"),
        (2, "locator", "#DIV/0!"),
        (2, "note", "#N/A"),
    ] or sorted(outcome.places) == sorted(
        [
            (2, "title", "#VALUE!"),
            (2, "partner", "#REF!"),
            (2, "locator", "#DIV/0!"),
            (2, "note", "#N/A"),
        ]
    )
    assert nothing_made()


@pytest.mark.parametrize(
    "error",
    [
        "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!",
        "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¿NOMBRE?", "#N/D", "#¡NULO!", "#¡NUM!", "#########",
        "#ERROR!", "Err:502", " #N/A ", "#¡DESBORDAMIENTO!", "#value!", "#n/d",
    ],
)  # fmt: skip
def test_every_error_is_refused_in_every_column_that_is_read(command: Way, error: str) -> None:
    headings = ",".join([*ROW, "quote", "title_es", "remarks"])
    everywhere = dict.fromkeys([*ROW, "quote", "title_es", "remarks"], error)
    outcome = command("a.csv", rows({"quote": "", "title_es": "", "remarks": error},
                                    everywhere, headings=headings))  # fmt: skip
    faulty = {fault.column for fault in outcome.faults}
    assert faulty >= {*ROW, "quote"} - {"title", "fiscal_year", "account", "area", "country",
                                         "goal", "agency", "partner"}  # fmt: skip
    assert {fault.row for fault in outcome.faults} == {3}
    assert all(error.strip() in fault.message for fault in outcome.faults)
    for column in ("title", "account", "agency", "partner", "title_es"):
        row = {"quote": "", "title_es": "", "remarks": "", column: error}
        outcome = command("a.csv", rows(row, headings=headings))
        assert (2, column) in [(fault.row, fault.column) for fault in outcome.faults]
    assert nothing_made()


def test_a_saved_empty_text_is_a_blank_cell(file_way: Way) -> None:
    outcome = file_way("formula-tail.xlsx", case("formula-tail.xlsx"))
    assert [amount for _reference, _stage, amount, _day in outcome.entries] == ["300000.00"]
    assert not outcome.warnings


def test_an_error_is_found_without_addresses(file_way: Way) -> None:
    outcome = file_way("no-r-error.xlsx", case("no-r-error.xlsx"))
    assert outcome.places == [(2, "note", "#N/A")]
    assert outcome.faults[0].sheet == "Allocations"


def test_a_hidden_row_is_found_without_addresses(file_way: Way) -> None:
    outcome = file_way("no-r-hidden.xlsx", case("no-r-hidden.xlsx"))
    assert outcome.accepted
    assert "hidden" in outcome.said
    assert "row 3" in outcome.said


def test_strict_open_xml_is_read(file_way: Way) -> None:
    outcome = file_way("strict.xlsx", case("strict.xlsx"))
    assert [amount for _reference, _stage, amount, _day in outcome.entries] == ["300000.00"]


def test_marks_that_turn_the_direction_are_named_and_what_does_not_show_is_empty(
    any_way: Way,
) -> None:
    outcome = any_way("bidi.csv", case("bidi.csv"))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [
        (2, "title"),
        (2, "note"),
        (3, "title"),
    ]
    title, note, empty = outcome.faults
    for fault in (title, note):
        assert "U+202E RIGHT-TO-LEFT OVERRIDE" in fault.message
        assert "<U+202E>" in fault.value
    assert "this is needed: what the commitment is for" in empty.message
    assert nothing_made()


def test_emoji_and_letters_of_other_scripts_stay(any_way: Way) -> None:
    title = "👩\u200d🚒 Bomberas, שלום مرحبا می\u200cخواهم"
    outcome = any_way("a.csv", rows({"title": title, "note": "❤\ufe0f"}))
    assert outcome.accepted, outcome.said
    assert Commitment.objects.get(reference=ROW["reference"]).title == title


def test_a_code_that_is_no_character_is_named(any_way: Way) -> None:
    outcome = any_way("nonchar.csv", case("nonchar.csv"))
    assert outcome.places == [(2, "title", "Equip<U+FFFE>ment for border police")]
    assert "U+FFFE" in outcome.faults[0].message
    assert nothing_made()


@pytest.mark.parametrize("odd", ["\u2066", "\u200f", "\U000e0041", "\ufdd0", "\U0001ffff", "\x85"])
def test_others_of_their_kind_are_refused_in_every_text(command: Way, odd: str) -> None:
    text = f"co{odd}operation"
    columns = ("title", "partner", "locator", "note")
    outcome = command("a.csv", rows(dict.fromkeys(columns, text)))
    assert {fault.column for fault in outcome.faults} == set(columns)
    assert nothing_made()


def test_a_batch_is_not_called_by_what_nobody_sees(command: Way) -> None:
    for option in ("--title=a\u202eb", "--reason=a\ufffeb"):
        with pytest.raises(CommandError, match=r"U\+(202E|FFFE)"):
            call_command("import_ledger", str(CASES / "bom.csv"), "--user=ana", option)
    assert nothing_made()


def test_a_new_partner_that_has_the_name_of_another_is_refused(command: Way) -> None:
    outcome = command("a.csv", rows({"partner": "U.S. department of  State"}))
    assert outcome.places == [(2, "partner", "U.S. department of  State")]
    assert "looks like “State”" in outcome.faults[0].message
    assert nothing_made()


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("note", "a\0b", "U+0000"),
        ("title", "a\x07b", "U+0007"),
        ("amount_usd", "1000\0", "U+0000"),
        ("amount_usd", "10\u200b00", "U+200B"),
        ("country", "H\0N", "U+0000"),
        ("effective_date", "2009-06\x0815", "U+0008"),
        ("reference", "CARSI-08\x1f-INCLE-90", "U+001F"),
        ("fiscal_year", "20\x0108", "U+0001"),
    ],
)
def test_a_control_character_is_named_at_its_cell(
    any_way: Way, column: str, text: str, said: str
) -> None:
    outcome = any_way("a.csv", rows({}, {column: text}, {"amount_usd": "7.00"}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(3, column)]
    assert said in outcome.said
    assert "\0" not in outcome.said
    assert nothing_made()


@pytest.mark.parametrize("nothing", ["\u3164", "\u2800", "\u200b\u200e", "\u2003\u3000", "\u0301"])
def test_a_cell_of_which_nothing_shows_is_empty(command: Way, nothing: str) -> None:
    outcome = command("a.csv", rows({"title": nothing}, {"note": nothing, "locator": nothing}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == []
    assert not Line.objects.filter(batch=outcome.batch).exclude(note="", locator="").exists()
