"""The report of a scoring run: one area's scorecard, or the city with all its counties, ranking and goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from analysis.scoring.documents import IndicatorRow, ScorecardDocument
from analysis.scoring.programme import programme_with
from analysis.scoring.progress import star_words
from analysis.scoring.why import why_in_words
from survey_app.documents.content import Block, Field, Heading, Items, Paragraph, Report, Say, grid
from survey_app.ground.stored import card_of
from survey_app.ground.verdicts import card_interval, card_verdict, cards_told
from survey_app.models import ScoringRun
from survey_app.scoring.standing import has_values, open_vetoes, ranked, summary_of_runs
from survey_app.surveys.official_plan import correction_told
from wording import in_words


def scoring_report(run: ScoringRun, language: str) -> Report:
    """The scorecard of one area."""
    say, card = Say(language), card_of(run)
    blocks: list[Block] = [
        Heading(1, say("结果", "Result")),
        _lead(run, say),
        *_uncertain(card, say),
        *_scorecard(card, say),
        *_gaps(card, say),
        *_open_ends(card, say),
    ]
    return Report(
        title=say(f"{run.area.name}新型智慧城市评分报告", f"Smart-city scorecard: {run.area.name}"),
        subtitle=say(f"评分规则 {run.rulebook_id}", f"Rulebook {run.rulebook_id}"),
        language=language,
        name=f"score-{run.id}",
        facts=_facts(run, say),
        blocks=tuple(blocks),
        demo=run.demo,
    )


def batch_report(runs: list[ScoringRun], language: str) -> Report:
    """The city and its counties, scored together: ranking, stars, goals, and each area's points by path."""
    say = Say(language)
    summary = summary_of_runs(runs, programme_with(runs[0].rulebook_id), blank=False)
    empty = sum(run.area.kind == "county" and not has_values(run.values) for run in runs)
    blank = {say("未填报", "nothing entered"): empty} if empty else {}
    goals = grid(
        say("目标", "Goals"), say("目标", "Goals"),
        [Field(say("年份", "By")), Field(say("目标", "Goal")), Field(say("已达到", "There"), "count"), Field(say("未定", "Not known"), "count"),
         Field(say("共", "Of"), "count"), Field(say("是否完成", "Reached"))],
        [
            (str(goal["by"] or say("未定年份", "no year given")), goal["text"], goal["counted"], goal.get("perhaps", 0), goal["of"], _reached(goal["reached"], say))
            for goal in summary.goals
        ],
    )  # fmt: skip
    aims: list[Block] = [Heading(1, say("文件目标的进展", "Progress to the document's goals")), goals]
    blocks = [
        *city_part(runs, say),
        *ranking_part(runs, summary.at_star | blank, say),
        *(aims if summary.goals else []),
        *cards_part(runs, say),
    ]
    name = _city_name(runs, say)
    return Report(
        title=say(f"{name}新型智慧城市综合评分报告", f"Smart-city scoring: {name} and its counties"),
        subtitle=say(f"批次 {runs[0].batch}", f"Batch {runs[0].batch}"),
        language=language,
        name=f"scores-{runs[0].batch}",
        facts=_facts(runs[0], say),
        blocks=tuple(blocks),
        demo=runs[0].demo,
    )


def city_part(runs: Sequence[ScoringRun], say: Say) -> list[Block]:
    """The city's star and points, and how sure they are."""
    city = next((run for run in runs if run.area.kind == "city"), None)
    if city is None:
        return []
    card = card_of(city)
    return [Heading(1, city.area.name), _lead(city, say), *_uncertain(card, say)]


def _lead(run: ScoringRun, say: Say) -> Paragraph:
    if not has_values(run.values):
        return Paragraph(say("未填报", "nothing entered"), "lead")
    card = card_of(run)
    return Paragraph(f"{star_words(card)}   {_total(card, say)}", "lead")


