"""The outlines of the region on a plane, projected once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.conf import settings

from carsi_tracker.caching.remembered import remembered, unalterable

OUTLINES = settings.BASE_DIR / "fixtures" / "central_america.geojson"
WEST, EAST, SOUTH, NORTH = map(Decimal, ("-92.6", "-76.9", "7", "18.7"))
"""Degrees at the edges of the map."""
SHRINK = Decimal("0.975")
"""How much shorter a degree of longitude is in the middle of the map than one of latitude."""
WIDTH = 1200
SCALE = WIDTH / ((EAST - WEST) * SHRINK)
HEIGHT = round((NORTH - SOUTH) * SCALE)

Place = Sequence[Decimal]


@dataclass(frozen=True)
class Outline:
    """A country's path, and where its name stands, in percent of the map."""

    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Shapes:
    """Paths on a plane of WIDTH by HEIGHT: of countries, by code, and of what lies around them."""

    countries: Mapping[str, Outline]
    around: str


@remembered(1)
def shapes() -> Shapes:
    """Return the outlines."""
    features = json.loads(OUTLINES.read_text(encoding="utf-8"), parse_float=Decimal)["features"]
    paths = [(feature["properties"], _path(feature["geometry"])) for feature in features]
    return Shapes(
        countries=unalterable(
            {each["iso"]: Outline(path, *each["name_at"]) for each, path in paths if each["iso"]}
        ),
        around="".join(path for each, path in paths if not each["iso"]),
    )


def _path(geometry: Mapping[str, Any]) -> str:
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    return "".join(_ring(ring) for polygon in polygons for ring in polygon)


def _ring(places: Iterable[Place]) -> str:
    points = [_at(*place) for place in places]
    steps = pairwise(points)
    moves = [(to[0] - from_[0], to[1] - from_[1]) for from_, to in steps if to != from_]
    lines = " ".join(f"{x} {y}" for x, y in moves[:-1]).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{lines}z"


def _at(longitude: Decimal, latitude: Decimal) -> tuple[int, int]:
    return round((longitude - WEST) * SHRINK * SCALE), round((NORTH - latitude) * SCALE)
