"""The quality report of an estimate run: the dimensions of official statistics, and AAPOR's items of transparency.

The estimate page's own parts, put under the question that each answers. What the run does not know is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale

from analysis.documents.estimate import EstimateDocument
from analysis.plan import Plan
from survey_app.answering.definitions import definition_of
from survey_app.console.frame import area_name, mode_names
from survey_app.console.report_parts import between, draft_mark
from survey_app.documents.content import Block, Field, Grid, Heading, Paragraph, Report, Say, grid, share_text
from survey_app.estimates.method_words import method_words
from survey_app.estimates.pages.notices import notices_in_words
from survey_app.estimates.pages.report import blocks_of, facts_of, frozen
from survey_app.estimates.pages.sections import sections
from survey_app.estimates.review import subject
from survey_app.estimates.trend import trend_of
from survey_app.ground.clock import local_time
from survey_app.ground.language import LOCALES
from survey_app.ground.plans import plan_of_run
from survey_app.ground.sign_off import APPROVED, Standing, standing
from survey_app.models import EstimateRun, Letterhead, db
from wording import reading

ACCURATE = ("certain", "bias", "response", "weights")  # parts of the page under each dimension
COMPARABLE = ("trend", "modes")
COHERENT = ("settle", "open", "gap")


def quality_report(run: EstimateRun, result: EstimateDocument, language: str) -> Report:
    """Of `run`. result: what of it the reader may see."""
    say, stand, plan = Say(language), standing(subject(run.id)), plan_of_run(run)
    with force_locale(LOCALES[language]), reading(language):
        page = sections(run, result, trend_of(run))

        def parts(keys: tuple[str, ...]) -> list[Block]:
            found = (part for key in keys if (part := page.get(key)) is not None)
            return [block for part in found for block in blocks_of(part, run, result, say, level=2)]

        earlier = say("没有更早一次已批准的调查可比。", "No earlier survey has an approved run to compare with.")
        blocks = [
            Heading(1, say("相关性：回答什么问题", "Relevance: what is answered")), *_relevance(run, result, plan, say),
            Heading(1, say("准确性：误差有多大", "Accuracy: how large errors are")), _errors(result, say), *parts(ACCURATE),
            Heading(1, say("及时性：何时调查、何时得出", "Timeliness: when it was asked and made")), _moments(run, stand, say),
            Heading(1, say("可比性：与以往、各作答方式之间", "Comparability: over time and ways of answering")),
            Paragraph(plan.method.sentence(language)), *([] if page.get("trend") else [Paragraph(earlier)]),
            *parts(COMPARABLE),
            Heading(1, say("一致性：换一种做法、与其他来源", "Coherence: done otherwise, and beside other sources")),
            *parts(COHERENT), Paragraph(frozen(say)),
            Heading(1, say("AAPOR公开事项", "AAPOR's items of transparency")), _items(run, result, plan, say),
        ]  # fmt: skip
        facts = facts_of(run, result, stand, say)
    return Report(
        title=say("市民体验调查质量报告", "Public satisfaction: quality report"), subtitle=run.survey.title,
        language=language, name=f"quality-{run.id}", facts=facts, blocks=tuple(blocks), demo=run.demo,
        draft=draft_mark(stand.state, say),
    )  # fmt: skip


def _relevance(run: EstimateRun, result: EstimateDocument, plan: Plan, say: Say) -> list[Block]:
    rules = result["rules"]
    used = rules["whole"]["rulebook"] if rules else say("没有规则据以判断", "no rulebook decides by it")
    return [
        Paragraph(
            say(
                f"满意度供{area_name(run.survey.city)}的评估使用(规则：{used})。{_asked(run, plan, say)}",
                f"The figure serves the evaluation of {area_name(run.survey.city)} (rules: {used}). {_asked(run, plan, say)}",
            )
        )
    ]


def _asked(run: EstimateRun, plan: Plan, say: Say) -> str:
    """The official question as it was asked, and the answers that count as satisfied."""
    definition, measure = definition_of(run.survey), plan.measure
    question = definition.question(definition.columns.get("measure", measure.question))
    if question is None:
        return say(f"官方题目：{measure.question}。", f"Official question: {measure.question}.")
    words = [choice.text[say.language] for choice in question.options if choice.code in map(str, measure.satisfied)]
    counted = say("、", ", ").join(words or map(str, measure.satisfied))
    title = question.text[say.language]
    return say(f"官方题目：“{title}”；算作满意：{counted}。", f"Official question: '{title}'; satisfied: {counted}.")


def _errors(result: EstimateDocument, say: Say) -> Grid:
    share = result["satisfied"]
    estimate, se = share["estimate"], share["se"]
    rows = [
        (say("满意比例", "Share satisfied"), share_text(estimate)),
        (say("标准误", "Standard error"), share_text(se)),
        (say("置信区间", "Confidence interval"), _limits(result, say)),
        (say("变异系数", "Coefficient of variation"), share_text(se / estimate if se is not None and estimate else None)),
        (say("自由度", "Degrees of freedom"), result["df"]),
        (say("设计效应", "Design effect"), _decimal(result["design_effect"], 3)),
        (say("有效样本量", "Effective sample size"), _decimal(result["effective_n"], 0)),
    ]  # fmt: skip
    return _two(say("抽样误差", "Sampling error"), say("项目", "Measure"), say("数值", "Value"), rows)


def _moments(run: EstimateRun, stand: Standing, say: Say) -> Grid:
    survey, unknown = run.survey, say("没有记录", "not recorded")
    approved = next((step.at for step in reversed(stand.steps) if step.step == APPROVED), None)
    rows = [
        (say("调查开始", "Fieldwork began"), local_time(survey.opens_at) if survey.opens_at else unknown),
        (say("调查截止", "Fieldwork ended"), local_time(survey.closes_at) if survey.closes_at else unknown),
        (say("得出估计", "Estimate made"), local_time(run.created_at)),
        (say("批准", "Approved"), local_time(approved) if approved else say("尚未批准", "not yet")),
    ]
    if survey.closes_at:
        days = (run.created_at - survey.closes_at).total_seconds() / 86_400
        told = (
            f"{days:.1f}" if days >= 0 else say("截止前得出，不是最后结果", "made before the end: not the last result")
        )
        rows.append((say("截止到得出估计(天)", "Days from the end to the estimate"), told))
    return _two(say("时间", "Moments"), say("步骤", "Step"), say("时间", "When"), rows)


def _items(run: EstimateRun, result: EstimateDocument, plan: Plan, say: Say) -> Grid:
    """The disclosure elements of AAPOR's Code of Ethics (2021) and Transparency Initiative, in their order."""
    head = db.session.get(Letterhead, 1)
    office = say(head.office, head.office_en or head.office) if head else ""
    absent = say("本系统没有记录，发布时请补充", "not recorded here: add it on publication")
    survey, method = run.survey, method_words(plan, result, say.language)[1:]  # its version stands above
    field = [local_time(moment) for moment in (survey.opens_at, survey.closes_at) if moment]
    size = "–" if result["n"] is None else f"n = {result['n']:,}"
    reached = [share_text(part["rate"])] if (part := result.get("response")) else []
    limits = notices_in_words(result) or [say("没有须另加说明的情况", "nothing that needs a note of its own")]
    join = "" if say.language == "zh" else " "
    rows = [
        (say("谁委托、谁出资", "Sponsor and funding"), absent),
        (say("谁实施", "Conducted by"), office or absent),
        (say("问卷与题目", "Instrument"), f"{_asked(run, plan, say)} {say('问卷摘要', 'Questionnaire digest')} {run.definition_digest}"),
        (say("调查总体", "Population"), _population(run, result, plan, say)),
        (say("抽样、加权和估计", "Sample, weights and estimation"), join.join(method)),
        (say("作答方式", "Ways of answering"), _ways(result, say)),
        (say("调查日期", "Dates"), " – ".join(field) or absent),
        (say("样本量和精度", "Sample size and precision"), f"{size}; {_limits(result, say)}"),
        (say("作答率", "Response rate"), "".join(reached) or say("没有已知的样本，没有作答率", "no known sample, so no response rate")),
        (say("数据的检查", "Checks of the data"), _checks(run, result, say)),
        (say("局限", "Limitations"), say("；", "; ").join(text.rstrip("。.") for text in limits)),
        (say("可否复算", "Reproduction"), frozen(say)),
    ]  # fmt: skip
    return _two(say("公开事项", "Items"), say("事项", "Item"), say("说明", "What is known"), rows)


