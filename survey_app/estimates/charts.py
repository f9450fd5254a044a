"""Charts of an estimate under review: where the truth may lie, and rows with intervals against the two lines.

Arguments are plain values, so that a chart is drawn once and kept.
"""

from __future__ import annotations

from typing import Literal

import altair as alt

from survey_app.drawing.charts import INK, LINE, Row, chart_of, draw
from survey_app.drawing.kept import kept

Words = dict[str, str]
VOID, COSTS, FREE = ("#f7dad7", "#d9847d"), ("#fdf0cf", "#e8c468"), ("#dcefe2", "#7fb894")  # ground and area of a zone
EMPHASIS = "#0b5c8a"


@kept
def density_chart(points: list[float], density: list[float], share: Row, zones: list[Row], words: Words) -> str:
    """The confidence density over the zones, the highest first. share: estimate, lower, upper.

    zones: start, end, void, free (nothing taken off), label, chance (text).  words: axis, estimate, interval.  Zones without visible area have their label all the same.
    """
    low, high, top = points[0], points[-1], max(density) * 1.32
    axis = alt.Axis(format=".0%", title=words["axis"], tickMinStep=0.01)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=None)

    grounds: list[alt.Chart] = []
    areas: list[alt.Chart] = []
    layers: list[alt.Chart] = []
    for place, zone in enumerate(reversed(zones)):
        left, right = max(zone["start"], low), min(zone["end"], high)
        if left >= right:
            continue
        ground, fill = VOID if zone["void"] else FREE if zone["free"] else COSTS
        box = chart_of([{"left": left, "right": right, "floor": 0.0, "top": top}])
        grounds.append(box.mark_rect(color=ground).encode(x=x("left"), x2="right:Q", y=y("floor"), y2="top:Q"))
        inside = [{"p": p, "f": f} for p, f in zip(points, density, strict=True) if left <= p <= right]
        curve = chart_of(inside)
        areas.append(curve.mark_area(color=fill, line={"color": INK, "strokeWidth": 1.5}).encode(x=x("p"), y=y("f")))
        align: Literal["left", "center", "right"] = (
            "left" if place == 0 else "right" if place == len(zones) - 1 else "center"
        )
        edge = 0.01 * (high - low)
        at = {"left": left + edge, "center": (left + right) / 2, "right": right - edge}[align]
        height = (0.97 if place % 2 == 0 else 0.89) * top
        said = chart_of([{"at": at, "y": height, "text": f"{zone['label']}  {zone['chance']}"}])
        text = said.mark_text(align=align, baseline="top", fontSize=13, fontWeight="bold", color=INK)
        layers.append(text.encode(x=x("at"), y=y("y"), text="text:N"))
    own = chart_of([share | {"y": 0.03 * top, "above": 0.11 * top}])
    layers.append(own.mark_rule(strokeWidth=5, color=INK).encode(x=x("lower"), x2="upper:Q", y=y("y")))
    layers.append(own.mark_point(filled=True, size=170, color=INK, opacity=1).encode(x=x("estimate"), y=y("y")))
    bold = own.mark_text(fontSize=15, fontWeight="bold", color=INK)
    layers.append(bold.encode(x=x("estimate"), y=y("above"), text="text:N"))
    drawn = [{"line": line} for zone in zones if low <= (line := zone["start"]) <= high and line > 0]
    cut = chart_of(drawn).mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5)
    layers.append(cut.encode(x=x("line")))
    return draw(alt.LayerChart(layer=[*grounds, *areas, *layers]).properties(width=680, height=210))


@kept
def rows_chart(rows: list[Row], words: Words, lines: list[float]) -> str:
    """Rows with intervals, from top to bottom as given. rows: name, estimate, lower, upper; lines: to compare with.

    A row without an interval has its point alone; one without an estimate is named and stays empty.
    """
    seen = [row for row in rows if row["estimate"] is not None]
    ends = [value for row in seen for value in (row["lower"], row["upper"], row["estimate"]) if value is not None]
    low, high = min([*ends, *lines], default=0.0), max([*ends, *lines], default=1.0)
    room = 0.04 * (high - low) or 0.05
    scale = alt.Scale(domain=[low - room, high + room], zero=False, nice=False)
    axis = alt.Axis(format=".0%", title=words["axis"])
    y = alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=alt.Axis(labelLimit=260))
    base = chart_of([dict(row) for row in rows])
    grid = base.mark_rule(color="#e3e8ec").encode(y=y)
    barred = [dict(row) for row in seen if row["lower"] is not None]
    bars = chart_of(barred).mark_rule(strokeWidth=3, color=INK)
    bar = [bars.encode(x=alt.X("lower:Q", scale=scale, axis=axis), x2="upper:Q", y=y)] if barred else []
    dotted = chart_of([dict(row) for row in seen])
    dot = dotted.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("estimate:Q", scale=scale, axis=axis),
        y=y,
        color=alt.condition("datum.stands_out", alt.value(EMPHASIS), alt.value(INK)),
        shape=alt.condition("datum.stands_out", alt.value("diamond"), alt.value("circle")),
    )
    return draw(
        alt.LayerChart(layer=[grid, _lines(lines, scale), *bar, dot]).properties(
            width=430, height=24 * max(len(rows), 2)
        )
    )


