"""Charts of the fieldwork: answers by day and by hour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import altair as alt

from survey_app.drawing.charts import chart_of, draw
from survey_app.fieldwork.progress import Slice

COLOURS = ["#0b5c8a", "#d9a441"]  # of the sample, kept apart; told apart in grey as well


def slices_chart(slices: Sequence[Slice], words: dict[str, str], form: str) -> str:
    """Bars of complete responses by day or hour. words: sampled, others, axis; form: of the time labels."""
    rows = tuple((part.start.replace(tzinfo=None).isoformat(), part.sampled, part.others) for part in slices)
    return _svg(rows, (words["sampled"], words["others"], words["axis"]), form)


@lru_cache(maxsize=64)
def _svg(rows: tuple[tuple[str, int, int], ...], words: tuple[str, str, str], form: str) -> str:
    sampled, others, axis = words
    values = [
        {"at": at, "kind": kind, "number": number, "order": order}
        for at, *numbers in rows
        for order, (kind, number) in enumerate(zip((sampled, others), numbers, strict=True))
    ]
    thinned = [at for place, (at, *_) in enumerate(rows) if place % (len(rows) // 16 + 1) == 0]
    chart = (
        chart_of(values)
        .mark_bar(aria=False)
        .encode(
            x=alt.X(
                "at:O",
                axis=alt.Axis(
                    title=None, values=thinned, labelAngle=0, labelExpr=f"timeFormat(toDate(datum.value), '{form}')"
                ),
                scale=alt.Scale(paddingInner=0.15),
            ),
            y=alt.Y("number:Q", axis=alt.Axis(title=axis, tickMinStep=1)),
            color=alt.Color("kind:N", sort=[sampled, others], scale=alt.Scale(range=COLOURS), legend=LEGEND),
            order=alt.Order("order:Q"),
        )
    )
    return draw(chart.properties(width=760, height=170))


LEGEND = alt.Legend(title=None, orient="top")
