"""Who may do what, asked of the running desk by requests that skip its pages.

`docs/permissions.md` holds the answers; WRITE_DOCUMENTS=1 writes them anew.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.desk.forms.stale import fingerprint
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Stage
from tests import factories
from tests.desk.conftest import ALLOCATE, People, address, allocation, page_of, place

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "permissions.md"
STATES = ("draft", "submitted", "posted")
MARKS = {True: "yes", False: "–"}


@dataclass
class Actors:
    """A client for each kind of person; two of them worked on every batch."""

    clients: dict[str, Client]
    preparers: list[User]
    petra: User


def actors(people: People) -> Actors:
    hana = factories.person(username="hana", is_analyst=True, is_approver=True)
    nobody = factories.person(username="nobody")
    gone = factories.approver(username="gone", is_analyst=True, is_active=False)
    clients = {
        "not signed in": Client(),
        "no role": people.client(nobody),
        "access ended": people.client(gone),
        "analyst": people.client(people.benito),
        "analyst who prepared it": people.client(people.ana),
        "approver": people.approver,
        "approver who worked on it": people.client(hana),
        "administrator": people.administrator,
    }
    return Actors(clients, [people.ana, hana], people.petra)


def batch_in(state: str, who: Actors) -> Batch:
    """A batch on a new appropriation, on which two people worked."""
    first, second = who.preparers
    batch = factories.batch(by=first)
    fund = factories.appropriation()
    for by in (first, second):
        factories.line(batch, fund, Stage.APPROPRIATED, 1000, by=by)
    if state != "draft":
        digest = posting.submit(batch.pk, first)
        if state == "posted":
            posting.post(batch.pk, who.petra, digest)
    return Batch.objects.get(pk=batch.pk)


def seen(batch: Batch) -> dict[str, Any]:
    return {
        "title": "Changed",
        "reason": "Changed",
        "language": batch.language,
        "seen": fingerprint(batch),
    }


Act = Callable[[Client, Batch], Any]
ACTS: dict[str, Act] = {
    "read it": lambda client, batch: client.get(page_of(batch)),
    "change title and reason": lambda client, batch: client.post(
        address(batch, "texts"), seen(batch)
    ),
    "delete an amount": lambda client, batch: client.post(
        f"{address(batch, 'lines')}{batch.lines.latest('pk').pk}/delete/",
        {"seen": fingerprint(batch.lines.latest("pk"))},
    ),
    "paste amounts": lambda client, batch: client.post(
        f"{address(batch, 'lines')}paste/", pasted(batch)
    ),
    "enter a new commitment in it": lambda client, batch: client.post(
        address(batch, "lines"), introduced(batch)
    ),
    "add an allocation to it": lambda client, batch: client.post(
        ALLOCATE, added(allocation(batch=batch.pk))
    ),
    "record an obligation in it": lambda client, batch: client.post(
        place(Commitment.objects.get(reference="CARSI-09-INCLE-01"), "record-obligation"),
        added(allocation(batch=batch.pk, stage="obligated", amount="1,000")),
    ),
    "try its table": lambda client, batch: client.post(
        f"{address(batch, 'lines')}try/", introduced(batch)
    ),
    "download it": lambda client, batch: client.get(f"/admin/ledger/batch/{batch.pk}/lines.csv"),
    "comment on it": lambda client, batch: client.post(
        address(batch, "remark"), {"text": "Look again.", "after": 0}
    ),
    "submit it": lambda client, batch: client.post(address(batch, "submit")),
    "withdraw it": lambda client, batch: client.post(address(batch, "withdraw")),
    "discard it": lambda client, batch: client.post(address(batch, "discard")),
    "discard it in the list": lambda client, batch: client.post(
        "/admin/ledger/batch/",
        {"action": "discard_drafts", "_selected_action": batch.pk, "_confirmed": ""},
    ),
    "return it": lambda client, batch: client.post(
        address(batch, "send-back"), {"text": "Look again."}
    ),
    "post it": lambda client, batch: client.post(
        address(batch, "post"), {"digest": posting.digest(batch.pk), "confirmed": "on"}
    ),
    "reverse it": lambda client, batch: client.post(
        f"/admin/ledger/posting/{batch.version or 999_999}/reverse/",
        {"title": "Reversal", "reason": "Wrong"},
    ),
}


SHOWN: dict[str, Callable[[Any, Batch], bool]] = {
    "read it": lambda response, batch: batch.title in response.content.decode(),
    "try its table": lambda response, _batch: response.content.strip().startswith(b"<summary"),
    "download it": lambda response, _batch: response.has_header("Content-Disposition"),
}
"""How the acts that change nothing are told from a page that says that they are not allowed."""


def added(sent: dict[str, Any]) -> dict[str, Any]:
    """What adds to a draft, which it leaves a draft."""
    return {name: value for name, value in sent.items() if name != "_submit"}


def introduced(batch: Batch) -> dict[str, Any]:
    """What a table sends that has a new commitment alone, without an amount."""
    typed = {name: allocation()[name] for name in ("appropriation", "area", "country", "agency")}
    row = {f"introduced-0-{name}": value for name, value in (typed | {"title": "Radios"}).items()}
    return {"row": "introduced-0", "newest": 0, "newest_introduced": 0, **row}


def pasted(batch: Batch) -> dict[str, Any]:
    line = batch.lines.select_related("appropriation__account", "document").latest("pk")
    cells = (
        "",
        "",
        str(line.appropriation.fiscal_year),
        line.appropriation.account.code,
        *[""] * 5,
        "appropriated",
        "7.00",
        "2009-03-13",
        line.document.key,
        "",
        "stated",
    )
    return {"pasted": "\t".join(cells), "revision": batch.revision}


TRACE = """
    select
        (select row(b.state, b.title)::text from ledger_batch b where b.id = %(batch)s),
        (select count(*) from ledger_line where batch_id = %(batch)s),
        (select count(*) from ledger_commitment where introduced_by_id = %(batch)s),
        (select count(*) from ledger_remark where batch_id = %(batch)s),
        (select count(*) from ledger_posting),
        (select count(*) from ledger_batch),
        (select count(*) from ledger_change)
