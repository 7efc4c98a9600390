"""Files that cost much where little was sent: each at most ten million bytes."""

import io
import os
import random
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.imports import opendocument
from tests.imports.opendocument import HEADINGS

LARGEST = 10_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADS = "<row>" + "".join(
    f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADINGS.split(",")
) + "</row>"  # fmt: skip


def workbook(
    rows: str | Iterator[str] = "",
    *,
    before: str = "",
    after: str = "",
    texts: str | Iterator[str] = "",
    head: str = HEADS,
    sheets: int = 1,
    parts: int = 0,
    styles: str = "",
) -> bytes:
    """Return a workbook of XML that is given, whose first row has the headings."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("xl/workbook.xml", _book(sheets))
        made.writestr("xl/_rels/workbook.xml.rels", _relations(sheets))
        for number in range(1, sheets + 1):
            _write(made, f"xl/worksheets/sheet{number}.xml",
                   f'<worksheet xmlns="{MAIN}">{before}<sheetData>{head}', rows,
                   f"</sheetData>{after}</worksheet>")  # fmt: skip
        _write(made, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">', texts, "</sst>")
        made.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        for number in range(parts):
            made.writestr(f"xl/media/{number}.png", b"")
    return written.getvalue()


def _write(
    made: zipfile.ZipFile, name: str, start: str, body: str | Iterator[str], end: str
) -> None:
    with made.open(name, "w", force_zip64=True) as part:
        part.write(start.encode())
        for piece in [body] if isinstance(body, str) else body:
            part.write(piece.encode())
        part.write(end.encode())


def _book(sheets: int) -> str:
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'


def _relations(sheets: int) -> str:
    targets = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)}
    targets |= {"t": ("sharedStrings", "sharedStrings.xml"), "s": ("styles", "styles.xml")}
    return "<Relationships>" + "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    ) + "</Relationships>"  # fmt: skip


def _times(piece: str, count: int, block: int = 10_000) -> Iterator[str]:
    whole, rest = divmod(count, block)
    for _number in range(whole):
        yield piece * block
    yield piece * rest


def _noise(seed: int) -> str:
    return random.Random(seed).randbytes(15_000).hex()  # noqa: S311 (no secret)


def _doctype() -> bytes:
    """A workbook whose text grows a billion times when it is read."""
    entities = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10)
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(
            "xl/workbook.xml", f"<!DOCTYPE workbook [{entities}]><workbook>&a9;</workbook>"
        )
    return written.getvalue()


HEAD = HEADINGS.encode() + b"\n"
TEXTS: dict[str, Callable[[], bytes]] = {
    "a line of commas": lambda: b"," * LARGEST,
    "a line of commas under the headings": lambda: HEAD + b"," * (LARGEST - 200),
    "a line of semicolons": lambda: b";" * LARGEST,
    "a line of cells": lambda: HEAD + b"x," * (LARGEST // 2 - 100),
    "rows of commas": lambda: HEAD + (b"," * 99 + b"\n") * (LARGEST // 100 - 5),
    "rows of cells without headings": lambda: HEAD + (b"x," * 150 + b"\n") * (LARGEST // 301 - 5),
    "fewer line ends": lambda: HEAD + b"\n" * 1_000_000,
    "line ends": lambda: HEAD + b"\n" * (LARGEST - 200),
    "carriage returns": lambda: b"\r" * LARGEST,
    "short rows": lambda: HEAD + b"x\n" * (LARGEST // 2 - 100),
    "quotes": lambda: b'"' * LARGEST,
    "quotes in rows": lambda: HEAD + b'"\n' * 1_000_000,
    "doubled quotes in rows": lambda: HEAD + b'x,""""\n' * 1_000_000,
    "odd quotes in rows": lambda: HEAD + b'"""\t' * (LARGEST // 4 - 100),
    "an open quote": lambda: HEAD + b'"' + b"x,\n" * (LARGEST // 3 - 100),
    "one cell": lambda: b"x" * LARGEST,
    "one cell under the headings": lambda: HEAD + b"x" * (LARGEST - 200),
    "large cells": lambda: HEAD + (b"x" * 900_000 + b",") * 10,
    "zeros": lambda: b"\0" * LARGEST,
    "spaces": lambda: b" " * LARGEST,
    "bytes that are no text": lambda: HEAD + b"\xff" * (LARGEST - 200),
    "emoji": lambda: HEAD + "👩‍🚒".encode() * 900_000,
}
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "rows of one cell": lambda: workbook(_times("<row><c><v>1</v></c></row>", 6_000_000)),
    "empty rows": lambda: workbook(_times("<row/>", 30_000_000)),
    "empty cells": lambda: workbook(_times("<row>" + "<c/>" * 100 + "</row>", 300_000)),
    "a row of a million cells": lambda: workbook(
        "<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"
    ),
    "cells far away": lambda: workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a text in every cell": lambda: workbook(
        _times("<row>" + '<c t="s"><v>0</v></c>' * 16 + "</row>", 90_000),
        texts=f"<si><t>{'x' * 32_000}</t></si>",
    ),
    "shared texts": lambda: workbook(texts=_times("<si><t>some text</t></si>", 7_000_000)),
    "empty shared texts": lambda: workbook(texts=_times("<si/>", 30_000_000)),
    "a shared text": lambda: workbook(texts=_times("x" * 1000, 190_000, 1000)),
    "noise": lambda: workbook(texts="".join(f"<si><t>{_noise(n)}</t></si>" for n in range(600))),
    "a cell of text": lambda: workbook(
        piece
        for pieces in (['<row><c t="inlineStr"><is><t>'], _times("x" * 1000, 190_000, 1000))
        for piece in pieces
    ),
    "an attribute": lambda: workbook(
        piece
        for pieces in (['<row spans="'], _times("x" * 1000, 190_000, 1000))
        for piece in pieces
    ),
    "a comment": lambda: workbook(
        piece for pieces in (["<!--"], _times("x" * 1000, 190_000, 1000)) for piece in pieces
    ),
    "deep": lambda: workbook(_times("<a>", 60_000_000)),
    "namespaces": lambda: workbook(
        f'<row xmlns:n{number}="http://example.org/{number}">' for number in range(2_000_000)
    ),
    "attributes": lambda: workbook(
        "<row " + " ".join(f'a{number}="1"' for number in range(900_000)) + "/>"
    ),
    "merged ranges": lambda: workbook(
        _times("<row><c><v>1</v></c></row>", 50_000),
        after="<mergeCells>" + '<mergeCell ref="A1:GR1048576"/>' * 90_000 + "</mergeCells>",
    ),
    "more merged ranges": lambda: workbook(
        after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 1_000_000 + "</mergeCells>",
    ),
    "hidden columns": lambda: workbook(
        before="<cols>" + '<col min="1" max="1" hidden="1"/>' * 1_000_000 + "</cols>",
    ),
    "errors": lambda: workbook(_times('<row><c t="e"><v>#N/A</v></c></row>', 1_000_000)),
    "sheets": lambda: workbook(sheets=3_000),
    "parts": lambda: workbook(parts=90_000),
    "styles": lambda: workbook(styles="<cellXfs>" + "<xf/>" * 5_000_000 + "</cellXfs>"),
    "entities": _doctype,
    "repeated rows": lambda: opendocument.workbook(
        opendocument.row(_ONE, attributes=' table:number-rows-repeated="1048000"')
    ),
    "repeated rows of text": lambda: opendocument.workbook(
        opendocument.row(
            opendocument.text("x" * 30_000), attributes=' table:number-rows-repeated="1000000"'
        )
    ),
    "repeated cells": lambda: opendocument.workbook(
        opendocument.row(opendocument.text("x", ' table:number-columns-repeated="16384"'))
    ),
    "empty rows, repeated again and again": lambda: opendocument.workbook(
        _times(opendocument.row(attributes=' table:number-rows-repeated="999999999"'), 500_000)
    ),
    "rows of one cell, of LibreOffice": lambda: opendocument.workbook(
        _times(f"<table:table-row>{_ONE}</table:table-row>", 2_000_000)
    ),
    "spaces that are counted": lambda: opendocument.workbook(
        opendocument.row(opendocument.text('<text:s text:c="999999999"/>' * 300_000))
    ),
    "empty paragraphs": lambda: opendocument.workbook(
        opendocument.row(opendocument.text(_EMPTY * 3_000_000))
    ),
    "merged cells, of LibreOffice": lambda: opendocument.workbook(
        opendocument.row(
            '<table:table-cell table:number-columns-spanned="200" '
            'table:number-rows-spanned="1048576"/>'
        )
        * 150_000
    ),
    "sheets of LibreOffice": lambda: opendocument.workbook(
        after='<table:table table:name="S"/>' * 2_000_000
    ),
    "styles of hidden sheets": lambda: opendocument.workbook(
        before="".join(
            f'<style:style style:name="{number}"><style:table-properties table:display="false"/>'
            "</style:style>"
            for number in range(900_000)
        )
    ),
    "entities, of LibreOffice": lambda: opendocument.workbook(
        start='<!DOCTYPE a [<!ENTITY a "haha">]>' + opendocument.START
    ),
    "a stretch of text, of LibreOffice": lambda: opendocument.workbook(
        opendocument.row(opendocument.text("x " * 20_000_000))
    ),
}
_ONE = '<table:table-cell office:value-type="float" office:value="1"/>'
_EMPTY = "</text:p><text:p>"

