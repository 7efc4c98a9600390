"""Which text may enter the ledger: plain, of characters that show, in the order they are read.

The database holds the same rule, in the same words of regular expressions (`23_texts.sql`).
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SPACES = (
    "".join(
        map(
            chr,
            [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029],
        )
    )
    + "\u202f\u205f\u2060\u3000\ufeff\u180e\u00ad"
)
"""Spaces of any kind, those of no width among them: what goes from both ends of a text."""

CONTROLS = r"\u0000-\u001f\u007f-\u009f"
CONTROLS_BUT_LINE_FEED = r"\u0000-\u0009\u000b-\u001f\u007f-\u009f"
TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
BREAKING = r"\u2028\u2029"
UNSEEN = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164"
    r"\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
LOST = r"\ufffc\ufffd"
NO_CHARACTER = r"\ufdd0-\ufdef\ufffe\uffff" + "".join(
    rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17)
)
PRIVATE = r"\ud800-\uf8ff\U000e1000-\U000efffd\U000f0000-\U000ffffd\U00100000-\U0010fffd"
"""Private use, halves of characters (surrogates), and the rest of a plane that has no letters."""

EMOJI = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    r"\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
JOINING = (
    r"\u0590-\u109f\u1700-\u1cff\ua800-\uabff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    r"\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
"""Letters that a joiner or its opposite shapes: from Hebrew and Arabic to those of India."""

STRAY = (
    rf"(?<![{JOINING}])\u200c"
    rf"|(?<![{JOINING}{EMOJI}\ufe0f])\u200d|(?<=[{EMOJI}\ufe0f])\u200d(?![{EMOJI}])"
    rf"|(?<![#*0-9{EMOJI}])[\ufe0e\ufe0f]"
)
"""Joiners, and what chooses how an emoji looks, where they have nothing to do."""

_NEVER = f"{TURNING}{BREAKING}{UNSEEN}{LOST}{NO_CHARACTER}{PRIVATE}"
ODD = f"[{CONTROLS}{_NEVER}]|{STRAY}"
ODD_IN_LINES = f"[{CONTROLS_BUT_LINE_FEED}{_NEVER}]|{STRAY}"
"""What may not stand in a text of one line, and of several."""

SHOWS = (
    rf"[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u200c\u200d"
    rf"\ufe0e\ufe0f{TURNING}{BREAKING}{UNSEEN}"
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\u302a-\u302d\u3099\u309a\ufe20-\ufe2f]"
)
"""A character that shows by itself: no blank, nothing invisible, no accent without a letter."""

_USUAL = re.compile(r"[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u20a0-\u20bf]*")
"""Texts in letters of Europe, which are told at once, twenty times as fast."""
_ODD = re.compile(ODD)
_ODD_IN_LINES = re.compile(ODD_IN_LINES)
_UNSEEN_ODD = re.compile(rf"(?![{LOST}])(?:{ODD_IN_LINES})")
_SHOWS = re.compile(SHOWS)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BYTES_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_WHAT: list[tuple[re.Pattern[str], Promise]] = [
    (re.compile(rf"[\u000a-\u000d\u0085{BREAKING}]"), gettext_lazy("a line break")),
    (re.compile(f"[{CONTROLS}]"), gettext_lazy("a control character")),
    (re.compile(f"[{TURNING}]"), gettext_lazy("a mark that turns the direction of the text")),
    (re.compile(f"[{LOST}]"), gettext_lazy("what stands for something that was lost")),
    (re.compile(f"[{NO_CHARACTER}]"), gettext_lazy("a code that is no character")),
    (re.compile(f"[{PRIVATE}]"), gettext_lazy("a code without a fixed meaning")),
    (re.compile(""), gettext_lazy("which is not visible")),
]
_NAMES = {
    "\0": "NULL",
    "\t": "CHARACTER TABULATION",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}
"""Control characters have no names of their own in Unicode."""
_SHOWN_BEFORE = 20


def trimmed(text: str) -> str:
    """Return a text as it is kept: without the spaces around it, in composed characters (NFC)."""
    return unicodedata.normalize("NFC", text.strip(SPACES))


def is_empty(text: str) -> bool:
    """Say whether nothing in a text shows."""
    return not _SHOWS.search(text)


def odd(text: str, *, lines: bool = False) -> re.Match[str] | None:
    """Return the first of what may not stand in a text of one line, or of `lines`."""
    if _USUAL.fullmatch(text):
        return None
    return (_ODD_IN_LINES if lines else _ODD).search(text)


def check(text: str, *, lines: bool = False) -> None:
    """Refuse what may not stand in a text of one line, or of `lines`; raises ValidationError.

    The error names the first such character, where it stands and what to do.
    """
    if found := odd(text, lines=lines):
        message = _sentence(text, found.start())
        what_to_do = (
            _("Take it out: write plain text.")
            if lines
            else _("Take it out: write plain text in one line.")
        )
        raise ValidationError(f"{message} {what_to_do}", "odd_character")


def without_odd(text: str) -> str:
    """Return a text of one line without what may not stand in it."""
    return _ODD.sub("", text)


def odd_made_visible(text: str) -> str:
    """Return a text of lines with codes for what may not stand in it unseen, such as <U+202E>."""
    return _UNSEEN_ODD.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def well_formed(text: str) -> str:
    """Return a text as XML can hold it, for what stands in old versions."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def well_formed_bytes(content: bytes) -> bytes:
    """Return UTF-8 as XML can hold it."""
    return _BYTES_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}".encode(), content)


def character(char: str) -> str:
    """Name a character, such as U+202E RIGHT-TO-LEFT OVERRIDE."""
    name = unicodedata.name(char, "") or _NAMES.get(char, "")
    return f"U+{ord(char):04X} {name}".rstrip()


def _sentence(text: str, place: int) -> str:
    char = text[place]
    words = {
        "character": character(char),
        "what": next(what for pattern, what in _WHAT if pattern.match(char)),
        "before": text[:place][-_SHOWN_BEFORE:],
    }
    if place:
        return _("After “%(before)s” stands %(character)s, %(what)s.") % words
    return _("The text begins with %(character)s, %(what)s.") % words
