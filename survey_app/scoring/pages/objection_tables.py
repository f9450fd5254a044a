"""Objections as tables, and what a final run says of 公示: from when until when, and what changed besides."""

from __future__ import annotations

from collections import Counter

from flask import url_for
from flask_babel import gettext as _

from survey_app.console.frame import area_name
from survey_app.console.report_parts import grid_of
from survey_app.console.tables import Column, Row, Table
from survey_app.console.words import doer
from survey_app.documents.content import Block, Heading, Items, Paragraph
from survey_app.ground.clock import local_day, local_time
from survey_app.models import FinalRun, Objection, Period, SignOffStep, Statement, db
from survey_app.scoring import objections


def shown_lines(run: FinalRun) -> list[str]:
    """A line for each time the run, or one before it in its period, was shown; else that it was not."""
    rounds = objections.rounds(run)
    if not rounds:
        asked = db.session.get_one(Period, run.period).objection_days
        return [_("未公示。") if asked else _("未公示(本周期设为不公示)。")]
    said, raised = [], Counter(row.round_id for row in objections.objections_of(rounds))
    for shown in reversed(rounds):
        own = _("本次结果") if shown.final_run_id == run.id else f"#{shown.final_run_id}"
        said.append(
            _("%(run)s公示：%(first)s至%(last)s(%(days)s个工作日)，收到异议%(n)s件。",
              run=own, first=local_day(shown.opened_at), last=local_time(shown.until), days=shown.days, n=raised[shown.id])
        )  # fmt: skip
    return said


def objection_tables(run: FinalRun) -> list[Table]:
    """The objections of the period so far, with what came of each in this run; and what changed without one."""
    rows = objections.objections_of(objections.rounds(run))
    table, found = objections_table(rows), []
    if rows:
        now = objections.lines_of(rows, run)
        made = [{**line, "now": now[row.id].points if row.id in now else None} for line, row in zip(table.rows, rows, strict=True)]  # fmt: skip
        found.append(Table(table.name, table.caption, [*table.columns, Column("now", _("本次得分"), "number")], made))
    moved = objections.unpublished(run)
    if moved:
        columns = [
            Column("area", _("县(市、区)")),
            Column("row", _("指标")),
            Column("before", _("公示得分"), "number"),
            Column("after", _("本次得分"), "number"),
        ]
        lines = [
            {"area": row.area, "row": f"{row.number} {row.name}", "before": row.before, "after": row.after}
            for row in moved
        ]
        found.append(Table("unpublished", _("公示后另有改动、没有相应异议的指标"), columns, lines))
    return found


def objection_blocks(run: FinalRun) -> list[Block]:
    """The part of the report."""
    if run.kind != "final":
        return []
    lines = shown_lines(run)
    said: Block = Paragraph(lines[0]) if len(lines) == 1 else Items(tuple(lines))
    return [Heading(1, _("公示与异议")), said, *(grid_of(table) for table in objection_tables(run))]


def objections_table(rows: list[Objection]) -> Table:
    """The list as pages and reports show it."""
    columns = [
        Column("number", _("编号"), "number", link="address"), Column("area", _("县(市、区)")), Column("row", _("指标")),
        Column("text", _("异议内容")), Column("files", _("材料")), Column("received", _("收到")), Column("by", _("提出")),
        Column("outcome", _("决定")), Column("reason", _("理由")), Column("decided", _("决定人")),
        Column("before", _("公示得分"), "number"), Column("after", _("决定后得分"), "number"), Column("effect", _("影响"), "number"),
    ]  # fmt: skip
    return Table(
        "objections",
        _("异议"),
        columns,
        objection_rows(rows),
        empty=_("没有异议。公示期内由县(市、区)提出后列在这里。"),
    )


def outcome_names() -> dict[str, str]:
    return {"": _("待决定"), "upheld": _("采纳"), "rejected": _("不采纳")}


def objection_rows(rows: list[Objection]) -> list[Row]:
    """What there is to say of each, by column."""
    decided, lines = objections.decisions(rows), objections.lines_of(rows)
    return [_row(row, decided.get(row.id), lines.get(row.id)) for row in rows]


def _row(row: Objection, decided: tuple[Statement, SignOffStep] | None, line: objections.Line | None) -> Row:
    before = line.points if line else None
    return {
        "number": row.id, "area": area_name(row.area), "row": f"{row.indicator} {line.name if line else ''}", "text": row.text,
        "files": _("；").join(file.name for file in row.files), "received": row.received.isoformat(),
        "by": f"{doer(row.by)} ({row.letter})" if row.letter else doer(row.by), "outcome": outcome_names()[row.outcome],
        "reason": decided[0].reason if decided else "",
        "decided": _("、").join(doer(step.by) for step in decided[:2]) if decided else "",
        "before": before, "after": row.points_after if decided else None,
        "effect": row.points_after - before if decided and row.points_after is not None and before is not None else None,
        "address": url_for("console.objection_page", objection_id=row.id),
    }  # fmt: skip
