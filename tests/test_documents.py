"""The documents are true."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.utils import translation

from carsi_tracker.ledger.columns import COLUMNS, NOT_READ
from carsi_tracker.ledger.rules import FILES
from carsi_tracker.reports.downloads.downloads import TABLES

ROOT = Path(settings.BASE_DIR)
MEASUREMENTS = ROOT / "benchmarks" / "__main__.py"
MAP = (ROOT / "docs" / "map.md").read_text()
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    for link in links:
        if "://" not in link:
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    """Files of ours, folders, targets of the Makefile, and commands of `manage.py`."""
    text = document.read_text()
    missing = [name for name in NAMED.findall(text) if not is_there(name)]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    missing += set(re.findall(r"`make ([a-z-]+)", text)) - targets
    missing += set(re.findall(r"manage\.py ([a-z_]+)", text)) - get_commands().keys()
    assert missing == []


NAMED = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|sql|css|js|toml|txt|html|po)|(?:[\w-]+/)+)`")
"""What is written as the name of a file or a folder; not what begins as an address."""
PLACES = (ROOT, ROOT / "carsi_tracker", ROOT / "carsi_tracker" / "ledger")
MADE = {"var/", "robots.txt"}
"""What is there in a clone that has run, and what is an address."""


def is_there(name: str) -> bool:
    if name in MADE or any((place / name).exists() for place in PLACES):
        return True
    return any((ROOT / "carsi_tracker").rglob(name)) if "/" not in name else False


def test_the_tests_that_commands_choose_are_there() -> None:
    commands = "".join((ROOT / name).read_text() for name in ("Makefile", ".ci/run"))
    chosen = set(re.findall(r"\btests/[\w/]+(?:\.py)?", commands))
    assert len(chosen) > 5
    assert [name for name in sorted(chosen) if not (ROOT / name).exists()] == []


def test_the_readme_names_the_commands_that_people_begin_with() -> None:
    commands = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert {"run", "test", "lint", "bench"} <= commands


def test_every_variable_of_the_environment_stands_in_one_list() -> None:
    """What the package reads is for deployments; what Makefile and tests read is a switch."""
    read = set()
    for module in (ROOT / "carsi_tracker").rglob("*.py"):
        read |= set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', module.read_text()))
    of_deployments = (ROOT / "docs" / "environment.md").read_text()
    assert len(read) > 10
    assert set(re.findall(r"`([A-Z_]{4,})`", of_deployments)) >= read

    switches = set(re.findall(r"^(\w+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for module in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")):
        switches |= set(re.findall(r'os\.environ\.get\("([A-Z_]+)"', module.read_text()))
    listed = set(re.findall(r"^\| `([A-Z_]+)", CONTRIBUTING.read_text(), re.MULTILINE))
    assert switches >= {"ARGS", "EVERYTHING", "WRITE_DOCUMENTS"}
    assert listed - read == switches - read


def test_each_promise_names_its_test_and_each_drill_of_failures_is_a_promise() -> None:
    promised = set(
        re.findall(r"`(\w+\.py::test_\w+)`", (ROOT / "docs" / "promises.md").read_text())
    )
    drills = {
        f"{module.name}::{name}"
        for module in (ROOT / "tests" / "drills").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", module.read_text(), re.MULTILINE)
    }
    assert promised <= drills
    assert {drill for drill in drills if drill.startswith(("test_faults", "test_soak"))} <= promised


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_dated_and_says_context_decision_and_consequences(
    decision: Path,
) -> None:
    text = decision.read_text()
    assert text.count("\n") < 40
    number, day = int(decision.name[:4]), r"\d{4}-\d\d-\d\d"
    other = rf"; (amended|superseded) on {day} by \[\d+\]\(\d+-[a-z-]+\.md\)"
    assert re.match(rf"# {number}\. .+\n\nAccepted on {day}(?:{other})*\.\n\n", text)
    for part in ("Context", "Decision", "Consequences"):
        assert re.search(rf"(\*\*|## ){part}", text), part


def test_the_import_format_says_the_columns_that_are_read() -> None:
    text = (ROOT / "docs" / "import-format.md").read_text()
    with translation.override("en"):
        columns = [
            [f"`{column.name}`", column.meaning, column.accepted, column.needed.value]
            for column in COLUMNS
        ]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert [line.split(" | ")[:4] for line in rows] == [
        [f"| {name}", *map(str, others)] for name, *others in columns
    ]


def test_the_documents_name_the_columns_that_are_not_read_and_the_tables_that_are_files() -> None:
    of_imports = (ROOT / "docs" / "import-format.md").read_text()
    of_downloads = (ROOT / "docs" / "downloads.md").read_text()
    for name in NOT_READ:
        assert f"`{name}`" in of_imports
    for name in TABLES:
        assert f"`{name}`" in of_downloads


def test_the_data_model_names_every_table_and_every_file_of_rules() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text()
    tables = {
        model._meta.db_table
        for label in ("ledger", "accounts")
        for model in apps.get_app_config(label).get_models()
    }
    short = {name: f"_{name.partition('_')[2]}" for name in tables}
    assert len(tables) > 20
    assert [name for name in tables if not {name, short[name]} & names_in(text)] == []
    assert {file.name for file in FILES} <= names_in(text)


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)`", text))


def test_the_benchmarks_say_what_each_measurement_compares() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text()
    listed = re.findall(r"^\| (\w+) \|", text.partition("## Last")[0], re.MULTILINE)
    known = re.findall(r'^ +"(\w+)": \w+\.', MEASUREMENTS.read_text(), re.MULTILINE)
    assert known
    assert [name for name in listed if name != "measurement"] == known


PACKAGE = ROOT / "carsi_tracker"
OF_DJANGO = {"management", "commands", "migrations", "templatetags"}


def test_the_map_has_every_room_and_no_other() -> None:
    rooms = {
        f"{path.parent.relative_to(PACKAGE)}/"
        for path in PACKAGE.rglob("*/__init__.py")
        if not OF_DJANGO & set(path.parent.relative_to(PACKAGE).parts)
    }
    text = MAP.partition("## Rooms")[2].partition("## Arrows")[0]
    listed = [
        name
        for row in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row)
    ]
    assert len(rooms) > 20
    assert sorted(listed) == sorted(rooms | {"ledger/sql/"})


def test_the_map_has_the_arrows_that_lint_holds() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = told["tool"]["importlinter"]["contracts"]
    assert f"`{' > '.join(contract['layers'])}`" in MAP


def test_words_are_made_where_the_document_says() -> None:
    text = (ROOT / "docs" / "words.md").read_text().partition("\n## ")[0]
    rows = re.findall(r"^\| .+ \| `(\w+)` \| `([\w./]+)` \|$", text, re.MULTILINE)
    assert len(rows) == text.count("\n|") - 2
    for name, place in rows:
        made = rf"^(?:class|def) {name}\b|^{name}(?::.*)? = "
        assert re.search(made, (PACKAGE / place).read_text(), re.MULTILINE), name
