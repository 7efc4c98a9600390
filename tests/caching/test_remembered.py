"""What processes remember: bounded, whole under threads, read only, and forgotten together."""

import ast
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from carsi_tracker.caching import remembered as remembering
from carsi_tracker.caching.remembered import (
    BESIDES,
    MEGABYTES,
    Kept,
    bytes_remembered,
    forget_everything,
    remembered,
)
from carsi_tracker.figures import aggregates, history, running_totals, timeline
from carsi_tracker.figures.versions import newest
from carsi_tracker.figures.vocabulary import vocabulary
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Commitment, Country
from carsi_tracker.reports.page.parameters import read
from tests import factories

THREADS = 8
PACKAGE = Path(settings.BASE_DIR) / "carsi_tracker"


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let threads take turns at every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(ask: Callable[[int], Any]) -> list[Any]:
    """Ask at once from several threads; return what each was answered."""
    together = Barrier(THREADS)

    def asked(number: int) -> Any:
        together.wait(30)
        return ask(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(asked, range(THREADS)))


def let_remember(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let answers take so many bytes together."""
    monkeypatch.setattr(remembering, "_answers", Kept(most, lambda answer: answer[0]))


@pytest.mark.usefixtures("hurried")
def test_threads_that_push_each_others_values_out_are_answered_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: Kept[int, int] = Kept(3)
    let_remember(monkeypatch, 3 * (BESIDES + 1))

    @remembered(weigh=lambda _found: 1)
    def tenfold(number: int) -> int:
        return number * 10

    def ask(first: int) -> bool:
        right = True
        for number in range(first, first + 4000):
            key = number % 7
            kept.put(key, key)
            right &= kept.get(key) in {key, None} and tenfold(key) == key * 10
            kept.drop((key + 3) % 7)
        return right

    assert in_threads(ask) == [True] * THREADS
    assert kept.weight <= 3


@pytest.mark.usefixtures("sourced", "hurried")
def test_threads_that_ask_for_more_courses_than_are_kept_get_them_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_remember(monkeypatch, 20_000)
    query = read({}, *newest())
    references = list(Commitment.objects.order_by("reference").values_list("reference", flat=True))
    right = aggregates.breakdown_of(query, "commitment", references)

    def ask(first: int) -> bool:
        try:
            rounds = [references[at : at + 3] for at in range(first, len(references) - 3, 2)]
            return all(
                aggregates.breakdown_of(query, "commitment", some)
                == {reference: right[reference] for reference in some}
                for some in rounds
            )
        finally:
            connection.close()

    assert in_threads(ask) == [True] * THREADS


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize(
    "dimensions", [("version",), ("commitment",), ("area", "country"), ("document",), ()]
)
def test_running_totals_take_no_more_memory_than_they_weigh(dimensions: tuple[str, ...]) -> None:
    """Else a busy office, or a crawler, fills the memory of a machine with what is bounded."""
    query = read({}, *newest())
    found = running_totals.running_totals(query, *dimensions)
    assert 0.25 < bytes_of(found) / running_totals._bytes(found) < 1


@pytest.mark.usefixtures("sourced")
@pytest.mark.parametrize("dimension", ["version", "commitment", "country"])
def test_a_sum_of_a_breakdown_takes_a_kilobyte_at_most(dimension: str) -> None:
    found = aggregates.breakdown(read({}, *newest()), dimension)
    assert bytes_of(found) < 1000 * (1 + len(found))


def bytes_of(value: object) -> int:
    """Return what a value and all that it holds take, but classes, and what all values share."""
    seen: dict[int, object] = {}
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, type):
            seen[id(each)] = each
            waiting += gc.get_referents(each)
    return sum(map(sys.getsizeof, seen.values()))


@pytest.mark.usefixtures("sourced")
def test_all_figures_that_are_remembered_take_no_more_memory_than_they_weigh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_remember(monkeypatch, MEGABYTES * 2**20)
    references = list(Commitment.objects.values_list("reference", flat=True))
    for month in range(1, 13):
        query = read({"as_of": f"2012-{month:02}-01"}, *newest())
        for dimension in ("commitment", "country", "version"):
            aggregates.breakdown(query, dimension)
            aggregates.number_of(query, dimension)
        aggregates.matrix(query)
        aggregates.breakdown_of(query, "commitment", references)
        history.figure_history(query)
        timeline.timeline(query)
    values: Any = remembering._answers._values
    answers = [(key, found) for (_of, key), found in values.items()]
    assert len(answers) > len(references)
    assert 0.2 < bytes_of(answers) / bytes_remembered() < 1


def test_answers_of_all_kinds_share_what_a_process_remembers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else each kind that is added lets a process take more."""
    let_remember(monkeypatch, MEGABYTES * 2**20)
    asked = []

    @remembered(weigh=lambda _found: MEGABYTES * 2**19)
    def large(number: int) -> int:
        asked.append(number)
        return number

    @remembered(weigh=lambda _found: MEGABYTES * 2**18)
    def less(number: int) -> int:
        return number

    large(1)
    less(1)
    large(1)
    assert asked == [1]
    less(2)
    less(3)
    assert bytes_remembered() <= MEGABYTES * 2**20
    large(1)
    assert asked == [1, 1]


def test_what_is_kept_weighs_no_more_than_it_may() -> None:
    kept: Kept[str, str] = Kept(10, len)
    for text in ("four", "fife", "sixsix", "far too long to be kept at all"):
        kept.put(text, text)
    assert kept.weight <= 10
    assert kept.get("sixsix") == "sixsix"
    assert kept.get("four") is None
    kept.put("sixsix", "far too long to be kept at all")
    assert kept.get("sixsix") is None  # never the older value


@pytest.mark.parametrize("weigh", [None, lambda _found: 1])
def test_who_is_given_an_answer_cannot_alter_it(weigh: Callable[[Any], int] | None) -> None:
    @remembered(4, weigh=weigh)
    def found(_question: str) -> Mapping[str, Any]:
        return {"a": {"b": 1}, "list": [1, {"c": 2}], "set": {1}}

    given = found("any")
    for alter in (
        lambda: given.update(a=2),  # type: ignore[attr-defined]
        lambda: given["a"].update(b=2),
        lambda: given["list"].append(3),
        lambda: given["list"][1].update(c=3),
        lambda: given["set"].add(2),
    ):
        with pytest.raises(AttributeError):
            alter()
    assert found("any") == {"a": {"b": 1}, "list": (1, {"c": 2}), "set": {1}}


def test_an_answer_of_nothing_is_remembered_too() -> None:
    asked = []

    @remembered(weigh=lambda _found: 1)
    def nothing(number: int) -> None:
        asked.append(number)

    nothing(1)
    nothing(1)
    assert asked == [1]


@pytest.mark.parametrize("weigh", [None, lambda _found: 1])
def test_everything_is_forgotten_together(weigh: Callable[[Any], int] | None) -> None:
    asked = []

    @remembered(4, weigh=weigh)
    def answer(number: int) -> int:
        asked.append(number)
        return number

    answer(1)
    answer(1)
    forget_everything()
    answer(1)
    assert asked == [1, 1]


@pytest.mark.usefixtures("sourced")
def test_a_name_that_was_rolled_back_is_not_shown_again() -> None:
    """The count of the texts comes again after a rollback, and with it no older name."""
    names = []
    analyst = factories.analyst()
    for name in ("Belize, first", "Belize, second"):
        undo = transaction.savepoint()
        with posting.acting(analyst):
            Country.objects.filter(code="BZ").update(name_en=name)
        version, revision = newest()
        words = vocabulary(version.number, version.checksum, revision)
        names += [country.name_en for country in words.countries if country.code == "BZ"]
        transaction.savepoint_rollback(undo)
    assert names == ["Belize, first", "Belize, second"]


@pytest.mark.usefixtures("sourced")
def test_what_a_process_keeps_of_figures_can_only_be_read() -> None:
    query = read({"as_of": "2011-09-30"}, *newest())
    words = vocabulary(query.version.number, query.version.checksum, 0)
    for found in (
        aggregates.breakdown(query, "country"),
        aggregates.breakdown(query, "area"),
        aggregates.totals(query),
        aggregates.matrix(query),
        running_totals.running_totals(query, "country"),
        words.codes,
        words.codes["area"],
    ):
        with pytest.raises(AttributeError):
            found.clear()  # type: ignore[attr-defined]
    (running_total, *_others) = running_totals.running_totals(query)[()].values()
    before = running_total.through(date(2011, 9, 30))
    with pytest.raises(AttributeError):
        running_total.days.append(date(2011, 9, 30) + timedelta(days=1))  # type: ignore[attr-defined]
    assert running_total.through(date(2011, 9, 30)) == before


def test_no_module_keeps_answers_in_a_way_of_its_own() -> None:
    ways = {"functools.lru_cache", "functools.cache", "cachetools.*"}
    for module in PACKAGE.rglob("*.py"):
        if module == PACKAGE / "caching" / "remembered.py":
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            used = set()
            if isinstance(node, ast.ImportFrom):
                used = {f"{node.module}.{alias.name}" for alias in node.names}
                used |= {f"{node.module}.*"}
            if isinstance(node, ast.Import):
                used = {f"{alias.name}.*" for alias in node.names}
            if isinstance(node, ast.Attribute):
                used = {ast.unparse(node)}
            assert not used & ways, module