def ranking_part(runs: Sequence[ScoringRun], at_star: Mapping[str, int], say: Say) -> list[Block]:
    """The counties by points, and how many have which star; nothing of a city without counties."""
    below = [row for row in ranked(runs) if row.run.area.kind != "city"]
    if not below:
        return []
    zones = any(row.run.area.kind == "zone" for row in below)
    unit = say("县(市、区)或功能区", "County or zone") if zones else say("县(市、区)", "County")
    fields = [
        Field(say("名次", "Rank"), "count"), Field(unit), Field(say("总分", "Total"), "points"),
        Field(say("评级", "Star")), Field(say("满意度", "Satisfaction"), "share"),
        Field(say("区间", "Interval")),
        Field(say("最低", "Lowest"), "points"), Field(say("最高", "Highest"), "points"), Field(say("扣分或否决", "Deduction or veto")),
    ]  # fmt: skip
    rows = [
        (row.place, row.run.area.name, card["score_if_not_void"] if row.entered and not card.get("star_by_zone") else None,
         star_words(card) if row.entered else say("未填报", "nothing entered"), card["satisfaction"], card_interval(card),
         card["range"]["worst"], card["range"]["best"], _struck(card, say))
        for row in below
        for card in (card_of(row.run),)
    ]  # fmt: skip
    together = cards_told((card_of(row.run) for row in below), say.language)
    return [
        Heading(1, say("各县(市、区)和功能区排名", "Ranking of the counties and zones") if zones else say("各县(市、区)排名", "Ranking of the counties")),
        grid(say("得分与评级，整体不得分者列否则应得的分数", "Points and stars; where void, what it would have been"),
             say("排名", "Ranking"), fields, rows),
        *([Paragraph(together, "note")] if together else []),
        Heading(1, say("评级分布", "Distribution of stars")),
        grid(say("各评级的县(市、区)数", "Counties by star"), say("分布", "Stars"),
             [Field(say("评级", "Star")), Field(say("县(市、区)数", "Counties"), "count")],
             list(at_star.items()), {1: sum(at_star.values())}),
    ]  # fmt: skip


def cards_part(runs: Sequence[ScoringRun], say: Say) -> list[Block]:
    """Each area's scorecard, indicator by indicator."""
    blocks: list[Block] = []
    for run in runs:
        blocks.append(Heading(1, say(f"{run.area.name}评分表", f"Scorecard of {run.area.name}")))
        card = card_of(run)
        if said := card_verdict(card, say.language):
            blocks.append(Paragraph(say("公众满意度：", "Public satisfaction: ") + said))
        blocks += _scorecard(card, say, f"{run.area.name} ")
    return blocks


def _city_name(runs: Sequence[ScoringRun], say: Say) -> str:
    return next((run.area.name for run in runs if run.area.kind == "city"), say("全市", "City"))


def _facts(run: ScoringRun, say: Say) -> tuple[tuple[str, str], ...]:
    survey = run.estimate_run.survey
    facts = [
        (say("评分时间", "Made"), f"{run.created_at.astimezone(ZoneInfo(survey.time_zone)):%Y-%m-%d %H:%M} ({survey.time_zone})"),
        (say("满意度估计", "Estimate"), f"#{run.estimate_run_id} · {survey.title}"),
        *(((say("更正", "Correction"), in_words(told, say.language)),) if (told := correction_told(run.estimate_run)) else ()),
        *(((say("评价方案", "Programme"), f"{held['title']} ({held['id']} v{held['version']}) {held['digest'][:16]}"),) if (held := card_of(run).get("programme")) else ()),
        (say("规则摘要", "Rulebook digest"), run.rulebook_digest),
        *(((say("条文读法摘要", "Readings digest"), read["digest"]),) if (read := card_of(run).get("readings")) else ()),
        (say("程序版本", "Code version"), run.code_version),
    ]  # fmt: skip
    return tuple(facts)


def _total(card: ScorecardDocument, say: Say) -> str:
    if card["void"]:
        would = f"{card['score_if_not_void']}"
        return say(f"整体不得分(否则{would}分)", f"void (else {would} points)")
    if card.get("star_by_zone"):
        span = card["range"]
        return say(f"{span['worst']}–{span['best']}分", f"{span['worst']}–{span['best']} points")
    return say(f"{card['total']}分", f"{card['total']} points")


