"""The ways in: the command line, the upload page and pasting, asked alike."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch, Commitment, Line, Organization
from tests import factories
from tests.sourced import COMMITMENTS, ENTRIES

CASES = Path(__file__).parent / "cases"
HEADINGS = (
    "reference,title,fiscal_year,account,area,country,goal,agency,partner,stage,amount_usd,"
    "effective_date,document,locator,basis,note"
)
ROW = {
    "reference": "CARSI-08-INCLE-90",
    "title": "Patrol boats",
    "fiscal_year": "2008",
    "account": "INCLE",
    "area": "law-enforcement",
    "country": "HN",
    "goal": "2",
    "agency": "State/INL",
    "partner": "",
    "stage": "committed",
    "amount_usd": "1000.00",
    "effective_date": "2009-06-15",
    "document": "activities-2010",
    "locator": "",
    "basis": "stated",
    "note": "",
}


@dataclass(frozen=True)
class Fault:
    """Where a fault stands, and all that is said of it."""

    sheet: str
    row: int | None
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """What a way in answers: faults and warnings, and the batch that was made."""

    accepted: bool
    faults: list[Fault]
    warnings: list[str]
    batch: Batch | None

    @property
    def places(self) -> list[tuple[Any, ...]]:
        return [(fault.row, fault.column, fault.value) for fault in self.faults]

    @property
    def said(self) -> str:
        return " ".join([*(fault.message for fault in self.faults), *self.warnings])

    @property
    def entries(self) -> list[tuple[str, str, str, str]]:
        """(reference, stage, amount, day) of the draft's lines."""
        assert self.batch, self.said
        lines = Line.objects.filter(batch=self.batch).select_related("commitment")
        return [
            (
                line.commitment.reference if line.commitment else "",
                line.stage,
                f"{line.amount:.2f}",
                str(line.effective_date),
            )
            for line in lines
        ]


Way = Callable[..., Outcome]


@pytest.fixture
def ana(sourced: None) -> User:
    """An analyst over the sourced ledger, whom Django serves as the application role."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("carsi_app",)
    return factories.analyst(username="ana", first_name="Ana", last_name="Alva")


@pytest.fixture
def command(ana: User, tmp_path: Path) -> Way:
    """Import by the command line."""

    def way(name: str, content: bytes, *options: str, new: bool = False) -> Outcome:
        file = tmp_path / name
        file.write_bytes(content)
        out, before = StringIO(), _last()
        flags = [*options, *(["--new-despite-duplicates"] if new else [])]
        refused = False
        try:
            call_command("import_ledger", str(file), "--user=ana", "--json", *flags, stdout=out)
        except CommandError:
            refused = True
        said = json.loads(out.getvalue())
        assert said["accepted"] is not refused
        return Outcome(
            said["accepted"],
            [Fault(**fault) for fault in said["faults"]],
            [warning["message"] for warning in said["warnings"]],
            _made(before),
        )

    return way


@pytest.fixture
def upload(ana: User) -> Way:
    """Import by the upload page, confirming what is accepted."""

    def way(name: str, content: bytes, *, new: bool = False) -> Outcome:
        return by_page(ana, {"file": SimpleUploadedFile(name, content)}, new=new)

    return way


@pytest.fixture
def paste(ana: User) -> Way:
    """Import by pasting what a spreadsheet that opened the file would put on the clipboard."""

    def way(name: str, content: bytes, *, new: bool = False) -> Outcome:
        return by_page(ana, {"pasted": content.decode("utf-8-sig")}, new=new)

    return way


@pytest.fixture(params=["command", "upload", "paste"])
def any_way(request: pytest.FixtureRequest) -> Way:
    """Import by each way in."""
    way: Way = request.getfixturevalue(request.param)
    return way


@pytest.fixture(params=["command", "upload"])
def file_way(request: pytest.FixtureRequest) -> Way:
    """Import by each way in that takes a file."""
    way: Way = request.getfixturevalue(request.param)
    return way


def by_page(user: User, sent: dict[str, Any], *, new: bool = False, prefix: str = "") -> Outcome:
    """Send the import form, read the preview, and confirm it where that is offered."""
    client, before = Client(), _last()
    client.force_login(user)
    shown = client.post(f"{prefix}/admin/ledger/batch/import/", sent)
    assert shown.status_code == 302
    address = shown["Location"]
    page = client.get(address)
    assert page.status_code == 200
    assert _last() == before, "a preview makes nothing"
    outcome = page.context["outcome"]
    warnings = [warning.message for warning in outcome.warnings]
    faults = [
        Fault(fault.sheet, fault.row, fault.column, fault.value, fault.message)
        for fault in outcome.faults
    ]
    body = unescape(page.content.decode())
    for fault in faults:
        assert fault.message in body
        assert fault.value in body
    if outcome.accepted:
        confirmed = {
            "title": outcome.draft.title,
            "reason": outcome.draft.reason,
            "language": "en",
        } | ({"new": "on"} if new else {})
        answer = client.post(address, confirmed)
        if answer.status_code == 200:
            faults = [Fault("", None, "", "", str(answer.context["form"].errors))]
    return Outcome(_made(before) is not None, faults, warnings, _made(before))


def rows(*changes: dict[str, Any], headings: str = HEADINGS, delimiter: str = ",") -> bytes:
    """A CSV file of rows that are ROW with some cells changed."""
    lines = [headings]
    for change in changes:
        row = ROW | change
        lines.append(
            delimiter.join(
                _quoted(row[name.strip()], delimiter) for name in headings.split(delimiter)
            )
        )
    return "\r\n".join(lines).encode()


def _quoted(cell: str, delimiter: str) -> str:
    return f'"{cell}"' if delimiter in cell else cell


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def nothing_made() -> bool:
    """Say whether the ledger is as it was loaded: no batch, line, commitment or partner more."""
    return (
        Batch.objects.exclude(state=Batch.State.POSTED).count() == 0
        and Commitment.objects.count() == COMMITMENTS
        and Organization.objects.count() == 4
        and Line.objects.count() == ENTRIES
    )


def _last() -> int:
    return Batch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _made(before: int) -> Batch | None:
    return Batch.objects.filter(pk__gt=before).first()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(html)))
