"""A figure through the versions."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.history import figure_history
from carsi_tracker.figures.versions import newest
from carsi_tracker.reports.page.parameters import read
from tests.sourced import COMMITTED, VERSION, of_version, total

pytestmark = pytest.mark.usefixtures("sourced")


def test_each_change_of_a_sum_is_there_with_its_version_and_what_it_came_to() -> None:
    steps = figure_history(read({"stage": "committed"}, *newest()))
    changed = [number for number in range(1, VERSION + 1) if of_version(number, "committed")]
    assert [step.version for step in steps] == changed
    for step in steps:
        assert step.change.amount == of_version(step.version, "committed")
        assert step.after.amount == total("committed", until=step.version)
    assert steps[-1].after.amount == COMMITTED
    assert len(steps) < VERSION  # a version that moves a date changed no sum


@pytest.mark.parametrize(
    "asked",
    [
        {"measure": "available"},
        {"measure": "unobligated", "country": "CR"},
        {"stage": "obligated", "country": "PA"},
        {"stage": "committed", "as_of": "2009-09-30"},
    ],
)
def test_the_last_step_is_the_figure(asked: dict[str, str]) -> None:
    query = read(asked, *newest())
    steps = figure_history(query)
    assert steps[-1].after.amount == aggregates.total(query).amount
    assert sum((step.change.amount for step in steps), Decimal(0)) == steps[-1].after.amount


def test_without_a_stage_each_stage_has_its_steps() -> None:
    steps = figure_history(read({"country": "CR"}, *newest()))
    for stage in ("committed", "obligated"):
        last = [step for step in steps if step.of == stage][-1]
        assert last.after.amount == total(stage, country="CR")


def test_a_day_before_the_first_entry_has_no_history() -> None:
    assert not figure_history(read({"stage": "committed", "as_of": "2008-01-01"}, *newest()))


def test_it_takes_two_queries_however_many_versions_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    query = read({"measure": "available", "date_to": "2010-12-31"}, *newest())
    with django_assert_num_queries(2):  # the sums, and what of them is a limit
        assert figure_history(query.through(date(2026, 11, 1)))


def test_a_page_of_one_sum_shows_its_newest_changes_and_the_file_has_all(client: Client) -> None:
    page = client.get("/entries/?stage=committed").content.decode()
    section = page.partition("This figure through the versions")[2]
    assert '<a href="/entries/?stage=committed&amp;posted_in=15">−$3,182,000</a>' in section
    assert f"≥≤</span>\N{NO-BREAK SPACE}{total('committed', until=15):,.0f}</a>" in section
    lines = client.get("/tables/figure-history.csv?stage=committed")
    rows = b"".join(lines).decode().splitlines()  # type: ignore[arg-type]
    assert rows[0] == (
        "version,posted_at,title,reason,figure,change_usd,change_bound,after_usd,after_bound,entries"
    )
    changed = [number for number in range(1, VERSION + 1) if of_version(number, "committed")]
    assert [int(row.partition(",")[0]) for row in rows[1:]] == changed
    assert f",committed,-3182000.00,,{total('committed', until=15):.2f},both," in "\n".join(rows)
    assert section.count("<tr>") == 1 + min(10, len(changed))
    assert f"({len(changed) - 10} older version" in section


def test_entries_of_all_stages_have_no_history_of_one_figure(client: Client) -> None:
    assert "through the versions" not in client.get("/entries/").content.decode()


def test_a_subject_says_which_versions_changed_it(client: Client) -> None:
    page = client.get("/countries/cr/").content.decode()
    section = page.partition("Versions that changed these figures")[2]
    assert "−$3,182,000 committed" in section
    assert 'href="/tables/figure-history.csv?country=CR"' in section
