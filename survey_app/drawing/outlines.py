"""Outlines of areas from GeoJSON that the office hands in: checked, matched with its areas by name or code, made small.

Coordinates are degrees of longitude and latitude, WGS 84 or GCJ-02 (they differ by half a kilometre, which a map of counties does not
show). What is kept lies on a fixed grid, so that two neighbours keep the same border and no gap opens between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, radians
from typing import Any

from definitions.names import clean, key, near
from survey_app.models.outline import KeptOutlines, Polygon, Ring
from wording import Message, Refusal, Text

LARGEST = 8 * 1024 * 1024  # bytes
MOST_FEATURES = 2000
MOST_POSITIONS = 400_000
GRID = 1200  # steps along the longer side: finer than a map of 640 pixels shows
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0  # of China, in degrees
FARTHEST = 1e9  # no system of coordinates has a larger number
NAMES = ("name", "NAME", "名称", "adcode", "code", "编码", "行政区划代码")  # of a property that says which area it is


class OutlineError(Refusal):
    """A file that is no map of these areas: every fault in a sentence; nothing was kept."""


@dataclass(frozen=True)
class Outlines:
    """Area code -> its polygons, and site -> (longitude, latitude); on the grid, in degrees."""

    areas: dict[str, list[Polygon]] = field(default_factory=dict)
    points: dict[str, list[float]] = field(default_factory=dict)

    def as_dict(self) -> KeptOutlines:
        """For the database."""
        return {"areas": self.areas, "points": self.points}


@dataclass
class _Reading:
    known: Mapping[str, str]  # key of a name or a code -> code
    names: Mapping[str, str]  # code -> name
    faults: list[Text] = field(default_factory=list)
    areas: dict[str, list[Polygon]] = field(default_factory=dict)
    points: dict[str, list[float]] = field(default_factory=dict)
    positions: int = 0


def read_outlines(body: bytes, names: Mapping[str, str], also: Iterable[str] = ()) -> Outlines:
    """The outlines of the areas `names` (code -> name), and the points of the file. Raises OutlineError.

    also: names of other areas, as of zones inside a county, whose outlines a file may hold and which are passed over.
    """
    reading = _Reading({key(said): code for code, name in names.items() for said in (code, name)}, names)
    passed = {key(name) for name in also}
    for number, feature in enumerate(_features(body), 1):
        _take(reading, number, feature, passed)
    for code, name in names.items():
        if code not in reading.areas and not reading.faults:
            reading.faults.append(Message("maps.area_missing", name=name, code=code))
    if reading.positions > MOST_POSITIONS:
        reading.faults.append(Message("maps.too_fine", n=reading.positions, most=MOST_POSITIONS))
    if reading.faults:
        raise OutlineError(reading.faults[:40])
    return _on_grid(reading)


def _features(body: bytes) -> Sequence[Any]:
    if len(body) > LARGEST:
        raise OutlineError("maps.too_large", size=len(body) / 1e6, most=LARGEST / 1e6)
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise OutlineError("maps.no_json") from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or found.get("type") != "FeatureCollection":
        raise OutlineError("maps.no_collection")
    if not 0 < len(features) <= MOST_FEATURES:
        raise OutlineError("maps.how_many", n=len(features), most=MOST_FEATURES)
    system = found.get("crs")
    if system and not any(each in json.dumps(system) for each in ("CRS84", "4326", "4490")):
        raise OutlineError("maps.other_system")
    return features


def _take(reading: _Reading, number: int, feature: Any, passed: set[str]) -> None:
    """One feature: an outline of an area, or a site's point. What it lacks goes to the faults."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    said = _called(properties)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon", "Point"):
        reading.faults.append(Message("maps.kind", n=number, name=said, kind=str(kind)))
        return
    place: Any = geometry["coordinates"] if isinstance(geometry, dict) and "coordinates" in geometry else None
    if kind == "Point":
        if said and _position(reading, number, said, place):
            reading.points[said] = [float(place[0]), float(place[1])]
        return
    codes = [str(value) for name in NAMES if isinstance(properties, dict) and (value := properties.get(name))]
    meant_by = dict.fromkeys(reading.known[key(each)] for each in codes if key(each) in reading.known)
    code = next(iter(meant_by), "")
    if len(meant_by) > 1:
        both = [reading.names[each] for each in meant_by]
        reading.faults.append(Message("maps.two_areas", n=number, areas=both))
        return
    if not code:
        if not any(key(each) in passed for each in codes):
            meant = near(said, reading.names.values()) if said else ""
            lacks = "maps.no_name" if not said else "maps.unknown_near" if meant else "maps.unknown"
            reading.faults.append(Message(lacks, n=number, name=said, near=meant) if said else Message(lacks, n=number))
        return
    polygons = [place] if kind == "Polygon" else place
    if not isinstance(polygons, list) or not polygons:
        reading.faults.append(Message("maps.no_ring", n=number, name=said))
        return
    before = len(reading.faults)
    for polygon in polygons:
        if (
            not isinstance(polygon, list)
            or not polygon
            or not all(_ring(reading, number, said, ring) for ring in polygon)
        ):
            if len(reading.faults) == before:
                reading.faults.append(Message("maps.no_ring", n=number, name=said))
            return
    reading.areas.setdefault(code, []).extend(polygons)


