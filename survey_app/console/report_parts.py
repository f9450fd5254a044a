"""The console's tables and figures as parts of a document: a report says what the page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from survey_app.console import tables
from survey_app.console.figures import Figure
from survey_app.console.tables import Column, Table
from survey_app.console.words import doer, english
from survey_app.documents.content import Field, Grid, Kind, Picture, Say, grid, share_text
from survey_app.ground.clock import local_time
from survey_app.models import SignOffStep

MANY = 1000.0
COLON = {False: "：", True: ": "}  # by whether the text is English
LONG = 60  # rows above which a table is left to the workbook


def grid_of(table: Table, sheet: str = "", totals: Mapping[str, Any] | None = None) -> Grid:
    """`table` without the columns that are empty in every row. totals: key of a column -> its sum."""
    columns = [column for column in table.on_page if _has(table, column)]
    rows = [[_plain(row.get(column.key), column) for column in columns] for row in table.rows]
    sums = (
        {place: totals[column.key] for place, column in enumerate(columns) if column.key in (totals or {})}
        if totals
        else {}
    )
    fields = [Field(column.label, _kind(table, column)) for column in columns]
    return grid(table.caption, sheet or table.caption, fields, rows, sums, long=len(rows) > LONG)


def grids_by(table: Table, key: str, summed: Sequence[str]) -> list[Grid]:
    """A grid for each value of the column `key`, with sums of the columns that have a figure in every row."""
    columns = [column for column in table.columns if column.key != key]
    found = []
    for name, rows in groupby(table.rows, key=lambda row: row[key]):
        part = Table(table.name, f"{table.caption}{COLON[english()]}{name}", columns, list(rows))
        found.append(grid_of(part, str(name), sums(part, summed)))
    return found


def sums(table: Table, keys: Sequence[str]) -> dict[str, object]:
    """The sums of those columns of which no row lacks its figure."""
    return {
        key: sum(row[key] for row in table.rows)
        for key in keys
        if table.rows and all(row.get(key) is not None for row in table.rows)
    }


def picture_of(figure: Figure, told: str) -> Picture:
    """The figure; `told`: its numbers in words, for who cannot see it."""
    return Picture(figure.caption, f"{figure.caption}{COLON[english()]}{told}" if told else figure.caption, figure.svg)


def told(table: Table | None, name: str, keys: Sequence[str]) -> str:
    """The rows of a figure's table in words: every row's name and its figures, an interval as from – to."""
    if table is None:
        return ""
    columns = {column.key: column for column in table.columns}
    said = []
    for row in table.rows:
        values = [tables.shown(row.get(key), columns[key].kind) for key in keys]
        span = ""
        if row.get("lower") is not None and "lower" in columns:
            ends = [tables.shown(row[key], columns[key].kind) for key in ("lower", "upper")]
            span = f" ({ends[0]} – {ends[1]})"
        said.append(f"{row[name]} {', '.join(values)}{span}")
    return str(_("；")).join(said)


def steps_table(steps: Sequence[SignOffStep], names: Mapping[str, str]) -> Grid:
    """Who proposed and who approved, when, and what they said."""
    rows = [(names[step.step], doer(step.by), local_time(step.at), step.comment) for step in steps]
    fields = [Field(_("步骤")), Field(_("经办人")), Field(_("时间")), Field(_("意见"))]
    return grid(_("审批记录"), _("审批"), fields, rows)


def between(row: Mapping[str, Any]) -> str:
    """The interval of a share."""
    return "–" if row.get("lower") is None else f"{share_text(row['lower'])} – {share_text(row['upper'])}"


def draft_mark(state: str, say: Say) -> str:
    """What a document is not yet; empty once two people stand behind it."""
    marks = {
        "proposed": say("草稿：待审批，尚未批准", "Draft: awaiting approval"),
        "returned": say("草稿：审批退回，未批准", "Draft: returned, not approved"),
        "withdrawn": say("草稿：已撤回，未批准", "Draft: withdrawn, not approved"),
        "approved": "",
    }
    return marks.get(state, say("草稿：未批准", "Draft: not approved"))


def _has(table: Table, column: Column) -> bool:
    return any(row.get(column.key) not in (None, "") for row in table.rows)


def _plain(value: Any, column: Column) -> Any:
    if value == "":
        return None
    if column.kind == "moment" and value is not None:
        return local_time(value)
    return value if column.numeric or value is None else str(value)


def _kind(table: Table, column: Column) -> Kind:
    """Numbers without a fraction in any row are counts, and so are those whose fraction nobody reads."""
    if column.kind == "number":
        values = [row[column.key] for row in table.rows if isinstance(row.get(column.key), int | float)]
        return (
            "count" if all(float(value).is_integer() for value in values) or max(map(abs, values)) >= MANY else "number"
        )
    return "text" if column.kind == "moment" else column.kind
