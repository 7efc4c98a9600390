"""Shortened parts add up to the shown whole: on every page, day and version, in both languages."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from carsi_tracker.ledger.money import millions
from carsi_tracker.reports.page.shortened import in_prose, part_in_prose, part_on_map, percent
from tests.reports.addresses import BOTH
from tests.reports.reading import MARK
from tests.sourced import VERSION, total

pytestmark = pytest.mark.usefixtures("sourced")

DAYS = ("2008-06-30", "2009-03-31", "2009-09-30", "2010-02-28", "2026-01-01")
VERSIONS = (1, 5, 12, VERSION)
KINDS = ("areas", "countries", "appropriations")
"""Subjects of these kinds have all the money between them; what states no goal has no page."""


def page(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def in_millions(texts: list[str]) -> Decimal:
    """Add up amounts in millions as they are written; others add nothing."""
    added = Decimal(0)
    for text in texts:
        words = unescape(text)
        if "$" not in words or re.match(r"\$0$|less than \$0\.1|menos de \$0\.1|< \$0\.1", words):
            continue
        found = re.fullmatch(r"(−?)\$([\d.,]+) (?:million|millones|m|M)", words)
        assert found, words
        added += Decimal(found[2].replace(",", "")) * (-1 if found[1] else 1)
    return added


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.in_turn("language")
@pytest.mark.parametrize("language", BOTH)
def test_the_parts_of_the_bar_add_up_to_the_whole_and_to_each_stage(
    client: Client, day: str, version: int, language: str
) -> None:
    asks = f"?as_of={day}&version={version}"
    html = page(client, f"{language}/{asks}")
    legend = MARK.sub("", html.partition('<ul class="legend parts">')[2].partition("</ul>")[0])
    parts = dict(re.findall(r'class="legend-(\w+)">\s*<a[^>]+><strong>([^<]+)</strong>', legend))
    on = date.fromisoformat(day)
    added = []
    for name, stage in (
        ("disbursed", "disbursed"),
        ("unliquidated", "obligated"),
        ("unobligated", "committed"),
        ("available", "appropriated"),
    ):
        added += [parts.pop(name)] if name in parts else []
        assert in_millions(added) == millions(total(stage, until=version, on=on))
    assert not parts.keys() - {"published"}
    drawing = page(client, f"{language}/charts/bar.svg{asks}")
    assert [words for words in added if f"{words}<" not in drawing] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("path", ["/", "/es/", "/countries/", "/es/countries/", "/charts/map.svg"])
def test_the_countries_and_the_region_add_up_to_what_is_committed(
    client: Client, day: str, version: int, path: str
) -> None:
    html = page(client, f"{path}?as_of={day}&version={version}")
    on_map = re.findall(r'<text class="halo figure"[^>]*>([^<]+)</text>', html)
    region = re.findall(r"(?:Otros )?(\$\S+ \w+) (?:more is regional|son regionales y)", html)
    committed = total("committed", until=version, on=date.fromisoformat(day))
    assert bool(on_map) == bool(committed)
    assert in_millions(on_map + region) == millions(committed)
    named = re.findall(r'aria-label="[\w ]+: ([^"]+)"><path', html)
    assert in_millions(named) == in_millions(on_map)


@pytest.mark.parametrize("day", DAYS[1:])
def test_percentages_add_up_to_a_hundred(client: Client, day: str) -> None:
    known = page(client, f"/?as_of={day}").partition('<dl class="known">')[2].partition("</dl>")[0]
    measures = known.split("<dt>")[1:]
    assert len(measures) == 3
    for measure in measures:
        assert sum(map(int, re.findall(r">(\d+)%</(?:a|strong)>", measure))) == 100
    for kind in KINDS:
        pages = set(
            re.findall(rf'<th scope="row"><a href="(/{kind}/[^"]+)"', page(client, f"/{kind}/"))
        )
        shares = [
            re.search(r"(?:That is|It has) ([\d.]+)% of", page(client, f"{path}?as_of={day}"))
            for path in pages
        ]
        assert len(shares) > 3
        assert sum(Decimal(share[1]) for share in shares if share) == 100, kind


def test_an_exact_amount_stands_beside_no_part_that_is_rounded_to_add_up(client: Client) -> None:
    html = page(client, "/countries/hn/")
    bar = html.partition('<svg class="bar"')[2].partition("</ul>")[0]
    assert "$559,000" in bar
    assert "million" not in bar


@pytest.mark.parametrize(
    ("amount", "shown", "prose", "on_map"),
    [
        ("11676500", "11700000", "$11.7 million", "$11.7 m"),
        ("1659000", "1600000", "$1.6 million", "$1.6 m"),
        ("3000000", "3000000", "$3.0 million", "$3.0 m"),
        ("9000", "0", "less than $0.1 million", "< $0.1 m"),
        ("0", "0", "$0", "$0"),
        ("-1250000", "-1300000", "−$1.3 million", "−$1.3 m"),
    ],
)
def test_little_and_nothing_are_told_apart(
    amount: str, shown: str, prose: str, on_map: str
) -> None:
    part = (Decimal(amount), Decimal(shown))
    assert (part_in_prose(*part), part_on_map(*part)) == (prose, on_map)


def test_a_little_share_is_not_zero() -> None:
    tenth = Decimal("0.1")
    assert percent(Decimal("9.54"), Decimal("9.5"), tenth) == "9.5%"
    assert percent(Decimal("0.04"), Decimal("0.0"), tenth) == "less than 0.1%"
    assert percent(Decimal(0), Decimal(0), Decimal(1)) == "0%"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("165000000", "$165 million"),
        ("123109500", "$123.1 million"),
        ("999999.99", "$999,999.99"),
        ("1200000000", "$1,200 million"),
        ("-2500000", "−$2.5 million"),
        ("0", "$0"),
    ],
)
def test_an_amount_in_prose_has_one_decimal_where_it_is_not_even(amount: str, words: str) -> None:
    assert in_prose(Decimal(amount)) == words
