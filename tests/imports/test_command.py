"""What the command line says to a person, and how it ends."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from carsi_tracker.accounts.models import User
from carsi_tracker.ledger.models import Batch
from tests import factories
from tests.imports.conftest import CASES, nothing_made


def run(file: Path | str, *options: str, user: str = "ana") -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_ledger", str(file), f"--user={user}", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_an_accepted_file_says_its_sums_and_its_batch(ana: User) -> None:
    out, err = run(CASES / "two-rows.csv", "--title", "Radios", "--reason", "As agreed")
    batch = Batch.objects.get(state=Batch.State.DRAFT)
    assert out == (
        "committed: 1 entry, +300,000.00 U.S. dollars\n"
        "obligated: 1 entry, +120,000.00 U.S. dollars\n"
        f"Made batch {batch.pk}, a draft: Radios\n"
    )
    assert err == ""
    assert (batch.title, batch.reason, batch.created_by) == ("Radios", "As agreed", ana)


def test_a_check_makes_nothing(ana: User) -> None:
    out, _err = run(CASES / "two-rows.csv", "--check")
    assert "It would be accepted; nothing is made." in out
    assert nothing_made()


def test_a_refused_file_names_each_cell_and_ends_with_1(ana: User) -> None:
    err = StringIO()
    with pytest.raises(CommandError, match=r"dates-refused\.csv is refused for 2 faults") as ended:
        call_command(
            "import_ledger",
            str(CASES / "dates-refused.csv"),
            "--user=ana",
            stderr=err,
            no_color=True,
        )
    assert ended.value.returncode == 1
    first, second, hint = err.getvalue().splitlines()
    assert "--dates" in hint
    assert first.startswith("dates-refused.csv, row 3, column effective_date “09/02/2009”: ")
    assert second.startswith("dates-refused.csv, row 4, column effective_date “2009-02-30”: ")
    assert nothing_made()


@pytest.mark.parametrize("name", ["petra", "gone", "nobody-of-that-name"])
def test_only_active_analysts_import(ana: User, name: str) -> None:
    factories.approver(username="petra")
    factories.analyst(username="gone", is_active=False)
    with pytest.raises(CommandError, match="not the user name of an active analyst"):
        run(CASES / "two-rows.csv", user=name)
    assert nothing_made()


def test_a_file_that_is_not_there_is_said_in_a_sentence(ana: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv can't be read: No such file"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="can't be read: Is a directory"):
        run(tmp_path)


@pytest.mark.parametrize(("option", "length"), [("title", 201), ("reason", 1001)])
def test_texts_that_are_too_long_are_refused(ana: User, option: str, length: int) -> None:
    with pytest.raises(CommandError, match=f"A {option} has at most {length - 1} characters"):
        run(CASES / "two-rows.csv", f"--{option}={'x' * length}")
    assert nothing_made()