def _population(run: EstimateRun, result: EstimateDocument, plan: Plan, say: Say) -> str:
    margins = plan.margins()
    if not margins:
        return area_name(run.survey.city)
    people = sum(next(iter(margins.values())).values())
    return say(f"{area_name(run.survey.city)}，按边际合计{people:,.0f}人", f"{area_name(run.survey.city)}, {people:,.0f} persons by the margins")  # fmt: skip


def _ways(result: EstimateDocument, say: Say) -> str:
    names, counted = mode_names(), result.get("modes") or []
    told = [names.get(row["mode"], row["mode"]) for row in counted]
    return say("、", ", ").join(told) or say("没有记录", "not recorded")


def _checks(run: EstimateRun, result: EstimateDocument, say: Say) -> str:
    flagged = result["flagged"]
    if not flagged:
        return say("计划没有按质量标记剔除应答", "the plan leaves out no responses for quality flags")
    return say(
        f"标记{flagged['flagged']}份，剔除{flagged['excluded']}份(剔除集版本{run.flags_version})",
        f"{flagged['flagged']} flagged, {flagged['excluded']} left out (exclusion set {run.flags_version})",
    )


def _limits(result: EstimateDocument, say: Say) -> str:
    share = result["satisfied"]
    if share["lower"] is None:
        return say("没有区间", "no interval")
    return f"{between(share)} ({share_text(share['confidence'], 0)})"


def _two(caption: str, first: str, second: str, rows: Sequence[tuple[str, object]]) -> Grid:
    return grid(caption, caption, [Field(first), Field(second)], [(name, str(value)) for name, value in rows])


def _decimal(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