DEAR = {
    "rows of one cell", "empty rows", "empty cells", "shared texts", "empty shared texts",
    "hidden columns", "errors", "namespaces", "parts", "rows of cells without headings",
    "rows of commas", "attributes", "styles", "noise",
    "empty rows, repeated again and again", "rows of one cell, of LibreOffice",
    "empty paragraphs", "sheets of LibreOffice", "styles of hidden sheets",
}  # fmt: skip
"""Files that take seconds to make or to read."""
MEMORY = 200_000_000
"""Bytes that reading a file may ask for, beside what the process has."""
SECONDS = 60
"""Of computing, for a file; the slowest takes five."""


def read(content: bytes) -> str:
    """Read a file whole; return the number of its rows, or why it is refused."""
    from carsi_tracker.imports.errors import Unreadable
    from carsi_tracker.imports.table import open_file

    try:
        return f"{sum(1 for _row in open_file('a', content))} rows"
    except Unreadable as refused:
        return refused.findings[0].message


def _within_limits(path: Path) -> str:
    """Read a file in a process of its own, which may ask for so much memory and time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        content = path.read_bytes()
        resource.setrlimit(resource.RLIMIT_AS, (has + len(content) + MEMORY,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        said = "out of memory"
        with suppress(MemoryError):
            said = read(content)
        os.write(writing, said[:300].encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said or "out of time"


def main(folder: Path, names: list[str]) -> None:
    """Make files, each by a process that goes, and read each; print what was said of it."""
    import django

    django.setup()
    for name in names:
        path = folder / "hostile"
        if (child := os.fork()) == 0:
            path.write_bytes((TEXTS | WORKBOOKS)[name]())
            os._exit(0)
        os.waitpid(child, 0)
        sys.stdout.write(f"{name}\t{_within_limits(path)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
