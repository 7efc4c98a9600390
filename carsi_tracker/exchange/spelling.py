"""How codes are spelt: what counts as the same, and what only looks alike."""

import re
import unicodedata

SPACES = (
    "".join(
        map(
            chr,
            [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029],
        )
    )
    + "\u202f\u205f\u2060\u3000\ufeff\u180e\u00ad"
)
"""Spaces of any kind, those of no width among them."""

# Letters of other alphabets, and dashes, that look like ASCII (Unicode TR 39, confusables).
LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅԚԜаеорсухіјѕԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαυνı‐‑‒–—―−﹘﹣－_",  # noqa: RUF001
    "ABEKMHOPCTXYIJSQWaeopcyxijsqwABEZHIKMNOPTYXoauvi-----------",
)
_NO_CODE = re.compile(r"[^0-9A-Z]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGITS = str.maketrans("OIL", "011")


def strip(text: str) -> str:
    """Return text without the spaces around it, in composed characters (NFC)."""
    return unicodedata.normalize("NFC", text.strip(SPACES))


def key(text: str) -> str:
    """Return what codes are compared by: without regard to case and surrounding spaces."""
    return strip(text).casefold()


def skeletons(text: str) -> set[str]:
    """Return what a code looks like; two codes with one in common are easily confused."""
    plain = unicodedata.normalize("NFKC", text).translate(LOOKALIKES)
    decomposed = unicodedata.normalize("NFD", plain)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char)).upper()
    return {
        _NO_CODE.sub("", letters.translate(_DIGITS)),
        _NO_CODE.sub("", _LEADING_ZEROS.sub("", letters)),
    } - {""}
