"""Reads the files that the tracker gives."""

import csv
import io
from typing import Any

from django.test import Client
from django.utils.encoding import force_bytes
from python_calamine import CalamineWorkbook


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(map(force_bytes, response))


def rows(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(address)).decode(), newline="")))


def sheets(client: Client, address: str) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(client.get(address))))
    return [book.get_sheet_by_index(number).to_python() for number in (0, 1)]


def cells(client: Client, address: str) -> list[list[str]]:
    """Read a CSV file, heading and rows."""
    return list(csv.reader(io.StringIO(body(client.get(address)).decode(), newline="")))
