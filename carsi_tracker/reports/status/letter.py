"""The status of funds as a letter: a PDF on US Letter, tagged for screen readers."""

import json
from pathlib import Path
from typing import Any, Literal, cast

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carsi_tracker import SOFTWARE
from carsi_tracker.ledger.days import day_in_words
from carsi_tracker.ledger.text import well_formed
from carsi_tracker.reports.page.citation import NAME
from carsi_tracker.reports.page.public_page import PublicRequest
from carsi_tracker.reports.status.table import FundsPlace, asked, funds_tables, notes_of
from carsi_tracker.reports.status.wording import caption, lead, nothing, signs

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "reports" / "status_of_funds.typ"
ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA: the library refuses to write a letter that is not tagged well."""


def letter(public: PublicRequest, title: str, address: str) -> bytes:
    """Return the status of funds as a PDF; the same bytes of the same query and release.

    `address` is its permanent one.
    """
    said = json.dumps(_said(public, title, address), ensure_ascii=False, sort_keys=True)
    written = typst.Compiler(ignore_system_fonts=True).compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=ACCESSIBLE,
        sys_inputs={"letter": well_formed(said)},
    )
    return cast("bytes", written)


def _said(public: PublicRequest, title: str, address: str) -> dict[str, Any]:
    """Return all that the letter says, in the language of the page."""
    query, found, shown = public.query, asked(public), funds_tables(public)
    return {
        "lang": get_language(),
        "title": title,
        "author": NAME,
        "software": SOFTWARE,
        "lead": " ".join(lead(found.total.total)) if found.accounts else nothing(query),
        "caption": caption(query),
        "place": _("Place and line"),
        "heads": shown.heads,
        "accounts": [
            {
                "name": f"{table.name} ({table.code})",
                "places": [_place(place) for place in table.places],
                "silent": table.silent,
                "total": _place(table.total),
            }
            for table in shown.tables
        ],
        "all_name": _("All accounts"),
        "all": _place(shown.total),
        "notes_title": _("Notes"),
        "notes": [
            *signs(found.cells),
            *((note.letter, note.text) for note in notes_of(public)),
        ],
        "footer": [
            _("CARSI Tracker, figures as of %(day)s, version %(version)d of the ledger, checksum")
            % {"day": day_in_words(query.day), "version": query.version.number},
            query.version.checksum,
        ],
        "address": address,
        "page": _("page %(page)s of %(pages)s"),
    }


def _place(place: FundsPlace) -> dict[str, Any]:
    return {
        "name": place.name,
        "lines": [
            {
                "name": line.name,
                "note": " ".join(line.notes),
                "cells": [
                    {
                        "column": column,
                        "height": cell.height,
                        "apart": cell.apart,
                        "text": cell.text,
                    }
                    for column, cell in line.cells
                ],
            }
            for line in place.lines
        ],
    }
