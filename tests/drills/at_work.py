"""People at work while something breaks: what they are told, and what was acknowledged to them."""

import csv
import io
import queue
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from http.client import HTTPException, IncompleteRead
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.copies import Answer
from tests.drills.clusters import PATIENCE, Cluster
from tests.drills.machines import Visitor, WebMachine, manage

PASSWORD = "a-long-walk-in-Tegucigalpa"
ADDRESSES = (
    "/", "/es/", "/entries/", "/commitments/", "/countries/hn/", "/es/areas/", "/changes/",
    "/search/?q=police", "/versions.csv", "/tables/entries.csv", "/health/",
)  # fmt: skip
SILENT, NOT_SAVED, BUSY = (
    "The database does not answer right now",
    "Nothing can be saved right now",
    "Please try again in a few seconds",
)
"""The first lines of the pages that ask to come back later; the first is of the database."""
HELD = "Someone else is posting or changing this. Nothing was changed. Try again in a moment."
NO_ANSWER, CUT_OFF = "no answer", "cut off"
"""What a browser says by itself, where nobody listens, and of a file that ends in its middle."""
SPANISH = {"La base de datos no responde en este momento": SILENT}
WAITING = 3
"""How many batches analysts let wait for approvers."""
ENOUGH = 3
"""How many postings show that people work."""

PEOPLE = """
    insert into accounts_user (
        username, first_name, last_name, email, password, is_superuser, is_active, date_joined,
        is_analyst, is_approver, is_administrator, must_change_password
    )
    select name || i, initcap(name), i::text, '', %s, false, true, now(),
        name <> 'approver', name = 'approver', false, false
    from unnest(%s::text[]) name, generate_series(1, %s) i
"""
PATROL_BOATS = """
    select json_build_object(
        'appropriation', p.id, 'area', a.id, 'country', c.id, 'agency', o.id, 'document', d.id
    )
    from ledger_appropriation p join ledger_account n on n.id = p.account_id,
        ledger_programmingarea a, ledger_country c, ledger_organization o, ledger_document d
    where p.fiscal_year = 2008 and n.code = 'INCLE' and a.code = 'law-enforcement'
        and c.code = 'HN' and o.code = 'State/INL' and d.key = 'spend-plan-2008'
"""


def make_people(cluster: Cluster, number: int, *names: str) -> None:
    """Make so many people of each name: analyst1, approver1 and so on."""
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    with psycopg.connect(cluster.url()) as session:
        session.execute(PEOPLE, [password, [*names], number])