def _called(properties: Any) -> str:
    found = (properties.get(name) for name in NAMES) if isinstance(properties, dict) else ()
    return next((clean(str(each).encode("utf-8", "ignore").decode())[:80] for each in found if each), "")


def _ring(reading: _Reading, number: int, name: str, ring: Any) -> bool:
    if not isinstance(ring, list) or len(ring) < 4:
        reading.faults.append(Message("maps.no_ring", n=number, name=name))
        return False
    reading.positions += len(ring)
    if not all(_position(reading, number, name, each) for each in ring):
        return False
    if ring[0][:2] != ring[-1][:2]:
        reading.faults.append(Message("maps.open_ring", n=number, name=name))
        return False
    return True


def _position(reading: _Reading, number: int, name: str, place: Any) -> bool:
    """Whether it is a pair of degrees inside China; else a fault."""
    numeric = (
        isinstance(place, list)
        and len(place) >= 2
        and all(
            isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < FARTHEST for each in place[:2]
        )
    )
    if not numeric:
        reading.faults.append(Message("maps.no_position", n=number, name=name))
        return False
    x, y = place[0], place[1]
    if WEST <= x <= EAST and SOUTH <= y <= NORTH:
        return True
    turned = WEST <= y <= EAST and SOUTH <= x <= NORTH
    wrong = "maps.turned" if turned else "maps.metres" if abs(x) > 180 or abs(y) > 90 else "maps.outside"
    reading.faults.append(Message(wrong, n=number, name=name, x=x, y=y))
    return False


def _on_grid(reading: _Reading) -> Outlines:
    rings = [ring for polygons in reading.areas.values() for polygon in polygons for ring in polygon]
    across = [place[0] for ring in rings for place in ring]
    down = [place[1] for ring in rings for place in ring]
    step = max(max(across) - min(across), max(down) - min(down)) / GRID or 1.0
    areas = {
        code: [kept for polygon in polygons if (kept := _small_polygon(polygon, step))]
        for code, polygons in reading.areas.items()
    }
    seen: dict[str, str] = {}
    for code, polygons in areas.items():
        if not polygons:
            raise OutlineError("maps.too_small", name=reading.names[code])
        other = seen.setdefault(json.dumps(polygons), code)
        if other != code:
            raise OutlineError("maps.same_outline", one=reading.names[other], two=reading.names[code])
    return Outlines(areas, reading.points)


def _small_polygon(polygon: Polygon, step: float) -> Polygon:
    """Without holes and islands that the grid swallows; [] where nothing is left."""
    outer, *holes = (_small(ring, step) for ring in polygon)
    return [outer, *(hole for hole in holes if hole)] if outer else []


def _small(ring: Ring, step: float) -> Ring:
    """Positions on the grid, without those that repeat or lie straight between their neighbours; [] where it has no extent."""
    cells = [(round(place[0] / step), round(place[1] / step)) for place in ring[:-1]]
    kept: list[tuple[int, int]] = []
    for cell in cells:
        if kept and cell == kept[-1]:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], cell):
            kept.pop()
        kept.append(cell)
    if len(set(kept)) < 3:
        return []
    return [[round(x * step, 6), round(y * step, 6)] for x, y in (*kept, kept[0])]


def _straight(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    across = (middle[0] - first[0]) * (last[1] - first[1]) - (middle[1] - first[1]) * (last[0] - first[0])
    onward = (middle[0] - first[0]) * (last[0] - middle[0]) + (middle[1] - first[1]) * (last[1] - middle[1])
    return across == 0 and onward >= 0


def scale_of(outlines: Mapping[str, list[Polygon]]) -> float:
    """How long a degree of longitude is beside one of latitude, at the middle of the map."""
    down = [place[1] for polygons in outlines.values() for polygon in polygons for ring in polygon for place in ring]
    return cos(radians((min(down) + max(down)) / 2))


def flat(outlines: Mapping[str, list[Polygon]]) -> dict[str, list[Polygon]]:
    """On a plane whose two sides have one scale; outer rings turn one way, holes the other."""
    narrow = scale_of(outlines)
    return {
        code: [
            [_turned([[x * narrow, y] for x, y in ring], clockwise=number == 0) for number, ring in enumerate(polygon)]
            for polygon in polygons
        ]
        for code, polygons in outlines.items()
    }


def _turned(ring: Ring, *, clockwise: bool) -> Ring:
    area = sum(one[0] * two[1] - two[0] * one[1] for one, two in pairwise(ring))
    return ring if (area < 0) == clockwise else ring[::-1]