@kept
def weights_lines(before: list[float], after: list[float], words: Words) -> str:
    """As charts.weights_chart, kept."""
    from survey_app.drawing.charts import weights_chart

    return weights_chart(before, after, words)


@kept
def drivers_chart(services: list[Row], lines: list[float], words: Words) -> str:
    """As charts.importance_chart, kept: importance against performance, parted at the averages."""
    from survey_app.drawing.charts import importance_chart

    return importance_chart(services, (lines[0], lines[1]), words)


@kept
def waves_chart(points: list[Row], words: Words, lines: list[float]) -> str:
    """As charts.trend_chart, kept."""
    from survey_app.drawing.charts import trend_chart

    return trend_chart(points, words, lines)


@kept
def gap_chart(rows: list[Row], words: Words) -> str:
    """Fields by how people rank them (with the interval of the rank) and how the points do. Rank 1 is on top right.

    rows: name, felt, lower, upper, points, differs.
    """
    number = len(rows)
    scale = alt.Scale(domain=[number + 0.5, 0.5], nice=False)
    axis = alt.Axis(title=words["rank"], values=list(range(1, number + 1)), tickMinStep=1, format="d")
    y = alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=alt.Axis(labelLimit=260))
    base = chart_of(rows)
    x = alt.X("lower:Q", scale=scale, axis=axis)
    bar = base.mark_rule(strokeWidth=3, color=INK).encode(x=x, x2="upper:Q", y=y)
    felt = base.transform_calculate(series=f"'{words['felt']}'")
    points = base.transform_calculate(series=f"'{words['points']}'")
    order = [words["felt"], words["points"]]
    colour = alt.Color(
        "series:N",
        sort=order,
        scale=alt.Scale(domain=order, range=[INK, LINE]),
        title=None,
        legend=alt.Legend(orient="top"),
    )
    shape = alt.Shape(
        "series:N", sort=order, scale=alt.Scale(domain=order, range=["circle", "diamond"]), title=None, legend=None
    )
    dots = felt.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("felt:Q", scale=scale, axis=axis), y=y, color=colour, shape=shape
    )
    marks = points.mark_point(filled=True, size=80, opacity=1).encode(
        x=alt.X("points:Q", scale=scale, axis=axis), y=y, color=colour, shape=shape
    )
    return draw((bar + dots + marks).properties(width=430, height=24 * max(number, 2)))


def _lines(lines: list[float], scale: alt.Scale) -> alt.Chart:
    base = chart_of([{"line": line} for line in lines])
    ruled: alt.Chart = base.mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5).encode(
        x=alt.X("line:Q", scale=scale)
    )
    return ruled


@kept
def tipping_chart(rows: list[Row], lines: list[float], figure: float, words: Words) -> str:
    """The truth by kappa, its band, the lines that it may cross and the figure at kappa 1. rows: kappa, truth, and lower
    and upper or None.  words: kappa, truth."""
    ends = [value for row in rows for value in (row["truth"], row["lower"], row["upper"]) if value is not None]
    scale = alt.Scale(domain=[min([*ends, *lines]) - 0.02, max([*ends, *lines]) + 0.02], zero=False, nice=False)
    axis = alt.Axis(format=".0%", title=words["truth"])
    across = alt.Scale(domain=[rows[0]["kappa"], rows[-1]["kappa"]], nice=False)
    x = alt.X("kappa:Q", scale=across, axis=alt.Axis(title=words["kappa"], format=".1f"))
    base = chart_of(rows)
    layers: list[alt.Chart] = []
    if rows[0]["lower"] is not None:
        low = alt.Y("lower:Q", scale=scale, axis=axis)
        layers.append(base.mark_area(color=EMPHASIS, opacity=0.18).encode(x=x, y=low, y2="upper:Q"))
    layers.append(base.mark_line(color=INK, strokeWidth=2).encode(x=x, y=alt.Y("truth:Q", scale=scale, axis=axis)))
    ruled = chart_of([{"line": line} for line in lines]).mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5)
    layers.append(ruled.encode(y=alt.Y("line:Q", scale=scale, axis=axis)))
    own = chart_of([{"kappa": 1.0, "truth": figure}]).mark_point(filled=True, size=110, color=INK, opacity=1)
    layers.append(own.encode(x=x, y=alt.Y("truth:Q", scale=scale, axis=axis)))
    return draw(alt.LayerChart(layer=layers).properties(width=430, height=220))
