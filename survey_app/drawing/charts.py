"""Charts as Vega-Lite specifications made with Altair, drawn on the server as SVG."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import orjson
import vl_convert

from survey_app.documents.characters import printable

FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
MEASURED = "Liberation Sans, "  # comes with what draws; figures measured in a Chinese font take ten times as long
INK, LINE = "#1c2733", "#b3261e"
LABEL_HEIGHT = 13  # pixels of one line of names in a scatter
Row = dict[str, Any]  # what a chart draws, under the names that its specification uses


def chart_of(rows: list[Row]) -> alt.Chart:
    """A chart of these rows, still without marks."""
    return alt.Chart(alt.InlineData(values=rows))


def draw(chart: alt.LayerChart | alt.Chart) -> str:
    """SVG of a chart; text stays text, so the reader's own Chinese font draws it."""
    styled = chart.configure(font=MEASURED + FONT).configure_view(strokeOpacity=0)
    styled = styled.configure_axis(grid=False, labelFontSize=12)
    return _drawn(orjson.dumps(printable(styled.to_dict())).decode())


@lru_cache(maxsize=64)
def _drawn(specification: str) -> str:
    return str(vl_convert.vegalite_to_svg(specification)).replace(
        f'="{MEASURED}', '="'
    )  # in the fonts, not in a text that names it


def weights_chart(before: list[float], after: list[float], words: dict[str, str]) -> str:
    """Row weights over their mean, at every twentieth of the responses, before and after calibration."""
    values = [
        {"place": place / (len(series) - 1), "weight": weight, "series": words[name]}
        for name, series in (("before", before), ("after", after))
        for place, weight in enumerate(series)
    ]
    order = [words["before"], words["after"]]
    chart = (
        chart_of(values)
        .mark_line(strokeWidth=2.5, interpolate="step-after")
        .encode(
            x=alt.X("place:Q", axis=alt.Axis(format=".0%", title=words["place"])),
            y=alt.Y("weight:Q", axis=alt.Axis(title=words["weight"])),
            color=alt.Color("series:N", sort=order, scale=alt.Scale(range=["#7a8794", INK]), title=None),
            strokeDash=alt.StrokeDash("series:N", sort=order, scale=alt.Scale(range=[[5, 4], [1, 0]]), legend=None),
        )
    )
    return draw(chart.properties(width=420, height=200))


def trend_chart(points: list[Row], words: dict[str, str], lines: list[float]) -> str:
    """Waves with their intervals against `lines`. points: wave, estimate, lower, upper (None without an interval);
    typed: whether it comes from elsewhere, and is hollow."""
    barred = [point for point in points if point["lower"] is not None]
    low = min(*(line - 0.05 for line in lines), *(point["estimate"] for point in points), *(p["lower"] for p in barred))
    high = max(*(line + 0.1 for line in lines), *(point["estimate"] for point in points), *(p["upper"] for p in barred))
    base, bars = (chart_of(rows) for rows in (points, barred))
    x = alt.X("wave:N", sort=[point["wave"] for point in points], title=None, axis=alt.Axis(labelAngle=0))
    scale, axis = alt.Scale(domain=[low, high], zero=False), alt.Axis(format=".0%", title=words["axis"])
    y = alt.Y("estimate:Q", scale=scale, axis=axis)
    bar = bars.mark_rule(strokeWidth=3, color=INK).encode(x=x, y=alt.Y("lower:Q", scale=scale, axis=axis), y2="upper:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(x=x, y=y)
    filled = alt.condition("datum.typed", alt.value("#ffffff"), alt.value(INK))
    dot = base.mark_point(size=90, color=INK, opacity=1).encode(x=x, y=y, fill=filled)
    ruled = chart_of([{"line": line} for line in lines])
    rules = ruled.mark_rule(color=LINE, strokeDash=[5, 4], strokeWidth=1.5).encode(
        y=alt.Y("line:Q", scale=scale, axis=axis)
    )
    return draw((rules + bar + line + dot).properties(width=max(240, 90 * len(points)), height=240))


def importance_chart(services: list[Row], lines: tuple[float, float], words: dict[str, str]) -> str:
    """Importance against performance, parted at the averages. services: name, importance, performance, and the ends of
    the interval of each as _lower and _upper."""
    base = chart_of(services)
    plain = alt.Scale(zero=False)
    along, up = alt.Axis(title=words["performance"]), alt.Axis(title=words["importance"], format=".2f")
    x, y = alt.X("performance:Q", scale=plain, axis=along), alt.Y("importance:Q", scale=plain, axis=up)
    dot = base.mark_point(filled=True, size=90, color=INK, opacity=1).encode(x=x, y=y)
    text = [
        chart_of([row]).mark_text(align="left", dx=6, dy=dy - 9, fontSize=11, color=INK).encode(x=x, y=y, text="name:N")
        for row, dy in zip(services, _apart(services, 560, 380), strict=True)
    ]
    cut = chart_of([{"importance": lines[0], "performance": lines[1]}])
    across = cut.mark_rule(color=LINE, strokeDash=[5, 4]).encode(y="importance:Q")
    down = cut.mark_rule(color=LINE, strokeDash=[5, 4]).encode(x="performance:Q")
    thin = base.mark_rule(strokeWidth=1, color=INK, opacity=0.45)
    bars = [
        thin.encode(x=alt.X("performance_lower:Q", scale=plain, axis=along), x2="performance_upper:Q", y=y),
        thin.encode(x=x, y=alt.Y("importance_lower:Q", scale=plain, axis=up), y2="importance_upper:Q"),
    ]
    layers = [across, down, *bars, dot, *text]
    return draw(alt.LayerChart(layer=layers).properties(width=560, height=380))


def _apart(services: list[Row], width: int, height: int) -> list[int]:
    """How far each name moves up or down from its point so that no two cover each other."""
    across, down = ([row[key] for row in services] for key in ("performance", "importance"))
    scale_x, scale_y = (
        size / ((max(row[f"{key}_upper"] for row in services) - min(row[f"{key}_lower"] for row in services)) or 1)
        for size, key in ((width, "performance"), (height, "importance"))
    )
    placed: list[tuple[float, float, float]] = []
    moves = [0] * len(services)
    for place in sorted(range(len(services)), key=lambda place: -down[place]):
        left = (across[place] - min(across)) * scale_x
        right = left + sum(11 if ord(letter) > 0x2E7F else 6 for letter in services[place]["name"]) + 10
        own = (max(down) - down[place]) * scale_y
        for move in (0, *(sign * step for step in range(7, 64, 7) for sign in (1, -1))):
            clear = all(
                right < first or left > last or abs(own + move - at) >= LABEL_HEIGHT for first, last, at in placed
            )
            if clear:
                moves[place] = move
                break
        placed.append((left, right, own + moves[place]))
    return moves
