"""Charts as Vega-Lite specifications made with Altair, drawn on the server as SVG."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, LINE = "#1c2733", "#b3261e"
ZONES = (("veto", 0.0, 0.60, "#f7dad7"), ("deduct", 0.60, 0.70, "#fdf0cf"), ("none", 0.70, 1.0, "#dcefe2"))
Row = dict[str, Any]


def interval_chart(estimate: float, lower: float, upper: float, words: dict[str, str]) -> str:
    """The figure with its interval over the three zones; `words` names zones and axis."""
    low = max(0.0, min(lower - 0.05, 0.55))
    high = min(1.0, max(upper + 0.05, 0.75))
    key = (estimate, lower, upper, low, high, tuple(sorted(words.items())))
    return _interval_svg(*key)


@lru_cache(maxsize=64)
def _interval_svg(
    estimate: float, lower: float, upper: float, low: float, high: float, words: tuple[tuple[str, str], ...]
) -> str:
    named = dict(words)
    scale = alt.Scale(domain=[low, high], nice=False)
    zones = [
        {"from": max(start, low), "to": min(end, high), "label": named[name], "colour": colour}
        for name, start, end, colour in ZONES
        if max(start, low) < min(end, high)
    ]
    ticks = [tick / 100 for tick in range(0, 101, 5)]
    axis = alt.Axis(format=".0%", title=named["axis"], values=ticks)
    base = alt.Chart(alt.InlineData(values=zones))
    bands = base.mark_rect().encode(
        x=alt.X("from:Q", scale=scale, axis=axis), x2="to:Q", color=alt.Color("colour:N", scale=None)
    )
    labels = base.mark_text(align="left", dx=6, dy=-46, fontSize=13, color=INK).encode(x="from:Q", text="label:N")
    point = alt.Chart(
        alt.InlineData(
            values=[
                {
                    "estimate": estimate,
                    "lower": lower,
                    "upper": upper,
                    "text": f"{int(estimate * 10000 + 1e-9) / 100:.2f}%",
                }
            ]
        )
    )
    bar = point.mark_rule(strokeWidth=6, color=INK).encode(x="lower:Q", x2="upper:Q")
    dot = point.mark_point(filled=True, size=260, color=INK, opacity=1).encode(x="estimate:Q")
    text = point.mark_text(dy=-20, fontSize=18, fontWeight="bold", color=INK).encode(x="estimate:Q", text="text:N")
    lines = alt.Chart(alt.InlineData(values=[{"line": 0.6}, {"line": 0.7}]))
    rules = lines.mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5).encode(x="line:Q")
    return draw((bands + labels + rules + bar + dot + text).properties(width=680, height=120))


def forest_chart(rows: list[Row], words: dict[str, str]) -> str:
    """Areas with their intervals against the two lines. rows: name, estimate, lower, upper."""
    scale = alt.Scale(
        domain=[min(0.5, *(row["lower"] for row in rows)), max(0.8, *(row["upper"] for row in rows))], zero=False
    )
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("name:N", sort=[row["name"] for row in rows], title=None)
    bar = base.mark_rule(strokeWidth=3, color=INK).encode(
        x=alt.X("lower:Q", scale=scale, axis=alt.Axis(format=".0%", title=words["axis"])), x2="upper:Q", y=y
    )
    dot = base.mark_point(filled=True, size=90, color=INK, opacity=1).encode(x="estimate:Q", y=y)
    rules = (
        alt.Chart(alt.InlineData(values=[{"line": 0.6}, {"line": 0.7}]))
        .mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x="line:Q")
    )
    return draw((rules + bar + dot).properties(width=420, height=26 * len(rows)))


def draw(chart: alt.LayerChart | alt.Chart) -> str:
    """SVG of a chart; text stays text, so the reader's own Chinese font draws it."""
    styled = chart.configure(font=FONT).configure_view(strokeOpacity=0).configure_axis(grid=False, labelFontSize=12)
    return str(vl_convert.vegalite_to_svg(styled.to_dict()))


def weights_chart(before: list[float], after: list[float], words: dict[str, str]) -> str:
    """Row weights over their mean, at every twentieth of the responses, before and after calibration."""
    values = [
        {"place": place / (len(series) - 1), "weight": weight, "series": words[name]}
        for name, series in (("before", before), ("after", after))
        for place, weight in enumerate(series)
    ]
    order = [words["before"], words["after"]]
    chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(strokeWidth=2.5, interpolate="step-after")
        .encode(
            x=alt.X("place:Q", axis=alt.Axis(format=".0%", title=words["place"])),
            y=alt.Y("weight:Q", axis=alt.Axis(title=words["weight"])),
            color=alt.Color("series:N", sort=order, scale=alt.Scale(range=["#7a8794", INK]), title=None),
            strokeDash=alt.StrokeDash("series:N", sort=order, scale=alt.Scale(range=[[5, 4], [1, 0]]), legend=None),
        )
    )
    return draw(chart.properties(width=420, height=200))


def trend_chart(points: list[Row], words: dict[str, str]) -> str:
    """Waves with their intervals against the two lines. points: wave, estimate, lower, upper."""
    low = min(0.55, *(point["lower"] for point in points))
    high = max(0.80, *(point["upper"] for point in points))
    base = alt.Chart(alt.InlineData(values=points))
    x = alt.X("wave:N", sort=None, title=None, axis=alt.Axis(labelAngle=0))
    scale, axis = alt.Scale(domain=[low, high], zero=False), alt.Axis(format=".0%", title=words["axis"])
    y = alt.Y("estimate:Q", scale=scale, axis=axis)
    bar = base.mark_rule(strokeWidth=3, color=INK).encode(x=x, y=alt.Y("lower:Q", scale=scale, axis=axis), y2="upper:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(x=x, y=y)
    dot = base.mark_point(filled=True, size=90, color=INK, opacity=1).encode(x=x, y=y)
    lines = alt.Chart(alt.InlineData(values=[{"line": 0.6}, {"line": 0.7}]))
    rules = lines.mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5).encode(
        y=alt.Y("line:Q", scale=scale, axis=axis)
    )
    return draw((rules + bar + line + dot).properties(width=max(240, 90 * len(points)), height=240))


def importance_chart(services: list[Row], lines: tuple[float, float], words: dict[str, str]) -> str:
    """Importance against performance, parted at the averages. services: name, importance, performance."""
    base = alt.Chart(alt.InlineData(values=services))
    x = alt.X("performance:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=words["performance"]))
    y = alt.Y("importance:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=words["importance"], format=".2f"))
    dot = base.mark_point(filled=True, size=90, color=INK, opacity=1).encode(x=x, y=y)
    text = base.mark_text(align="left", dx=8, fontSize=12, color=INK).encode(x=x, y=y, text="name:N")
    cut = alt.Chart(alt.InlineData(values=[{"importance": lines[0], "performance": lines[1]}]))
    across = cut.mark_rule(color=LINE, strokeDash=[5, 4]).encode(y="importance:Q")
    down = cut.mark_rule(color=LINE, strokeDash=[5, 4]).encode(x="performance:Q")
    return draw((across + down + dot + text).properties(width=460, height=320))