def _uncertain(card: ScorecardDocument, say: Say) -> list[Block]:
    span = card["range"]
    told = [say(f"计入未知数值后，总分在{span['worst']}至{span['best']}之间。",
                f"With unknown values the total lies between {span['worst']} and {span['best']}.")]  # fmt: skip
    told += [
        say(
            f"可能整体不得分：{row['number']} {row['name']}尚不知道({'、'.join(row['unknown'])})。",
            f"The score may still become void: {row['number']} {row['name']} is not known ({', '.join(row['unknown'])}).",
        )
        for row in open_vetoes(card)
    ]
    if card_verdict(card):
        told.insert(0, say("公众满意度：", "Public satisfaction: ") + card_verdict(card, say.language))
    if card["vetoed_by"]:
        told.append(
            say(
                f"整体不得分的原因：{'、'.join(card['vetoed_by'])}。",
                f"Void because of: {', '.join(card['vetoed_by'])}.",
            )
        )
    blocks: list[Block] = [Items(tuple(told))]
    chances = {star: chance for star, chance in (card["star_probability"] or {}).items() if chance > 0.0005}
    if chances:
        fields = [Field(say("评级", "Star")), Field(say("概率", "Probability"), "share")]
        caption = say("满意度不确定时各评级的概率", "Probability of each star, satisfaction being uncertain")
        blocks.append(grid(caption, say("评级概率", "Star chances"), fields, list(chances.items())))
    return blocks


def _scorecard(card: ScorecardDocument, say: Say, area: str = "") -> list[Block]:
    """Every indicator under its path; the points add up to the score, which a workbook shows by a formula."""
    fields = [
        Field(say("序号", "No."), "text"), Field(say("三级指标", "Indicator")), Field(say("达到", "Tier")),
        Field(say("得分", "Points"), "points"), Field(say("满分", "Of"), "points"), Field(say("依据", "Why")),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    groups = []
    for path, indicators in groupby(card["indicators"], key=lambda row: tuple(row["path"])):
        groups.append(len(rows))
        rows.append((" › ".join(path), None, None, None, None, None))
        rows += [
            (
                str(row["number"]),
                row["name"],
                _tier(row, say),
                row["points"],
                row["max_points"] or None,
                why_in_words(row["why"], say.language),
            )
            for row in indicators
        ]
    total = sum(row["points"] or 0 for row in card["indicators"])
    caption = f"{area}{say('评分表', 'Scorecard')}"
    return [grid(caption, caption, fields, rows, {3: total}, groups)]


def _tier(row: IndicatorRow, say: Say) -> str:
    if row["state"] == "unknown":
        return say("未知", "unknown")
    if row["state"] == "not_applicable":
        return say("不适用", "not applicable")
    return row.get("tier") or (say(f"{row['stars']}星", f"{row['stars']} stars") if row["stars"] else "")


def _gaps(card: ScorecardDocument, say: Say) -> list[Block]:
    lacking = [(row, following) for row in card["indicators"] if (following := row["next"])]
    if not lacking:
        return []
    fields = [
        Field(say("牵头部门", "Lead department")), Field(say("序号", "No.")), Field(say("三级指标", "Indicator")),
        Field(say("下一档", "Next tier")), Field(say("可增分", "Gain"), "points"), Field(say("还差", "Lacking")),
    ]  # fmt: skip
    rows = sorted(
        (
            ("、".join(row["lead"]) or say("未指定", "not assigned"), str(row["number"]), row["name"],
             following.get("name") or say(f"{following['stars']}星", f"{following['stars']} stars"),
             round(following["points"] - (row["points"] or 0), 4), "；".join(item["text"] for item in following["missing"]))
            for row, following in lacking
        ),
        key=lambda row: (row[0], -row[4]),
    )  # fmt: skip
    return [
        Heading(1, say("按牵头部门列出的差距", "Gaps by lead department")),
        grid(
            say("距下一档的差距", "What the next tier lacks"),
            say("差距", "Gaps"),
            fields,
            rows,
            {4: sum(row[4] for row in rows)},
        ),
    ]


def _open_ends(card: ScorecardDocument, say: Say) -> list[Block]:
    blocks: list[Block] = []
    if card["unknown"]:
        texts = tuple(f"{item['number']} {item['metric']}" for item in card["unknown"])
        blocks += [Heading(1, say("未知的数值", "Unknown values")), Items(texts)]
    if card["not_applicable"]:
        texts = tuple(f"{item['number']} {item['metric']}: {item['reason']}" for item in card["not_applicable"])
        blocks += [Heading(1, say("不适用", "Not applicable")), Items(texts)]
    return blocks


def _struck(card: ScorecardDocument, say: Say) -> str:
    """What was taken off, or what made the whole void."""
    taken = [f"{step['name']} {step['points']:g}" for step in card["steps"] if step["points"] < 0]
    void = [say(f"整体不得分：{name}", f"Void: {name}") for name in card["vetoed_by"]]
    return "；".join([*void, *taken])


def _reached(reached: bool | None, say: Say) -> str:
    return say("无从得知", "unknown") if reached is None else say("是", "yes") if reached else say("否", "no")
