"""Maps of a city's counties, drawn from outlines the office handed in: no tiles, no other server."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import altair as alt

from survey_app.drawing.charts import INK, Row, chart_of, draw
from survey_app.drawing.kept import kept
from survey_app.drawing.outlines import flat, scale_of
from survey_app.models.outline import Polygon

WIDTH, HEIGHT = 640, 560
NO_FIGURE = "#e3e6e8"
SHADES = (
    "#5fa5d3",
    "#94c3e0",
    "#bcd9ec",
    "#d9e8f4",
    "#ebf1f8",
    "#f6f8fb",
)  # of ranks, the best first; names can be read on all
SEQUENCE = ["#eef4fa", "#c3daee", "#7fb2d9"]  # of shares: light, so that names can be read on the darkest
POINT = "#8a3b00"


@kept
def share_map(
    outlines: dict[str, list[Polygon]], rows: list[Row], points: list[list[float]], words: dict[str, str]
) -> str:
    """Counties in shades of their shares; one without a figure is grey. rows: code, name, share (or None), said (its interval in
    words). points: longitude and latitude of sites.  words: axis, source (a line below the map)."""
    shares = [row["share"] for row in rows if row["share"] is not None]
    scale = alt.Scale(domain=[min(shares, default=0.0), max(shares, default=1.0)], range=SEQUENCE)
    colour = alt.Color("properties.share:Q", scale=scale, title=words["axis"], legend=alt.Legend(format=".0%"))
    return _drawn(outlines, rows, points, colour, words["source"], "share")


@kept
def rank_map(outlines: dict[str, list[Polygon]], rows: list[Row], ranks: list[str], words: dict[str, str]) -> str:
    """Counties by a rank in words, as stars. rows: code, name, rank ('' unknown), said. ranks: the best first."""
    shades = [SHADES[min(place, len(SHADES) - 1)] for place in range(len(ranks))]
    scale = alt.Scale(domain=ranks, range=shades)
    colour = alt.Color("properties.rank:N", scale=scale, sort=ranks, title=words["axis"])
    return _drawn(outlines, rows, [], colour, words["source"], "rank")


@kept
def plain_map(
    outlines: dict[str, list[Polygon]], rows: list[Row], points: list[list[float]], words: dict[str, str]
) -> str:
    """The outlines and their names alone, to be looked at after handing in. rows: code, name, said."""
    return _drawn(outlines, rows, points, alt.value("#eef4fa"), words["source"], "code")


def _drawn(
    outlines: dict[str, list[Polygon]], rows: list[Row], points: list[list[float]], colour: Any, source: str, known: str
) -> str:
    """known: the key of a row without which its area stays grey."""
    planes, narrow = flat(outlines), scale_of(outlines)
    places = {code: _middle(polygons) for code, polygons in planes.items()}
    drawn = [row for row in rows if row["code"] in planes]
    features: list[Row] = [
        {"type": "Feature", "properties": row, "geometry": {"type": "MultiPolygon", "coordinates": planes[row["code"]]}}
        for row in drawn
    ]
    told = [each for each in features if each["properties"][known] not in (None, "")]
    grey = alt.Chart(alt.InlineData(values=features)).mark_geoshape(stroke="#ffffff", strokeWidth=1.2, color=NO_FIGURE)
    shapes = (
        alt.Chart(alt.InlineData(values=told)).mark_geoshape(stroke="#ffffff", strokeWidth=1.2).encode(color=colour)
    )
    names = [
        {"x": places[row["code"]][0], "y": places[row["code"]][1], "name": row["name"], "said": row["said"]}
        for row in drawn
    ]
    base = chart_of(names).encode(longitude="x:Q", latitude="y:Q")
    layers: list[alt.Chart] = [grey, shapes]
    if points:
        dots = chart_of([{"x": x * narrow, "y": y} for x, y in points]).encode(longitude="x:Q", latitude="y:Q")
        layers.append(dots.mark_circle(color=POINT, size=22, opacity=0.85))
    for field, dy, size in (("name", -7, 13), ("said", 8, 11)):
        halo = base.mark_text(dy=dy, fontSize=size, stroke="#ffffff", strokeWidth=3, strokeOpacity=0.85)
        layers += [each.encode(text=f"{field}:N") for each in (halo, base.mark_text(dy=dy, fontSize=size, color=INK))]
    title = alt.TitleParams(
        source, orient="bottom", anchor="start", fontSize=11, fontWeight="normal", color=INK, offset=6
    )
    chart = alt.LayerChart(layer=[each.project(type="identity", reflectY=True) for each in layers], title=title)
    return draw(chart.properties(width=WIDTH, height=HEIGHT))


def _middle(polygons: list[Polygon]) -> tuple[float, float]:
    """Where a name stands: the centroid of the largest outline."""
    ring = max((polygon[0] for polygon in polygons), key=lambda each: abs(_doubled(each)))
    doubled = _doubled(ring)
    pairs = list(pairwise(ring))
    x, y = (sum((one[axis] + two[axis]) * (one[0] * two[1] - two[0] * one[1]) for one, two in pairs) for axis in (0, 1))
    return x / (3 * doubled), y / (3 * doubled)


def _doubled(ring: list[list[float]]) -> float:
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in pairwise(ring))
