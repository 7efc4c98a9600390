"""What may be wrong with the tables of a ledger, which stand outside the checksums."""

import hashlib
from pathlib import Path

from tests.ledger.canonical.tampering import Tamper, added, edited, remade, summed


def _without_the_last_row(name: str) -> Tamper:
    def tamper(folder: Path) -> None:
        rows = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(rows[:-1]))
        summed(folder)

    return tamper


def _described_by(name: str) -> Tamper:
    def tamper(folder: Path) -> None:
        path = folder / "documents.csv"
        header, row, *rest = path.read_text().splitlines()
        content = (folder / name).read_bytes()
        told = f"{name},a.csv,text/csv,{len(content)},{hashlib.sha256(content).hexdigest()}"
        path.write_text("\n".join([header, f"{row.rsplit(',', 5)[0]},{told}", *rest, ""]))
        summed(folder)

    return tamper


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
    "a title that is too long": (
        remade("versions.csv", "FY2008 spending plan", "FY2008 spending plan" * 20),
        r"versions\.csv, row 4: the database refuses it \(value too long for type .*\)\.",
    ),
    "a version that takes back one that is not there": (
        remade("versions.csv", ",,10,", ",99,10,"),
        r"versions\.csv, row \d+: the ledger refuses it\. Something else refers to this, or",
    ),
    "a name that may not stand in the ledger": (
        remade("versions.csv", ",CARSI Tracker", ",CARSI\u202e Tracker"),
        r"versions\.csv, row 2: the ledger refuses it\. ",
    ),
    "a name of a countersignature that is too long": (
        edited(
            "countersignatures.csv",
            "remark\n",
            f"remark\n1,{'x' * 301},2026-11-29T09:00:00.000000Z,Seen\n",
        ),
        r"countersignatures\.csv, row 2: the name “x+…” is too long\.",
    ),
    "a published total that is retired": (
        edited("published_figures.csv", ",false\n", ",true\n"),
        r"published_verdicts\.csv, row 2: \S+ stands where \S+ is expected\.",
    ),
    "a verdict left out": (
        _without_the_last_row("published_verdicts.csv"),
        r"published_verdicts\.csv, row \d+: nothing stands where \S+ is expected\.",
    ),
    "a day beyond all": (
        remade("changes/3.csv", "2008-09-04", "2999-09-04"),
        r"changes/3\.csv, row 2: the ledger refuses it\. ",
    ),
    "a file that no table names": (
        added("files/of-nothing.pdf", "%PDF-"),
        r"files/of-nothing\.pdf: this release does not know such a file, and would lose it\.",
    ),
    "a table that is not known": (
        added("payments.csv", "a,b\n"),
        r"payments\.csv: this release does not know such a file, and would lose it\.",
    ),
    "the file of a document under another name": (
        _described_by("versions.csv"),
        r"documents\.csv, row 2: versions\.csv is not what the file of this document is called\.",
    ),
}  # fmt: skip
"""What only who loads them notices, because tables stand outside the checksums."""
