"""Stylesheets say what browsers understand, of what there is, once."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
import tinycss2
from django.conf import settings
from playwright.sync_api import Browser

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
SHEETS = sorted(STATIC.rglob("*.css"))
DJANGO = Path(django.__path__[0])
ADMIN = DJANGO / "contrib" / "admin"
CLASS = re.compile(r"\.([a-z][\w-]*)")
PUT_TOGETHER = re.compile(r"([a-z][\w-]*-)\{")
"""How classes begin that are put together, as in `class="heat-{{ step }}"`."""


def rules(nodes: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the selector and the declarations of each rule, those that hold on terms too."""
    for node in nodes:
        assert node.type != "error", f"line {node.source_line}: {node.message}"
        if node.type == "qualified-rule":
            yield tinycss2.serialize(node.prelude).strip(), declared(node.content)
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            yield from rules(tinycss2.parse_rule_list(node.content, skip_comments=True))
        elif node.type == "at-rule":
            assert node.lower_at_keyword == "page", node.at_keyword


def declared(content: list[Any]) -> list[Any]:
    nodes = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    for node in nodes:
        assert node.type == "declaration", f"line {node.source_line}: {node}"
    return nodes


def read(sheet: Path) -> list[tuple[str, list[Any]]]:
    nodes = tinycss2.parse_stylesheet(sheet.read_text(), skip_comments=True, skip_whitespace=True)
    return list(rules(nodes))


def text_of(declaration: Any) -> str:
    return str(tinycss2.serialize(declaration.value)).strip()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_stylesheet_is_short_whole_and_says_nothing_twice(sheet: Path) -> None:
    assert sheet.read_text().count("\n") <= 300
    found = read(sheet)
    assert found
    for selector, declarations in found:
        times = Counter(declaration.lower_name for declaration in declarations)
        assert declarations, selector
        assert not [name for name, count in times.items() if count > 1], selector


def test_every_stylesheet_is_linked_and_every_class_stands_on_some_page() -> None:
    makers = (ROOT / "templates", ROOT / "carsi_tracker", STATIC, ADMIN, DJANGO / "forms")
    pages = "\n".join(
        path.read_text()
        for folder in makers
        for path in folder.rglob("*.*")
        if path.suffix in {".html", ".svg", ".py", ".js"}
    )
    words, beginnings = set(re.findall(r"[\w-]+", pages)), tuple(PUT_TOGETHER.findall(pages))
    for sheet in SHEETS:
        assert sheet.relative_to(STATIC).as_posix() in pages
        classes = {name for selector, _declared in read(sheet) for name in CLASS.findall(selector)}
        assert not [name for name in classes - words if not name.startswith(beginnings)], sheet


def test_every_variable_is_defined_and_used() -> None:
    ours = "\n".join(sheet.read_text() for sheet in SHEETS)
    admins = "\n".join(sheet.read_text() for sheet in ADMIN.rglob("*.css"))
    defined = {
        declaration.name: sheet.name
        for sheet in SHEETS
        for _selector, declarations in read(sheet)
        for declaration in declarations
        if declaration.name.startswith("--")
    }
    assert len(defined) > 50
    assert set(re.findall(r"var\((--[\w-]+)", ours)) <= defined.keys()
    assert defined.keys() <= set(re.findall(r"var\((--[\w-]+)", ours + admins))


def test_a_browser_understands_every_declaration(browser: Browser) -> None:
    said = {
        (declaration.name, text_of(declaration)): f"{sheet.name}: {selector}"
        for sheet in SHEETS
        for selector, declarations in read(sheet)
        for declaration in declarations
    }
    page = browser.new_page()
    known = page.evaluate(
        "said => said.map(([name, value]) => CSS.supports(name, value))", list(said)
    )
    page.close()
    assert not {
        (*one, place)
        for (one, place), understood in zip(said.items(), known, strict=True)
        if not understood
    }
