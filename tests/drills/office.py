"""What an office does at the desk over HTTP, whichever release serves it."""

import re
from typing import Any
from uuid import uuid4

import psycopg

from tests.copies import Answer
from tests.drills.clusters import SUPERUSER, Cluster
from tests.drills.machines import Visitor

PASSWORD = "of the dump"
"""The password of ana, pablo and ada, whom `tests.database.filled` makes."""
HEADINGS = (
    "reference,title,fiscal_year,account,area,country,agency,stage,amount_usd,effective_date,"
    "document,basis"
)
ALLOCATE, IMPORT = "/admin/ledger/batch/allocate/", "/admin/ledger/batch/import/"
HEAD = "select version from ledger_head"
NEWEST_BATCH = "select max(id) from ledger_batch"


class Refused(Exception):
    """A form was not taken; the message is the page that said so."""


def require(answer: Answer) -> None:
    """Raise Refused where a page is no ordinary one."""
    if answer.status != 200:
        raise Refused(answer.body)


class Office:
    """A ledger's database, and what its analysts and approvers send to the machines that serve it.

    Each verb takes the person's visitor of the machine at which it is done.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def value(self, query: str, *values: Any) -> Any:
        """Return what a query answers, as the superuser."""
        with psycopg.connect(self.cluster.url(SUPERUSER)) as session:
            (found,) = session.execute(query, values).fetchone()  # type: ignore[call-overload]
            return found

    def allocate(self, analyst: Visitor, amount: str, *, submitted: bool = False) -> int:
        """Add an allocation for Honduras, as a draft or submitted, and return its batch."""
        token = str(uuid4())
        sent = {
            "token": token, "amount": amount, "effective_date": "2009-06-15",
            "appropriation": self.value(
                "select a.id from ledger_appropriation a join ledger_account c on c.id = account_id"
                " where fiscal_year = 2008 and c.code = 'INCLE'"
            ),
            "area": self._code("programmingarea", "law-enforcement"),
            "country": self._code("country", "HN"),
            "agency": self._code("organization", "State/INL"),
            "document": self.value("select id from ledger_document where key = 'spend-plan-2008'"),
            "title": f"Radios for {amount}", "title_es": "", "goal": "", "partner": "",
            "locator": "page 12", "basis": "stated", "note": "", "quote": "", "reason": "",
            "reference": "", "_submit" if submitted else "_draft": "",
        }  # fmt: skip
        answer = analyst.post(ALLOCATE, {name: str(value) for name, value in sent.items()})
        require(answer)
        return int(self.value("select id from ledger_batch where token = %s", token))

    def submit(self, analyst: Visitor, batch: int) -> None:
        """Submit a draft."""
        page = f"/admin/ledger/batch/{batch}/"
        assert analyst.post(f"{page}submit/", {}, form=f"{page}change/").status == 200
        assert self.value("select state from ledger_batch where id = %s", batch) == "submitted"

    def post(self, approver: Visitor, batch: int) -> Answer:
        """Read a submitted batch and post it; return the answer."""
        page = f"/admin/ledger/batch/{batch}/"
        digest = re.search(r'name="digest" value="(\w+)"', approver.get(f"{page}review/").body)
        sent = {"digest": digest[1] if digest else "", "confirmed": "on"}
        return approver.post(f"{page}post/", sent, form=f"{page}review/")

    def posted(self, approver: Visitor, batch: int) -> int:
        """Post a submitted batch, and return the version; fails where it is refused."""
        answer = self.post(approver, batch)
        version = self.value("select version from ledger_batch where id = %s", batch)
        assert version, answer.body
        assert f"Posted as version {version}." in answer.body
        return int(version)

    def imported(self, analyst: Visitor, reference: str) -> int:
        """Import a pasted row of a new commitment, and return the draft."""
        row = (
            f"{reference},Radios,2008,INCLE,law-enforcement,PA,State/INL,committed,3000.00,"
            "2010-02-01,activities-2010,stated"
        )
        assert analyst.post(IMPORT, {"pasted": f"{HEADINGS}\n{row}\n"}).status == 200
        token = self.value("select token from ledger_upload order by made_at desc limit 1")
        sent = {"title": f"Import of {reference}", "reason": "A letter", "language": "en"}
        answer = analyst.post(f"{IMPORT}{token}/", sent)
        require(answer)
        return int(self.value("select id from ledger_batch where title = %s", sent["title"]))

    def reversed(self, analyst: Visitor, version: int) -> int:
        """Draft the reversal of a version, and return the draft."""
        sent = {"title": f"Version {version} taken back", "reason": "It was entered twice"}
        answer = analyst.post(f"/admin/ledger/posting/{version}/reverse/", sent)
        require(answer)
        return int(self.value("select id from ledger_batch where reverses_id = %s", version))

    def reduced(self, analyst: Visitor, reference: str) -> int:
        """Draft the reduction of a posted commitment by a dollar, and return the draft."""
        commitment = self.value("select id from ledger_commitment where reference = %s", reference)
        token = str(uuid4())
        sent = {
            "token": token, "stage": "committed", "amount": "1.00", "effective_date": "2010-03-15",
            "document": str(
                self.value("select id from ledger_document where key = 'activities-2010'")
            ),
            "locator": "page 2", "basis": "stated", "reason": "Corrected", "_draft": "",
        }  # fmt: skip
        answer = analyst.post(f"/admin/ledger/commitment/{commitment}/reduce/", sent)
        require(answer)
        return int(self.value("select id from ledger_batch where token = %s", token))

    def _code(self, table: str, code: str) -> int:
        return int(self.value(f"select id from ledger_{table} where code = %s", code))
