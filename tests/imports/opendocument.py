"""Workbooks of OpenDocument, built by hand in the form that LibreOffice saves."""

import io
import zipfile
from collections.abc import Iterator

HEADINGS = (
    "reference,title,fiscal_year,account,area,country,goal,agency,partner,stage,amount_usd,"
    "effective_date,document,locator,basis,note"
)
SPACES = "".join(
    f' xmlns:{prefix}="{name}"'
    for prefix, name in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)
START = f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content{SPACES}>'
STYLES = (
    '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
    '<style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="ta2" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)
TYPE = "application/vnd.oasis.opendocument.spreadsheet"
FILE = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"'


def text(value: str, attributes: str = "") -> str:
    """Return a cell of text."""
    shown = f"<text:p>{value}</text:p>"
    return f'<table:table-cell office:value-type="string"{attributes}>{shown}</table:table-cell>'


def row(*cells: str, attributes: str = "") -> str:
    """Return a row, with the empty cells that LibreOffice writes after the last one."""
    rest = '<table:table-cell table:number-columns-repeated="16000"/>'
    return f"<table:table-row{attributes}>{''.join(cells)}{rest}</table:table-row>"


HEADS = row(*map(text, HEADINGS.split(",")))
REST = row(attributes=' table:number-rows-repeated="1048570"')


def workbook(
    rows: str | Iterator[str] = "",
    *,
    before: str = "",
    after: str = "",
    head: str = HEADS,
    kind: str = TYPE,
    encrypted: str = "",
    start: str = START,
    content: bytes | None = None,
) -> bytes:
    """Return a workbook of one sheet with headings; `before` and `after` stand around it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("mimetype", kind, zipfile.ZIP_STORED)
        with made.open("content.xml", "w", force_zip64=True) as part:
            part.write(
                f"{start}{STYLES}<office:body><office:spreadsheet>{before}"
                f'<table:table table:name="Sheet1" table:style-name="ta1">{head}'.encode()
                if content is None
                else content
            )
            for piece in [rows] if isinstance(rows, str) else rows:
                part.write(piece.encode())
            if content is None:
                end = "</office:spreadsheet></office:body></office:document-content>"
                part.write(f"{REST}</table:table>{after}{end}".encode())
        made.writestr(
            "META-INF/manifest.xml",
            f"<manifest:manifest{SPACES}>{FILE}>{encrypted}</manifest:file-entry>"
            "</manifest:manifest>",
        )
    return written.getvalue()
