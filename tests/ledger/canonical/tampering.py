"""What may be wrong with the files of a ledger, and what is said of it."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

Tamper = Callable[[Path], object]


def summed(folder: Path) -> None:
    """Write SHA256SUMS anew, as somebody who changed files would."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    )
    lines = (
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )
    (folder / "SHA256SUMS").write_text("".join(lines))


def edited(name: str, old: str, new: str, *, sums: bool = True) -> Tamper:
    """Return what puts one text for another in a file, and makes the sums agree."""

    def tamper(folder: Path) -> None:
        path = folder / name
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode())
        if sums:
            summed(folder)

    return tamper


def _swap(folder: Path) -> None:
    one, other = folder / "changes" / "3.csv", folder / "changes" / "4.csv"
    texts = one.read_bytes(), other.read_bytes()
    other.write_bytes(texts[0])
    one.write_bytes(texts[1])
    summed(folder)


def _add_a_row(folder: Path) -> None:
    path = folder / "changes" / "5.csv"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])
    summed(folder)


def _cut(folder: Path) -> None:
    path = folder / "changes" / "3.csv"
    path.write_bytes(path.read_bytes()[:-9])
    summed(folder)


def _drop_the_last_version(folder: Path) -> None:
    lines = (folder / "versions.csv").read_text().splitlines(keepends=True)
    (folder / "versions.csv").write_text("".join(lines[:-1]))
    (folder / f"changes/{len(lines) - 1}.csv").unlink()
    summed(folder)


def _add_a_file(folder: Path) -> None:
    (folder / "notes.csv").write_text("a,b\n")


def _add_a_version(folder: Path) -> None:
    (folder / "changes" / "99.csv").write_bytes((folder / "changes" / "5.csv").read_bytes())
    summed(folder)


def _change_a_checksum(folder: Path) -> None:
    path = folder / "versions.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[5] = re.sub(r"[0-9a-f]{64}\n$", "0" * 64 + "\n", lines[5])
    path.write_text("".join(lines))
    summed(folder)


def _other_sum(folder: Path) -> None:
    path = folder / "carsi-ledger.csv"
    path.write_text(path.read_text().replace("committed_usd,1", "committed_usd,2"))
    summed(folder)


TAMPERED: dict[str, tuple[Tamper, str]] = {
    "a byte of an amount": (
        edited("changes/3.csv", ".00", ".01", sums=False),
        r"changes/3\.csv: its SHA-256 is \w{64}, expected \w{64}; the file was changed\.",
    ),
    "an amount, with the sums": (
        edited("changes/3.csv", ".00", ".01"),
        r"changes/3\.csv: its SHA-256 is \w{64}, and versions\.csv has \w{64} in row 4\.",
    ),
    "an additional row": (_add_a_row, r"changes/5\.csv: its SHA-256 is .* in row 6\."),
    "swapped versions": (_swap, r"changes/3\.csv: its SHA-256 is .* in row 4\."),
    "a file cut off": (_cut, r"changes/3\.csv: its SHA-256 is .* in row 4\."),
    "a checksum": (
        _change_a_checksum,
        r"versions\.csv, row 6: its checksum is 0{64}, and its line gives \w{64}; it or one before",
    ),
    "a reason": (
        edited("versions.csv", "by account", "by the account"),
        r"versions\.csv, row 2: its checksum is \w{64}, and its line gives \w{64}",
    ),
    "the last version missing": (
        _drop_the_last_version,
        r"carsi-ledger\.csv, row 3: version is 17, and the versions give 16\.",
    ),
    "a file missing": (
        lambda folder: (folder / "goals.csv").unlink(),
        r"goals\.csv: the file is missing\.",
    ),
    "a file more": (_add_a_file, r"notes\.csv: the file is not listed in SHA256SUMS\."),
    "a version more": (_add_a_version, r"changes/99\.csv: versions\.csv has no such version\."),
    "another total": (
        _other_sum,
        r"carsi-ledger\.csv, row 8: committed_usd is 2\d+\.00, and the versions give 1\d+\.00\.",
    ),
    "a newer layout": (
        edited("carsi-ledger.csv", "layout,1", "layout,2"),
        r"carsi-ledger\.csv, row 2: layout 2 is not known to this release, which reads 1; a newer",
    ),
    "a sum missing": (
        lambda folder: (folder / "SHA256SUMS").write_text(
            "".join((folder / "SHA256SUMS").read_text().splitlines(keepends=True)[1:])
        ),
        r"README\.md: the file is not listed in SHA256SUMS\.",
    ),
}  # fmt: skip
"""What the shell lines notice too."""

