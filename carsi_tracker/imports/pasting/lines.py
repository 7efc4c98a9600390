"""The lines that a pasted grid becomes, by the answers: rows under the headings of the import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from carsi_tracker.imports.errors import LINES_APART
from carsi_tracker.imports.pasting.answers import OF_NEW, By, CellPlace
from carsi_tracker.imports.pasting.finding import KnownCommitment, find, next_numbers, words
from carsi_tracker.imports.pasting.grid import PastedGrid
from carsi_tracker.imports.pasting.guessing import Guess
from carsi_tracker.imports.pasting.outline import RowKind
from carsi_tracker.imports.pasting.roles import AMOUNT
from carsi_tracker.imports.pasting.vocabulary import LedgerWords
from carsi_tracker.imports.placeholders import is_placeholder
from carsi_tracker.ledger.columns import NAMES

OF_ONE_LINE = frozenset({AMOUNT, "reference", "title"})
"""The cells that may differ among the lines of one row; the others are typed once for all."""
NEW = "new"
"""Typed in place of a reference: the commitment is new."""
_OF_SECTION = ("account", "country", "area")
_KNOWN_BY = ("fiscal_year", "account", "country", "area")


@dataclass(frozen=True)
class PastedLine:
    """A line: its number, its row and column of the paste, and its cells by column of the import.

    The number is the row's; of further lines of a row, more by `LINES_APART`. `origin` is the
    column of the grid that a cell comes from. `commitment` is the one it is entered against, where
    that is in the ledger; `others` may be meant too.
    """

    number: int
    row: int
    index: int
    cells: Mapping[str, str]
    origin: Mapping[str, int] = field(default_factory=dict)
    commitment: KnownCommitment | None = None
    others: Sequence[KnownCommitment] = ()

    def place(self, name: str) -> CellPlace:
        """Return where a cell of the line is typed."""
        return CellPlace(self.row, name, self.index if name in OF_ONE_LINE else -1)


class PastedRows:
    """The lines as rows for the import: the headings, then each line under its number."""

    sheet = ""

    def __init__(self, lines: Sequence[PastedLine]) -> None:
        self._lines = lines
        self.size = len(lines)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the headings as row 0, and each line."""
        yield 0, list(NAMES)
        for line in self._lines:
            yield line.number, [line.cells.get(name, "") for name in NAMES]


def lines(grid: PastedGrid, found: Guess, known: LedgerWords) -> list[PastedLine]:
    """Return a line for each amount of each row that isn't left out."""
    return _Making(grid, found, known).lines()


