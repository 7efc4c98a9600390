"""How a pasted grid is probably meant: what is said of it, what is asked about it."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from carsi_tracker.imports.cells import is_blank
from carsi_tracker.imports.pasting import across, columns
from carsi_tracker.imports.pasting.across import TotalColumn
from carsi_tracker.imports.pasting.answers import Answers, By
from carsi_tracker.imports.pasting.figures import decimal_mark, year_of
from carsi_tracker.imports.pasting.grid import PastedGrid
from carsi_tracker.imports.pasting.outline import (
    PasteOutline,
    RowKind,
    has_headings,
    headings,
    outline,
)
from carsi_tracker.imports.pasting.roles import AMOUNT, LEFT_OUT, Role, role
from carsi_tracker.imports.pasting.vocabulary import LedgerWords, plain
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.columns import BY_NAME, NAMES, NOT_READ, OF_LINE
from carsi_tracker.ledger.headings import heading

OF_TABLE = ("reference", *OF_LINE)
"""The columns of rows without headings that are as wide as the table of lines, or narrower."""
_OF_DOLLARS = r"(?:u\.? ?s\.? ?)?(?:dollars|\$)"
_DE_DOLARES = r"(?:dolares|us|\$)"
UNITS = {
    unit: re.compile(
        rf"\bin {english}\b(?! of (?!{_OF_DOLLARS}))|\b{english} of {_OF_DOLLARS}"
        rf"|\ben {spanish}\b(?! de (?!{_DE_DOLARES}))|\b{spanish} de {_DE_DOLARES}"
        rf"|\((?:{english}|{spanish}|\$?{short})\)|\$ ?{short}\b"
    )
    for unit, english, spanish, short in (
        (1_000, "thousands", "miles", "000s?"),
        (1_000_000, "millions", "millones", "(?:millions|m)"),
    )
}
"""What tables say of the unit of their amounts, and texts about other things don't."""


@dataclass(frozen=True)
class Saying:
    """A text of the paste that tells something, and its row."""

    row: int
    text: str


@dataclass(frozen=True)
class Guess:
    """How a grid is read where nobody says otherwise.

    `plain` where its rows have the headings of the import, or the order of the table: each is a
    line, and nothing is asked unless some are `proposed` to be left out. `unit`, `mark` and `day`
    are the texts that tell the unit, or have two readings; `totals` the columns left out because
    they add up others, `silent` those whose headings name no money; `shape` stands for the
    headings; `kept` where earlier answers serve.
    """

    answers: Answers
    outline: PasteOutline
    plain: bool = False
    unit: Saying | None = None
    mark: Saying | None = None
    day: Saying | None = None
    totals: tuple[TotalColumn, ...] = ()
    silent: tuple[int, ...] = ()
    kept: bool = False

    @property
    def proposed(self) -> frozenset[int]:
        """The rows that are proposed to be left out."""
        if not self.plain:
            return self.outline.proposed
        rows = self.outline.rows
        sums = {row for row, of in rows.items() if of.kind is RowKind.SUM}
        return frozenset({*sums, *self.headed})

    @property
    def headed(self) -> frozenset[int]:
        """The row with the headings of the import, of a plain paste that has one."""
        first = next(iter(self.outline.rows))
        return frozenset({first} if self.plain and self.outline.rows[first].heads else ())


def is_plain(grid: PastedGrid, known: LedgerWords) -> bool:
    """Say whether a grid has the headings of the import, or the order of the table."""
    return _plain(grid, known)[1]


def guess(grid: PastedGrid, known: LedgerWords, kept: Answers | None = None) -> Guess:
    """Guess how a grid is read, by what it says and what was `kept` of one with its headings."""
    roles, as_import = _plain(grid, known)
    if as_import:
        return _proposing(
            understood(grid, Answers(roles, defaults={"basis": "stated"}), plain=True)
        )
    unit = _unit(grid)
    roles, over = _roles(grid, known, AmountStyle(unit[0]))
    lines = _lines(outline(grid, roles, AmountStyle(unit[0])))
    mark, unclear = decimal_mark(_amount_texts(grid, roles, lines), unit[0])
    seen = outline(grid, roles, AmountStyle(unit[0], mark))
    numbers = columns.of_numbers(roles, over, known, _amounts(seen, set(lines)))
    totals = across.totals(numbers, lines, unit[0])
    silent = across.without_amounts(numbers, totals)
    no_amounts = {*silent, *(total.index for total in totals)}
    roles = tuple(LEFT_OUT if at in no_amounts else of for at, of in enumerate(roles))
    defaults = _defaults(over, roles, known)
    by = By.REFERENCE if any(of.name == "reference" for of in roles) else By.TITLE
    answers = Answers(roles, AmountStyle(unit[0], mark), defaults=defaults, by=by)
    if kept:
        unit_ = unit[0] if unit[1] else kept.written.unit
        written = AmountStyle(unit_, kept.written.decimal if unclear and not mark else mark)
        said = {**kept.defaults, **defaults} | {"basis": kept.defaults.get("basis") or "stated"}
        answers = replace(kept, written=written, order=None, defaults=said)
    found = understood(grid, answers)
    if kept and not found.answers.order:
        found = replace(found, answers=replace(found.answers, order=kept.order))
    found = replace(found, unit=unit[1], totals=tuple(totals), silent=tuple(silent))
    return _proposing(replace(found, kept=bool(kept)))


