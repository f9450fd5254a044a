"""The parts of an estimate's report that a sceptic reads: what other choices would give, and the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.services.charts import weights_chart
from survey_app.services.reports import words
from survey_app.services.reports.content import Block, Field, Heading, Paragraph, Picture, Say, grid

Result = dict[str, Any]
SITES_SHOWN = 10


def sensitivity_part(result: Result, sites: Mapping[str, str], say: Say) -> list[Block]:
    """Other weights, units and sites left out, other definitions of satisfaction."""
    table = result.get("sensitivity")
    if not table:
        return []
    decisive = [sites.get(code, code) for code in table.get("decisive_sites") or ()]
    told = (
        say(f"去掉影响最大的{len(decisive)}个点后结论改变：{'、'.join(decisive)}。",
            f"The outcome changes once these {len(decisive)} sites are left out: {', '.join(decisive)}.")
        if decisive
        else say("去掉一半的点，结论仍不改变。", "The outcome stays even without half of the sites.")
    )  # fmt: skip
    blocks: list[Block] = [
        Heading(1, say("换一种做法，结论会变吗", "Would another way change the outcome")),
        Paragraph(told),
    ]
    for caption, sheet, rows in (
        (say("换权数、校准与剔除", "Other weights, margins, exclusions"), say("换做法", "Other ways"), table["choices"]),
        (say("逐一去掉调查单元", "Each fieldwork unit left out"), say("去掉单元", "Units"), table["strata"]),
        (say("逐一去掉抽样点(影响最大者)", "Each site left out (the most influential)"), say("去掉抽样点", "Sites"),
         table["sites"][:SITES_SHOWN]),
    ):  # fmt: skip
        fields = [
            Field(say("做法", "Way"), wide=1), Field("n", "count"), Field(say("满意度", "Satisfied"), "share"),
            Field(say("差(百分点)", "Difference (pp)"), "number"), Field(say("结论", "Outcome")),
        ]  # fmt: skip
        lines = [
            (
                f"{change(row['change'], say)} {sites.get(row['level'], words.domain(row['level'], say))}".strip(), row.get("n"),
                row["figure"], None if row["difference"] is None else row["difference"] * 100,
                words.outcome(row if row.get("outcome") else None, say)
                + (say("(改变)", " (changed)") if row.get("changes_outcome") else ""),
            )
            for row in rows
        ]  # fmt: skip
        if lines:
            blocks.append(grid(caption, sheet, fields, lines))
    fields = [
        Field(say("口径", "Definition"), wide=1),
        Field(say("数值", "Figure"), "share"),
        Field(say("结论", "Outcome")),
    ]
    others = [
        (definition(row["definition"], say) + (say("(本计划)", " (this plan)") if row["used"] else ""), row["figure"],
         words.outcome(row, say))
        for row in result.get("definitions") or ()
    ]  # fmt: skip
    if others:
        caption = say("换一种满意度口径", "Under other definitions of satisfaction")
        blocks.append(grid(caption, say("口径", "Definitions"), fields, others))
    return blocks


def weights_part(result: Result, say: Say) -> list[Block]:
    """Weights before and after calibration, and the margins that calibration met."""
    weights = result.get("weights")
    if not weights:
        return []
    blocks: list[Block] = [Heading(1, say("权数与校准", "Weights and calibration"))]
    quantiles = weights.get("quantiles")
    if quantiles:
        names = {
            "before": say("校准前", "Before"), "after": say("校准后", "After"),
            "place": say("应答(按权数从小到大)", "Responses, by weight"), "weight": say("权数与平均权数之比", "Weight over its mean"),
        }  # fmt: skip
        caption = say("校准前后的权数", "Weights before and after calibration")
        told = say(
            f"{caption}：Kish设计效应{weights['before']['kish_deff']:.3f}，校准后{weights['after']['kish_deff']:.3f}",
            f"{caption}: Kish deff {weights['before']['kish_deff']:.3f}, after calibration {weights['after']['kish_deff']:.3f}",
        )
        blocks.append(Picture(caption, told, weights_chart(quantiles["before"], quantiles["after"], names)))
    fields = [
        Field("", wide=1), Field(say("最小", "Smallest"), "number"), Field(say("中位", "Median"), "number"),
        Field(say("最大", "Largest"), "number"), Field("Kish deff", "number"), Field(say("有效样本量", "Effective n"), "count"),
    ]  # fmt: skip
    rows = [
        (name, row["minimum"], row["median"], row["maximum"], row["kish_deff"], row["effective_n"])
        for name, row in ((say("校准前", "Before"), weights["before"]), (say("校准后", "After"), weights["after"]))
    ]
    blocks.append(grid(say("权数", "Weights"), say("权数", "Weights"), fields, rows))
    for name, levels in ((result.get("calibration") or {}).get("margin_table") or {}).items():
        fields = [
            Field(words.domain(name, say), wide=1), Field(say("人口", "Population"), "count"),
            Field(say("校准前", "Before"), "count"), Field(say("校准后", "After"), "count"),
        ]  # fmt: skip
        lines = [(words.level(row["level"], say), row["population"], row["before"], row["after"]) for row in levels]
        totals = {
            place: sum(level[key] for level in levels)
            for place, key in enumerate(("population", "before", "after"), 1)
            if all(level[key] is not None for level in levels)
        }
        title = say(f"校准边际：{words.domain(name, say)}", f"Margin: {words.domain(name, say)}")
        blocks.append(grid(title, title, fields, lines, totals))
    return blocks


def change(key: str, say: Say) -> str:
    """What a row of the sensitivity table does otherwise."""
    return {
        "unweighted": say("不加权", "Unweighted"),
        "base_weights": say("只用设计权数", "Base weights only"),
        "without_margin": say("不用此项校准：", "Without the margin"),
        "without_trimming": say("不截尾", "Without trimming"),
        "flagged_kept": say("保留有疑问的应答", "Flagged responses kept"),
        "flagged_removed": say("剔除有疑问的应答", "Flagged responses removed"),
        "without_stratum": say("不含", "Without"),
        "without_site": say("不含", "Without"),
    }.get(key, key)


def definition(key: str, say: Say) -> str:
    """A definition of satisfaction."""
    return {
        "top_1": say("最满意一档的比例", "Share of the best answer"),
        "top_2": say("最满意两档的比例", "Share of the best two answers"),
        "top_3": say("最满意三档的比例", "Share of the best three answers"),
        "top_4": say("除最不满意外的比例", "Share of all but the worst answer"),
        "index_0_100": say("0–100分指数", "Index 0–100"),
        "index_20_100": say("20–100分指数", "Index 20–100"),
    }.get(key, key)
