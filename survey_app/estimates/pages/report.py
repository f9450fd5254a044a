"""The report of an estimate run: the page's own tables, figures and sentences, in its order, as a document."""

from __future__ import annotations

from typing import Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from survey_app.console.figures import Figure
from survey_app.console.report_parts import between, draft_mark, grid_of, grids_by, picture_of, steps_table, sums, told
from survey_app.console.tables import Table
from survey_app.console.words import doer, zone_name
from survey_app.documents.content import Block, Grid, Heading, Items, Paragraph, Report, Say, share_text
from survey_app.estimates.method_words import method_words
from survey_app.estimates.pages.notices import notices_in_words
from survey_app.estimates.pages.sections import Section, sections
from survey_app.estimates.pages.words import outcome_name, state_name, step_name
from survey_app.estimates.review import subject
from survey_app.estimates.trend import trend_of
from survey_app.ground.clock import local_time
from survey_app.ground.language import LOCALES
from survey_app.ground.plans import plan_of_run
from survey_app.ground.sign_off import Standing, standing
from survey_app.ground.verdicts import exception_of, verdict_of
from survey_app.ground.zones import zones_of
from survey_app.models import EstimateRun
from wording import reading

SITES_SHOWN = 15
DRAWN_ONLY = ("distribution", "weights")  # figures whose numbers are points of a line
NEEDED = {"zones": "chance", "sites": "figure", "strata": "figure", "choices": "figure"}
LEFT_OUT = {
    "drivers": ("importance_se", "performance_se"),
    "gap": ("se",),
    "services": ("df",),
    "service-counties": ("df",),
}
TOLD = {
    "forest": ("level", ("estimate",)), "services": ("service", ("estimate",)), "mode-forest": ("mode", ("estimate",)),
    "drivers": ("service", ("importance", "performance")), "gap": ("name", ("satisfaction_rank", "points_rank")),
    "trend": ("wave", ("estimate",)), "tipping": ("name", ("line", "kappa")),
}  # fmt: skip


def estimate_report(run: EstimateRun, result: EstimateDocument, language: str) -> Report:
    """The report of `run`. `result`: what of it the reader may see."""
    say, stand = Say(language), standing(subject(run.id))
    with force_locale(LOCALES[language]), reading(language):
        page = sections(run, result, trend_of(run))
        blocks: list[Block] = []
        for part in page.parts:
            blocks += blocks_of(part, run, result, say)
        blocks += [*_method(run, result, say), *_signed(stand)]
        facts = facts_of(run, result, stand, say)
    return Report(
        title=say("市民体验调查满意度估计报告", "Public satisfaction: report of the estimate"),
        subtitle=run.survey.title,
        language=language,
        name=f"estimate-{run.id}",
        facts=facts,
        blocks=tuple(blocks),
        demo=run.demo,
        draft=draft_mark(stand.state, say),
    )


def blocks_of(
    part: Section, run: EstimateRun, result: EstimateDocument, say: Say, level: Literal[1, 2] = 1
) -> list[Block]:
    """A part of the page under its heading; nothing where it has nothing to say. Call it in the report's language."""
    own = [*_told(part, run, result, say), *_drawn(part, result), *_tables(part)]
    return [Heading(level, part.title), *own] if own else []


def facts_of(run: EstimateRun, result: EstimateDocument, stand: Standing, say: Say) -> tuple[tuple[str, str], ...]:
    last = stand.steps[-1] if stand.steps else None
    signed = state_name(stand.state) + (f" ({doer(last.by)}, {local_time(last.at)})" if last else "")
    number, responses = result["n"], result.get("responses")
    size = "–" if number is None else f"n = {number:,}"
    if responses is not None and responses != number:
        size += say(f"(应答{responses:,}份)", f" (of {responses:,} responses)")
    return (
        (say("调查对象", "Area"), run.survey.city.name),
        (say("估计编号", "Run"), f"#{run.id}"),
        (say("估计时间", "Made"), local_time(run.created_at) + (f" · {doer(run.made_by)}" if run.made_by else "")),
        (say("样本量", "Sample"), size),
        (say("审批", "Sign-off"), signed),
    )


def _told(part: Section, run: EstimateRun, result: EstimateDocument, say: Say) -> list[Block]:
    """The sentences of a part: its notes, and before them what it answers."""
    own: list[Block] = []
    decided = result["decision"]
    if part.key == "certain":
        own = _answer(result, say)
    elif part.key == "side" and not (decided and decided["probability"]):
        own = _verdict(result, say)
    elif part.key == "settle":
        own = _decisive_sites(run, result, say)
    remarks = (Paragraph(f"{_('批注')}{say('：', ': ')}{text}") for text in part.remarks)
    return [*own, *(Paragraph(text, "note") for text in part.notes), *remarks]


def _answer(result: EstimateDocument, say: Say) -> list[Block]:
    share = result["satisfied"]
    confidence = share_text(share["confidence"], 0)
    if exception_of(result):
        confidence = say(f"视同随机抽取的{confidence}", f"{confidence} (as if drawn at random)")
    index = result["index"]["estimate"]
    official = result["measure"]["official"] == "index"
    warned = [Paragraph(text, "note") for text in notices_in_words(result)]
    if share["estimate"] is None or index is None:
        return [Paragraph(_("未达可发布样本量"), "lead"), *warned]
    return [
        Paragraph(f"{share_text(share['estimate'])}   {outcome_name(result['decision'])}", "lead"),
        *_verdict(result, say),
        Paragraph(
            say(
                f"加权后，满意的市民占{share_text(share['estimate'])}，{confidence}置信区间为{between(share)}，标准误"
                f"{share_text(share['se'])}。满意度指数(0–100)为{index:.2f}。正式认定使用{'指数' if official else '满意比例'}。",
                f"Weighted, {share_text(share['estimate'])} of residents are satisfied; the {confidence} interval is "
                f"{between(share)}, the standard error {share_text(share['se'])}. The index (0–100) is {index:.2f}. "
                f"The official figure is the {'index' if official else 'share'}.",
            )
        ),
        *warned,
    ]


