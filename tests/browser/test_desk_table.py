"""The desk at speed: one allocation, a hundred pasted rows, a batch that comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Hand, Site, drafted, faults, is_wider_than_its_window, sign_in

Open = Callable[..., Page]
HEADINGS = "reference\tstage\tamount_usd\teffective_date\tdocument\tbasis\tnote"


def rows(count: int, **other: str) -> str:
    """Rows as a spreadsheet puts them on the clipboard; `amount_3` is another amount in row 3."""
    lines = [HEADINGS]
    for number in range(2, count + 2):
        amount = other.get(f"amount_{number}", f"{1000 + number}.00")
        day = other.get(f"day_{number}", "2010-02-15")
        document = other.get(f"document_{number}", "activities-2010")
        lines.append(
            f"CARSI-08-INCLE-10\tcommitted\t{amount}\t{day}\t{document}\tstated\tNo. {number}"
        )
    return "\n".join(lines)


def paste(page: Page, into: Locator, text: str) -> None:
    """Put text on the clipboard and paste it as the keyboard does."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    into.focus()
    page.keyboard.press("Control+V")


def sound(page: Page) -> None:
    assert not is_wider_than_its_window(page)
    assert not faults(page)


def test_an_allocation_takes_at_most_twelve_interactions(desk_site: Site, open_page: Open) -> None:
    page, hand = open_page(), Hand()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/")
    hand.click(page.get_by_role("link", name="Add an allocation").first)
    hand.fill(page.get_by_label("Amount, U.S. dollars"), "250,000")
    hand.fill(page.get_by_label("Effective date"), "2009-06-15")
    hand.choose(page, "Appropriation", "INCLE FY2008")
    hand.choose(page, "Programming area", "Law")
    hand.choose(page, "Country", "Honduras")
    hand.choose(page, "Agency", "U.S. Department of State, Bureau")
    hand.choose(page, "Source document", "FY 2008 Supplemental")
    hand.fill(page.get_by_label("Page or section"), "page 12")
    hand.click(page.get_by_role("button", name="Save and submit"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("$250,000 committed, INCLE FY2008, Honduras: FY 2008")
    expect(page.get_by_text("was submitted").first).to_be_visible()
    assert hand.count <= 12


def test_a_letter_with_three_commitments_is_one_batch_in_at_most_twenty_five_interactions(
    desk_site: Site, open_page: Open
) -> None:
    page, hand = open_page(), Hand()
    sign_in(page, desk_site, "ana")
    page.goto(f"{desk_site.address}/admin/")
    hand.click(page.get_by_role("link", name="Add an allocation").first)
    hand.fill(page.get_by_label("Effective date"), "2009-06-15")
    hand.choose(page, "Appropriation", "INCLE FY2008")
    hand.choose(page, "Country", "Honduras")
    hand.choose(page, "Agency", "U.S. Department of State, Bureau")
    hand.click(page.get_by_text("The source is not in the list"))
    new = page.locator("details[open]")
    hand.fill(new.get_by_label("Title", exact=True), "Letter of agreement with Honduras")
    hand.fill(new.get_by_label("Publisher"), "U.S. Department of State")
    hand.fill(new.get_by_label("Published on"), "2009-06-15")
    areas = {"Law": "250,000", "Capacity": "100,000", "Community": "50,000"}
    for position, (area, amount) in enumerate(areas.items()):
        if position:
            expect(page.locator("#strip")).to_contain_text("Within balance")
            expect(page.get_by_label("Amount, U.S. dollars")).to_be_focused()
        hand.fill(page.get_by_label("Amount, U.S. dollars"), amount)
        hand.fill(page.get_by_label("Also obligated"), "40,000")
        hand.choose(page, "Programming area", area)
        if position:
            expect(page.locator("#into")).to_contain_text(f"has {2 * position} lines so far")
        last = position == len(areas) - 1
        name = "Save and submit" if last else "Save and add another to this batch"
        hand.click(page.get_by_role("button", name=name))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "$400,000 committed, $120,000 obligated, INCLE FY2008, Honduras: "
        "Letter of agreement with Honduras"
    )
    expect(page.get_by_text("was submitted").first).to_be_visible()
    expect(page.locator("#lines tbody tr")).to_have_count(6)
    assert hand.count <= 25


def new_batch(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/admin/ledger/batch/add/")
    page.get_by_label("Title", exact=True).fill("Obligations of February 2010")
    page.get_by_label("Reason").fill("The activities report")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#new-0-against")).to_be_visible()


def test_a_hundred_pasted_rows_are_submitted_in_five_interactions(
    desk_site: Site, open_page: Open
) -> None:
    page, hand = open_page(), Hand()
    sign_in(page, desk_site, "ana")
    new_batch(page, desk_site)
    sound(page)
    paste(page, page.locator("#new-0-against"), rows(100))
    hand.count += 1
    expect(page.get_by_text("Saved: 100 lines added.")).to_be_visible()
    hand.click(page.get_by_role("button", name="Submit", exact=True))
    expect(page.get_by_text("The batch was submitted.")).to_be_visible()
    assert hand.count <= 5


@pytest.mark.in_turn
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_three_faults_of_a_hundred_pasted_rows_are_put_right_at_their_cells(
    desk_site: Site, open_page: Open, width: int, scheme: str
) -> None:
    page = open_page(width, color_scheme=scheme)
    sign_in(page, desk_site, "ana")
    new_batch(page, desk_site)
    page.get_by_label("Rows from a spreadsheet").fill(
        rows(100, amount_4="613.000", day_50="09/02/2009", document_99="activties-2010")
    )
    page.get_by_role("button", name="Add these rows").click()
    expect(page.locator("#rows .desk-fault")).to_have_count(3)
    expect(page.locator("#faults")).to_be_focused()
    sound(page)
    page.get_by_role("link", name="Row 50, Effective date").click()
    expect(page.locator("#cell-50-effective_date")).to_be_focused()
    page.locator("#cell-4-amount_usd-2").fill("613.00")
    page.locator("#cell-50-effective_date").fill("2009-09-02")
    page.locator("#cell-99-document").fill("activities-2010")
    page.get_by_role("button", name="Add 100 lines to the draft").click()
    expect(page.get_by_text("Saved: 100 lines added.")).to_be_visible()
    expect(page.get_by_text("Lines 76 to 100 of 100")).to_be_visible()
    sound(page)


@pytest.mark.parametrize("script", [True, False])
def test_rows_are_typed_duplicated_and_saved_with_and_without_script(
    desk_site: Site, open_page: Open, script: bool
) -> None:
    page = open_page(java_script_enabled=script)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, desk_site, "ana")
    drafted(page, desk_site)
    page.locator("#new-0-against").fill("CARSI-08-INCLE-10")
    if script:
        expect(page.locator("#against-options option")).to_have_count(1)
    page.locator("#new-0-stage").select_option("committed")
    page.locator("#new-0-amount").fill("9,000,000")
    page.locator("#new-0-effective_date").fill("2009-06-15")
    page.locator("#new-0-document").fill("activities-2010")
    if script:
        expect(page.locator("#strip")).to_contain_text("1,760,500")
    if script:
        page.locator("#new-0-against").focus()
        page.get_by_role("button", name="Duplicate row").click()
    else:
        page.locator('button[value="new-0"]').click()
    expect(page.locator("#new-3-amount")).to_have_value("9,000,000" + ".00" * script)
    page.locator("#new-3-amount").fill("8,000,000")
    if script:
        expect(page.locator("#strip .desk-strip-over")).to_contain_text("INCLE FY2008")
    page.get_by_role("button", name="More rows").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: 2 lines added.")).to_be_visible()
    expect(page.locator("#strip")).to_contain_text(" on September 25, 2009")
    if script:
        page.locator("#lines tbody tr").nth(2).locator("[id$=-amount]").focus()
        page.get_by_role("button", name="Remove row").click()
    else:
        page.locator("#lines tbody tr").nth(2).get_by_label("remove").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: 1 line deleted.")).to_be_visible()
    assert not said


@pytest.mark.in_turn
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/es")]
)
def test_the_table_is_sound_with_faults_and_both_versions_of_a_row(
    desk_site: Site, open_page: Open, width: int, scheme: str, language: str
) -> None:
    mine, other = (open_page(width, color_scheme=scheme) for _ in range(2))
    sign_in(mine, desk_site, "ana")
    sign_in(other, desk_site, "ana")
    batch = drafted(mine, desk_site)
    for page, amount in ((mine, "310,000.00"), (other, "240,000.00")):
        page.goto(f"{desk_site.address}{language}{batch}change/")
        page.locator("#lines [id^=line-][id$=-amount]").first.fill(amount)
    other.locator("#new-0-amount").fill("613.000")
    for page in (mine, other):
        page.locator("button[name=_save]").click()
    expect(other.locator(".desk-differs")).to_contain_text(["$310,000.00"])
    expect(other.locator("#new-0-amount")).to_have_attribute("aria-invalid", "true")
    expect(other.locator("#lines [id^=line-][id$=-amount]").first).to_have_value("310,000.00")
    sound(mine)
    sound(other)
    other.goto(f"{desk_site.address}{language}{batch}lines/paste/")
    sound(other)


def test_a_batch_is_returned_corrected_and_submitted_again(
    desk_site: Site, open_page: Open
) -> None:
    analyst, approver = open_page(), open_page()
    sign_in(analyst, desk_site, "ana")
    sign_in(approver, desk_site, "petra")
    batch = drafted(analyst, desk_site)
    analyst.get_by_role("button", name="Save and submit").click()
    expect(analyst.get_by_text("The batch was submitted.")).to_be_visible()

    approver.goto(f"{desk_site.address}{batch}review/")
    approver.get_by_label("Your comment").fill("The source says $240,000.")
    approver.get_by_role("button", name="Return to analyst").click()

    analyst.goto(f"{desk_site.address}{batch}change/")
    expect(analyst.get_by_text("The source says $240,000.")).to_be_visible()
    analyst.locator("#lines [id$=-amount]").first.fill("240,000")
    analyst.get_by_role("button", name="Save and submit").click()
    expect(analyst.get_by_text("The batch was submitted.")).to_be_visible()

    approver.goto(f"{desk_site.address}{batch}review/")
    expect(approver.locator("#lines")).to_contain_text("240,000")
    expect(approver.get_by_role("button", name="Return to analyst")).to_be_visible()
