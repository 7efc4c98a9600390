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


def remade(name: str, old: str, new: str) -> Tamper:
    """Return what puts one text for another in a file, and makes checksums and sums agree."""

    def tamper(folder: Path) -> None:
        edited(name, old, new, sums=False)(folder)
        path = folder / "versions.csv"
        header, *versions = path.read_text().splitlines()
        written, checksum = [header], _hashed(f"{header.rpartition(',')[0]}\n".encode())
        for number, line in enumerate(versions, 1):
            of_version = _hashed((folder / f"changes/{number}.csv").read_bytes())
            text = f"{line.rsplit(',', 2)[0]},{of_version}"
            checksum = _hashed(f"{checksum}\n{text}\n".encode())
            written.append(f"{text},{checksum}")
        path.write_text("".join(f"{line}\n" for line in written))
        about = folder / "carsi-ledger.csv"
        about.write_text(re.sub(r"checksum,\w+", f"checksum,{checksum}", about.read_text()))
        summed(folder)

    return tamper


def _hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sums_become(change: Callable[[str], str]) -> Tamper:
    def tamper(folder: Path) -> None:
        path = folder / "SHA256SUMS"
        path.write_text(change(path.read_text()))

    return tamper


def added(name: str, content: str) -> Tamper:
    """Return what adds a file, and lists it in the sums."""

    def tamper(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
        summed(folder)

    return tamper


def _leave_out_a_table(folder: Path) -> None:
    (folder / "goals.csv").unlink()
    summed(folder)


def _link(folder: Path) -> None:
    (folder / "goals.csv").rename(folder.parent / "goals.csv")
    (folder / "goals.csv").symlink_to("../goals.csv")


def _cut_the_last_line_feed(folder: Path) -> None:
    path = folder / "versions.csv"
    path.write_bytes(path.read_bytes()[:-1])
    summed(folder)


def _go_on(folder: Path) -> None:
    with (folder / "versions.csv").open("a") as file:
        file.write("\n\n")
    summed(folder)


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
    "a table left out of the sums too": (_leave_out_a_table, r"goals\.csv: the file is missing\."),
    "a link to a file": (_link, r"goals\.csv: the file is missing\."),
    "another ledger in it": (
        added("older/carsi-ledger.csv", "name,value\n"),
        r".*: there are 2 ledgers in it \(carsi-ledger\.csv and older/carsi-ledger\.csv\); name",
    ),
    "a hidden file": (added(".notes", "x"), r"SHA256SUMS, row 1: it is no line"),
    "sums of another form": (
        _sums_become(lambda sums: sums.replace("  ", " *")), r"SHA256SUMS, row 1: it is no line",
    ),
    "sums in capitals": (
        _sums_become(lambda sums: sums[:64].upper() + sums[64:]),
        r"SHA256SUMS, row 1: it is no line",
    ),
    "sums cut off": (_sums_become(lambda sums: sums[:-1]), r"SHA256SUMS, row \d+: it is no line"),
    "a sum of the sums": (
        _sums_become(lambda sums: f"{sums}{'0' * 64}  SHA256SUMS\n"),
        r"SHA256SUMS, row \d+: it is no line that sha256sum writes, or lists a file twice or this",
    ),
    "a list of versions cut off": (
        _cut_the_last_line_feed, r"versions\.csv, row 18: it is not written as these files write",
    ),
    "a list of versions that goes on": (
        _go_on,
        r"versions\.csv, row 19: it has 0 cells, expected 12\.",
    ),
    "a column of versions": (
        edited("versions.csv", ",checksum\n", "\n"), r"versions\.csv, row 1: its columns are",
    ),
    "a column, with all checksums": (
        remade("changes/3.csv", "locator", "place"), r"changes/3\.csv, row 1: its columns are",
    ),
    "an amount of another form, with all checksums": (
        remade("changes/3.csv", ".00,", "00,"),
        r"changes/3\.csv, row 2: “\d+” is not an amount such as 1200\.00\.",
    ),
    "a cell more, with all checksums": (
        remade("changes/3.csv", ",stated,", ",stated,,"),
        r"changes/3\.csv, row \d+: it has 17 cells, expected 16\.",
    ),
    "a row over two lines, with all checksums": (
        remade("changes/3.csv", "Table 4, ", "Table 4,\n"),
        r"changes/3\.csv, row 2: it goes over several lines\.",
    ),
    "a byte that is no text, with all checksums": (
        remade("changes/3.csv", "Table 4", "Table\0 4"),
        r"changes/3\.csv: its line 2 holds a byte that is no text\.",
    ),
    "a number of another form, with all checksums": (
        remade("versions.csv", ",10,", ",010,"),
        r"versions\.csv, row \d+: it says 010 entries, and",
    ),
}  # fmt: skip
"""What the shell lines notice too."""
