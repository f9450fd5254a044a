"""Charts of the scoring workbench: months of rectification, stars and their chances, what matters most."""

from __future__ import annotations

import altair as alt

from survey_app.drawing.charts import INK, Row, chart_of, draw

COLOURS = ["#b3261e", "#c77d0a", "#0b5c8a", "#7a8794"]
DASHES = [[1, 0], [5, 3], [2, 2], [8, 3]]


def months_chart(rows: list[Row], order: list[str], title: str) -> str:
    """Counts by month, a line per state. rows: month, state, number; told apart by colour and dash."""
    base = chart_of(rows)
    chart = base.mark_line(point=True, strokeWidth=2).encode(
        x=alt.X("month:N", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("number:Q", axis=alt.Axis(title=title, tickMinStep=1)),
        color=alt.Color("state:N", scale=alt.Scale(domain=order, range=COLOURS), sort=order, title=None),
        strokeDash=alt.StrokeDash("state:N", scale=alt.Scale(domain=order, range=DASHES), sort=order, title=None),
    )
    return draw(chart.properties(width=max(260, 80 * len({row["month"] for row in rows})), height=200))


def bars_chart(rows: list[Row], title: str, percent: bool = True) -> str:
    """Horizontal bars in the order given, each with its value. rows: name, value, text."""
    base = chart_of(rows)
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    axis = alt.Axis(title=title, format=".0%") if percent else alt.Axis(title=title, tickMinStep=1)
    top = max([1.0, *(row["value"] for row in rows)])
    x = alt.X("value:Q", axis=axis, scale=alt.Scale(domain=[0, top]))
    bars = base.mark_bar(color="#0b5c8a").encode(x=x, y=y)
    text = base.mark_text(align="left", dx=4, color=INK).encode(x=x, y=y, text="text:N")
    return draw((bars + text).properties(width=420, height=max(60, 26 * len(rows))))


def influence_chart(rows: list[Row], words: dict[str, str]) -> str:
    """First-order and total share of the variance, two bars each. rows: name, first, total."""
    values = [
        {"name": row["name"], "kind": words[kind], "value": max(row[kind], 0.0)}
        for row in rows
        for kind in ("first", "total")
    ]
    order = [words["first"], words["total"]]
    chart = (
        chart_of(values)
        .mark_bar()
        .encode(
            x=alt.X("value:Q", axis=alt.Axis(title=words["axis"], format=".0%"), scale=alt.Scale(domainMin=0)),
            y=alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=alt.Axis(labelLimit=260)),
            yOffset=alt.YOffset("kind:N", sort=order),
            color=alt.Color("kind:N", sort=order, title=None, scale=alt.Scale(range=["#0b5c8a", "#9cc3d9"])),
        )
    )
    return draw(chart.properties(width=380, height=max(80, 34 * len(rows))))


def stacked_chart(rows: list[Row], order: list[str], title: str) -> str:
    """Chances of each star side by side. rows: name (of the scenario), star, chance."""
    colours = ["#0f4d2a", "#2f8f57", "#8cc7a1", "#fdf0cf", "#c9ced3"]
    chart = (
        chart_of(rows)
        .mark_bar(stroke="#fff")
        .encode(
            x=alt.X("chance:Q", stack="zero", axis=alt.Axis(title=title, format=".0%"), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color(
                "star:N", sort=order, title=None, scale=alt.Scale(domain=order, range=colours[: len(order)])
            ),
            order=alt.Order("place:Q"),
        )
    )
    return draw(chart.properties(width=420, height=max(60, 30 * len({row["name"] for row in rows}))))
