"""Rows to a draft batch: rehearsed with every check, and made whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carsi_tracker.accounts.models import User
from carsi_tracker.figures.remaining import Effect, effects
from carsi_tracker.imports import staging
from carsi_tracker.imports.commitments import New
from carsi_tracker.imports.errors import Finding, Unreadable
from carsi_tracker.imports.interpreting import Interpreter
from carsi_tracker.imports.staging import Present
from carsi_tracker.imports.table import Table
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Batch, Commitment, Line, Organization, Stage
from carsi_tracker.ledger.refusals import Refused

GROUPS_NAMED = 20
ROWS_NAMED = 20
Progress = Callable[[int], None]


@dataclass(frozen=True)
class StageSum:
    """How many entries of a stage there are, and their sum in U.S. dollars."""

    stage: Stage
    count: int
    total: Decimal

    @property
    def label(self) -> str:
        """The stage in words."""
        return str(self.stage.label)


@dataclass
class Outcome:
    """What became of a file, or would become of it.

    `row_count` is what was read, `entry_count` what was entered; `sums` are by stage. `rows` are
    the entries by the columns of the format, as many as were wanted. `batch_id` is None where
    nothing was made. `asks_order` says that a date in numbers needs an order, or another one.
    """

    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    present: list[Present] = field(default_factory=list)
    row_count: int = 0
    entry_count: int = 0
    sums: list[StageSum] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    new_commitments: list[str] = field(default_factory=list)
    new_partners: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    reason: str = ""
    batch_id: int | None = None
    asks_order: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the file makes a batch."""
        return not self.faults


@dataclass(frozen=True)
class Wish:
    """What is asked for: whether to `keep` the batch, its texts (suggested where empty), and more.

    `token` is what makes a form that is sent twice make one batch; `listed` is how many rows of
    the outcome are wanted (None for all); `new_despite_duplicates` says that rows which a batch
    has already are new; `batch` is the draft that the rows go into, instead of a new one; `order`
    is what comes first in the rows' dates of numbers.
    """

    keep: bool = False
    title: str = ""
    reason: str = ""
    token: UUID | None = None
    new_despite_duplicates: bool = False
    listed: int | None = 100
    batch: Batch | None = None
    order: Order | None = None


def import_table(
    table: Table, user: User, wish: Wish, progress: Progress = lambda _rows: None
) -> Outcome:
    """Make a draft batch of a table's rows, or say why not; `progress` is told of rows read.

    In a transaction of its own, which stays only where `wish.keep` and nothing is at fault.
    """
    outcome = Outcome(warnings=list(table.warnings))
    try:
        with posting.acting(user, _("Import")):
            _enter(table, outcome, wish, progress)
            if outcome.faults or not wish.keep:
                outcome.batch_id = None
                transaction.set_rollback(True)
    except Unreadable as unreadable:
        outcome.faults += unreadable.findings
    except Refused as refused:
        outcome.faults += _as_faults(refused, table)
        outcome.batch_id = None
    return outcome


def _enter(table: Table, outcome: Outcome, wish: Wish, progress: Progress) -> None:
    interpreter = Interpreter(table, wish.batch.pk if wish.batch else None, wish.order)
    staging.start()
    try:
        for amounts in interpreter.chunks():
            progress(interpreter.row_count)
            if not interpreter.faults:
                staging.add(amounts)
    finally:
        outcome.asks_order = interpreter.asks_order
    outcome.faults = interpreter.faults
    if interpreter.by_order:
        outcome.warnings.append(_read_by_order(wish.order, *interpreter.by_order))
    if outcome.faults:
        return
    if not interpreter.row_count:
        outcome.faults.append(Finding(_("There are headings, but no rows."), table.sheet))
        return
    outcome.row_count = interpreter.row_count
    staging.count()
    _compare(table, outcome, wish)
    if outcome.faults:
        return
    outcome.title, outcome.reason = _texts(wish, interpreter)
    batch = wish.batch or Batch.objects.create(
        title=outcome.title, reason=outcome.reason, token=wish.token
    )
    _introduce(interpreter, batch)
    staging.enter(batch.pk)
    _describe(outcome, interpreter, batch, wish)
    try:
        posting.rehearse(batch.pk)
    except Refused as refused:
        outcome.faults += _as_faults(refused, table)


def _read_by_order(order: Order | None, text: str, day: date) -> Finding:
    message = (
        _("Dates in numbers were read with the month first, as was chosen: “%(text)s” as %(day)s.")
        if order is Order.MONTH_FIRST
        else _(
            "Dates in numbers were read with the day first, as was chosen: “%(text)s” as %(day)s."
        )
    )
    return Finding(message % {"text": text, "day": day_in_words(day)})