TABLES: dict[str, tuple[Tamper, str]] = {
    "an area of a commitment": (
        edited("commitments.csv", "law-enforcement", "capacity"),
        r"changes/\d+\.csv, row \d+: it says CARSI-.*, and the tables beside it give CARSI-",
    ),
    "a country that is not there": (
        edited("commitments.csv", ",HN,", ",XX,"),
        r"commitments\.csv, row \d+: there is no country XX\.",
    ),
    "a first version": (
        edited("appropriations.csv", ",1\n", ",2\n"),
        r"appropriations\.csv, row \d+: first_version is 2, and the versions give 1\.",
    ),
    "a commitment that no version has": (
        edited("commitments.csv", ",2\n", ",\n"),
        r"commitments\.csv, row \d+: first_version is none of the versions 1 to 17\.",
    ),
    "a column that is not known": (
        edited("goals.csv", "name_es", "name_fr"),
        r"goals\.csv, row 1: the column name_fr stands twice, or is not known to this release\.",
    ),
    "rows out of order": (
        edited("goals.csv", "\n2,", "\n9,"),
        r"goals\.csv, row 4: it stands twice, or not in its place in the order\.",
    ),
    "a yes that is none": (
        edited("goals.csv", "false", "False"),
        r"goals\.csv, row 2: retired: “False” is not true or false\.",
    ),
    "another encoding": (
        lambda folder: (
            (folder / "goals.csv").write_bytes(
                (folder / "goals.csv").read_text().encode("utf-16")
            ),
            summed(folder),
        ),
        r"goals\.csv, row 1: it begins with a mark of its encoding, expected UTF-8 without\.",
    ),
    "bytes that are no text": (
        lambda folder: (
            (folder / "goals.csv").write_bytes(
                (folder / "goals.csv").read_text().encode("latin-1")
            ),
            summed(folder),
        ),
        r"goals\.csv: its line \d is not UTF-8\.",
    ),
    "line ends of Windows": (
        lambda folder: (
            (folder / "goals.csv").write_bytes(
                (folder / "goals.csv").read_bytes().replace(b"\n", b"\r\n")
            ),
            summed(folder),
        ),
        r"goals\.csv, row 1: it is not written as these files write rows, or is cut off\.",
    ),
    "a text that may not stand in the ledger": (
        edited("goals.csv", "Create", "Cre\u202eate"),
        r"goals\.csv, row 2: the ledger refuses it\. .*",
    ),
    "a translation of nothing": (
        edited("translations.csv", "day of publication is not", "day of publication was not"),
        r"translations\.csv, row \d+: the ledger refuses it\. .*",
    ),
    "a language": (
        edited("languages.csv", "3,en", "3,fr"),
        r"languages\.csv, row 4: it is not the next version and its language\.",
    ),
    "a countersignature of nothing": (
        edited(
            "countersignatures.csv",
            "remark\n",
            "remark\n99,Ana,2026-11-29T06:00:00.000000Z,Seen\n",
        ),
        r"countersignatures\.csv, row 2: version 99 is not there, or not in its place",
    ),
}  # fmt: skip
"""What only who loads them notices, because tables stand outside the checksums."""