@dataclass
class Work:
    """People at a web machine, and what became of what they did.

    `acknowledged` has the reason of each version that a page said was posted; `refused` counts
    each sentence by which something was refused; `wrong` is what nobody should be told.
    """

    port: int
    allocation: dict[str, str]
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    answered: int = 0
    posted_before: int = 0
    refused_at: list[float] = field(default_factory=list)  # of the clock of time.monotonic()
    stop: threading.Event = field(default_factory=threading.Event)
    submitted: "queue.Queue[tuple[int, str]]" = field(default_factory=lambda: queue.Queue(WAITING))
    serial: Iterator[int] = field(default_factory=count)

    def until_posted(self, more: int = ENOUGH, seconds: float = PATIENCE) -> float:
        """Wait until so many more postings are acknowledged; return after how many seconds."""
        began, wanted = time.monotonic(), len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            assert not self.wrong, self.wrong[0]
            waited = time.monotonic() - began
            assert waited < seconds, f"nobody gets as far as posting: {self}"
            time.sleep(0.05)
        return time.monotonic() - began

    def until_refused(self, sentence: str) -> None:
        """Wait until somebody is told a sentence."""
        patience = time.monotonic() + PATIENCE
        while not self.refused[sentence]:
            assert time.monotonic() < patience, f"nobody is told {sentence!r}: {self.refused}"
            time.sleep(0.05)

    def read(self, visitor: Visitor) -> None:
        """Read public pages, each other time of a day that nobody has asked for."""
        for number in self.serial:
            if self.stop.is_set():
                return
            path = ADDRESSES[number % len(ADDRESSES)]
            if number % 2:
                path = f"/?as_of={date(2009, 1, 1) + timedelta(days=number)}"
            self.answer(lambda path=path: visitor.get(path))  # type: ignore[misc]
            self.stop.wait(0.1)

    def draft(self, visitor: Visitor) -> None:
        """Allocate a dollar, and submit that, again and again."""
        while not self.stop.is_set():
            reason = f"Drill {uuid4()}"
            fields = self.allocation | {"token": str(uuid4()), "reason": reason, "title": reason}
            answer = None
            while answer is None and not self.stop.is_set():
                answer = self.sent(visitor, "/admin/ledger/batch/allocate/", fields)
            if answer:
                found = re.search(r"/admin/ledger/batch/(\d+)/", answer.body)
                assert found, answer.body
                self.hand_over(int(found[1]), reason)

    def hand_over(self, batch: int, reason: str) -> None:
        """Let approvers have a submitted batch, once they have few enough."""
        while not self.stop.is_set():
            try:
                self.submitted.put((batch, reason), timeout=0.2)
            except queue.Full:
                continue
            return

    def decide(self, visitor: Visitor) -> None:
        """Read what is submitted, and post it as it was read; what is refused is tried again."""
        while not self.stop.is_set():
            try:
                batch, reason = self.submitted.get(timeout=0.2)
            except queue.Empty:
                continue
            while not self.stop.is_set() and not self._posted(visitor, batch, reason):
                self.stop.wait(0.3)

    def sent(self, visitor: Visitor, path: str, fields: dict[str, str]) -> Answer | None:
        """Open a form, and send it; None where either was refused."""
        form = self.answer(lambda: visitor.get(path))
        return form and self.answer(lambda: visitor.post(path, fields, form=form))

    def _posted(self, visitor: Visitor, batch: int, reason: str) -> bool:
        page = f"/admin/ledger/batch/{batch}"
        review = self.answer(lambda: visitor.get(f"{page}/review/"))
        if review is None:
            return False
        digest = re.search(r'name="digest" value="(\w+)"', review.body)
        if not digest:  # it is posted already: only the answer was lost
            self.posted_before += 1
            return True
        fields = {"digest": digest[1], "confirmed": "on"}
        answer = self.answer(lambda: visitor.post(f"{page}/post/", fields, form=review))
        said = re.search(r"Posted as version (\d+)\.", answer.body) if answer else None
        if said:
            self.acknowledged[int(said[1])] = reason
        return said is not None

    def answer(self, ask: Callable[[], Answer]) -> Answer | None:
        """Return a page; None where it was refused, in a sentence that is counted."""
        try:
            answer = ask()
        except (OSError, HTTPException) as error:
            self._refuse(CUT_OFF if isinstance(error, IncompleteRead) else NO_ANSWER)
            self.stop.wait(0.2)
            return None
        self.answered += 1
        if HELD in answer.body:
            self._refuse(HELD)
            return None
        if answer.status == 200 and 'name="login"' not in answer.body:
            for sentence in re.findall(r'<li class="error">(.*?)</li>', answer.body):
                self._refuse(unescape(sentence))
            return answer
        heading = re.search(r"(?s)<h1>(.*?)</h1>", answer.body)
        if answer.status == 503 and "Retry-After" in answer.headers:
            said = unescape(heading[1]) if heading else answer.body.strip()
            self._refuse(SPANISH.get(said, said))
            self.stop.wait(0.3)
        elif answer.body != "the database does not answer\n":  # what a probe is told
            self.wrong.append(f"{answer.status}: {heading[1] if heading else answer.body[:2000]}")
        return None

    def _refuse(self, sentence: str) -> None:
        self.refused[sentence] += 1
        self.refused_at.append(time.monotonic())

    def __str__(self) -> str:
        """What `pytest -rP` shows of a drill."""
        lasted = max(self.refused_at) - min(self.refused_at) if self.refused_at else 0
        return (
            f"{self.answered} answers, {len(self.acknowledged)} acknowledged postings; "
            f"{self.posted_before} answers to postings lost; "
            f"refused for {lasted:.1f} s: {dict(self.refused)}"
        )


@contextmanager
def people_at_work(machine: WebMachine, cluster: Cluster, people: int = 2) -> Iterator[Work]:
    """Let people read, draft and post at a web machine while this lasts."""
    make_people(cluster, people, "analyst", "approver")
    with psycopg.connect(cluster.url()) as session:
        (chosen,) = session.execute(PATROL_BOATS).fetchone() or ({},)
    fields = {"amount": "1.00", "effective_date": "2009-06-15", "locator": "page 12, table 3"}
    fields |= {"basis": "stated", "_submit": ""} | {name: str(pk) for name, pk in chosen.items()}
    work = Work(machine.port, fields)
    workers = []
    for number in range(1, people + 1):
        workers.append(threading.Thread(target=work.read, args=[machine.visitor()]))
        for name, task in (("analyst", work.draft), ("approver", work.decide)):
            visitor = machine.visitor()
            visitor.sign_in(f"{name}{number}", PASSWORD)
            workers.append(threading.Thread(target=task, args=[visitor]))
    for worker in workers:
        worker.start()
    try:
        yield work
    finally:
        work.stop.set()
        for worker in workers:
            worker.join()
        if work.wrong:
            sys.stdout.write(machine.log.read_text())


def versions(machine: WebMachine) -> list[dict[str, str]]:
    """Return the rows of `versions.csv`; a file that ends in its middle is asked for again."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return list(csv.DictReader(io.StringIO(machine.get("/versions.csv").body)))
        except IncompleteRead:
            assert time.monotonic() < patience, "no file is whole"


def assert_nothing_was_lost(
    work: Work, machine: WebMachine, cluster: Cluster, checkout: Path, *told: str
) -> None:
    """Fail unless each acknowledged posting is there, and people were told no other sentences."""
    listed = versions(machine)
    assert [int(row["version"]) for row in listed] == list(range(1, len(listed) + 1))
    reasons = {int(row["version"]): row["reason"] for row in listed}
    assert work.acknowledged.items() <= reasons.items()
    assert "Verified" in manage(checkout, "verify_ledger", **cluster.environment)
    assert not work.wrong, work.wrong[0]
    sys.stdout.write(f"{work}\n")
    log = machine.log.read_text()
    assert work.refused.keys() - {*told, BUSY, HELD} == set(), log
    assert "Traceback" not in log, log
    assert "Internal Server Error" not in log, log
