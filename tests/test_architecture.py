"""Small modules with one subject, and rules that say which they are."""

import ast
import re
from collections import Counter
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MODULES = [
    path
    for path in sorted((ROOT / "carsi_tracker").rglob("*.py"))
    if "migrations" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
RULES = sorted((ROOT / "carsi_tracker" / "ledger" / "sql").rglob("*.sql"))


def test_modules_and_their_functions_are_short() -> None:
    long = []
    for module in MODULES:
        text = module.read_text()
        if text.count("\n") > 300:
            long.append(str(module))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno >= 50:
                    long.append(f"{module}: {node.name}")
    assert len(MODULES) > 100
    assert long == []


def test_rules_open_with_what_they_hold() -> None:
    assert len(RULES) > 10
    assert [rule.name for rule in RULES if not rule.read_text().startswith("-- ")] == []


def test_rules_are_numbered_once_by_their_folder_and_each_is_in_the_document() -> None:
    assert [rule.name for rule in RULES if rule.name[0] != rule.parent.name[0]] == []
    assert len({rule.name[:2] for rule in RULES}) == len(RULES)
    told = set(re.findall(r"\d\d_\w+\.sql", (ROOT / "docs" / "data-model.md").read_text()))
    assert told == {rule.name for rule in RULES}


BEYOND_MONEY = {
    folder
    for room in ("database", "local", "monitoring", "web")
    for folder in (ROOT / "carsi_tracker" / room).glob("**/")
}
"""Where seconds are measured: the web server, the embedded PostgreSQL, and what is told of them."""


def test_money_is_never_a_float() -> None:
    for module in MODULES:
        if module.parent in BEYOND_MONEY:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Name):
                assert node.id != "float", module


def test_no_test_is_named_by_a_number_and_no_test_module_imports_another() -> None:
    for module in TESTS:
        assert not re.search(r"def test_\d", module.read_text()), module
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
                names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
                assert not [name for name in names if name.startswith("test_")], module


def test_each_class_has_a_name_of_its_own() -> None:
    names = Counter(
        node.name
        for module in MODULES
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.ClassDef) and "commands" not in module.parts
    )
    assert len(names) > 100
    assert [name for name, times in names.items() if times > 1] == []


def test_what_the_public_reads_is_asked_of_the_server_that_its_answer_reads() -> None:
    read = [module for module in MODULES if {"figures", "reports"} & set(module.parts)]
    assert len(read) > 100
    for module in read:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.db":
                assert not {"connection", "connections"} & {name.name for name in node.names}, (
                    module
                )
