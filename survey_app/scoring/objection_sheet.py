"""A county's provisional result on paper: its scorecard, until when it may object, and a form for that."""

from __future__ import annotations

from dataclasses import replace

from survey_app.documents.content import Block, Field, Heading, Paragraph, Report, Say, grid
from survey_app.ground.clock import local_day, local_time
from survey_app.models import ObjectionRound, ScoringRun
from survey_app.scoring.report import scoring_report

BLANK_LINES = 6


def objection_sheet(shown: ObjectionRound, run: ScoringRun, language: str) -> Report:
    """`run`: the county's scorecard as the reader may see it."""
    say, whole = Say(language), scoring_report(run, language)
    until = local_time(shown.until)
    told = say(
        f"公示期：{local_day(shown.opened_at)}至{until}。对任何一项有异议的，请在期限内填写文末的异议表，附证明材料送评价办公室。公示结果不是最终结果。",
        f"Shown from {local_day(shown.opened_at)} to {until}. Against any row the county may object within that time: "
        "fill in the form at the end and send it with proof to the evaluation office. This is not the final result.",
    )
    fields = [
        Field(say("指标序号", "Row")),
        Field(say("异议内容", "Objection")),
        Field(say("应得分数", "Points it should have")),
        Field(say("证明材料", "Proof")),
    ]
    title = say("异议表", "Objections")
    form: list[Block] = [
        Heading(1, title),
        grid(title, title, fields, [(str(line), "", "", "") for line in range(1, BLANK_LINES + 1)]),
        Paragraph(
            say(
                "填表人：　　　　　　单位(盖章)：　　　　　　日期：", "Name:            Office (seal):            Date:"
            )
        ),
    ]
    return replace(
        whole,
        title=say(f"{run.area.name}新型智慧城市评分公示表", f"Provisional smart-city scorecard: {run.area.name}"),
        subtitle=say(f"{shown.run.period} · 公示 #{shown.id}", f"{shown.run.period} · shown as #{shown.id}"),
        name=f"objections-{shown.id}-{run.area.code}",
        blocks=(Paragraph(told), *whole.blocks, *form),
        draft=say("公示稿，不是最终结果", "Provisional, not the final result"),
    )
