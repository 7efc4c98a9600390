"""The canonical ledger: written, and loaded again as it was."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test as run_machine

from carsi_tracker.accounts.models import User
from carsi_tracker.caching.remembered import forget_everything
from carsi_tracker.database import address
from carsi_tracker.exports.canonical.writing import write_files, write_folder
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger import posting, verifying
from carsi_tracker.ledger.canonical.folder import opened
from carsi_tracker.ledger.canonical.loading import load
from carsi_tracker.ledger.models import (
    Commitment,
    Country,
    Document,
    Goal,
    OpenQuestion,
    Posting,
    Stage,
    Translation,
)
from carsi_tracker.ledger.posting import acting
from carsi_tracker.ledger.sourced import LEDGER
from tests import databases, factories
from tests.conftest import Templates
from tests.database import filled
from tests.ledger.canonical.shell import by_the_shell
from tests.ledger.machine import Desk
from tests.reports.addresses import BOTH, PAGES
from tests.sourced import CHECKSUM, ENTRIES, NEXT, VERSION

Files = dict[str, bytes]
Make = Callable[[str, str], str]


def read(folder: Path) -> Files:
    """Return all files of a folder by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def said_in_public() -> dict[str, tuple[int, bytes]]:
    """Return what each page answers."""
    forget_everything()
    caches["pages"].clear()
    asked = [f"{language}{page}" for language in BOTH for page in PAGES]
    answers = {
        page: Client().get(page) for page in (*asked, "/versions.csv", "/tables/entries.csv")
    }
    return {page: (answer.status_code, answer.getvalue()) for page, answer in answers.items()}


def loaded(folder: Path, database: str) -> None:
    """Load files into a database, as its owner."""
    with databases.speaking_to(databases.owner_of(database)), opened(folder) as files:
        load(files, lambda _said: None)
        assert verifying.problems(address.application().user) == []


@pytest.fixture
def make(templates: Templates, worker_id: str, django_db_blocker: Any) -> Iterator[Make]:
    """Give what makes a copy of a template, by the end of its name."""
    made: list[str] = []

    def copy(template: str, name: str) -> str:
        made.append(f"{databases.prefix(worker_id)}_{name}")
        databases.make_limited(made[-1], getattr(templates, template))
        return made[-1]

    with django_db_blocker.unblock():
        yield copy
    for name in made:
        databases.remove(name)
    forget_everything()


@pytest.mark.usefixtures("sourced")
def test_what_was_loaded_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    """`WRITE_DOCUMENTS=1` writes `fixtures/ledger/` anew, after a column or the README came."""
    if os.environ.get("WRITE_DOCUMENTS"):
        write_folder(VERSION, LEDGER)
    write_folder(VERSION, tmp_path)
    assert read(tmp_path) == read(LEDGER)


def fill() -> None:
    """Add what the sourced ledger lacks: two people, files, corrections, what is retired."""
    filled.fill()
    ana, pablo = (User.objects.get(username=name) for name in ("ana", "pablo"))
    namesake = factories.approver(username="ana-2", first_name="Ana", last_name="Núñez")
    posting.countersign(2, pablo, "I compared it, with the law")
    with acting(ana, "As the department writes it"):
        Country.objects.filter(code="PA").update(name_en="Republic of Panama", retired=True)
        Goal.objects.filter(number=1).update(retired=True)
        Document.objects.filter(key="letter-of-the-dump").update(
            title_es="Una carta", note='A "quote", and “another”'
        )
        Document.objects.filter(key="efe-honduras-2009").update(retired=True)
    spanish = factories.batch(ana, title="Una versión en español", language="es")
    known = Posting.objects.get(version=4).entries.filter(stage=Stage.COMMITTED).first()
    assert known
    assert known.commitment
    factories.line(spanish, known.commitment, Stage.COMMITTED, 1, known.effective_date)
    factories.posted(spanish, namesake)
    with acting(ana):
        Translation.objects.create(original="I compared it, with the law", spanish="La comparé")


def test_a_ledger_with_one_of_everything_is_the_same_elsewhere(make: Make, tmp_path: Path) -> None:
    one, other = make("sourced", "written"), make("empty", "read")
    with databases.speaking_to(databases.application_of(one)):
        fill()
        head, _revision = newest()
        write_folder(head.number, tmp_path / "first")
        write_folder(VERSION, tmp_path / "earlier")
        public = said_in_public()
    for written in ("first", "earlier"):
        assert by_the_shell(tmp_path / written).returncode == 0
    files = read(tmp_path / "first")
    assert files["files/letter-of-the-dump.txt"].startswith(b"The sum is")
    everything = b"".join(files.values())
    for private in (b"DUMP-DRAFT", b"A draft", b"username", b"@example", b"pbkdf2", b"ana-2"):
        assert private not in everything

    loaded(tmp_path / "first", other)
    with databases.speaking_to(databases.application_of(other)):
        assert newest()[0].checksum == head.checksum
        write_folder(head.number, tmp_path / "second")
        assert read(tmp_path / "second") == files
        again = said_in_public()
        assert [page for page, said in public.items() if again[page] != said] == []

    earlier = make("empty", "earlier")
    loaded(tmp_path / "earlier", earlier)
    with databases.speaking_to(databases.application_of(earlier)):
        assert newest()[0].checksum == CHECKSUM
        write_folder(VERSION, tmp_path / "again")
        assert read(tmp_path / "again") == read(tmp_path / "earlier")


