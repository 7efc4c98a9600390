"""What an address asks, and what it may not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from carsi_tracker.figures.query import Filters, Query, Version
from carsi_tracker.figures.selection import entries
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import WASHINGTON, moment_as_written, today
from carsi_tracker.ledger.models import Posting
from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.parameters import BadAddress, _end_of_moment, read
from tests.sourced import NEXT, VERSION

pytestmark = pytest.mark.usefixtures("sourced")


def ask(**address: str) -> Query:
    head, revision = newest()
    return read(address, head, revision)


def test_an_empty_address_asks_of_all_entries_today_in_the_newest_version() -> None:
    query = ask()
    assert (query.day, query.version.number, query.filters) == (today(), VERSION, Filters())
    assert as_query_string(query) == ""


def test_an_empty_as_of_is_none() -> None:
    assert not ask(as_of="").dated


def test_a_question_writes_the_address_it_was_read_from() -> None:
    address = {"area": "community", "country": "GT", "stage": "committed", "as_of": "2009-09-30"}
    assert as_query_string(ask(**address)) == (
        "?area=community&country=GT&stage=committed&as_of=2009-09-30"
    )


def test_codes_are_read_without_regard_to_case_and_written_as_the_ledger_has_them() -> None:
    assert ask(
        country="gt", account="incle", partner="organization OF american states"
    ).filters == (Filters(country="GT", account="INCLE", partner="Organization of American States"))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("as_of", "2009-02-29"),
        ("as_of", "30/09/2009"),
        ("as_of", "2009-9-30"),
        ("as_of", "２００９-09-30"),
        ("as_of", "20090930"),
        ("as_of", "today"),
        ("as_of", "infinity"),
        ("as_of", "0000-01-01"),
        ("as_of", (today() + timedelta(days=1)).isoformat()),
        ("version", "0"),
        ("version", str(NEXT)),
        ("version", "-1"),
        ("version", f"{VERSION}-"),
        ("version", f"{VERSION}-0"),
        ("version", f"{VERSION}-deadbeef"),
        ("version", "1٢"),
        ("version", "99999999999999999999"),
        ("known_on", "2008-01-01"),
        ("known_on", "yesterday"),
        ("known_on", "9999-12-31T23:59:59Z"),
        ("known_on", f"{today()}T00:00+15:00"),
        ("known_on", f"{today()}T00:00+23:59"),
        ("known_on", f"{today()}T00:00-00:60"),
        ("known_on", (today() + timedelta(days=1)).isoformat()),
        ("area", "law"),
        ("country", "MX"),
        ("goal", "6"),
        ("goal", "-1"),
        ("account", "ESF "[:-1] + "X"),
        ("year", "2010"),
        ("agency", "none"),
        ("partner", "Nobody"),
        ("stage", "spent"),
        ("measure", "committed"),
        ("basis", "rumour"),
        ("document", "gao"),
        ("commitment", "CARSI-08-INCLE-99"),
        ("posted_in", str(NEXT)),
        ("posted_in", "0"),
        ("posted_in", "²"),
        ("area", "community\x00"),
        ("nonsense", "\x00"),
    ],
)
def test_what_the_ledger_does_not_know_is_refused_and_named(parameter: str, value: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        ask(**{parameter: value})
    assert (refusal.value.parameter, refusal.value.value) == (parameter, value)
    assert refusal.value.accepted


def test_forty_words_and_two_hundred_characters_are_looked_for_and_no_more() -> None:
    words = [f"w{number}" for number in range(41)]
    assert ask(text=" ".join(words[:40])).filters.text
    assert ask(text="x" * 200).filters.text
    for text in (" ".join(words), "x" * 201):
        with pytest.raises(BadAddress) as refusal:
            ask(text=text)
        assert refusal.value.parameter == "text"


def test_a_stage_and_a_measure_together_are_refused() -> None:
    with pytest.raises(BadAddress):
        ask(stage="committed", measure="available")


def test_a_version_and_a_moment_together_are_refused() -> None:
    with pytest.raises(BadAddress):
        ask(version="12", known_on=today().isoformat())


def test_a_version_carries_the_start_of_its_checksum() -> None:
    checksum = Posting.objects.get(version=12).checksum
    assert ask(version=f"12-{checksum[:8]}").version.of_entries == Version(12, checksum)
    assert ask(version=f"12-{checksum}").version.of_entries == Version(12, checksum)
    assert str(Version(12, checksum)) == f"12-{checksum[:8]}"
    with pytest.raises(BadAddress):
        ask(version=f"12-{checksum[:7]}")


def test_a_moment_means_the_version_that_the_ledger_held_then() -> None:
    moment = Posting.objects.get(version=12).posted_at
    assert ask(known_on=moment.isoformat()).version.number == 12
    before = moment - timedelta(microseconds=1)
    assert ask(known_on=before.isoformat()).version.number == 11


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2009-03-13", datetime(2009, 3, 14, 3, 59, 59, 999_999, UTC)),
        ("2009-12-31", datetime(2010, 1, 1, 4, 59, 59, 999_999, UTC)),
        ("2009-03-13T20:00", datetime(2009, 3, 14, 0, 0, tzinfo=UTC)),
        ("2009-03-13T20:00:00Z", datetime(2009, 3, 13, 20, 0, tzinfo=UTC)),
        ("2009-03-13T20:00:00 02:00", datetime(2009, 3, 13, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_bare_day_means_its_end_in_washington_and_a_bare_time_is_washingtons(
    text: str, moment: datetime
) -> None:
    assert _end_of_moment(text) == moment


def test_each_moment_as_it_is_printed_leads_to_its_version() -> None:
    for posting in Posting.objects.all():
        for zone in (UTC, WASHINGTON):
            printed = moment_as_written(posting.posted_at.astimezone(zone))
            assert ask(known_on=printed).version.number == posting.version
            sent_unescaped = printed.replace("+", " ")
            assert ask(known_on=sent_unescaped).version.number == posting.version


@pytest.mark.parametrize("text", ["12", "version 12", "Version 12", "versión 12", " 12 "])
def test_a_version_is_known_by_its_number(text: str) -> None:
    assert ask(known_on=text).version.number == 12


def test_what_was_known_on_this_day_is_the_newest_version() -> None:
    assert ask(known_on=today().isoformat()).version.number == VERSION


def test_none_asks_for_commitments_that_state_no_goal() -> None:
    found = entries(ask(goal="none"))
    assert found.exists()
    assert not found.filter(commitment__goal__isnull=False).exists()
    assert not found.filter(commitment__isnull=True).exists()


@pytest.mark.parametrize(
    ("measure", "plus", "minus"),
    [
        ("available", "appropriated", "committed"),
        ("unobligated", "committed", "obligated"),
        ("unliquidated", "obligated", "disbursed"),
        ("unobligated-balance", "appropriated", "obligated"),
        ("undisbursed", "appropriated", "disbursed"),
    ],
)
def test_a_measure_counts_the_entries_behind_a_difference_with_their_signs(
    measure: str, plus: str, minus: str
) -> None:
    for entry in entries(ask(measure=measure)):
        assert entry.stage in (plus, minus)
        sign = 1 if entry.stage == plus else -1
        assert entry.counted == sign * entry.amount


def test_links_carry_day_and_version_only_where_the_address_names_them() -> None:
    query = ask(as_of="2009-09-30")
    assert as_query_string(query.where(stage="committed")) == "?stage=committed&as_of=2009-09-30"
    assert as_query_string(ask().where(stage="committed")) == "?stage=committed"
    assert f"version={query.version}" in as_query_string(ask().permanent())
    assert as_query_string(query.through(date(2010, 9, 30))) == "?as_of=2010-09-30"
