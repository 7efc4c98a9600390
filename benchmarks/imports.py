"""An import of a file against django-import-export, from file to draft batch."""

import csv
import io
import resource
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import ledgers
from benchmarks.ledgers import Ledger
from benchmarks.size import either
from benchmarks.table import Row

ROWS = either(100_000, 500)
ROUNDS = either(3, 1)
HEADINGS = (
    "reference",
    "stage",
    "amount_usd",
    "effective_date",
    "document",
    "locator",
    "basis",
    "note",
)


def measure(folder: Path) -> list[Row]:
    """Compare the seconds that both take, and the memory of ours at ten times fewer rows."""
    ledger = ledgers.make(folder, "imports")
    rounds = [
        (_in_a_process(ledger, _ours, ROWS), _in_a_process(ledger, _theirs, ROWS))
        for _ in range(ROUNDS)
    ]
    few = [_in_a_process(ledger, _ours, ROWS // 10) for _ in range(ROUNDS)]
    seconds = sorted(ours[0] for ours, _theirs in rounds)[ROUNDS // 2]
    against = sorted(theirs[0] for _ours, theirs in rounds)[ROUNDS // 2]
    memory = [ours[1] / less[1] for (ours, _theirs), less in zip(rounds, few, strict=True)]
    return [
        Row(
            f"import of {ROWS:,} rows, against import-export",
            f"{ROWS / seconds:,.0f}/s",
            f"{ROWS / against:,.0f}/s",
            [theirs[0] / ours[0] for ours, theirs in rounds],
            ">= 7",
        ),
        Row(
            f"its memory, {ROWS:,} rows against {ROWS // 10:,}",
            f"{rounds[0][0][1]:.0f} MiB",
            f"{few[0][1]:.0f} MiB",
            memory,
            "flat",
        ),
    ]


def _in_a_process(ledger: Ledger, work: Any, rows: int) -> tuple[float, float]:
    """Return the seconds of a process of its own, and its memory at most, in MiB."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, ledger, work, rows))
    process.start()
    theirs.close()
    measured: tuple[float, float] = ours.recv()
    process.join()
    return measured


def _run(answer: Connection, ledger: Ledger, work: Any, rows: int) -> None:
    ledgers.settings()
    from carsi_tracker.accounts.models import User
    from carsi_tracker.ledger import posting
    from carsi_tracker.ledger.models import Commitment

    with ledgers.speaking_to(ledger.application):
        user, _made = User.objects.get_or_create(username="analyst", is_analyst=True)
        with_room = Commitment.objects.filter(reference__startswith="CARSI-08-INCLE")
        references = list(with_room.values_list("reference", flat=True))
        content = _file(references, rows)
        started = time.perf_counter()
        made = work(content, user)
        seconds = time.perf_counter() - started
        posting.discard(made, user)
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _file(references: list[str], rows: int) -> bytes:
    """Return amounts of a cent for the commitments of the ledger, each row unlike the others."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    for number in range(rows):
        reference = references[number % len(references)]
        day = f"2010-{1 + number % 9:02d}-{1 + number % 28:02d}"
        cells = ("committed", "0.01", day, "activities-2010", f"page {number}", "stated", "")
        writer.writerow((reference, *cells))
    return written.getvalue().encode()


def _ours(content: bytes, user: Any) -> int:
    from carsi_tracker.imports.importing import ImportOptions, import_table
    from carsi_tracker.imports.table import open_file

    options = ImportOptions(keep=True, listed=100, new_despite_duplicates=True)
    outcome = import_table(open_file("amounts.csv", content), user, options)
    if not outcome.batch_id:
        raise SystemExit(outcome.faults[:3])
    return outcome.batch_id


def _theirs(content: bytes, user: Any) -> int:
    """Import as that library does fastest: bulk, in one transaction, without reports of rows.

    Foreign keys are looked up once each; amounts and days are read by the tracker's own functions,
    so that both read the same forms. It has no rule of the whole file, so no balance is judged.
    """
    import tablib
    from import_export import fields, resources, widgets

    from carsi_tracker.ledger import posting
    from carsi_tracker.ledger.amounts import parse_amount
    from carsi_tracker.ledger.dates import parse_day
    from carsi_tracker.ledger.models import Batch, Commitment, Document, Line

    class Cached(widgets.Widget):
        def __init__(self, model: Any, field: str) -> None:
            self.rows = {getattr(row, field): row for row in model.objects.all()}

        def clean(self, value: Any, row: Any = None, **_options: Any) -> Any:
            return self.rows[value]

    class Read(widgets.Widget):
        def __init__(self, read: Any) -> None:
            self.read = read

        def clean(self, value: Any, row: Any = None, **_options: Any) -> Any:
            return self.read(value)

    commitments = Cached(Commitment, "reference")

    class Lines(resources.ModelResource):
        commitment = fields.Field("commitment", "reference", commitments)
        document = fields.Field("document", "document", Cached(Document, "key"))
        amount = fields.Field("amount", "amount_usd", Read(parse_amount))
        effective_date = fields.Field("effective_date", "effective_date", Read(parse_day))

        class Meta:
            model = Line
            fields = (
                "commitment",
                "stage",
                "amount",
                "effective_date",
                "document",
                "locator",
                "basis",
                "note",
            )
            import_id_fields = ()
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            skip_html_diff = True
            force_init_instance = True
            use_transactions = True
            report_skipped = False

        def before_save_instance(self, instance: Any, row: Any, **_options: Any) -> None:
            instance.batch = batch
            instance.appropriation_id = instance.commitment.appropriation_id

        def after_import(self, dataset: Any, result: Any, **_options: Any) -> None:
            """Leave the sequences alone: they are the owner's."""

    with posting.acting(user):
        batch = Batch.objects.create(title="Import", reason="Import")
        dataset = tablib.Dataset().load(content.decode(), format="csv")
        result = Lines().import_data(dataset, raise_errors=True)
        if result.has_errors() or Line.objects.filter(batch=batch).count() != len(dataset):
            raise SystemExit("The other import failed.")
    return int(batch.pk)
