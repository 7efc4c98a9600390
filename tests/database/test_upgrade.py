"""A filled database of an earlier release is brought up to date, verifies, and is served."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Batch, Commitment, Document, Organization, Posting
from tests import databases
from tests.conftest import Templates
from tests.database.dump import restore
from tests.reports.addresses import EXAMPLES, NOT_SET

OF_THE_DUMP = (
    "/changes/17/", "/changes/18/", "/changes/19/", "/changes/19.csv", "/entries/17-1/",
    "/documents/letter-of-the-dump/", "/documents/letter-of-the-dump/file/",
    "/commitments/DUMP-MOVED/", "/commitments/CARSI-08-INCLE-05/",
    "/commitments/DUMP-TAKEN-BACK/", "/search/?q=letter", "/entries/?text=credito",
)  # fmt: skip
NOT_PUBLIC = ("/commitments/DUMP-DRAFT/", "/commitments/DUMP-WAITS/", "/changes/20/")
LISTS = (
    "batch", "commitment", "appropriation", "document", "organization", "country", "goal",
    "account", "programmingarea",
)  # fmt: skip


@pytest.fixture(scope="module")
def upgraded(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[str]:
    """Restore the dump, bring it up to date, and let Django serve it; give what verifying said."""
    name = f"{databases.prefix(worker_id)}_upgraded"
    restore(name)
    owner = databases.owner_of(name)
    said = StringIO()
    with django_db_blocker.unblock():
        with databases.speaking_to(owner):
            call_command("migrate", verbosity=0)
            call_command("verify_ledger", stdout=said)
        with databases.speaking_to(databases.application_of(name)):
            yield said.getvalue()
    databases.remove(name)


def test_it_verifies(upgraded: str) -> None:
    assert upgraded.startswith("Verified: 19 versions, ")


def test_organizations_are_of_the_kinds_that_they_are_used_as(upgraded: str) -> None:
    agencies = Organization.objects.filter(pk__in=Commitment.objects.values("agency"))
    partners = Organization.objects.filter(pk__in=Commitment.objects.values("partner"))
    assert agencies
    assert all(agency.is_agency for agency in agencies)
    assert all(partner.is_partner for partner in partners)
    assert Organization.objects.filter(is_agency=True, is_partner=False).exists()
    assert not Organization.objects.filter(is_agency=False, is_partner=False).exists()


@pytest.mark.parametrize("language", ["", "/es"])
def test_every_public_page_is_served(upgraded: str, language: str) -> None:
    answers = {}
    for address in (*EXAMPLES.values(), *OF_THE_DUMP):
        in_one_language = re.search(r"\.|/file/", address)
        response = Client().get(address if in_one_language else language + address, follow=True)
        answers[address] = response.status_code
    not_in_the_dump = (EXAMPLES["document-file"], EXAMPLES["published-figure"], *NOT_SET)
    missing = {page: code for page, code in answers.items() if code != 200}
    assert missing == dict.fromkeys(not_in_the_dump, 404)
    for address in NOT_PUBLIC:
        assert Client().get(language + address).status_code == 404


@pytest.mark.parametrize(
    ("username", "own"),
    [
        ("ana", ("ledger/batch/allocate/", "ledger/commitment/{moved}/move/")),
        ("pablo", ("ledger/batch/{waits}/review/",)),
        ("ada", ("accounts/user/", "accounts/event/", "ledger/document/{letter}/change/")),
    ],
)
def test_the_desk_is_served_to_each_role(
    upgraded: str, username: str, own: tuple[str, ...]
) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username))
    rows = {
        "moved": Commitment.objects.get(reference="DUMP-MOVED").pk,
        "waits": Batch.objects.get(state="submitted").pk,
        "letter": Document.objects.get(key="letter-of-the-dump").pk,
    }
    pages = ["", "find/?q=letter", *(page.format(**rows) for page in own)]
    if username != "ada":
        pages += [f"ledger/{name}/" for name in LISTS]
        pages += [f"ledger/batch/{batch.pk}/change/" for batch in Batch.objects.all()[:6]]
    answers = {page: client.get(f"/admin/{page}", follow=True).status_code for page in pages}
    assert {page: code for page, code in answers.items() if code != 200} == {}


def test_what_waited_for_an_approver_is_posted_and_taken_back(upgraded: str) -> None:
    ana, pablo = (User.objects.get(username=name) for name in ("ana", "pablo"))
    waits = Batch.objects.get(state="submitted")
    assert posting.post(waits.pk, pablo, posting.digest(waits.pk)) == 20
    reversal = posting.reverse(20, ana, "Taken back", "Entered twice")
    assert posting.post(reversal, pablo, posting.submit(reversal, ana)) == 21
    assert Posting.objects.get(version=20).prepared_by == ["Ana Núñez"]