def test_random_work_is_the_same_elsewhere(make: Make, tmp_path: Path) -> None:
    one, other = make("empty", "worked"), make("empty", "read")
    with databases.speaking_to(databases.application_of(one)):
        run_machine(
            Desk,
            settings=settings(
                max_examples=4,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        head, _revision = newest()
        assert head.number > 10
        write_folder(head.number, tmp_path / "first")
        public = said_in_public()
    assert by_the_shell(tmp_path / "first").returncode == 0
    loaded(tmp_path / "first", other)
    with databases.speaking_to(databases.application_of(other)):
        assert newest()[0].checksum == head.checksum
        write_folder(head.number, tmp_path / "second")
        again = said_in_public()
    assert read(tmp_path / "second") == read(tmp_path / "first")
    assert [page for page, said in public.items() if again[page] != said] == []


def test_work_goes_on_behind_a_loaded_ledger_and_it_is_loaded_once(make: Make) -> None:
    name = make("sourced", "goes_on")
    with databases.speaking_to(databases.application_of(name)):
        version = factories.funded(1_000).first_version
        assert version == NEXT
        with pytest.raises(CommandError, match=r"^A ledger is loaded by the owner of the database"):
            call_command("load_ledger", verbosity=0)
    with databases.speaking_to(databases.owner_of(name)):
        assert verifying.problems(address.application().user) == []
        with pytest.raises(CommandError, match=r"is not empty: it has batches already\. Nothing"):
            call_command("load_ledger", verbosity=0)


@pytest.mark.usefixtures("sourced")
def test_nothing_of_a_draft_is_in_the_files_or_in_any_archive(
    client: Client, tmp_path: Path
) -> None:
    archives = [f"/data/{name}-v{VERSION}.zip" for name in ("carsi-ledger", "carsi")]

    def told(folder: Path) -> list[Any]:
        forget_everything()
        caches["pages"].clear()
        write_folder(VERSION, folder)
        answers = [client.get(archive, follow=True) for archive in archives]
        assert {answer.status_code for answer in answers} == {200}
        return [read(folder), *(answer.getvalue() for answer in answers)]

    before = told(tmp_path / "before")
    draft = factories.batch(title="Zacapa", reason="Zacapa")
    posted = Commitment.objects.select_related("area", "country", "appropriation__account")[0]
    law = factories.document(title="Zacapa Act")
    funds = factories.appropriation(fiscal_year=2011, account=posted.appropriation.account, law=law)
    factories.line(draft, funds, Stage.APPROPRIATED, 177_777, document=law)
    commitment = factories.commitment(
        draft,
        appropriation=funds,
        title="Zacapa",
        area=posted.area,
        country=posted.country,
        agency=factories.organization(code="Zacapa Office"),
        partner=factories.organization(code="Amigos de Zacapa"),
    )
    factories.line(draft, commitment, Stage.COMMITTED, 77_777, quote="Zacapa", note="Zacapa")
    assert told(tmp_path / "after") == before
    factories.submitted(draft)
    assert told(tmp_path / "submitted") == before


@pytest.mark.usefixtures("sourced")
def test_no_question_is_in_the_files_that_the_public_does_not_see(tmp_path: Path) -> None:
    analyst, office = factories.analyst(), factories.organization(code="Zacapa Office")
    posted = Commitment.objects.filter(entries__stage=Stage.COMMITTED)[0]
    factories.open_question(key="shown", measure="committed", agency=posted.agency)
    factories.open_question(key="of-nothing-posted", measure="committed", agency=office)
    factories.open_question(key="retired", measure="committed", agency=posted.agency)
    with acting(analyst):
        OpenQuestion.objects.filter(key="retired").update(retired=True)
    write_folder(VERSION, tmp_path)
    asked = (tmp_path / "open_questions.csv").read_text()
    assert "\nshown," in asked
    assert "of-nothing-posted" not in asked
    assert "retired," not in asked.partition("\n")[2]
    assert "Zacapa" not in (tmp_path / "organizations.csv").read_text()


@pytest.mark.usefixtures("sourced")
def test_queries_come_with_files_and_not_with_rows() -> None:
    with CaptureQueriesContext(connection) as captured:
        for _name, content in write_files(VERSION):
            assert list(content)
    assert len(captured) < 60 + 3 * VERSION < ENTRIES
