"""Words that are one letter apart."""

from collections.abc import Iterable

SHORTEST = 4
"""Letters of the shortest word in which one may be wrong."""


def one_letter_apart(one: str, other: str) -> bool:
    """Say whether two words differ by a wrong, missing or added letter, or by two swapped ones."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    longer = max(len(one), len(other))
    return longer == 1 or (longer == 2 and one == other[::-1])


def alike(word: str, words: Iterable[str]) -> list[str]:
    """Return the words that are one letter apart from a word, in order; none for a short word."""
    if len(word) < SHORTEST:
        return []
    near = (other for other in words if abs(len(word) - len(other)) < 2)
    return sorted(other for other in near if one_letter_apart(word, other))