class _Making:
    """Lines while they are made: new commitments get the next free reference, once a title."""

    def __init__(self, grid: PastedGrid, found: Guess, known: LedgerWords) -> None:
        self._grid, self._answers, self._seen = grid, found.answers, found.outline
        self._known, self._plain = known, found.plain
        self._by_reference = {one.reference: one for one in known.known}
        self._next = next_numbers(sorted(known.references))
        self._new: dict[tuple[str, ...], str] = {}
        self._notes = {of.mark: of.text for of in found.outline.rows.values() if of.mark}

    def lines(self) -> list[PastedLine]:
        made: list[PastedLine] = []
        above: dict[str, str] = {}
        for row in self._grid.rows:
            seen = self._seen.rows[row]
            if row not in self._answers.out:
                made += self._of_row(row, above)
            elif seen.kind is RowKind.HEADING:
                above = self._section(row, above)
            elif seen.kind is RowKind.SUM and above and max(seen.parts) < row:
                above.popitem()
        return made

    def _section(self, row: int, above: dict[str, str]) -> dict[str, str]:
        """Return what headings within the table say of the rows below one, the widest first.

        A heading ends those of its kind and all below that, as the total of its rows ends it; one
        that the ledger doesn't know ends all. The headings of columns say nothing.
        """
        texts = [text for cell in self._grid.rows[row] if (text := cell.strip(" :"))]
        if len(texts) != 1:
            return above
        found = [(name, code) for name in _OF_SECTION if (code := self._known.code(name, texts[0]))]
        if not found:
            return {}
        name, code = found[0]
        wider = list(above.items())[: list(above).index(name) if name in above else None]
        return {**dict(wider), name: code}

    def _of_row(self, row: int, section: dict[str, str]) -> list[PastedLine]:
        found: list[PastedLine] = []
        indexes = self._answers.amounts
        for index in indexes:
            figure = self._seen.figures[row, index]
            typed = self._answers.cells.get(CellPlace(row, AMOUNT, index))
            if not figure.nothing or typed:
                found.append(self._line(row + LINES_APART * len(found), row, index, section))
        if not found and (not indexes or self._seen.rows[row].kind is not RowKind.LINE):
            found.append(self._line(row, row, indexes[0] if indexes else -1, section))
        return found

    def _line(self, number: int, row: int, index: int, section: dict[str, str]) -> PastedLine:
        cells, origin = self._of_columns(row, index)
        for name, text in {**section, **self._says(index)}.items():
            cells.setdefault(name, text)
        typed = {
            place.name: text
            for place, text in self._answers.cells.items()
            if place.row == row and place.index in {index, -1}
        }
        cells |= {name: text for name, text in typed.items() if name != "reference"}
        for name, text in self._answers.defaults.items():
            if name not in OF_NEW and text and not cells.get(name):
                cells[name] = text
        self._as_codes(cells)
        commitment, others = self._against(cells, typed.get("reference", ""))
        filled = {name: text for name, text in cells.items() if text.strip()}
        return PastedLine(number, row, index, filled, origin, commitment, others)

    def _of_columns(self, row: int, index: int) -> tuple[dict[str, str], dict[str, int]]:
        """Return the cells of a row by column of the import, and where they stand."""
        cells: dict[str, str] = {}
        origin: dict[str, int] = {}
        for at, role in enumerate(self._answers.roles):
            text = self._grid.rows[row][at]
            if not role.name or (role.is_amount and at != index):
                continue
            origin[role.name] = at
            if role.is_amount:
                text = self._seen.figures[row, at].text
            elif not self._plain and role.name != "reference" and is_placeholder(text):
                continue
            cells[role.name] = text
        marks = list(self._seen.figures[row, index].marks) if index >= 0 else []
        if "title" in cells:
            cells["title"], of_title = self._without_marks(cells["title"])
            marks += of_title
        notes = [self._notes[mark] for mark in marks if mark in self._notes]
        if notes:
            cells["note"] = "; ".join(filter(None, [cells.get("note", "").strip(), *notes]))
        return cells, origin

    def _without_marks(self, title: str) -> tuple[str, list[str]]:
        """Return a title without the marks behind it that stand at the foot of the paste."""
        words: list[str] = title.split()
        marks: list[str] = []
        while len(words) > 1 and words[-1] in self._notes:
            marks.insert(0, words.pop())
        return (" ".join(words), marks) if marks else (title, [])

    def _says(self, index: int) -> dict[str, str]:
        return dict(self._answers.roles[index].says) if index >= 0 else {}

    def _as_codes(self, cells: dict[str, str]) -> None:
        """Write names of codes as the codes that they are."""
        for name, text in cells.items():
            if name in self._known.codes:
                cells[name] = self._known.code(name, text) or text

    def _against(
        self, cells: dict[str, str], typed: str
    ) -> tuple[KnownCommitment | None, Sequence[KnownCommitment]]:
        """Put in what a line is entered against: found, typed, or made new."""
        reference = typed or cells.get("reference", "")
        stated = self._known.appropriation(reference)
        if cells.get("stage") == "appropriated":
            cells |= stated
            if stated:
                cells.pop("reference", None)
            for name in ("title", *OF_NEW[2:]):
                if not typed and name not in {role.name for role in self._answers.roles}:
                    cells.pop(name, None)
            self._default(cells, OF_NEW[:2])
            return None, ()
        by = self._answers.by
        if typed == NEW or (by is By.NEW and not reference):
            self._make_new(cells)
            return None, ()
        if reference:
            cells["reference"] = reference
            found = self._by_reference.get(reference.strip().upper())
            if found is None and by is By.REFERENCE:
                self._default_if_described(cells)
            return found, self._others(cells) if typed else ()
        if by is By.REFERENCE:
            return None, ()
        match = find(cells.get("title", ""), self._told(cells), self._known.known)
        if match.sure:
            cells["reference"] = match.sure.reference
            cells.pop("title", None)
        return match.sure, match.others

    def _others(self, cells: dict[str, str]) -> Sequence[KnownCommitment]:
        title = cells.get("title", "")
        if self._answers.by is By.TITLE:
            cells.pop("title", None)
        return find(title, self._told(cells), self._known.known).others

    def _told(self, cells: Mapping[str, str]) -> dict[str, str]:
        defaults = {name: self._answers.defaults.get(name, "") for name in _KNOWN_BY[:2]}
        return {name: cells.get(name, "") or defaults.get(name, "") for name in _KNOWN_BY}

    def _make_new(self, cells: dict[str, str]) -> None:
        self._default(cells, OF_NEW)
        year, account = cells.get("fiscal_year", ""), cells.get("account", "")
        key = (year, account, *words(cells.get("title", "")), cells.get("country", ""))
        if key not in self._new and year and account:
            of = year[-2:], account
            number = self._next.get(of, 1)
            self._next[of] = number + 1
            self._new[key] = f"CARSI-{of[0]}-{account}-{number:02d}"
        cells["reference"] = self._new.get(key, "")

    def _default_if_described(self, cells: dict[str, str]) -> None:
        """Say of a new commitment what is said of all, where its row has a title."""
        if cells.get("title"):
            self._default(cells, OF_NEW)

    def _default(self, cells: dict[str, str], names: Sequence[str]) -> None:
        for name in names:
            if (text := self._answers.defaults.get(name, "")) and not cells.get(name):
                cells[name] = text
