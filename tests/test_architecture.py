"""Small modules with one subject, and rules that say which they are."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MODULES = [
    path
    for path in sorted((ROOT / "carsi_tracker").rglob("*.py"))
    if "migrations" not in path.parts
]
RULES = sorted((ROOT / "carsi_tracker" / "ledger" / "sql").glob("*.sql"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_and_its_functions_are_short(module: Path) -> None:
    text = module.read_text()
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, node.name


@pytest.mark.parametrize("rule", RULES, ids=lambda path: path.name)
def test_a_rule_opens_with_what_it_holds(rule: Path) -> None:
    assert rule.read_text().startswith("-- ")


BEYOND_MONEY = {ROOT / "carsi_tracker", *(ROOT / "carsi_tracker" / "database").glob("**/")}
"""Where seconds are measured: the web server and the embedded PostgreSQL."""


def test_money_is_never_a_float() -> None:
    of_workbooks = ROOT / "carsi_tracker" / "exchange" / "cells.py"
    for module in MODULES:
        if module == of_workbooks or module.parent in BEYOND_MONEY:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Name):
                assert node.id != "float", module
