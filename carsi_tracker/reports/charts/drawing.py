"""Charts as files of their own, which carry their colours with them."""

import re
import struct
import zlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import typst
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from carsi_tracker import SOFTWARE
from carsi_tracker.caching.remembered import remembered
from carsi_tracker.ledger.text import well_formed

PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", width: float(sys.inputs.width) * 1pt)"""
POINTS_AN_INCH = 72
PIXELS_A_REM = 16
PNG_HEAD = 33
"""The bytes of a PNG's signature and of its first chunk."""
REMEMBERED_PAGES = 10
"""How many pages the library remembers all of, 20 MB of pixels and more for each picture."""


def svg(template: str, context: Mapping[str, Any]) -> str:
    """Draw a chart as a document, with its style and what made it inside."""
    inside = {"style": style(), "software": SOFTWARE}
    return well_formed(render_to_string(template, {**context, **inside}))


def png(drawing: str, width: int, density: int = 2) -> bytes:
    """Return an SVG document as a picture of `width` times `density` pixels.

    The fonts are those of the library itself, so that it looks the same on every server.
    """
    compiler = typst.Compiler(ignore_system_fonts=True)
    picture = compiler.compile(
        PAGE,
        format="png",
        ppi=POINTS_AN_INCH * density,
        sys_inputs={"drawing": drawing, "width": str(width)},
    )
    for _blank in range(REMEMBERED_PAGES):  # the library forgets by the number of pages since
        compiler.compile(b" ", format="svg", sys_inputs=None)
    return signed(cast("bytes", picture))


def signed(picture: bytes) -> bytes:
    """Return a PNG that says what made it, behind its first chunk, where readers look for it."""
    said = b"tEXt" + f"Software\0{SOFTWARE}".encode("latin-1")
    length, check = struct.pack(">I", len(said) - 4), struct.pack(">I", zlib.crc32(said))
    return picture[:PNG_HEAD] + length + said + check + picture[PNG_HEAD:]


@remembered(1)
def style() -> str:
    """Return the stylesheet of charts with the tokens of the light scheme filled in, in pixels."""
    tokens = dict(re.findall(r"--([\w-]+): ([^;]+);", _static("tokens.css").split("@media")[0]))
    painted = _static("parts.css").split("/* Pages alone")[0]
    filled = re.sub(r"var\(--([\w-]+)\)", lambda found: tokens[found[1]], painted)
    return re.sub(
        r"([\d.]+)rem",
        lambda found: f"{(Decimal(found[1]) * PIXELS_A_REM).normalize():f}px",
        filled,
    )


def _static(name: str) -> str:
    return Path(str(finders.find(name))).read_text(encoding="utf-8")
