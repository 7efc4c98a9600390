"""What each column of a pasted grid holds, by its headings and its cells."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from carsi_tracker.imports.cells import has_two_readings, is_blank, read_reference
from carsi_tracker.imports.pasting.across import NumberColumn, names_money, no_amounts
from carsi_tracker.imports.pasting.figures import YEAR, figure, is_percent, year_of
from carsi_tracker.imports.pasting.grid import PastedGrid
from carsi_tracker.imports.pasting.outline import TOTAL
from carsi_tracker.imports.pasting.roles import LEFT_OUT, Role, amount
from carsi_tracker.imports.pasting.vocabulary import LedgerWords, plain
from carsi_tracker.imports.placeholders import is_placeholder
from carsi_tracker.ledger.amounts import AmountStyle
from carsi_tracker.ledger.columns import BY_NAME
from carsi_tracker.ledger.dates import Order, parse_day
from carsi_tracker.ledger.headings import heading

Amounts = Mapping[tuple[int, int], Decimal | None]
TITLE = "title"
TEXTS = ("note", "locator", "title")
WORDS = {
    TITLE: r"programs?|projects?|activit(?:y|ies)|descriptions?|commitments?|purpose|title"
    r"|line items?|programas?|proyectos?"
    r"|actividad(?:es)?|descripcion|titulo|compromisos?|conceptos?|rubros?",
    "effective_date": r"(?:effective |obligation )?dates?|fechas?.*",
    "note": r"notes?|comments?|remarks?|notas?|observaci(?:on|ones)|comentarios?",
    "reference": r"references?|ref\.?|referencias?",
    "agency": r"agenc(?:y|ies)|offices?|bureaus?|agencias?|oficinas?",
    "partner": r"partners?|implementers?|implementing .*|recipients?|ejecutor(?:es)?|socios?",
    "country": r"countr(?:y|ies)|pais(?:es)?",
    "area": r"areas?|programming areas?",
    "goal": r"goals?|objetivos?",
    "account": r"accounts?|cuentas?|funds?|fondos?",
    "fiscal_year": r"(?:fiscal )?years?|fy|af|ano fiscal|ejercicio",
    "stage": r"stages?|status|etapas?|estado",
    "document": r"documents?|sources?|documentos?|fuentes?",
    "locator": r"pages?|paginas?",
    "basis": r"evidence|respaldo",
}
HEADED = {name: re.compile(pattern) for name, pattern in WORDS.items()}
STAGES = {
    "appropriated": re.compile(r"\b(?:appropriat|allocat|enacted|asignad|asignac|apropiad)"),
    "committed": re.compile(r"\b(?:commit|comprometid|compromiso)"),
    "obligated": re.compile(r"\b(?:obligat|obligad|obligacion)"),
    "disbursed": re.compile(r"\b(?:disburs|paid|expend|liquidat|desembols|pagad|ejecutad)"),
}


@dataclass(frozen=True)
class Headed:
    """The rows above the first line; `by_column` are the texts over each, the nearest first.

    Merged cells are copied as one text and blanks: it stands over each of these columns. `whole`
    are texts that stand over the whole table: alone in their row, or first in the first of more
    rows.
    """

    by_column: Mapping[int, Sequence[str]] = field(default_factory=dict)
    whole: Sequence[str] = ()


def headed(grid: PastedGrid, rows: Iterable[int]) -> Headed:
    """Return what stands over each column."""
    rows = list(rows)
    over: dict[int, list[str]] = {index: [] for index in range(grid.width)}
    whole: list[str] = []
    for row in reversed(rows):
        cells = grid.rows[row]
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == 1:
            whole.append(filled[0])
            continue
        if row == min(rows) and over[0]:
            whole.append(filled[0])
        before = ""
        for index, cell in enumerate(cells):
            before = cell.strip() or before
            if cell.strip() or over[index]:
                over[index].append(before)
    return Headed(over, whole)


def roles(
    grid: PastedGrid, seen: Headed, lines: Sequence[int], known: LedgerWords
) -> tuple[Role, ...]:
    """Guess what each column holds, of rows that are `lines`; each column of the import once."""
    found: dict[int, Role] = {}
    for index in range(grid.width):
        cells = [text for row in lines if (text := grid.rows[row][index].strip())]
        told = [text for text in cells if not is_placeholder(text)]
        role = _role(told, seen.by_column.get(index, ()), known)
        if role.is_amount or role.name not in {other.name for other in found.values()}:
            found[index] = role
    if not {TITLE, "reference"} & {role.name for role in found.values()}:
        texts = (index for index, role in found.items() if role == LEFT_OUT)
        title = next((index for index in texts if _is_text(grid, lines, index)), None)
        if title is not None:
            found[title] = Role(TITLE)
    return tuple(found.get(index, LEFT_OUT) for index in range(grid.width))


def of_numbers(
    roles_: Sequence[Role], seen: Headed, known: LedgerWords, found: Amounts
) -> list[NumberColumn]:
    """Return the columns of amounts with what tells whether they are of their own."""
    rows = dict.fromkeys(row for row, _index in found)
    numbers = []
    for index, role in enumerate(roles_):
        if role.is_amount:
            texts = seen.by_column.get(index, ())
            named = role.says or any(names_money(of) or _names_code(of, known) for of in texts)
            total = any(TOTAL.fullmatch(plain(text)) for text in texts)
            amounts = [found[row, index] for row in rows]
            numbers.append(NumberColumn(index, role, total, bool(named), amounts))
    return numbers


def _names_code(text: str, known: LedgerWords) -> bool:
    """Say whether a heading is, or holds, what the ledger calls something."""
    return any(known.code(column, word) for column in known.codes for word in (text, *text.split()))


def stage_of(texts: Iterable[str]) -> str:
    """Return the stage that the first text to name just one names; empty where none does."""
    for text in texts:
        named = [stage for stage, words in STAGES.items() if words.search(plain(text))]
        if len(named) == 1:
            return named[0]
    return ""


def order_of(texts: Iterable[str]) -> tuple[Order | None, str]:
    """Return what comes first in dates of numbers, by those of one reading, and one of two."""
    unclear = ""
    possible = set(Order)
    for text in texts:
        if has_two_readings(text):
            unclear = unclear or text
            continue
        if re.fullmatch(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{4}.*", text.strip()):
            possible &= {order for order in Order if _is_day(text, order)} or possible
    return (possible.pop() if len(possible) == 1 else None), unclear


def _role(cells: Sequence[str], above: Sequence[str], known: LedgerWords) -> Role:
    """Guess a column by its cells that tell something and the texts above it."""
    own = above[0] if above else ""
    name = heading(own) if heading(own) in BY_NAME else _named(own)
    if not cells:
        return Role(name) if name in TEXTS else LEFT_OUT
    shares = _most(cells, is_percent) or no_amounts(own) or plain(own) in {"no.", "no", "#", "num."}
    if not shares and _most(cells, holds_amount):
        return _of_amounts(above, known)
    return LEFT_OUT if shares and _most(cells, is_number) else Role(_by_cells(name, cells, known))


def _of_amounts(above: Sequence[str], known: LedgerWords) -> Role:
    year = next(filter(None, map(year_of, above)), "")
    account = next(filter(None, (_account(text, known) for text in above)), "")
    country = next(filter(None, (known.code("country", text) for text in above)), "")
    return amount(fiscal_year=year, stage=stage_of(above), account=account, country=country)


def _account(text: str, known: LedgerWords) -> str:
    """Return the account that a heading is, or that it alone names: “FY 2009 INCLE”."""
    named = {known.code("account", word) for word in text.split()} - {""}
    return known.code("account", text) or (named.pop() if len(named) == 1 else "")


def _by_cells(name: str, cells: Sequence[str], known: LedgerWords) -> str:
    """Return the column of the import that a heading names and cells fit, or that cells show."""
    if name == "fiscal_year" and _most(cells, lambda text: bool(YEAR.fullmatch(text))):
        return name
    if name in TEXTS:
        return name
    if _most(cells, is_day) or name == "effective_date":
        return "effective_date"
    if _most(cells, lambda text: _is_reference(text, known)):
        return "reference"
    columns = (name, *(column for column in known.codes if column not in {"bound", name}))
    return next((column for column in columns if _names(column, cells, known)), "")


def _names(column: str, cells: Sequence[str], known: LedgerWords) -> bool:
    return _most(cells, lambda text: bool(known.code(column, text)))


def _named(text: str) -> str:
    words = plain(text).strip(" :*")
    return next((name for name, pattern in HEADED.items() if pattern.fullmatch(words)), "")


def _most(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return 2 * sum(map(test, cells)) > len(cells)


def holds_amount(text: str) -> bool:
    """Say whether a text is an amount, in some unit."""
    found = [figure(text, AmountStyle(unit)) for unit in (1, 1_000_000)]
    read = any(one.amount is not None or one.two_readings for one in found)
    return read and not YEAR.fullmatch(text)


def is_number(text: str) -> bool:
    """Say whether a text is an amount or a share."""
    return is_percent(text) or holds_amount(text)


def is_day(text: str) -> bool:
    """Say whether a text is a date, in any order."""
    return has_two_readings(text) or any(_is_day(text, order) for order in Order)


def _is_day(text: str, order: Order) -> bool:
    try:
        parse_day(text, order)
    except ValidationError as error:
        return error.code == "no_such_day"
    return True


def _is_reference(text: str, known: LedgerWords) -> bool:
    if known.appropriation(text):
        return True
    try:
        reference = read_reference(text)
    except ValidationError:
        return False
    return reference in known.references or (
        "-" in reference and any(mark.isdigit() for mark in reference)
    )


def _is_text(grid: PastedGrid, lines: Sequence[int], index: int) -> bool:
    cells = [grid.rows[row][index] for row in lines if not is_blank(grid.rows[row][index])]
    return bool(cells) and _most(cells, lambda text: not is_number(text) and len(text) > 2)
