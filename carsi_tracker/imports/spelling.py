"""How codes are spelt: what counts as the same, and what only looks alike."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

from carsi_tracker.ledger import text

SPACES = text.SPACES

# Letters of other alphabets, and dashes, that look like ASCII (Unicode TR 39, confusables).
LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅԚԜаеорсухіјѕԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαυνı‐‑‒–—―−﹘﹣－_",  # noqa: RUF001
    "ABEKMHOPCTXYIJSQWaeopcyxijsqwABEZHIKMNOPTYXoauvi-----------",
)
LONGEST_CODE = 200
"""What is longer is nearly no code, and would take long to compare."""
_NO_CODE = re.compile(r"[^0-9A-Z]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGITS = str.maketrans("OIL", "011")


strip = text.trimmed


def key(code: str) -> str:
    """Return what codes are compared by: without regard to case and surrounding spaces."""
    return strip(code).casefold()


def skeletons(code: str) -> set[str]:
    """Return what a code looks like; two codes with one in common are easily confused."""
    plain = unicodedata.normalize("NFKC", code).translate(LOOKALIKES)
    decomposed = unicodedata.normalize("NFD", plain)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char)).upper()
    return {
        _NO_CODE.sub("", letters.translate(_DIGITS)),
        _NO_CODE.sub("", _LEADING_ZEROS.sub("", letters)),
    } - {""}


def nearest(text: str, accepted: Sequence[str]) -> str | None:
    """Return the accepted word that was probably meant, if one is near."""
    if len(text) > LONGEST_CODE:
        return None
    near = get_close_matches(text.casefold(), accepted, n=1, cutoff=0.7)
    return near[0] if near else None