"""


def trace(batch: Batch) -> tuple[Any, ...]:
    """All that an act on a batch can change."""
    with connection.cursor() as cursor:
        cursor.execute(TRACE, {"batch": batch.pk})
        return tuple(cursor.fetchall())


def allowed(act: str, client: Client, batch: Batch) -> bool:
    """Say whether an act had its effect; what is not allowed has none at all."""
    before = trace(batch)
    response = ACTS[act](client, batch)
    assert response.status_code in {200, 302, 403, 404, 405, 409}
    if act in SHOWN:
        assert trace(batch) == before
        return response.status_code == 200 and SHOWN[act](response, batch)
    return trace(batch) != before


def answered(act: str, state: str, who: Actors) -> Iterator[bool]:
    """Say of each person whether an act is theirs; on another batch once it had its effect."""
    batch = batch_in(state, who)
    for client in who.clients.values():
        may = allowed(act, client, batch)
        yield may
        if may and act not in SHOWN:
            batch = batch_in(state, who)


def table(people: People) -> str:
    who = actors(people)
    lines = [
        "| | | " + " | ".join(who.clients) + " |",
        "|---|---|" + "---|" * len(who.clients),
    ]
    for act, state in product(ACTS, STATES):
        answers = [MARKS[may] for may in answered(act, state, who)]
        lines.append(f"| {act} | {state} | {' | '.join(answers)} |")
    done = {line.split(" | ")[0] for line in lines if "| yes |" in line}
    assert len(done) == len(ACTS), "an act that nobody can do is asked for wrongly"
    return "\n".join(lines)


def test_the_document_says_who_may_do_what(people: People) -> None:
    written = table(people)
    text = DOCUMENT.read_text()
    start = text.index("| | | not signed in")
    if os.environ.get("WRITE_DOCUMENTS"):
        DOCUMENT.write_text(f"{text[:start]}{written}\n")
    assert DOCUMENT.read_text()[start:].rstrip() == written


def test_no_flag_lets_anybody_post_what_they_prepared(people: People) -> None:
    batch = batch_in("submitted", actors(people))
    User.objects.filter(pk=people.ana.pk).update(
        is_superuser=True, is_approver=True, is_administrator=True
    )
    client = people.client(User.objects.get(pk=people.ana.pk))
    assert not allowed("post it", client, batch)
