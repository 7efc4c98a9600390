"""Rows to a draft batch: rehearsed with every check, and made whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from carsi_tracker.accounts.models import User
from carsi_tracker.figures.effects import Effects, effects
from carsi_tracker.imports.codes import AcceptedCodes
from carsi_tracker.imports.commitments import Commitments, New
from carsi_tracker.imports.errors import Finding, Unreadable, row_as_sent
from carsi_tracker.imports.interpreting import Interpreted, interpret
from carsi_tracker.imports.staging import Present, Staging
from carsi_tracker.imports.table import Table
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.amounts import IN_DOLLARS, AmountStyle
from carsi_tracker.ledger.dates import Order
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.models import Batch, Commitment, Line, Organization, Stage
from carsi_tracker.ledger.models.languages import language_spoken
from carsi_tracker.ledger.refusals import Refused
from carsi_tracker.monitoring import metrics

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


@dataclass(frozen=True)
class Drafted:
    """The draft that a file makes, or would make; `sums` are by stage.

    `rows` are the entries by the columns of the format, as many as were wanted.
    """

    title: str
    reason: str
    sums: list[StageSum]
    effects: Effects
    new_commitments: list[str]
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or would become of it.

    `draft` is None where it is refused, `batch_id` where nothing was made.
    """

    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    present: list[Present] = field(default_factory=list)
    row_count: int = 0
    draft: Drafted | None = None
    batch_id: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the file makes a batch."""
        return not self.faults

    @property
    def asks_order(self) -> bool:
        """Whether a date in numbers needs an order, or another one."""
        return any(
            fault.column == "effective_date" and fault.code in {"two_readings", "other_order"}
            for fault in self.faults
        )


@dataclass(frozen=True)
class ImportOptions:
    """Whether to `keep` the batch, its texts (suggested where empty), its language, and more.

    `token` is what makes a form that is sent twice make one batch; `listed` is how many rows of
    the outcome are wanted (None for all); `new_despite_duplicates` says that rows which a batch
    has already are new; `batch` is the draft that the rows go into, instead of a new one; `order`
    is what comes first in the rows' dates of numbers, `amounts` how the amounts are written.
    """

    keep: bool = False
    title: str = ""
    reason: str = ""
    language: str = field(default_factory=language_spoken)
    token: UUID | None = None
    new_despite_duplicates: bool = False
    listed: int | None = 100
    batch: Batch | None = None
    order: Order | None = None
    amounts: AmountStyle = IN_DOLLARS


def import_table(
    table: Table, user: User, options: ImportOptions, progress: Progress = lambda _rows: None
) -> Outcome:
    """Make a draft batch of a table's rows, or say why not; `progress` is told of rows read.

    In a transaction of its own, which stays only where `options.keep` and nothing is at fault.
    """
    outcome = Outcome(warnings=table.warnings)
    own_batch = options.batch.pk if options.batch else None
    try:
        with posting.acting(user, _("Import")):
            staging = Staging()
            read = interpret(
                table, own_batch, options.order, staging.load, progress, amounts=options.amounts
            )
            outcome = _compared(table, read, staging, options)
            if outcome.accepted:
                outcome = _entered(table, read, staging, options, outcome)
            if outcome.accepted and options.keep:
                metrics.IMPORT_ROWS.inc(outcome.row_count)
                return outcome
            transaction.set_rollback(True)
    except Unreadable as unreadable:
        return replace(outcome, faults=unreadable.findings)
    except Refused as refused:
        return replace(outcome, faults=_as_faults(refused, table), batch_id=None)
    return replace(outcome, batch_id=None)


def _compared(table: Table, read: Interpreted, staging: Staging, options: ImportOptions) -> Outcome:
    """Find rows that are alike, rows that a batch has already, and rows that have to wait."""
    warnings = [*table.warnings]
    if read.by_order:
        warnings.append(_read_by_order(options.order, *read.by_order))
    if read.faults:
        return Outcome(read.faults, warnings, row_count=read.row_count)
    if not read.row_count:
        return Outcome([Finding(_("There are headings, but no rows."), table.sheet)], warnings)
    staging.analyse()
    warnings += _alike(table, staging)
    present = staging.present()
    there = [Finding(batch.in_words(read.row_count), table.sheet) for batch in present]
    if options.new_despite_duplicates:
        waiting = _waiting(table, staging, set())
        return Outcome(waiting, warnings + there, present, read.row_count)
    waiting = _waiting(table, staging, {row for batch in present for row in batch.rows})
    return Outcome(there + waiting, warnings, present, read.row_count)


def _entered(
    table: Table, read: Interpreted, staging: Staging, options: ImportOptions, compared: Outcome
) -> Outcome:
    """Make the draft of rows with which nothing is wrong, and try whether it could be posted."""
    title, reason = _texts(options, read.commitments, staging.cited())
    texts = {"title": title, "reason": reason, "language": options.language}
    batch = options.batch or Batch.objects.create(**texts, token=options.token)
    _introduce(read.commitments, batch)
    staging.enter(batch.pk)
    new = _("The partner “%s” is new and will be added to the organizations.")
    partners = [Finding(new % name) for name in read.commitments.new_partners.texts]
    outcome = replace(compared, warnings=compared.warnings + partners)
    try:
        posting.rehearse(batch.pk)
    except Refused as refused:
        return replace(outcome, faults=_as_faults(refused, table))
    sums, listed = _sums(batch), staging.listed(options.listed)
    new_commitments = list(read.commitments.new)
    draft = Drafted(title, reason, sums, effects(batch.pk), new_commitments, listed)
    return replace(outcome, draft=draft, batch_id=batch.pk)


def _read_by_order(order: Order | None, text: str, day: date) -> Finding:
    message = (
        _("Dates in numbers were read with the month first, as was chosen: “%(text)s” as %(day)s.")
        if order is Order.MONTH_FIRST
        else _(
            "Dates in numbers were read with the day first, as was chosen: “%(text)s” as %(day)s."
        )
    )
    return Finding(message % {"text": text, "day": day_in_words(day)})


def _alike(table: Table, staging: Staging) -> list[Finding]:
    message = _("Rows %s are alike; each counts as an amount of its own.")
    groups = staging.alike(GROUPS_NAMED)
    return [Finding(message % _some(rows), table.sheet, rows[0]) for rows in groups]


def _waiting(table: Table, staging: Staging, present: set[int]) -> list[Finding]:
    """Return rows that wait for the batch of their commitment, but those `present` in a batch."""
    message = _(
        "%(reference)s is new in the unposted batch “%(title)s” (%(batch)d). Add its "
        "amounts there, or wait until it is posted."
    )
    return [
        Finding(
            message % {"reference": reference, "title": title, "batch": batch_id},
            table.sheet,
            row,
            "reference",
            reference,
        )
        for row, reference, batch_id, title in staging.waiting()
        if row not in present
    ]


def _some(rows: list[int]) -> str:
    named = map(row_as_sent, rows[:ROWS_NAMED])
    return ", ".join([*map(str, named), *(["…"] if len(rows) > ROWS_NAMED else [])])


def _texts(
    options: ImportOptions, commitments: Commitments, documents: list[int]
) -> tuple[str, str]:
    cited = [commitments.vocabulary.documents[key] for key in documents]
    reason = Truncator("; ".join(cited)).chars(1000)
    new = list(commitments.new.values())
    title = new[0].value("title") if len(new) == 1 else cited[0]
    return options.title or Truncator(title).chars(200), options.reason or reason


def _introduce(commitments: Commitments, batch: Batch) -> None:
    made = Organization.objects.bulk_create(
        Organization(code=name, name_en=name, name_es=name, is_partner=True)
        for name in commitments.new_partners.texts
    )
    new_partners = {organization.code: organization.pk for organization in made}
    Commitment.objects.bulk_create(
        _commitment(new, batch, commitments.vocabulary, new_partners)
        for new in commitments.new.values()
    )


def _commitment(
    new: New, batch: Batch, vocabulary: AcceptedCodes, new_partners: dict[str, int]
) -> Commitment:
    goal, partner, bound = map(new.value, ("goal", "partner", "bound"))
    return Commitment(
        reference=new.reference,
        title=new.value("title"),
        title_es=new.value("title_es") or "",
        bound=bound.text if bound else "",
        bound_note=new.value("bound_note") or "",
        bound_note_es=new.value("bound_note_es") or "",
        appropriation_id=vocabulary.appropriation(
            new.value("fiscal_year"), new.value("account").text
        ),
        area_id=new.value("area").pk,
        country_id=new.value("country").pk,
        goal_id=goal and goal.pk,
        agency_id=new.value("agency").pk,
        partner_id=partner and (partner.pk or new_partners[partner.text]),
        introduced_by=batch,
    )


def _sums(batch: Batch) -> list[StageSum]:
    sums = (
        Line.objects.filter(batch=batch).values_list("stage").annotate(Count("pk"), Sum("amount"))
    )
    by_stage = {stage: (count, total) for stage, count, total in sums.order_by()}
    return [StageSum(stage, *by_stage[stage]) for stage in Stage if stage in by_stage]


def _as_faults(refused: Refused, table: Table) -> list[Finding]:
    return [Finding(line, table.sheet) for line in refused.lines]
