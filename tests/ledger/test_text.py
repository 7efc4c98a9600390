"""Which text may enter the ledger: one rule, in a process and in the database."""

import sys

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation

from carsi_tracker.ledger import text

CODES = [code for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
"""Of all characters that a database can hold: no halves of characters, and no NUL."""
AROUND = [("a", "b"), ("", "👩"), ("👩", "👩"), ("\u06cc", ""), ("1", "\u20e3")]


def in_database(owner: psycopg.Connection, condition: str, pattern: str) -> set[int]:
    """Return the codes of all characters with which a condition on `pattern` holds."""
    rows = owner.execute(
        f"select code from generate_series(1, {sys.maxunicode}) code, (select {pattern}) p(pattern)"
        f" where code not between 55296 and 57343 and {condition}"
    )
    return {code for (code,) in rows.fetchall()}


def test_the_database_and_the_process_say_the_same_of_every_character(
    owner: psycopg.Connection,
) -> None:
    for before, after in AROUND:
        found = in_database(
            owner, f"'{before}' || chr(code) || '{after}' ~ pattern", "rules.odd_in_text(false)"
        )
        odd = {code for code in CODES if text.odd(before + chr(code) + after)}
        assert found == odd, (before, [hex(code) for code in found ^ odd][:10])
    in_lines = in_database(owner, "chr(code) ~ pattern", "rules.odd_in_text(true)")
    assert in_lines == {code for code in CODES if text.odd(chr(code), lines=True)}
    shows = in_database(owner, 'chr(code) collate "C" ~ pattern', "rules.what_shows()")
    assert shows == {code for code in CODES if not text.is_empty(chr(code))}


@pytest.mark.parametrize(
    "written",
    [
        "", "Equipo de inspección fronteriza, Honduras", "“Safe Streets” — 50 % of $3\u00a0million",
        "👩\u200d🚒 fire", "👩🏽\u200d❤\ufe0f\u200d👨🏻", "1\ufe0f\u20e3 first", "❤\ufe0f",
        "می\u200cخواهم", "ക്\u200dഷ", "שָׁלוֹם", "مرحبا", "ñ", "n\u0303", "日本", "𝒳",
        "🇬🇹 🇸🇻",
    ],
)  # fmt: skip
def test_text_of_any_script_stays_as_it_is(written: str) -> None:
    text.check(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "Radio \u202eequipment",
            "After “Radio ” stands U+202E RIGHT-TO-LEFT OVERRIDE, a mark that",
        ),
        ("co\ufffeoperation", "After “co” stands U+FFFE, a code that is no character."),
        ("\U0005ffff", "begins with U+5FFFF, a code that is no character"),
        ("a\u2028b", "U+2028 LINE SEPARATOR, a line break"),
        ("a\nb", "U+000A LINE FEED, a line break"),
        ("a\tb", "U+0009 CHARACTER TABULATION, a control character"),
        ("a\x00b", "U+0000 NULL"),
        ("a\x85b", "U+0085 NEXT LINE, a line break"),
        ("a\x9bb", "U+009B, a control character"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE, which is not visible"),
        ("equip\u00adment", "U+00AD SOFT HYPHEN, which is not visible"),
        ("a\ufeffb", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("State\u200d/INL", "U+200D ZERO WIDTH JOINER, which is not visible"),
        ("a\u200cb", "U+200C ZERO WIDTH NON-JOINER"),
        ("👩\u200d", "U+200D"),
        ("a\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("🏴\U000e0067\U000e007f", "U+E0067 TAG LATIN SMALL LETTER G"),
        ("a\U000e0100", "U+E0100 VARIATION SELECTOR-17"),
        ("a\uf0b7", "U+F0B7, a code without a fixed meaning"),
        ("a\udc80b", "U+DC80, a code without a fixed meaning"),
        ("a\ufffdb", "U+FFFD REPLACEMENT CHARACTER, what stands for something that was lost"),
    ],
)
def test_what_may_not_stand_is_named_with_its_place_and_what_to_do(written: str, said: str) -> None:
    with pytest.raises(ValidationError) as error, translation.override("en"):
        text.check(written)
    assert said in error.value.messages[0]
    assert error.value.messages[0].endswith("Take it out: write plain text in one line.")


def test_it_is_said_in_spanish_too() -> None:
    with translation.override("es"), pytest.raises(ValidationError) as error:
        text.check("Radio \u202eequipo")
    assert error.value.messages == [
        "Después de «Radio » hay U+202E RIGHT-TO-LEFT OVERRIDE, una marca que cambia la dirección "
        "del texto. Quítelo: escriba texto sin formato en una sola línea."
    ]


def test_a_text_of_several_lines_breaks_them_by_line_feeds_alone() -> None:
    text.check("one\ntwo", lines=True)
    for other in ("\r", "\t", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"):
        with pytest.raises(ValidationError):
            text.check(f"one{other}two", lines=True)


@pytest.mark.parametrize(
    "written",
    [
        "", " \t\n", "\u00a0\u2003\u3000\u1680\u205f", "\u200b", "\u2800", "\u3164", "\u115f\u1160",
        "\uffa0", "\u00ad", "\u2060\u2063\u2064", "\u180e", "\u034f", "\u0301\u20dd",
        "\u200d\u200c", "\u2063\u200e", "\u202e", "\ufeff", "\ufe0f", "\U000e0041", "\u2028",
    ],
)  # fmt: skip
def test_what_does_not_show_is_empty(written: str) -> None:
    assert text.is_empty(written)
    assert not text.is_empty(f"{written}.")


def test_the_office_gives_a_reason_that_can_be_read(db: None) -> None:
    for reason, said in (("a\u202eb", r"U\+202E"), ("\u2800", "Give the reason"), ("", "Give")):
        with pytest.raises(CommandError, match=said):
            call_command("self_approval", f"--allow={reason}")
