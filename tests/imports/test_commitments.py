"""What rows say of commitments: taken from the ledger, described anew, or in disagreement."""

import pytest

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Line, Organization
from tests import factories
from tests.imports.conftest import HEADINGS, ROW, Way, nothing_made, rows

KNOWN = dict.fromkeys(ROW, "") | {
    "reference": "CARSI-08-INCLE-03",
    "stage": "committed",
    "amount_usd": "50000.00",
    "effective_date": "2010-02-01",
    "document": "activities-2010",
    "basis": "stated",
}
APPROPRIATED = KNOWN | {
    "reference": "",
    "fiscal_year": "2008",
    "account": "ESF",
    "stage": "appropriated",
    "document": "pl-110-252",
}


def test_empty_cells_are_taken_from_the_ledger(any_way: Way) -> None:
    outcome = any_way("amounts.csv", rows(KNOWN))
    assert outcome.entries == [("CARSI-08-INCLE-03", "committed", "50000.00", "2010-02-01")]


def test_columns_of_the_commitment_may_be_left_out(any_way: Way) -> None:
    headings = "reference,stage,amount_usd,effective_date,document,basis"
    assert any_way("amounts.csv", rows(KNOWN, headings=headings)).accepted


@pytest.mark.parametrize(
    ("column", "cell", "theirs"),
    [
        ("title", "Improved policing", "Improved policing and police equipment, Panama"),
        ("fiscal_year", "2009", "2008"),
        ("account", "ESF", "INCLE"),
        ("area", "capacity", "law-enforcement"),
        ("country", "GT", "PA"),
        ("goal", "1", "3"),
        ("agency", "USAID", "State/INL"),
        ("partner", "Organization of American States", "has nothing here"),
        ("partner", "Somebody new", "has nothing here"),
    ],
)
def test_a_cell_that_disagrees_with_the_ledger_is_refused_with_what_it_says(
    command: Way, column: str, cell: str, theirs: str
) -> None:
    outcome = command("amounts.csv", rows(KNOWN, KNOWN | {column: cell}))
    assert outcome.places == [(3, column, cell)]
    assert theirs in outcome.said
    assert nothing_made()


def test_the_spanish_title_of_a_commitment_agrees_too(command: Way) -> None:
    title = Commitment.objects.get(reference="CARSI-08-INCLE-03").title_es
    assert title
    assert command("amounts.csv", rows(KNOWN | {"title": f" {title.upper()} "}), "--check").accepted


def test_a_new_commitment_is_described_in_any_of_its_rows(any_way: Way) -> None:
    bare = dict.fromkeys(("title", "fiscal_year", "area", "agency"), "")
    outcome = any_way("amounts.csv", rows(bare, {"stage": "obligated", "amount_usd": "10"}))
    assert len(outcome.entries) == 2
    made = Commitment.objects.select_related("appropriation__account").get(
        reference=ROW["reference"]
    )
    assert (made.title, str(made.appropriation)) == ("Patrol boats", "INCLE FY2008")


