"""XLSX workbooks: the sheet that is read, its rows, and what a workbook hides."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from carsi_tracker.exchange.cells import Cell, is_blank
from carsi_tracker.exchange.columns import BY_NAME, heading
from carsi_tracker.exchange.findings import Finding, Unreadable

LARGEST_UNZIPPED = 200_000_000
LARGEST_AREA = 8_000_000
"""The cells between the first and the last that is filled; they are all held at once."""
_CHUNK = 1 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b[^>]*\bhidden="(?:1|true)"')
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*?(?<!/)>')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>.*?<(?:\w+:)?v>([^<]*)',
    re.DOTALL,
)
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass
class SheetRows:
    """The rows of a sheet; `bad_cells` are cells by (row, column from 0) with nothing to read."""

    sheet: str
    rows: CalamineSheet
    size: int
    warnings: list[Finding] = field(default_factory=list)
    bad_cells: dict[tuple[int, int], str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row with its number, its cells counted from column A."""
        left = [""] * (self.rows.start or (0, 0))[1]
        for number, cells in enumerate(self.rows.iter_rows(), start=1):
            yield number, left + cells


def open_workbook(content: bytes) -> SheetRows:
    """Return the one visible sheet that has rows under the headings; raises Unreadable."""
    _refuse_bombs(content)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = workbook.sheets_metadata
        visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        parts = _parts(content, visible)
        for name in visible:
            _refuse_sprawl(name, parts[name])
        filled = [sheet for sheet in map(workbook.get_sheet_by_name, visible) if sheet.height]
    except (CalamineError, KeyError, ET.ParseError) as error:
        raise Unreadable(Finding(_("The workbook is damaged: it can't be read."))) from error
    chosen = _the_one(filled)
    rows = SheetRows(chosen.name, chosen, chosen.height)
    rows.warnings = [
        Finding(_("The sheet “%s” is hidden and was not read.") % sheet.name)
        for sheet in sheets
        if sheet.visible != SheetVisibleEnum.Visible
    ] + [
        Finding(_("The sheet “%s” has no heading of the format and was not read.") % sheet.name)
        for sheet in filled
        if sheet.name != chosen.name
    ]
    _look_behind(parts[chosen.name], rows)
    return rows


def _refuse_bombs(content: bytes) -> None:
    """Refuse archives that unpack to more than is read, whatever they declare."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable(Finding(_("The file is not a workbook of Excel (.xlsx).")))
            unzipped = 0
            for name in archive.namelist():
                with archive.open(name) as member:
                    while chunk := member.read(_CHUNK):
                        unzipped += len(chunk)
                        if unzipped > LARGEST_UNZIPPED:
                            raise Unreadable(
                                Finding(
                                    _("Unzipped, the workbook has more than %d million bytes.")
                                    % (LARGEST_UNZIPPED // 1_000_000)
                                )
                            )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise Unreadable(Finding(_("The workbook is damaged: it can't be read."))) from error


def _parts(content: bytes, sheets: list[str]) -> dict[str, bytes]:
    """Return the XML of each sheet (ECMA-376, part 1, 12.3.24)."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        }
        parts = {}
        for element in ET.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
            name = element.get("name", "")
            if element.tag.endswith("}sheet") and name in sheets:
                target = targets[element.get(_RELATION)]
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                parts[name] = archive.read(path)
        return parts


def _refuse_sprawl(sheet: str, xml: bytes) -> None:
    last_row = last_column = 0
    for column, row in _FILLED.findall(xml):
        last_row, last_column = max(last_row, int(row)), max(last_column, _index(column))
    if last_row * last_column > LARGEST_AREA:
        raise Unreadable(
            Finding(
                _("A cell far from the others is filled, in row %(row)d or beyond column Z.")
                % {"row": last_row},
                sheet,
            )
        )


def _the_one(sheets: list[CalamineSheet]) -> CalamineSheet:
    if not sheets:
        raise Unreadable(Finding(_("No visible sheet of the workbook has anything in it.")))
    with_headings = [sheet for sheet in sheets if _has_headings(sheet)]
    if len(with_headings) > 1:
        raise Unreadable(
            Finding(
                _("Several sheets have rows of the format: %s. Keep one of them, or hide the rest.")
                % ", ".join(f"“{sheet.name}”" for sheet in with_headings)
            )
        )
    return (with_headings or sheets)[0]


def _has_headings(sheet: CalamineSheet) -> bool:
    for row in sheet.iter_rows():
        if not all(map(is_blank, row)):
            return sum(isinstance(cell, str) and heading(cell) in BY_NAME for cell in row) > 1
    return False


def _look_behind(xml: bytes, rows: SheetRows) -> None:
    """Note what the rows alone don't show: hidden and merged cells, errors, missing results."""
    hidden = [int(number) for number in _HIDDEN_ROW.findall(xml)]
    if hidden:
        rows.warnings.append(
            Finding(
                ngettext(
                    "%(count)d row is hidden or filtered out in the sheet and was read, too: "
                    "row %(first)d.",
                    "%(count)d rows are hidden or filtered out in the sheet and were read, too; "
                    "the first is row %(first)d.",
                    len(hidden),
                )
                % {"count": len(hidden), "first": min(hidden)},
                rows.sheet,
            )
        )
    if _HIDDEN_COLUMN.search(xml):
        rows.warnings.append(Finding(_("Hidden columns were read, too."), rows.sheet))
    for column, row, error in _ERROR.findall(xml):
        rows.bad_cells[int(row), _index(column)] = error.decode()
    for column, row in _NO_RESULT.findall(xml):
        rows.bad_cells[int(row), _index(column)] = "="
    for (first_row, first), (last_row, last) in rows.rows.merged_cell_ranges or ():
        for row in range(first_row, min(last_row, rows.size) + 1):
            for column in range(first, min(last, 1000) + 1):
                if (row, column) != (first_row, first):
                    rows.bad_cells[row + 1, column] = ""


def _index(column: bytes) -> int:
    index = 0
    for letter in column:
        index = index * 26 + letter - ord("A") + 1
    return index - 1
