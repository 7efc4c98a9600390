"""A file against the version that it came from: whatever is edited, its differences lead there."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carsi_tracker.imports.returned.differences import FileChange, Keeping, conflicts, differences
from carsi_tracker.imports.returned.held import Held
from carsi_tracker.imports.returned.rows import Edited
from carsi_tracker.imports.table import Row

DAYS = [date(2009, 3, 13), date(2009, 6, 15)]
AMOUNTS = st.integers(-5, 5).filter(bool).map(Decimal)


@st.composite
def entries(draw: Any) -> dict[tuple[int, int], Held]:
    keys = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), unique=True, max_size=6))
    return {
        key: Held(
            key, draw(st.sampled_from(["A-1", "A-2", ""])), 2008, "INCLE",
            draw(st.sampled_from(["committed", "obligated"])), draw(AMOUNTS),
            draw(st.sampled_from(DAYS)), draw(st.sampled_from(["d1", "d2"])), "", "stated", "", "",
        )
        for key in keys
    }  # fmt: skip


def counted(entry: Held | Row) -> tuple[Any, ...]:
    """Return what an amount is counted against, on which day, and who says so."""
    if isinstance(entry, Held):
        return *entry.place, entry.effective_date, entry.document
    cells = entry.cells
    of = (cells.get("reference", ""), int(cells.get("fiscal_year", 2008)),
          cells.get("account", "INCLE"), cells["stage"])  # fmt: skip
    return *of, cells["effective_date"], cells["document"]


def sums(*amounts: tuple[tuple[Any, ...], Decimal]) -> dict[tuple[Any, ...], Decimal]:
    found: Counter[tuple[Any, ...]] = Counter()
    for place, amount in amounts:
        found[place] += amount  # type: ignore[assignment]
    return {place: amount for place, amount in found.items() if amount}  # type: ignore[misc]


EDITS = {
    "amount_usd": AMOUNTS,
    "effective_date": st.sampled_from(DAYS),
    "stage": st.sampled_from(["committed", "obligated"]),
    "document": st.sampled_from(["d1", "d2"]),
}


@given(entries(), st.data())
def test_the_differences_turn_the_entries_of_the_version_into_those_of_the_file(
    held: dict[tuple[int, int], Held], data: st.DataObject
) -> None:
    rows: list[Edited | Row] = []
    file: list[Held] = []
    for number, entry in enumerate(held.values(), start=2):
        if data.draw(st.booleans()):
            continue  # removed
        columns = data.draw(st.sets(st.sampled_from(sorted(EDITS))))
        values = {name: data.draw(EDITS[name]) for name in columns}
        values = {n: value for n, value in values.items() if value != getattr(entry, n)}
        rows.append(Edited(Row(number, {}, []), entry, values))
        file.append(replace(entry, **values))
    for number, entry in enumerate(data.draw(entries()).values(), start=50):
        rows.append(Row(number, entry.cells(entry.amount_usd, ""), []))
        file.append(entry)
    found = differences(data.draw(st.permutations(rows)), held, held, {}, ())
    after = [(counted(line), line.cells["amount_usd"]) for line in found.lines()]
    before = [(counted(entry), entry.amount_usd) for entry in held.values()]
    assert sums(*before, *after) == sums(*((counted(e), e.amount_usd) for e in file))
    assert all(amount for _place, amount in after)


def held_amount(amount: int, **changes: Any) -> Held:
    entry = Held((1, 1), "A-1", 2008, "INCLE", "obligated", Decimal(amount), DAYS[0], "d1", "",
                 "stated", "", "")  # fmt: skip
    return replace(entry, **changes)


def test_each_choice_of_a_conflict_comes_to_what_it_says() -> None:
    entry = held_amount(100)
    moved = [
        held_amount(-100, key=(2, 1)),
        held_amount(100, key=(2, 2), effective_date=DAYS[1]),
        held_amount(7, key=(3, 1), effective_date=DAYS[1]),
    ]
    change = FileChange(entry, Row(5, {}, []), {"amount_usd": Decimal(150)})
    (conflict,) = conflicts([change], moved)
    assert [later.key for later in conflict.since] == [(2, 1), (2, 2)]
    lines = {}
    for choice in Keeping:
        found = differences([Edited(Row(5, {}, []), entry, change.values)], {(1, 1): entry},
                            [(1, 1)], {conflict.code: choice}, ())  # fmt: skip
        found.conflicts = conflicts(found.changes, moved)
        lines[choice] = sorted(line.cells["amount_usd"] for line in found.lines())
        made = sum(lines[choice]) + entry.amount_usd + sum(e.amount_usd for e in moved[:2])
        assert made == conflict.amount(choice)
    assert lines == {
        Keeping.NOW: [],
        Keeping.FILE: [-100, 50, 100],
        Keeping.BOTH: [50],
        Keeping.DOWNLOADED: [-100, 100],
    }


def test_what_was_posted_elsewhere_since_is_no_conflict() -> None:
    change = FileChange(held_amount(100), None)
    others = [
        held_amount(5, key=(2, 1), effective_date=DAYS[1]),
        held_amount(5, key=(2, 2), stage="committed"),
        held_amount(5, key=(2, 3), reference="A-2"),
    ]
    assert conflicts([change], others) == []


def test_a_removed_row_that_is_kept_changes_nothing() -> None:
    entry = held_amount(100)
    found = differences([], {(1, 1): entry}, [(1, 1)], {}, [(1, 1)])
    assert (len(found.changes), [*found.lines()]) == (1, [])
