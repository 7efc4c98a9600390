"""The documents are true."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from carsi_tracker.exchange.columns import COLUMNS, NOT_READ
from carsi_tracker.exchange.downloads import TABLES

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    for link in links:
        if "://" not in link:
            assert (document.parent / link).exists(), link


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert {"run", "test", "lint", "bench"} <= commands
    assert commands <= targets


@pytest.mark.parametrize(
    "decision", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_is_short_and_says_context_decision_and_consequences(decision: Path) -> None:
    text = decision.read_text()
    assert text.count("\n") < 40
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
