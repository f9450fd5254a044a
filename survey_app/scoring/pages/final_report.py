"""The report of a trial or final run: result, ranking, goals, what was open or decided, and who signed."""

from __future__ import annotations

from collections import Counter

from flask_babel import force_locale
from flask_babel import gettext as _

from analysis.methods import method_of
from survey_app.console.frame import programme_title
from survey_app.console.report_parts import draft_mark, grid_of, steps_table
from survey_app.console.words import doer, state_names
from survey_app.documents.content import Block, Field, Heading, Paragraph, Report, Say, grid
from survey_app.ground import sign_off
from survey_app.ground.clock import local_time
from survey_app.ground.language import LOCALES
from survey_app.models import FinalRun, ScoringRun, SignOffStep
from survey_app.scoring import superseding
from survey_app.scoring.final_checks import Open
from survey_app.scoring.final_runs import TRIAL, runs_of
from survey_app.scoring.frozen import frozen_of, programme_of, provisional_of, subject, summary_of
from survey_app.scoring.pages.final import compared_table, goals_table
from survey_app.scoring.pages.final_open import open_table
from survey_app.scoring.pages.final_words import kind_names, picked_words
from survey_app.scoring.pages.objection_tables import objection_blocks
from survey_app.scoring.pages.without_figure import without_figure
from survey_app.scoring.report import cards_part, city_part, ranking_part
from survey_app.surveys.official_plan import correction_told
from survey_app.values.pages.reading_table import readings_table, readings_told
from wording import in_words


def final_report(run: FinalRun, cards: list[ScoringRun], language: str) -> Report:
    """The report of `run`. `cards`: its scorecards as the reader may see them, the city's first."""
    say, stand = Say(language), sign_off.standing(subject(run))
    with force_locale(LOCALES[language]):
        blocks = [
            *city_part(cards, say),
            *_provisional(run),
            *ranking_part(cards, summary_of(run)["at_star"], say),
            *_goals(run),
            *_without(run, cards),
            *_decisions(run),
            *_compared(run),
            *objection_blocks(run),
            *_signed(run, stand.steps),
            *_readings(run),
            *cards_part(cards, say),
        ]
        draft = _("试算，不是评分结果。").rstrip("。.") if run.kind == TRIAL else draft_mark(stand.state, say)
        facts = _facts(run, stand, language)
        kind = kind_names()[run.kind] if language == "zh" else {TRIAL: "trial run"}.get(run.kind, "final run")
    return Report(
        title=say(f"{run.city.name}新型智慧城市{kind}报告", f"Smart-city scoring, {kind}: {run.city.name}"),
        subtitle=f"{run.period} · {kind} #{run.id}",
        language=language,
        name=f"final-{run.id}",
        facts=facts,
        blocks=tuple(blocks),
        demo=run.demo,
        draft=draft,
    )


def _facts(run: FinalRun, stand: sign_off.Standing, language: str) -> tuple[tuple[str, str], ...]:
    estimate = run.estimate_run
    corrected = correction_told(estimate)
    facts = [
        (_("周期"), run.period),
        (_("生成"), f"{doer(run.created_by)} · {local_time(run.created_at)}"),
        (_("满意度估计"), f"#{estimate.id} · {estimate.survey.title}"),
        *(((_("更正"), in_words(corrected, language)),) if corrected else ()),
        (_("评价方案"), programme_title(programme_of(run))),
        (_("评分规则"), "; ".join(f"{name} {digest[:16]}" for name, digest in frozen_of(run)["rulebooks"].items())),
        *(
            ((_("条文读法"), readings_told(held["digest"], held["rows"])),)
            if (held := frozen_of(run).get("readings"))
            else ()
        ),
        (_("调查计划"), frozen_of(run)["estimate"]["plan_digest"][:16]),
        (_("方法与参数"), method_of(frozen_of(run)).sentence(language)),
        (_("程序版本"), run.code_version),
    ]
    took_place = superseding.told(frozen_of(run).get("supersedes"))
    if took_place is not None:
        facts.append((_("取代"), f"{took_place}：{run.reason}"))
    if run.kind != TRIAL:
        facts.append((_("审批"), state_names()[stand.state]))
    if run.reason:
        replaced = f" (#{run.supersedes_id})" if run.supersedes_id else ""
        facts.append((_("重新评分的理由"), run.reason + replaced))
    return tuple(facts)


def _provisional(run: FinalRun) -> list[Block]:
    """What a trial took although nobody had settled it."""
    if not run.provisional:
        return []
    table = open_table([Open(**point) for point in provisional_of(run)], "provisional")
    told = _("其中 %(number)s 处是暂定的。", number=len(run.provisional))
    counts = Counter(str(row["kind"]) for row in table.rows)
    fields = [Field(_("事项")), Field(_("处数"), "count")]
    summed = grid(_("尚未落实的事项，按类"), _("未落实"), fields, counts.most_common(), {1: len(run.provisional)})
    return [Heading(1, table.caption), Paragraph(told), summed, grid_of(table)]


def _goals(run: FinalRun) -> list[Block]:
    """How far the programme's goals are reached, where it states any."""
    return [Heading(1, _("文件目标的进展")), grid_of(goals_table(run))] if summary_of(run)["goals"] else []


def _without(run: FinalRun, cards: list[ScoringRun]) -> list[Block]:
    """Areas without a figure, whose star is a range."""
    hidden = {row.area.name for row in cards if row.scorecard.get("suppressed")}
    table = without_figure(run.estimate_run, hidden, cards)
    return [Heading(1, table.caption), grid_of(table)] if table else []


def _decisions(run: FinalRun) -> list[Block]:
    """Counties whose satisfaction rests on somebody's pick, with the reason, in runs of earlier releases."""
    rows = picked_words(run)
    if not rows:
        return []
    title = _("满意度以何为准的决定")
    fields = [Field(_("县(市、区)")), Field(_("满意度以何为准")), Field(_("理由"))]
    return [Heading(1, title), grid(title, title, fields, rows)]


def _readings(run: FinalRun) -> list[Block]:
    """How unclear rows were read, and by whose authority."""
    held = frozen_of(run).get("readings")
    if held is None or not held["rows"]:
        return []
    table = readings_table(held["rows"])
    return [Heading(1, table.caption), Paragraph(readings_told(held["digest"], held["rows"]), "note"), grid_of(table)]


def _compared(run: FinalRun) -> list[Block]:
    """Beside the run it supersedes, else the one before it."""
    earlier = next((other for other in runs_of(run.city) if other.id < run.id), None)
    before = run.supersedes or earlier
    if before is None:
        return []
    table = compared_table(before, run)
    told = f"#{before.id} · {kind_names()[before.kind]} · {before.period} · {local_time(before.created_at)}"
    return [Heading(1, table.caption), Paragraph(told, "note"), grid_of(table)]


def _signed(run: FinalRun, steps: tuple[SignOffStep, ...]) -> list[Block]:
    """Who stood behind the estimate when it was taken, and who stands behind this run."""
    names = state_names()
    blocks: list[Block] = []
    if steps:
        blocks += [Heading(1, _("审批")), steps_table(steps, names)]
    rows = [
        (names[step["step"]], doer(step["by"]), step["at"][:10], step["comment"])
        for step in frozen_of(run)["estimate"]["sign_off"]
    ]
    if rows:
        title = _("满意度估计的审批")
        fields = [Field(_("步骤")), Field(_("经办人")), Field(_("时间")), Field(_("意见"))]
        blocks += [Heading(1, title), grid(title, title, fields, rows)]
    return blocks