def _compare(table: Table, outcome: Outcome, wish: Wish) -> None:
    """Find rows that are alike, rows that a batch has already, and rows that have to wait."""
    outcome.warnings += [
        Finding(
            _("Rows %s are alike; each counts as an amount of its own.") % _some(rows),
            table.sheet,
            rows[0],
        )
        for rows in staging.alike(GROUPS_NAMED)
    ]
    outcome.present = staging.present()
    present = {row for batch in outcome.present for row in batch.rows}
    found = outcome.warnings if wish.new_despite_duplicates else outcome.faults
    found += [
        Finding(_in_words(batch, outcome.row_count), table.sheet) for batch in outcome.present
    ]
    for row, reference, batch_id, title in staging.waiting():
        if wish.new_despite_duplicates or row not in present:
            message = _(
                "%(reference)s is introduced by the batch “%(title)s” (%(batch)d), which is not "
                "posted yet; until then, its amounts are entered in that batch."
            )
            values = {"reference": reference, "title": title, "batch": batch_id}
            outcome.faults.append(
                Finding(message % values, table.sheet, row, "reference", reference)
            )


def _some(rows: list[int]) -> str:
    return ", ".join([*map(str, rows[:ROWS_NAMED]), *(["…"] if len(rows) > ROWS_NAMED else [])])


def _in_words(batch: Present, row_count: int) -> str:
    values = {
        "count": batch.count,
        "rows": row_count,
        "title": batch.title,
        "batch": batch.batch_id,
        "version": batch.version,
    }
    if batch.version:
        message = ngettext(
            "%(count)d of %(rows)d row is already in version %(version)d, “%(title)s” "
            "(batch %(batch)d).",
            "%(count)d of %(rows)d rows are already in version %(version)d, “%(title)s” "
            "(batch %(batch)d).",
            row_count,
        )
    else:
        message = ngettext(
            "%(count)d of %(rows)d row is already in the batch “%(title)s” (%(batch)d).",
            "%(count)d of %(rows)d rows are already in the batch “%(title)s” (%(batch)d).",
            row_count,
        )
    return message % values


def _texts(wish: Wish, interpreter: Interpreter) -> tuple[str, str]:
    cited = [interpreter.vocabulary.documents[key] for key in staging.cited()]
    reason = Truncator("; ".join(cited)).chars(1000)
    new = list(interpreter.commitments.new.values())
    title = new[0].value("title") if len(new) == 1 else cited[0]
    return wish.title or Truncator(title).chars(200), wish.reason or reason


def _introduce(interpreter: Interpreter, batch: Batch) -> None:
    made = Organization.objects.bulk_create(
        Organization(code=name, name_en=name, name_es=name)
        for name in interpreter.new_partners.texts
    )
    new_partners = {organization.code: organization.pk for organization in made}
    Commitment.objects.bulk_create(
        _commitment(new, batch, interpreter, new_partners)
        for new in interpreter.commitments.new.values()
    )


def _commitment(
    new: New, batch: Batch, interpreter: Interpreter, new_partners: dict[str, int]
) -> Commitment:
    goal, partner = new.value("goal"), new.value("partner")
    return Commitment(
        reference=new.reference,
        title=new.value("title"),
        title_es=new.value("title_es") or "",
        appropriation_id=interpreter.vocabulary.appropriation(
            new.value("fiscal_year"), new.value("account").text
        ),
        area_id=new.value("area").pk,
        country_id=new.value("country").pk,
        goal_id=goal and goal.pk,
        agency_id=new.value("agency").pk,
        partner_id=partner and (partner.pk or new_partners[partner.text]),
        introduced_by=batch,
    )


def _describe(outcome: Outcome, interpreter: Interpreter, batch: Batch, wish: Wish) -> None:
    outcome.batch_id = batch.pk
    outcome.entry_count = interpreter.row_count
    outcome.rows = staging.listed(wish.listed)
    outcome.effects = effects(batch.pk)
    outcome.new_commitments = list(interpreter.commitments.new)
    outcome.new_partners = interpreter.new_partners.texts
    outcome.warnings += [
        Finding(_("The partner “%s” is new: it is added to the organizations.") % name)
        for name in outcome.new_partners
    ]
    sums = (
        Line.objects.filter(batch=batch).values_list("stage").annotate(Count("pk"), Sum("amount"))
    )
    by_stage = {stage: (count, total) for stage, count, total in sums.order_by()}
    outcome.sums = [StageSum(stage, *by_stage[stage]) for stage in Stage if stage in by_stage]


def _as_faults(refused: Refused, table: Table) -> list[Finding]:
    return [Finding(line, table.sheet) for line in refused.lines]
