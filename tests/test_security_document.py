"""The table of security names each requirement once, and tests that are there."""

import re
from collections import Counter
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs" / "security.md").read_text()
ASKED = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""How many requirements of levels 1 and 2 each section of a chapter has, which come first in it."""
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+) \|$", TEXT, re.MULTILINE)


def test_each_requirement_of_levels_one_and_two_stands_once_in_its_chapter() -> None:
    asked = {
        f"{chapter}.{section}.{number}"
        for chapter, sections in ASKED.items()
        for section, most in enumerate(sections, 1)
        for number in range(1, most + 1)
    }
    assert len(asked) == 253
    told = Counter(number for number, _level, _said in ROWS)
    for part in re.findall(r"^Does not apply: (.+)$", TEXT, re.MULTILINE):
        told.update(re.findall(r"\b\d+\.\d+\.\d+\b", part))
    assert {number for number, times in told.items() if times > 1} == set()
    assert told.keys() == asked
    for chapter in re.split(r"^## V", TEXT, flags=re.MULTILINE)[1:]:
        mine = re.findall(r"^\| (\d+)\.\d+\.\d+ ", chapter.partition("\n## ")[0], re.MULTILINE)
        assert set(mine) <= {chapter.partition(" ")[0]}


def test_each_says_whether_it_is_met_and_how_or_why_not() -> None:
    for number, _level, said in ROWS:
        _asked, met, how, _shown = said.split(" | ")
        assert met in {"yes", "part", "no"}, number
        assert len(how) > 2, number


def test_each_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT))
    assert len(named) > 80
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).exists()
        or not re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []
