"""What the page of a paste asks, beside what was pasted: choices, each with its example."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.desk.pasting.questions import Question, questions
from carsi_tracker.desk.pasting.rows import PastedRow, left_out, possible, rows, wrong
from carsi_tracker.desk.pasting.shown import Option, Pasted, amount_of
from carsi_tracker.imports.codes import AcceptedCodes
from carsi_tracker.imports.labels import label
from carsi_tracker.imports.pasting.answers import DEFAULTS, OF_NEW, By
from carsi_tracker.imports.pasting.roles import LEFT_OUT, Role, amount, in_words
from carsi_tracker.ledger.columns import NAMES
from carsi_tracker.ledger.models import Basis, Stage
from carsi_tracker.ledger.money import figure as written


@dataclass(frozen=True)
class Default:
    """What is said of all rows: a list where it has options, a field otherwise."""

    name: str
    label: str
    value: str
    options: Sequence[Option]
    missing: bool
    hint: str = ""


@dataclass(frozen=True)
class Asked:
    """All that the page of a paste asks and shows of it."""

    roles: Sequence[tuple[int, Sequence[Option]]]
    rows: Sequence[PastedRow]
    hidden: int
    questions: Sequence[Question]
    left_out: Sequence[str]
    wrong: Sequence[tuple[int, str]]
    possible: Sequence[tuple[int, str]]
    defaults: Sequence[Default]
    of_new: Sequence[Default]
    by: Sequence[Option]
    was_by: str
    proposed: str
    sums: Sequence[str]


def title(pasted: Pasted) -> str:
    """Return the counts: lines, rows read and left out, problems."""
    said = [
        ngettext("%d line", "%d lines", len(pasted.all_lines)) % len(pasted.all_lines),
        ngettext("%d row left out", "%d rows left out", pasted.rows_out) % pasted.rows_out,
    ]
    if pasted.problems:
        said.append(ngettext("%d problem", "%d problems", pasted.problems) % pasted.problems)
    return _("Paste: %s") % ", ".join(said)


def asked(pasted: Pasted) -> Asked | None:
    """Return what is asked about a paste; None where it could not be cut into cells."""
    guess = pasted.guess
    if guess is None:
        return None
    codes, words = AcceptedCodes(), _ways_to_find()
    defaults = [_default(name, pasted, codes) for name in DEFAULTS]
    shown = rows(pasted, guess)
    return Asked(
        roles=[(index, _roles(of, codes)) for index, of in enumerate(guess.answers.roles)],
        rows=shown,
        hidden=len(pasted.grid.rows) - len(shown),
        questions=list(questions(pasted, guess)),
        left_out=list(left_out(guess)),
        wrong=list(wrong(pasted)),
        possible=list(possible(guess)),
        defaults=[one for one in defaults if one.name not in OF_NEW],
        of_new=[one for one in defaults if one.name in OF_NEW],
        by=[Option(by.value, words[by], by is guess.answers.by) for by in By],
        was_by=guess.answers.by.value,
        proposed=",".join(map(str, sorted(guess.proposed))),
        sums=list(_sums(pasted)),
    )


def _default(name: str, pasted: Pasted, codes: AcceptedCodes) -> Default:
    value = pasted.answers.defaults.get(name, "")
    options = _offered(name, value, codes)
    hint = _("if a row has none") if name == "effective_date" else ""
    return Default(name, label(name), value, options, name in pasted.missing, hint)


def _offered(name: str, value: str, codes: AcceptedCodes) -> list[Option]:
    if name == "stage":
        found = [(str(stage), str(stage.label)) for stage in Stage]
    elif name == "basis":
        found = [(str(basis), str(basis.label)) for basis in Basis]
    elif name in codes.columns:
        named = [code for code in codes.columns[name] if not code.retired]
        found = [
            (code.text, f"{code.text} {code.names[0]}" if name == "document" else code.names[0])
            for code in named
            if code.names
        ]
    else:
        return []
    return [
        Option("", "–", not value),
        *(Option(code, text, code == value) for code, text in found),
    ]


def _roles(chosen: Role, codes: AcceptedCodes) -> list[Option]:
    """Return what a column may hold: the amounts first, then the columns of the import."""
    stages = {str(stage): str(stage.label) for stage in Stage}
    years = sorted({str(year) for year, _account in codes.appropriations})
    accounts = codes.columns["account"].offered()
    amounts = [
        amount(),
        *(amount(fiscal_year=year) for year in years),
        *(amount(stage=stage) for stage in stages),
        *(amount(account=account) for account in accounts),
    ]
    if chosen.is_amount and chosen not in amounts:
        amounts.insert(0, chosen)
    others = [Role(name) for name in NAMES if not Role(name).is_amount]
    return [
        Option("", _("Leave out"), chosen == LEFT_OUT),
        *(Option(of.code, in_words(of, label(of.name), stages), of == chosen) for of in amounts),
        *(Option(of.code, label(of.name), of == chosen) for of in others),
    ]


def _sums(pasted: Pasted) -> Iterator[str]:
    """Write the sum of the lines of each stage, to be checked against the total of the paste."""
    by_stage: dict[str, Decimal] = {}
    for line in pasted.all_lines:
        stage = line.cells.get("stage", "")
        amount_ = amount_of(line, pasted.answers) or Decimal(0)
        by_stage[stage] = by_stage.get(stage, Decimal(0)) + amount_
    labels = {str(stage): str(stage.label) for stage in Stage}
    for stage, total in by_stage.items():
        words = f"{labels.get(stage, stage)} {written(total)}".strip()
        row = _row_of_total(pasted, total) if len(by_stage) == 1 else 0
        yield _("%(sum)s, as in row %(row)d") % {"sum": words, "row": row} if row else words


def _row_of_total(pasted: Pasted, total: Decimal) -> int:
    """Return the row left out whose amounts come to a total; 0 where none does."""
    amounts: dict[int, Decimal] = {}
    for (row, _index), one in pasted.guess.outline.figures.items() if pasted.guess else ():
        amounts[row] = amounts.get(row, Decimal(0)) + (one.amount or Decimal(0))
    left_out = sorted(pasted.answers.out & amounts.keys(), reverse=True)
    return next((row for row in left_out if amounts[row] == total), 0)


def _ways_to_find() -> dict[By, str]:
    return {
        By.REFERENCE: _("by its reference"),
        By.TITLE: _("by its title; ask where unsure"),
        By.NEW: _("new commitments"),
    }