def _verdict(result: EstimateDocument, say: Say) -> list[Block]:
    said = verdict_of(result)
    return [Paragraph(said.text(say.language))] if said else []


def _decisive_sites(run: EstimateRun, result: EstimateDocument, say: Say) -> list[Block]:
    table = result.get("sensitivity")
    if not table:
        return []
    names = {site.code: site.name for site in run.survey.sites}
    decisive = [names.get(code, code) for code in table["decisive_sites"] or ()]
    told = (
        say(
            f"去掉影响最大的{len(decisive)}个点后结论改变：{'、'.join(decisive)}。",
            f"The outcome changes once these {len(decisive)} sites are left out: {', '.join(decisive)}.",
        )
        if decisive
        else say("去掉一半的点，结论仍不改变。", "The outcome stays even without half of the sites.")
    )
    return [Items((told,))]


def _drawn(part: Section, result: EstimateDocument) -> list[Block]:
    """The figure with its numbers in words, and their table, unless they are points of a line."""
    figure = part.figure
    if figure is None:
        return []
    picture = picture_of(figure, _figure_words(figure, result))
    if figure.name in DRAWN_ONLY or figure.table is None:
        return [picture]
    return [picture, _grid(figure.table, part.title)]


def _figure_words(figure: Figure, result: EstimateDocument) -> str:
    if figure.name == "distribution":
        share, decided, ruled = result["satisfied"], result["decision"], zones_of(result)
        chances = (decided and decided["probability"]) or {}
        zones = ", ".join(
            f"{zone_name(ruled[key].number, key)} {share_text(chance, 1)}" for key, chance in chances.items()
        )
        return f"{share_text(share['estimate'])}, {between(share)}; {zones}"
    if figure.name == "weights":
        before, after = result["weights"]["before"], result["weights"]["after"]
        return f"Kish deff {before['kish_deff']:.3f} → {after['kish_deff']:.3f}"
    name, keys = TOLD[figure.name]
    return told(figure.table, name, keys)


def _tables(part: Section) -> list[Grid]:
    found: list[Grid] = []
    for table in part.tables:
        if not table.rows or all(row.get(NEEDED.get(table.name, ""), 0) is None for row in table.rows):
            continue  # nothing of it may be shown, or there is nothing
        if table.name == "groups":
            found += grids_by(table, "domain", ("n",))
        elif table.name == "margins":
            found += grids_by(table, "margin", ("population", "before", "after"))
        elif table.name == "sites":
            found.append(_grid(Table(table.name, table.caption, table.columns, table.rows[:SITES_SHOWN]), part.title))
        else:
            found.append(_grid(table, part.title))
    return found


def _grid(table: Table, title: str) -> Grid:
    """With the sums a reader would check."""
    summed = {"zones": ("chance", "foreseen"), "counties": ("n",), "modes": ("taken", "part", "counted")}
    columns = [column for column in table.columns if column.key not in LEFT_OUT.get(table.name, ())]
    table = Table(table.name, table.caption, columns, table.rows)
    return grid_of(table, table.caption.split("(")[0], sums(table, summed.get(table.name, ())))


def _method(run: EstimateRun, result: EstimateDocument, say: Say) -> list[Block]:
    calibration = result.get("calibration") or {}
    figures = (
        f"df = {result['df']}; deff = {result['design_effect'] or 0:.3f}; {say('有效样本量', 'effective n')} = "
        f"{result['effective_n'] or 0:.0f}; Kish deff = {result['kish_deff']:.3f}",
        f"{say('校准最大偏差', 'largest miss of calibration')} = {calibration.get('largest_miss') or 0:.1e}",
        f"{say('计划摘要', 'Plan digest')} {run.plan_digest}",
        f"{say('问卷摘要', 'Questionnaire digest')} {run.definition_digest}",
        f"{say('剔除集版本', 'Exclusion set')} {run.flags_version if run.flags_version is not None else '–'}; "
        f"{say('程序版本', 'code version')} {run.code_version}; {say('最后应答', 'last response')} {run.watermark}",
    )
    assumed = (
        [Paragraph(_("演示数据假定：16岁及以上占常住人口80%%，性别按全省2020年普查，年龄结构为假定；答案与指标数值均为模拟。") % (), "note")]
        if run.demo else []
    )  # fmt: skip
    return [
        Heading(1, _("方法与参数")),
        *(Paragraph(sentence) for sentence in method_words(plan_of_run(run), result, say.language)),
        Items(figures),
        Paragraph(frozen(say), "note"),
        *assumed,
    ]


def frozen(say: Say) -> str:
    return say(
        "本次估计连同其输入单元格已冻结，可用 minyi verify run 命令逐位复算。",
        "The run is frozen with its input cells; `minyi verify run` recomputes it to the last digit.",
    )


def _signed(stand: Standing) -> list[Block]:
    if not stand.steps:
        return []
    names = {step.step: step_name(step.step) for step in stand.steps}
    return [Heading(1, _("审批")), steps_table(stand.steps, names)]
