"""A draft's table by keyboard and mouse, as a spreadsheet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, drafted, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]
LINE = ("CARSI-08-INCLE-10", "com", "1250000", "2010-02-15", "activities-2010")


def opened(desk_site: Site, open_page: Open, width: int = 1280) -> Page:
    """A draft with one saved line, and empty rows below."""
    page = open_page(width)
    sign_in(page, desk_site, "ana")
    drafted(page, desk_site)
    page.wait_for_load_state()
    return page


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def typed(page: Page, *cells: str) -> None:
    """Type into cells, each by the tabulator from the one before."""
    for number, text in enumerate(cells):
        if number:
            keys(page, "Tab")
        page.keyboard.type(text)


def value(page: Page, cell: str) -> str:
    return page.locator(f"#{cell}").input_value()


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    keys(page, "Control+V")


def test_arrows_enter_and_tabulator_go_from_cell_to_cell(desk_site: Site, open_page: Open) -> None:
    page = opened(desk_site, open_page)

    def expect_at(cell: str) -> None:
        expect(page.locator(f"#{cell}")).to_be_focused()

    page.locator("#new-0-against").focus()
    typed(page, *LINE)
    assert value(page, "new-0-stage") == "committed"
    assert value(page, "new-0-amount") == "1,250,000.00"
    keys(page, "ArrowUp", "ArrowDown", "Home", "ArrowLeft")
    expect_at("new-0-effective_date")
    keys(page, "ArrowLeft", "ArrowDown")
    expect_at("new-1-amount")
    page.keyboard.type("1250000.5")
    keys(page, "ArrowLeft")
    expect_at("new-1-amount")
    keys(page, "Enter", "Shift+Enter")
    expect_at("new-1-amount")
    page.keyboard.type("9")
    keys(page, "Escape")
    assert value(page, "new-1-amount") == "1250000.5"
    keys(page, "ArrowDown", "Enter")
    expect_at("new-3-amount")
    keys(page, "Escape")
    expect(page.get_by_role("button", name="Insert row")).to_be_focused()
    keys(page, "Escape")
    expect_at("new-3-amount")
    page.locator("#new-3-quote").focus()
    keys(page, "Tab")
    expect(page.get_by_role("link", name="Add an amount")).to_be_focused()


def test_enter_goes_on_in_the_next_row_below_where_a_run_of_tabulators_began(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    page.locator("#new-0-against").focus()
    typed(page, "CARSI-08-INCLE-10", "committed", "10")
    keys(page, "Enter")
    expect(page.locator("#new-1-against")).to_be_focused()
    typed(page, "CARSI-08-INCLE-10", "committed", "20")
    keys(page, "ArrowUp", "Enter")
    expect(page.locator("#new-1-amount")).to_be_focused()
    page.locator("#new-2-stage").focus()
    keys(page, "Tab", "Enter")
    expect(page.locator("#new-3-stage")).to_be_focused()


def test_cells_are_chosen_summed_by_stage_filled_down_and_undone(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    page.locator("#new-0-against").focus()
    typed(page, *LINE)
    page.locator("#new-0-against").focus()
    keys(page, "Shift+ArrowDown", "Shift+ArrowDown", *["Shift+ArrowRight"] * 4, "Control+d")
    assert value(page, "new-2-against") == "CARSI-08-INCLE-10"
    assert value(page, "new-2-stage") == "committed"
    page.locator("#new-1-stage").select_option("obligated")
    page.locator("#new-0-amount").focus()
    keys(page, "Shift+ArrowDown", "Shift+ArrowDown")
    chosen = "3 cells, rows new 1 to new 3 Committed 2,500,000 Obligated 1,250,000"
    expect(page.locator("#chosen")).to_have_text(chosen)
    expect(page.locator("#said")).to_contain_text(
        "3 cells, rows new 1 to new 3. Committed 2,500,000"
    )
    expect(page.locator("#all")).to_contain_text("Committed 2,750,000 Obligated 1,250,000")
    keys(page, "Delete")
    expect(page.locator("#all")).to_contain_text("Committed 250,000 Obligated –")
    keys(page, "Control+z", "Control+z", "Control+z")
    assert value(page, "new-1-against") == ""
    assert value(page, "new-0-amount") == "1,250,000.00"
    keys(page, "Control+y")
    assert value(page, "new-2-amount") == "1,250,000.00"


def test_rows_are_inserted_duplicated_and_removed_and_each_is_undone(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    rows = page.locator("#lines tbody tr:not(.desk-of-commitment)")
    saved = rows.first.locator("[data-cell=amount]")
    saved.focus()
    page.get_by_role("button", name="Insert row").click()
    expect(rows).to_have_count(5)
    expect(rows.nth(1).locator("[data-cell=against]")).to_be_focused()
    keys(page, "Control+z")
    expect(rows).to_have_count(4)
    saved.focus()
    page.get_by_role("button", name="Duplicate row").click()
    expect(rows.nth(1).locator("[data-cell=amount]")).to_have_value("250,000.00")
    expect(rows.nth(1).locator(".desk-sign")).to_have_text("+")
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(4)
    page.get_by_role("button", name="Redo").click()
    expect(rows).to_have_count(5)
    saved.focus()
    page.get_by_role("button", name="Remove row").click()
    expect(rows.first.locator(".desk-sign")).to_have_text("×")
    expect(page.locator("#all")).to_contain_text("Committed 250,000")
    keys(page, "Control+z")
    expect(rows.first.locator(".desk-sign")).to_have_text("")
    keys(page, "Control+y")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: 1 line added, 1 line deleted.")).to_be_visible()


def test_a_rectangle_is_pasted_into_the_cells_and_copied_from_them(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    page.locator("#new-1-stage").focus()
    paste(page, "Committed\t1,000.00\nobligated\t2,000.00\nObligated\t3,000.00\n")
    assert value(page, "new-1-stage") == "committed"
    assert value(page, "new-3-amount") == "3,000.00"
    expect(page.locator("#chosen")).to_contain_text("Committed 1,000 Obligated 5,000")
    keys(page, "Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Committed\t1,000.00\nObligated\t2,000.00\nObligated\t3,000.00"
    keys(page, "Control+z")
    expect(page.locator("#new-3-amount")).to_have_count(0)
    assert value(page, "new-1-amount") == ""
    page.locator("#new-1-amount").fill("7")
    page.locator("#new-2-stage").focus()
    paste(page, "what\tever\nfits\tnot")
    expect(page.get_by_label("Rows from a spreadsheet")).to_be_focused()
    expect(page.get_by_label("Rows from a spreadsheet")).to_have_value("what\tever\nfits\tnot")
    assert value(page, "new-1-amount") == "7.00"


def test_the_mouse_chooses_cells_and_the_chosen_one_is_shown_whole(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    for number in range(3):
        page.locator(f"#new-{number}-amount").fill(f"{number + 1}00")
    start = page.locator("#new-0-amount").bounding_box()
    end = page.locator("#new-2-amount").bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 10, steps=8)
    page.mouse.up()
    expect(page.locator("#chosen")).to_contain_text("3 cells, rows new 1 to new 3")
    note = "A note that is far too long for its cell, and is read above the table"
    page.locator("#new-0-note").fill(note)
    expect(page.locator("#whole")).to_have_text(f"Row new 1, Note{note}")
    page.locator("#lines [data-cell=against]").first.focus()
    expect(page.locator("#whole")).to_contain_text("Patrol boats, Honduras")


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("language", ["", "/es"])
def test_no_reference_stage_or_day_is_cut(
    desk_site: Site, open_page: Open, width: int, language: str
) -> None:
    page = opened(desk_site, open_page, width)
    page.goto(page.url.replace("/admin/", f"{language}/admin/"))
    page.locator("#new-0-against").focus()
    typed(page, "CARSI-08-INCLE-10", "", "1,250,000,000.00", "2010-02-15")
    cut = page.evaluate(
        """
        [...document.querySelectorAll("#lines input[type=text]")]
        .filter(cell => ["against", "amount", "effective_date"].includes(cell.dataset.cell))
        .filter(cell => cell.scrollWidth > cell.clientWidth)
        .map(cell => cell.id)
        """
    )
    assert cut == []
    lists = page.evaluate(
        """
        const lists = document.querySelectorAll("#lines tr:not(.desk-of-commitment) select");
        [...lists].flatMap(list => {
            const canvas = document.createElement("canvas").getContext("2d");
            canvas.font = getComputedStyle(list).font;
            return [...list.options].filter(option =>
                canvas.measureText(option.textContent).width > list.clientWidth - 8
            ).map(option => option.textContent);
        })
        """
    )
    assert lists == []


def test_a_problem_stands_in_a_row_under_its_cell_and_removed_rows_stay(
    desk_site: Site, open_page: Open
) -> None:
    page = opened(desk_site, open_page)
    page.locator("#new-0-against").focus()
    typed(page, *LINE[:2], "613.000", *LINE[3:])
    rows = page.locator("#lines tbody tr:not(.desk-of-commitment)")
    rows.first.locator("[data-cell=amount]").focus()
    page.get_by_role("button", name="Remove row").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#new-0-amount")).to_have_attribute("aria-invalid", "true")
    expect(rows.nth(2)).to_contain_text("Amount, row new 1: “613.000” can be read as")
    expect(rows.first.locator(".desk-sign")).to_have_text("×")
    expect(rows.nth(1).locator(".desk-sign")).to_have_text("!")
    page.get_by_text("Keyboard").click()
    assert not faults(page, targets=False)
    page.set_viewport_size({"width": 360, "height": 800})
    assert not is_wider_than_its_window(page)
    assert not faults(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_letter_with_three_new_commitments_is_one_batch_entered_in_its_table(
    desk_site: Site, open_page: Open, script: bool
) -> None:
    page = open_page(java_script_enabled=script)
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/ledger/batch/add/")
    page.get_by_label("Title", exact=True).fill("Letter of agreement with El Salvador")
    page.get_by_label("Reason").fill("The letter of 3 December 2009")
    page.get_by_role("button", name="Save").first.click()
    count = 3

    def fill(row: str, text: str, *, chosen: bool = False) -> None:
        nonlocal count
        count += 1
        field = page.locator(f"[name={row}]")
        if chosen:
            value = field.locator("option", has_text=text).first.get_attribute("value")
            field.select_option(value)
        else:
            field.fill(text)

    for number, title in enumerate(("Vetted units", "Fingerprints", "Prisons")):
        page.get_by_role("button", name="Add new commitment").click()
        count += 1
        fill(f"introduced-{number}-title", f"{title}, El Salvador")
        keys_of = [
            row for row in new_lines(page) if page.locator(f"[name={row}-stage]").input_value()
        ]
        committed, obligated = keys_of[-2:]
        if number == 0:
            fill("introduced-0-appropriation", "INCLE FY2008", chosen=True)
            fill("introduced-0-area", "Law enforcement", chosen=True)
            fill("introduced-0-country", "El Salvador", chosen=True)
            fill("introduced-0-agency", "Bureau of International Narcotics", chosen=True)
        for row in (committed, obligated):
            fill(f"{row}-amount", "250,000")
            if (number == 0 and row == committed) or not script:
                fill(f"{row}-effective_date", "2009-12-03")
                fill(f"{row}-document", "spend-plan-2008")
    page.get_by_role("button", name="Save and submit").click()
    count += 1
    expect(page.get_by_text("The batch was submitted.")).to_be_visible()
    expect(page.locator("#lines tbody tr")).to_have_count(6)
    if script:
        assert count <= 25
        assert not faults(page)


def new_lines(page: Page) -> list[str]:
    """The keys of the rows that are to be added, in their order."""
    return page.locator("#lines [name=row][value^=new-]").evaluate_all(
        "rows => rows.map(row => row.value)"
    )


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_rows_of_commitments_are_sound_with_problems(
    desk_site: Site, open_page: Open, width: int, scheme: str, language: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "ana")
    batch = drafted(page, desk_site)
    page.goto(f"{desk_site.address}{language}{batch}change/")
    page.locator("button[name=_commitment]").click()
    page.locator("[name=introduced-0-reference]").fill("CARSI-08-INCLE-10")
    page.locator("[name=introduced-0-title]").fill("Police radios")
    page.locator("button[name=_save]").click()
    expect(page.locator("[name=introduced-0-reference]")).to_have_attribute("aria-invalid", "true")
    page.locator("summary", has_text="more" if not language else "más").last.click()
    assert not is_wider_than_its_window(page)
    assert not faults(page)


def test_an_empty_batch_greets_nobody_with_a_refusal(desk_site: Site, open_page: Open) -> None:
    page = open_page()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/ledger/batch/add/")
    page.get_by_label("Title", exact=True).fill("Obligations")
    page.get_by_label("Reason").fill("The activities report")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#new-0-against")).to_be_visible()
    expect(page.get_by_text("This batch has no lines yet.")).to_have_count(0)
