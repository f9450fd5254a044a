"""The report of an estimate run, in the order of its page: the answer, where it lies, what would change it, the rest."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from survey_app.models import EstimateRun
from survey_app.services.charts import forest_chart, interval_chart
from survey_app.services.reports import words
from survey_app.services.reports.content import (
    Block,
    Field,
    Heading,
    Items,
    Paragraph,
    Picture,
    Report,
    Say,
    grid,
    share_text,
)
from survey_app.services.reports.estimate_checks import sensitivity_part, weights_part
from survey_app.services.scoring_runs import COUNTY_VARIABLE

Result = dict[str, Any]


def estimate_report(run: EstimateRun, result: Result, language: str, standing: str = "") -> Report:
    """The report of `run`. `result`: what of it the reader may see. `standing`: how far its sign-off is, in words."""
    say = Say(language)
    zone = ZoneInfo(run.survey.time_zone)
    blocks: list[Block] = [
        *_answer(result, say),
        *_zones(result["decision"], say),
        *_to_settle(result["decision"], say),
        *sensitivity_part(result, {site.code: site.name for site in run.survey.sites}, say),
        *_groups(result, say),
        *_small_areas(result, say),
        *weights_part(result, say),
        *_modes(result, say),
        *_method(run, result, say),
    ]
    facts = [
        (say("调查", "Survey"), run.survey.title),
        (say("调查对象", "Area"), run.survey.city.name),
        (say("估计编号", "Run"), f"#{run.id}"),
        (say("估计时间", "Made"), f"{run.created_at.astimezone(zone):%Y-%m-%d %H:%M} ({run.survey.time_zone})"),
        (say("样本量", "Responses"), f"n = {result['n']:,}"),
    ]
    if standing:
        facts.append((say("审批", "Sign-off"), standing))
    return Report(
        title=say("市民体验调查满意度估计报告", "Public satisfaction: report of the estimate"),
        subtitle=run.survey.title,
        language=language,
        name=f"estimate-{run.id}",
        facts=tuple(facts),
        blocks=tuple(blocks),
        demo=run.demo,
    )


def _answer(result: Result, say: Say) -> list[Block]:
    share = result["satisfied"]
    confidence = share_text(share["confidence"], 0)
    picture: list[Block] = []
    if share["lower"] is not None:
        names = {
            "veto": say("整体不得分", "Score void"), "deduct": say("减10分", "−10 points"), "none": say("不扣分", "No deduction"),
            "axis": say("满意的比例", "Share satisfied"),
        }  # fmt: skip
        caption = say("满意度与区间，60%和70%为两条线", "Satisfaction with its interval against 60% and 70%")
        told = f"{caption}: {share_text(share['estimate'])}, {words.between(share)}"
        svg = interval_chart(share["estimate"], share["lower"], share["upper"], names)
        picture = [Picture(caption, told, svg)]
    official = result["measure"]["official"] == "index"
    index = result["index"]["estimate"]
    return [
        Heading(1, say("市民有多满意，我们有多确定", "How satisfied people are, and how sure we are")),
        Paragraph(f"{share_text(share['estimate'])}   {words.outcome(result['decision'], say)}", "lead"),
        Paragraph(
            say(
                f"加权后，满意的市民占{share_text(share['estimate'])}，{confidence}置信区间为{words.between(share)}，标准误"
                f"{share_text(share['se'])}。满意度指数(0–100)为{index:.2f}。正式认定使用{'指数' if official else '满意比例'}。",
                f"Weighted, {share_text(share['estimate'])} of residents are satisfied; the {confidence} interval is "
                f"{words.between(share)}, the standard error {share_text(share['se'])}. The index (0–100) is {index:.2f}. "
                f"The official figure is the {'index' if official else 'share'}.",
            )
        ),
        *picture,
    ]


def _zones(decision: dict[str, Any], say: Say) -> list[Block]:
    heading = Heading(1, say("在60%和70%的哪一侧", "On which side of 60% and 70%"))
    chance = decision.get("probability")
    if not chance:
        return [
            heading,
            Paragraph(
                say("自由度不足3，不给出概率。", "Fewer than three degrees of freedom: no probability is stated.")
            ),
        ]
    fields = [
        Field(say("区间", "Zone")),
        Field(say("结果", "Outcome"), wide=1),
        Field(say("概率", "Probability"), "share"),
    ]
    rows = [
        ("≥ 70%", say("不扣分", "No deduction"), chance["none"]),
        ("60% – 70%", say("减10分", "10 points deducted"), chance["deduct"]),
        ("< 60%", say("整体不得分", "Score void"), chance["veto"]),
    ]
    blocks: list[Block] = [
        heading,
        grid(say("真实满意度落在各区间的概率", "Probability that the true figure lies in each zone"),
             say("概率", "Probabilities"), fields, rows),
    ]  # fmt: skip
    ahead = decision.get("predictive")
    if ahead:
        blocks.append(
            Paragraph(
                say("若由另一次独立的官方调查认定：", "If another, independent official survey decides: ")
                + "; ".join(
                    f"{name} {share_text(ahead[key], 1)}"
                    for key, name in (
                        ("none", say("不扣分", "no deduction")), ("deduct", say("减10分", "−10 points")),
                        ("veto", say("整体不得分", "void")),
                    )
                )
            )
        )  # fmt: skip
    return blocks


def _to_settle(decision: dict[str, Any], say: Say) -> list[Block]:
    settle = decision.get("to_settle")
    if not settle:
        return []
    heading = Heading(1, say("怎样才能定下来", "What would settle it"))
    if settle["sites"] == 0:
        return [
            heading,
            Paragraph(
                say("区间已不含60%和70%，现有样本足以定论。", "The interval holds neither 60% nor 70%: settled.")
            ),
        ]
    sites = (
        say("增加抽样点也不足以定论。", "No number of further sites would settle it.")
        if settle["sites"] is None
        else say(
            f"再增加{settle['sites']}个抽样点(每点{settle['interviews_per_site']}人)。",
            f"{settle['sites']} further sites of {settle['interviews_per_site']} interviews.",
        )
    )
    same = (
        say(
            "只在原有抽样点增加人数，不足以定论(点间差异是下限)。",
            "More interviews at the same sites alone never would.",
        )
        if settle["interviews_same_sites"] is None
        else say(
            f"或在原有抽样点再增加{settle['interviews_same_sites']}人。",
            f"Or {settle['interviews_same_sites']} further interviews at the same sites.",
        )
    )
    return [
        heading,
        Items((sites, same)),
        Paragraph(say("均假定估计值不变。", "Both assume the estimate stays."), "note"),
    ]


def _groups(result: Result, say: Say) -> list[Block]:
    blocks: list[Block] = [Heading(1, say("各地与各类人群", "Areas and groups"))]
    for name, rows in result["domains"].items():
        shown = [row for row in rows if row.get("lower") is not None]
        if name == COUNTY_VARIABLE and shown:
            caption = say("各县(市、区)满意度与区间", "Satisfaction of the counties with intervals")
            drawn = [{"name": row["level"], **{k: row[k] for k in ("estimate", "lower", "upper")}} for row in shown]
            told = "; ".join(f"{row['level']} {share_text(row['estimate'])} ({words.between(row)})" for row in shown)
            svg = forest_chart(drawn, {"axis": say("满意的比例", "Share satisfied")})
            blocks.append(Picture(caption, f"{caption}: {told}", svg))
        fields = [
            Field(words.domain(name, say)), Field("n", "count"), Field(say("满意度", "Satisfied"), "share"),
            Field(say("标准误", "SE"), "share"), Field(say("下限", "Lower"), "share"), Field(say("上限", "Upper"), "share"),
            Field("df", "count"), Field(say("设计效应", "deff"), "number"), Field(say("结论", "Outcome")),
        ]  # fmt: skip
        lines = [
            (
                words.level(row["level"], say), row["n"], row["estimate"], row.get("se"), row.get("lower"), row.get("upper"),
                row.get("df"), row.get("design_effect"),
                words.outcome(row.get("decision"), say) if name == COUNTY_VARIABLE else "",
            )
            for row in rows
        ]  # fmt: skip
        whole = all(row["n"] is not None for row in rows)
        totals = {1: sum(row["n"] for row in rows)} if whole else {}
        blocks.append(grid(words.domain(name, say), words.domain(name, say), fields, lines, totals))
        if not whole:
            blocks.append(
                Paragraph(say("“–”：样本过少，不予公布。", "“–”: too few responses to be published."), "note")
            )
    return blocks


def _small_areas(result: Result, say: Say) -> list[Block]:
    areas = result.get("small_areas")
    if not areas or areas.get("reason") or not areas.get("areas"):
        return []
    fields = [
        Field(say("县(市、区)", "County")), Field("n", "count"), Field(say("直接估计", "Direct"), "share"),
        Field(say("变异系数", "CV"), "share"), Field(say("模型估计", "Model"), "share"), Field(say("变异系数", "CV"), "share"),
        Field(say("能否发布", "Publishable"), wide=1),
    ]  # fmt: skip
    rows = [
        (row["name"], row["n"], row["direct"], row["direct_cv"], row["model"], row["model_cv"], row["publication"][say.language])
        for row in areas["areas"]
    ]  # fmt: skip
    return [
        Heading(1, say("小样本县的模型估计", "Model estimates of small counties")),
        Paragraph(
            say(
                "Fay-Herriot面模型，只供参考，不进入结论与得分。",
                "Fay-Herriot area model, for information; it enters neither the outcome nor the score.",
            ),
            "note",
        ),
        grid(say("直接估计与模型估计", "Direct and model estimates"), say("模型估计", "Model"), fields, rows),
    ]


def _modes(result: Result, say: Say) -> list[Block]:
    modes = result.get("modes")
    if not modes:
        return []
    fields = [
        Field(say("方式", "Mode"), wide=1),
        Field("n", "count"),
        Field(say("设计权数合计", "Sum of base weights"), "count"),
    ]
    rows = [(words.level(row["mode"], say), row["n"], row["sum_weights"]) for row in modes]
    known = all(row["n"] is not None for row in modes)
    totals = {1: sum(row["n"] for row in modes)} if known else {}
    return [
        Heading(1, say("作答方式", "Modes of answering")),
        grid(say("各方式的抽样应答", "Sample responses by mode"), say("作答方式", "Modes"), fields, rows, totals),
    ]


def _method(run: EstimateRun, result: Result, say: Say) -> list[Block]:
    calibration = result.get("calibration") or {}
    share = result["satisfied"]
    digests = Items(
        (
            f"{say('计划摘要', 'Plan digest')} {run.plan_digest}",
            f"{say('问卷摘要', 'Questionnaire digest')} {run.definition_digest}",
            f"{say('程序版本', 'Code version')} {run.code_version}; {say('最后应答', 'last response')} {run.watermark}; "
            f"{say('标记版本', 'flags version')} {run.flags_version if run.flags_version is not None else '–'}",
        )
    )
    parameters = Items(
        (
            say("区间", "Interval") + f" {share['interval']}, {share['confidence']}",
            f"df = {result['df']}; deff = {result['design_effect'] or 0:.3f}; "
            f"{say('有效样本量', 'effective n')} = {result['effective_n'] or 0:.0f}; Kish deff = {result['kish_deff']:.3f}",
            say("校准", "Calibration") + f" {calibration.get('method', '–')}: "
            f"{', '.join(words.domain(name, say) for name in calibration.get('margins', ()))}; "
            f"{say('最大偏差', 'largest miss')} {calibration.get('largest_miss') or 0:.1e}",
            say("满意的选项", "Codes that count as satisfied") + f" {', '.join(str(c) for c in result['measure']['satisfied'])}",
        )
    )  # fmt: skip
    return [
        Heading(1, say("方法与参数", "Method and parameters")),
        parameters,
        digests,
        Paragraph(
            say(
                "本次估计连同其输入单元格已冻结，可用 minyi verify run 命令逐位复算。",
                "The run is frozen with its input cells; `minyi verify run` recomputes it to the last digit.",
            ),
            "note",
        ),
    ]
