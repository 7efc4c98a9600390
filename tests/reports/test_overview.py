"""The overview: each headline says what its day and version hold, and nothing that is not known."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.reports.page.headlines import place_of_largest
from carsi_tracker.reports.page.links import Linked
from carsi_tracker.reports.page.shortened import in_prose
from tests.reports.addresses import BOTH
from tests.reports.reading import MARK
from tests.reports.reading import text as page_of
from tests.sourced import VERSION, dollars, entries, total

DAYS = (
    "2008-02-29", "2008-06-29", "2008-06-30", "2009-03-10", "2009-03-31", "2009-09-30",
    "2013-06-01", "2026-01-01",
)  # fmt: skip
SECTIONS = (
    "known-title", "published-title", "funds-title", "matrix-title", "countries-title",
    "timeline-title", "goals-title", "noted-title", "latest-title", "sources-title",
)  # fmt: skip

sourced = pytest.mark.usefixtures("sourced")


def overview(client: Client, day: str, version: int = VERSION, language: str = "") -> str:
    response = client.get(f"{language}/?as_of={day}&version={version}", follow=True)
    assert response.status_code == 200
    return unescape(MARK.sub("", response.content.decode()))


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace(" .", ".").replace(" ,", ",")


def headings(html: str) -> dict[str, str]:
    return {
        name: plain(said)
        for name, said in re.findall(r'<h2 id="([\w-]+)">(.+?)</h2>', html, re.DOTALL)
    }


def lead(html: str) -> str:
    return plain(html.partition('<section class="lead">')[2].partition('<ul class="')[0])


def uncommitted(day: str, version: int) -> dict[str, Decimal]:
    """Add up the uncommitted balance of each appropriation from the files of the batches."""
    described = {"until": version, "on": date.fromisoformat(day)}
    found = {}
    for row in entries("appropriated", **described):  # type: ignore[arg-type]
        of = {"fiscal_year": row["fiscal_year"], "account": row["account"]}
        sums = [total(stage, **described, **of) for stage in ("appropriated", "committed")]  # type: ignore[arg-type]
        found[f"{of['account']} FY{of['fiscal_year']}"] = sums[0] - sums[1]
    return found


@sourced
@pytest.mark.parametrize("version", [1, 5, 12, VERSION])
@pytest.mark.parametrize("day", DAYS[2:])
def test_it_leads_with_what_documents_show_and_what_was_not_found(
    client: Client, day: str, version: int
) -> None:
    said = lead(overview(client, day, version))
    sums = {
        stage: total(stage, until=version, on=date.fromisoformat(day))
        for stage in ("appropriated", "committed", "obligated", "disbursed")
    }
    if not sums["committed"]:
        assert f"No commitment found in the {in_prose(sums['appropriated'])}" in said
        return
    assert f"account for {in_prose(sums['committed'])} of {in_prose(sums['appropriated'])}" in said
    if sums["disbursed"]:
        assert (
            f"{in_prose(sums['obligated'])} obligated and {in_prose(sums['disbursed'])} paid out"
            in said
        )
    elif sums["obligated"]:
        assert f"{in_prose(sums['obligated'])} obligated through" in said
        assert "no payment was found" in said
    else:
        assert "No obligation and no payment was found" in said
    left = sums["appropriated"] - sums["committed"]
    assert (f"For {in_prose(left)}, no commitment was found." in said) == (left > 0)


@sourced
@pytest.mark.parametrize("version", [1, 5, 12, VERSION])
@pytest.mark.parametrize("day", DAYS[2:])
def test_its_table_has_each_appropriation_and_its_headline_the_largest_balance(
    client: Client, day: str, version: int
) -> None:
    html = overview(client, day, version)
    table = html.partition('id="funds-caption"')[2].partition("</table>")[0]
    balances = uncommitted(day, version)
    whole = sum(balances.values())
    rows = {}
    for row in table.partition("<tbody>")[2].split("</tr>"):
        if name := re.search(r'<th scope="row"><a [^>]+>([^<]+)</a>', row):
            rows[name[1]] = plain(row.partition('<td class="number key">')[2].partition("</td>")[0])
    assert {name: rows[name] for name in balances} == {
        name: dollars(balance) for name, balance in balances.items()
    }
    foot = table.partition("<tfoot>")[2]
    assert plain(foot.partition('<td class="number key">')[2].partition("</td>")[0]) == dollars(
        whole
    )
    said = headings(html)["funds-title"]
    largest = [name for name, balance in balances.items() if balance == max(balances.values())]
    if len(largest) == 1:
        part = in_prose(balances[largest[0]])
        assert (
            said == f"For {in_prose(whole)}, no commitment was found: {part} of it in {largest[0]}"
        )
    else:
        assert said == f"For {in_prose(whole)}, no commitment was found"


@sourced
@pytest.mark.parametrize("day", DAYS[2:])
def test_its_headlines_name_the_region_and_the_country_with_most(client: Client, day: str) -> None:
    said = headings(overview(client, day))
    on = date.fromisoformat(day)
    by_country = {
        row["country"]: total("committed", on=on, country=row["country"])
        for row in entries("committed", on=on)
    }
    regional = by_country.pop("regional", Decimal(0))
    committed = total("committed", on=on)
    if regional and regional == committed:
        assert said["matrix-title"] == (
            f"All of the {in_prose(committed)} committed is regional, not for one country"
        )
    elif regional:
        assert said["matrix-title"].endswith(
            f"of the {in_prose(committed)} committed is regional, not for one country"
        )
    else:
        assert said["matrix-title"] == "Committed by purpose and country"
    largest = [code for code, sum_ in by_country.items() if sum_ == max(by_country.values())]
    if len(largest) == 1 and by_country[largest[0]] > 0:
        names = {"GT": "Guatemala", "HN": "Honduras", "PA": "Panama", "CR": "Costa Rica"}
        assert said["countries-title"].startswith(
            f"{names[largest[0]]} has the largest country share: $"
        )
    elif "countries-title" in said:
        assert said["countries-title"] == "Committed by country"


@pytest.mark.parametrize(
    ("amounts", "place"),
    [((3, 5, 4), 1), ((5, 5, 4), None), ((0, 0), None), ((0, -2), None), ((), None), ((7,), 0)],
)
def test_a_headline_names_the_largest_only_where_one_is(
    amounts: tuple[int, ...], place: int | None
) -> None:
    assert place_of_largest([Linked(Decimal(amount), "") for amount in amounts]) == place


@sourced
def test_its_sections_stand_in_the_order_in_which_a_reader_asks(client: Client) -> None:
    assert tuple(headings(page_of(client, "/"))) == SECTIONS


@sourced
@pytest.mark.in_turn("language")
@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("version", [*range(1, VERSION), VERSION])
def test_no_headline_of_any_version_calls_zero_what_is_not_known(
    client: Client, language: str, version: int
) -> None:
    for day in DAYS:
        html = overview(client, day, version, language)
        said = [lead(html), *headings(html).values()]
        assert not [each for each in said if re.search(r"\$0(?![\d.])|None|–\s*\$", each)], day


@sourced
def test_before_the_first_law_it_has_no_table_of_appropriations(client: Client) -> None:
    html = overview(client, "2008-06-29")
    assert "The first law is dated June 30, 2008." in lead(html)
    assert not {"funds-title", "countries-title"} & headings(html).keys()


@pytest.mark.django_db
def test_an_empty_ledger_has_an_overview(client: Client) -> None:
    html = page_of(client, "/")
    assert "No appropriation found through" in lead(html)
    assert "funds-title" not in headings(html)