def test_what_a_new_commitment_lacks_is_named_at_its_first_row(any_way: Way) -> None:
    bare = dict.fromkeys(("title", "fiscal_year", "account", "area", "country", "agency"), "")
    outcome = any_way("amounts.csv", rows(KNOWN, bare, bare | {"stage": "obligated"}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [
        (3, column) for column in ("title", "fiscal_year", "account", "area", "country", "agency")
    ]
    assert "CARSI-08-INCLE-90 is new" in outcome.said


def test_rows_of_a_new_commitment_that_disagree_are_named(any_way: Way) -> None:
    outcome = any_way("amounts.csv", rows({}, {"country": "GT", "title": "Other boats"}))
    assert outcome.places == [(3, "title", "Other boats"), (3, "country", "GT")]
    assert "Row 2 has “Patrol boats” for CARSI-08-INCLE-90, not" in outcome.said


@pytest.mark.parametrize(
    "written",
    ["CARSI-O8-INCLE-03", "CARSI-08-1NCLE-03", "CARSI-8-INCLE-3", "CARSI-08-INCLE03"],
)
def test_a_new_reference_that_can_be_mistaken_for_another_is_refused(
    command: Way, written: str
) -> None:
    outcome = command("amounts.csv", rows({"reference": written}))
    assert outcome.places == [(2, "reference", written)]
    assert "CARSI-08-INCLE-03. Did you mean that?" in outcome.said


def test_references_of_one_file_that_look_alike_are_refused(command: Way) -> None:
    outcome = command("amounts.csv", rows({}, {"reference": "CARSI-08-INCLE-9O"}))
    assert outcome.places == [(3, "reference", "CARSI-08-INCLE-9O")]


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("area", "law enforcement", "law-enforcement"),
        ("area", "law_enforcement", "law-enforcement"),
        ("area", "law-enforcment", "law-enforcement"),
        ("area", "Programming area", None),
        ("country", "Guatemala", "GT"),
        ("country", "Panamá", "PA"),
        ("country", "РА", "PA"),
        ("account", "INCLE.", "INCLE"),
        ("agency", "State INL", "State/INL"),
        ("agency", "Departamento de Estado de EE. UU.", "State"),
        ("stage", "comitted", "committed"),
        ("basis", "state", "stated"),
        ("document", "activities2010", "activities-2010"),
        ("document", "CARSI FY 2010 Program Activity Descriptions", "activities-2010"),
        ("goal", "6", None),
    ],
)
def test_a_code_that_is_not_known_is_refused_with_what_was_probably_meant(
    command: Way, column: str, written: str, meant: str | None
) -> None:
    outcome = command("amounts.csv", rows({column: written}))
    assert outcome.places == [(2, column, written)]
    assert ("Probably meant" in outcome.said) == bool(meant)
    assert not meant or f"Probably meant: {meant}." in outcome.said


def test_a_partner_that_looks_like_another_is_refused_and_a_new_one_is_pointed_out(
    any_way: Way,
) -> None:
    alike = any_way("alike.csv", rows({"partner": "Organizatíon of  American States"}))
    assert "looks like “Organization of American States”" in alike.said
    two = any_way(
        "two.csv",
        rows({"partner": "Fundación Paz"}, {"reference": "A-1", "partner": "Fundacion Paz"}),
    )
    assert two.places == [(3, "partner", "Fundacion Paz")]
    assert nothing_made()
    new = any_way(
        "new.csv",
        rows({"partner": "Fundación Paz"}, {"reference": "A-1", "partner": "fundación paz"}),
    )
    assert "The partner “Fundación Paz” is new" in new.said
    assert Organization.objects.filter(code__iexact="fundación paz").count() == 1


def test_an_appropriation_that_does_not_exist_is_refused_with_those_that_do(command: Way) -> None:
    outcome = command("amounts.csv", rows({"account": "FMF", "fiscal_year": "2010"}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, "account")]
    assert "There is no appropriation FMF FY2010" in outcome.said
    assert "INCLE FY2008" in outcome.said


def test_an_appropriated_amount_has_no_commitment(any_way: Way) -> None:
    sound = any_way("sound.csv", rows(APPROPRIATED))
    assert sound.entries == [("", "appropriated", "50000.00", "2010-02-01")]
    line = Line.objects.select_related("appropriation__account").get(batch=sound.batch)
    assert str(line.appropriation) == "ESF FY2008"
    faulty = any_way(
        "faulty.csv", rows(APPROPRIATED | {"reference": "A-1", "country": "GT", "account": ""})
    )
    assert [(fault.row, fault.column) for fault in faulty.faults] == [
        (2, "reference"),
        (2, "account"),
        (2, "country"),
    ]


def test_every_amount_but_an_appropriated_one_has_a_reference(command: Way) -> None:
    outcome = command("amounts.csv", rows({"reference": " \u00a0"}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, "reference")]


def test_a_commitment_of_another_draft_has_to_wait_for_it(any_way: Way, ana: User) -> None:
    first = any_way("first.csv", rows({}))
    assert first.batch
    second = any_way("second.csv", rows({"stage": "obligated", "amount_usd": "5"}))
    assert second.places == [(2, "reference", "CARSI-08-INCLE-90")]
    assert f"({first.batch.pk}). Add its amounts there" in second.said
    assert Batch.objects.exclude(state="posted").count() == 1


def test_retired_codes_are_refused_for_what_is_new_alone(command: Way) -> None:
    administrator = factories.administrator()
    with posting.acting(administrator, "closed"):
        Organization.objects.filter(code="State/INL").update(retired=True)
    outcome = command("amounts.csv", rows(KNOWN | {"agency": "State/INL"}, {}))
    assert outcome.places == [(3, "agency", "State/INL")]
    assert "retired" in outcome.said


