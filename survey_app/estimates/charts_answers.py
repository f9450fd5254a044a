"""Charts of answers: bars with their intervals, and the rows of a matrix as one picture. Narrow, to be read on a phone.

Arguments are plain values, so that a chart is drawn once and kept.
"""

from __future__ import annotations

import altair as alt

from survey_app.drawing.charts import INK, Row, chart_of, draw
from survey_app.drawing.kept import kept

WIDTH, ROW = 330, 36  # pixels: of a chart, and of a bar with the words above it
BAR = "#7fb2d3"
SHADES = {  # by the number of answers, from the best to the worst; told apart without colour too
    2: ["#2b7bba", "#d9847d"],
    3: ["#2b7bba", "#d5dbe1", "#d9847d"],
    4: ["#2b7bba", "#9cc7e3", "#f0bf9b", "#c8564b"],
    5: ["#2b7bba", "#9cc7e3", "#e3e8ec", "#f0bf9b", "#c8564b"],
}


@kept
def answers_chart(rows: list[Row]) -> str:
    """Shares as bars from top to bottom. rows: name, text (the figure in words), estimate, lower, upper; a row without an
    estimate is named and stays empty."""
    placed, y = _placed(rows)
    seen = [row for row in placed if row["estimate"] is not None]
    barred = [row for row in seen if row["lower"] is not None]
    x = alt.X("estimate:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    layers = [
        chart_of(placed).mark_bar(color="#eef2f5", size=10, yOffset=9).encode(x=alt.X("end:Q", axis=None), y=y),
        chart_of(seen).mark_bar(color=BAR, size=10, yOffset=9).encode(x=x, y=y),
        chart_of(barred)
        .mark_rule(aria=False, strokeWidth=2.5, color=INK, yOffset=9)
        .encode(x=alt.X("lower:Q"), x2="upper:Q", y=y),
        *_words(placed, y),
    ]
    return draw(alt.LayerChart(layer=layers).properties(width=WIDTH, height=ROW * max(len(rows), 1)))


@kept
def matrix_chart(rows: list[Row], answers: list[str]) -> str:
    """Each row of a matrix as one bar of all its answers. rows: name, text, shares (in the order of `answers`, best first)."""
    colours = SHADES.get(len(answers))
    scale = (
        alt.Scale(domain=answers, range=colours) if colours else alt.Scale(domain=answers, scheme="blues", reverse=True)
    )
    parts: list[Row] = []
    placed, y = _placed(rows)
    for row in placed:
        start = 0.0
        for answer, share in zip(answers, row["shares"], strict=True):
            parts.append({"place": row["place"], "answer": answer, "from": start, "to": start + (share or 0.0)})
            start += share or 0.0
    legend = alt.Legend(orient="top", title=None, columns=3, labelLimit=110, symbolType="square")
    bars = (
        chart_of(parts)
        .mark_bar(size=12, yOffset=9, stroke="#fff", strokeWidth=1)
        .encode(
            x=alt.X("from:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None),
            x2="to:Q",
            y=y,
            color=alt.Color("answer:N", sort=answers, scale=scale, legend=legend),
        )
    )
    layers = [bars, *_words(placed, y)]
    return draw(alt.LayerChart(layer=layers).properties(width=WIDTH, height=ROW * max(len(rows), 1)))


@kept
def scores_chart(rows: list[Row], words: dict[str, str]) -> str:
    """Answers from 0 to 10 as columns with their intervals. rows: name, estimate, lower, upper, side (which third it is of)."""
    seen = [row for row in rows if row["estimate"] is not None]
    top = max([*(row["upper"] or row["estimate"] for row in seen), 0.1])
    x = alt.X("name:O", sort=[row["name"] for row in rows], axis=alt.Axis(title=words["axis"], labelAngle=0))
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("estimate:Q", scale=scale, axis=alt.Axis(format=".0%", title=None, tickCount=4))
    sides = [words["detractors"], words["passives"], words["promoters"]]
    colour = alt.Color(
        "side:N",
        sort=sides,
        scale=alt.Scale(domain=sides, range=["#d9847d", "#d5dbe1", "#2b7bba"]),
        legend=alt.Legend(orient="top", title=None),
    )
    bars = chart_of(seen).mark_bar().encode(x=x, y=y, color=colour)
    barred = [row for row in seen if row["lower"] is not None]
    rules = chart_of(barred).mark_rule(aria=False, strokeWidth=2, color=INK)
    limits = rules.encode(x=x, y=alt.Y("lower:Q", scale=scale), y2="upper:Q")
    return draw(alt.LayerChart(layer=[bars, limits]).properties(width=WIDTH - 40, height=150))


def _placed(rows: list[Row]) -> tuple[list[Row], alt.Y]:
    """The rows from top to bottom, each with its place."""
    placed = [{**row, "place": place, "end": 1.0, "start": 0.0} for place, row in enumerate(rows)]
    return placed, alt.Y("place:O", axis=None, scale=alt.Scale(domain=list(range(len(rows)))))


def _words(rows: list[Row], y: alt.Y) -> list[alt.Chart]:
    """The name of each row on the left above its bar, its figure on the right."""
    base = chart_of(rows)
    name = base.mark_text(align="left", baseline="middle", dy=-8, fontSize=13, color=INK, limit=WIDTH - 80)
    figure = base.mark_text(align="right", baseline="middle", dy=-8, fontSize=13, fontWeight="bold", color=INK)
    return [name.encode(x=alt.X("start:Q"), y=y, text="name:N"), figure.encode(x=alt.X("end:Q"), y=y, text="text:N")]