def understood(grid: PastedGrid, answers: Answers, *, plain: bool = False) -> Guess:
    """Say what each row is by the answers, and ask what has two readings."""
    seen = outline(grid, answers.roles, answers.written)
    lines = _lines(seen)
    days = [
        Saying(row, grid.rows[row][index])
        for row in lines
        for index, of in enumerate(answers.roles)
        if of.name == "effective_date"
    ]
    order, unclear = columns.order_of(day.text for day in days)
    day = next((day for day in days if unclear and day.text == unclear), None)
    _mark, unread = decimal_mark(_amount_texts(grid, answers.roles, lines), answers.written.unit)
    marked = (
        Saying(row, unread)
        for (row, _index), one in seen.figures.items()
        if unread and one.text == unread
    )
    if day and not plain:
        answers = replace(answers, order=answers.order or order)
    mark = next(marked, None)
    return Guess(answers, seen, plain=plain, mark=mark, day=day)


def _proposing(found: Guess) -> Guess:
    return replace(found, answers=replace(found.answers, out=found.proposed))


def _roles(
    grid: PastedGrid, known: LedgerWords, written: AmountStyle
) -> tuple[tuple[Role, ...], columns.Headed]:
    """Return what the columns hold, and what stands over them."""
    seen = outline(grid, _amounts_first(grid), written)
    over = columns.headed(grid, headings(grid, seen))
    roles = columns.roles(grid, over, _lines(seen), known)
    if first := _named_by_import(grid):
        pairs = zip(first, roles, strict=True)
        roles = tuple(mine if mine.name else theirs for mine, theirs in pairs)
    return roles, over


def _lines(seen: PasteOutline) -> list[int]:
    return [row for row, of in seen.rows.items() if of.kind is RowKind.LINE]


def shape(grid: PastedGrid) -> str:
    """Return what stands for a paste's headings: tables with the same are read alike."""
    seen = outline(grid, _amounts_first(grid), AmountStyle(1_000_000))
    texts = [
        [plain(cell) for cell in grid.rows[row]]
        for row in headings(grid, seen)
        if sum(not is_blank(cell) for cell in grid.rows[row]) > 1
    ]
    return hashlib.sha256(json.dumps([grid.width, texts]).encode()).hexdigest()


def _plain(grid: PastedGrid, known: LedgerWords) -> tuple[tuple[Role, ...], bool]:
    """Return the roles of a paste about which nothing has to be asked, if it is one."""
    first = next(iter(grid.rows.values()))
    if has_headings(first):
        names = [heading(cell) for cell in first]
        taken = [name for name in names if name]
        sound = set(taken) <= {*NAMES, *NOT_READ} and len(taken) == len(set(taken))
        blank = all(
            name or not any(cells[at].strip() for cells in grid.rows.values())
            for at, name in enumerate(names)
        )
        return tuple(role(name) for name in names), sound and blank and "amount_usd" in names
    names_ = OF_TABLE if grid.width <= len(OF_TABLE) else NAMES
    stage, roles = names_.index("stage"), [role(name) for name in names_]
    told = [cells[stage] for cells in grid.rows.values() if stage < grid.width]
    in_order = sum(bool(known.code("stage", text)) for text in told)
    sound = grid.width <= len(NAMES) and 2 * in_order > len(grid.rows)
    return tuple((roles + [LEFT_OUT] * grid.width)[: grid.width]), sound


def _named_by_import(grid: PastedGrid) -> tuple[Role, ...] | None:
    """Return the roles by headings of the import, where the first row has some among others."""
    first = next(iter(grid.rows.values()))
    if not has_headings(first):
        return None
    names: list[str] = []
    for cell in first:
        name = heading(cell)
        names.append(name if name in BY_NAME and name not in names else "")
    return tuple(role(name) for name in names)


def _amounts_first(grid: PastedGrid) -> tuple[Role, ...]:
    """Return which columns hold amounts, before anything else is known of them."""
    found = []
    for index in range(grid.width):
        cells = [row[index].strip() for row in grid.rows.values() if row[index].strip()]
        amounts = any(map(columns.holds_amount, cells))
        is_amount = amounts and not any(map(columns.is_day, cells))
        found.append(role(AMOUNT) if is_amount else LEFT_OUT)
    return tuple(found)


def _unit(grid: PastedGrid) -> tuple[int, Saying | None]:
    for row, cells in grid.rows.items():
        for cell in cells:
            for unit, words in UNITS.items():
                if words.search(plain(cell)):
                    return unit, Saying(row, cell.strip())
    return 1, None


def _amount_texts(grid: PastedGrid, roles: tuple[Role, ...], lines: list[int]) -> list[str]:
    indexes = [index for index, of in enumerate(roles) if of.is_amount]
    return [grid.rows[row][index] for row in lines for index in indexes]


def _amounts(seen: PasteOutline, lines: set[int]) -> dict[tuple[int, int], Decimal | None]:
    return {(row, at): one.amount for (row, at), one in seen.figures.items() if row in lines}


def _defaults(over: columns.Headed, roles: tuple[Role, ...], known: LedgerWords) -> dict[str, str]:
    """Return what texts over the whole table say of every row."""
    said = {name for of in roles for name in (of.name, *dict(of.says))}
    found = {"basis": "stated"}
    if stage := columns.stage_of(over.whole):
        found["stage"] = stage
    if year := next(filter(None, map(year_of, over.whole)), ""):
        found["fiscal_year"] = year
    accounts = {
        code
        for text in over.whole
        for word in text.split()
        if word != text and (code := known.code("account", word))
    }
    if len(accounts) == 1:
        found["account"] = accounts.pop()
    return {name: text for name, text in found.items() if name == "basis" or name not in said}