@pytest.mark.parametrize(
    ("column", "length"),
    [("title", 301), ("locator", 201), ("note", 1001), ("partner", 121), ("reference", 41)],
)
def test_text_that_is_too_long_is_refused(command: Way, column: str, length: int) -> None:
    outcome = command("amounts.csv", rows({column: "A" * length}))
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(2, column)]


@pytest.mark.parametrize("day", ["1989-12-31", "2199-01-01"])
def test_days_out_of_range_are_refused(command: Way, day: str) -> None:
    assert command("amounts.csv", rows({"effective_date": day})).places == [
        (2, "effective_date", day)
    ]


def test_rules_between_rows_are_checked_on_the_whole_file(any_way: Way) -> None:
    outcome = any_way(
        "amounts.csv",
        rows({}, {"stage": "obligated", "amount_usd": "1000.01", "effective_date": "2009-07-01"}),
    )
    assert "CARSI-08-INCLE-90: $0.01 is more than the $0.00" in outcome.said
    assert "committed but not obligated on July 1, 2009" in outcome.said
    assert nothing_made()


def test_quotes_and_spanish_titles_have_columns(any_way: Way) -> None:
    content = rows({}).replace(HEADINGS.encode(), f"{HEADINGS},quote,title_es".encode())
    outcome = any_way("amounts.csv", content + ",“four boats”,Lanchas".encode())
    line = Line.objects.select_related("commitment").get(batch=outcome.batch)
    assert line.quote == "“four boats”"
    assert line.commitment
    assert line.commitment.title_es == "Lanchas"


LIMIT = {"bound": "at-most", "bound_note": "One total for two years.", "bound_note_es": ""}
WITH_LIMITS = f"{HEADINGS},bound,bound_note,bound_note_es"


def test_a_new_commitment_is_marked_as_a_limit(any_way: Way) -> None:
    spanish = {"bound_note_es": "Un total para dos años."}
    assert any_way("limit.csv", rows(LIMIT | spanish, headings=WITH_LIMITS)).accepted
    made = Commitment.objects.get(reference=ROW["reference"])
    assert (made.bound, made.bound_note) == ("at-most", "One total for two years.")
    assert made.bound_note_es == "Un total para dos años."


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ({"bound": "about"}, "bound", "“about” is not one of at-most, at-least."),
        ({"bound": "at most"}, "bound", "Probably meant: at-most."),
        ({"bound_note": ""}, "bound_note", "Say in English what makes the amount a limit"),
        ({"bound": ""}, "bound_note", "leave both empty where it is no limit"),
        (
            {"bound": "", "bound_note": "", "bound_note_es": "Un total."},
            "bound_note",
            "only beside",
        ),
        ({"bound_note": "\u2800"}, "bound_note", "Say in English"),
        ({"bound_note": "n/a"}, "bound_note", "n/a"),
    ],
)
def test_a_mark_that_is_unknown_or_not_explained_is_refused(
    any_way: Way, cells: dict[str, str], place: str, said: str
) -> None:
    outcome = any_way("limit.csv", rows(LIMIT | cells, headings=WITH_LIMITS))
    assert place in {column for _row, column, _value in outcome.places}
    assert said in outcome.said
    assert nothing_made()


@pytest.mark.parametrize(
    ("column", "cell"),
    [("bound", "at-least"), ("bound_note", "Another"), ("bound_note_es", "Otro")],
)
def test_a_mark_that_disagrees_with_the_ledger_is_refused(
    command: Way, column: str, cell: str
) -> None:
    marked = KNOWN | dict.fromkeys(LIMIT, "") | {"reference": "CARSI-09-FMF-01"}
    outcome = command("limit.csv", rows(marked | {column: cell}, headings=WITH_LIMITS))
    assert outcome.places == [(2, column, cell)]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"agency": "Organization of American States"},
            "“Organization of American States” is not a U.S. agency.",
        ),
        ({"partner": "USAID"}, "“USAID” is not a partner."),
    ],
)
def test_a_new_commitment_has_an_agency_and_a_partner_of_their_kind(
    any_way: Way, cells: dict[str, str], said: str
) -> None:
    outcome = any_way("amounts.csv", rows(cells))
    assert next(iter(cells)) in {column for _row, column, _value in outcome.places}
    assert said in outcome.said
    assert nothing_made()
