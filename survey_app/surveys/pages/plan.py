"""A survey's plan: by a form or as YAML, its margins, what the sample can show, and its versions after the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from analysis.errors import AnalysisError
from analysis.minimum import SUPPLEMENTS, Least, Minimum
from analysis.plan import Plan
from analysis.sampling import FrameError
from analysis.zones import Zones
from definitions import DefinitionError, Problem
from definitions.numbers import NumberRefusedError, percents, percents_of, share_of
from questionnaires.items import items_of
from survey_app.answering.definitions import definition_of
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import lines_named, supplement_words
from survey_app.ground import sign_off, two_persons
from survey_app.ground.language import language
from survey_app.ground.plans import plan_of
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.ground.zones import rules_for
from survey_app.models import Survey
from survey_app.surveys import official_plan, plan_checks, plan_exceptions
from survey_app.surveys.levels import MARGINS, options_of
from survey_app.surveys.pages.expected import expected_table, reached_asked
from survey_app.surveys.pages.files import FIELDS
from survey_app.surveys.pages.forms import PROPOSED, PlanForm
from survey_app.surveys.pages.steps import in_words
from survey_app.surveys.plan_versions import PlanChangeError, change_plan, versions
from survey_app.surveys.respondents import chosen, with_chosen
from survey_app.surveys.sample_power import ASSUMED, ICC, SamplePower, sample_power
from wording import Message

LEAST = ("answers", "sites", "df")
PLAN_LIMIT = 1024 * 1024  # bytes of a plan's text or file


@bp.page("/surveys/<code>/plan", "查看方案", own("manager", "evaluator", "auditor"))
def survey_plan(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    tables = _tables(survey)
    return requested_export(*tables.values()) or _page(survey, tables, survey.plan, [], "")


@bp.action("/surveys/<code>/plan", "改方案", own("manager"))
@takes_files(PLAN_LIMIT)
def save_plan(code: str) -> str | tuple[str, int] | BaseResponse:
    """Keep the plan as the form makes it, as the text says, or as the file has it. Nothing of a wrong one is stored."""
    survey = survey_of(code)
    request.max_form_memory_size = PLAN_LIMIT
    form = PlanForm()
    body, reason = survey.plan, form.reason.data or ""
    problems: list[Problem] = []
    seen = form.seen.data or ""
    try:
        with transaction():
            body, renamed = _asked(survey, form)
            plan_checks.check(survey, body)
            change_plan(survey, body, reason, seen)
    except DefinitionError as error:
        problems = error.problems
    except PlanChangeError as error:
        flash(str(error), "error")
        seen = survey.plan_digest  # what has changed is told now
    else:
        if renamed:
            flash(_("文件中的列名已换成本系统的：%(names)s", names="、".join(renamed)), "ok")
        flash(_("计划已保存。"), "ok")
        return redirect(url_for("console.survey_plan", code=code))
    return _page(survey, _tables(survey), body, problems, reason, seen), 422


@bp.page("/surveys/<code>/plan/understood", "查看方案", own("manager", "evaluator", "auditor"))
def understood_share(code: str) -> BaseResponse:
    """How the assumed share, in percents, is read; the page's script asks while one types."""
    survey_of(code)
    try:
        return jsonify(
            says=_("读作：%(value)s", value=percents(percents_of(request.args.get("assumed", "")))), wrong=False
        )
    except NumberRefusedError as error:
        return jsonify(says=str(error), wrong=True)


@bp.page("/surveys/<code>/plan.yaml", "下载方案", own("manager", "evaluator", "auditor"))
def plan_file(code: str) -> BaseResponse:
    """The present plan as a file, as `minyi estimate` reads it."""
    survey = survey_of(code)
    headers = {"Content-Disposition": f"attachment; filename=plan-{code}.yaml"}
    return Response(survey.plan, content_type="application/yaml; charset=utf-8", headers=headers)


def _asked(survey: Survey, form: PlanForm) -> tuple[str, list[str]]:
    """The plan's text that was sent, and the columns that were renamed in it. Raises DefinitionError."""
    if not form.validate():
        said = [(field.label.text, message) for field in form for message in field.errors]
        raise DefinitionError([Problem("plan", 0, str(label), str(message)) for label, message in said])
    if form.by.data == "form":
        body = plan_checks.with_choices(survey.plan, _choices(survey, form))
        return with_chosen(body, plan_of(survey), form.respondents.data or "", form.exception.data or ""), []
    upload = form.file.data
    if form.by.data == "file":
        if upload is None:
            raise DefinitionError([Problem("plan", 0, "", _("请选择文件。"))])
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DefinitionError([Problem(upload.filename, 1, "", Message("lines.not_utf8"))]) from error
        return plan_checks.adopt(survey, text)
    return (form.plan.data or "").replace("\r\n", "\n"), []


def _choices(survey: Survey, form: PlanForm) -> plan_checks.Choices:
    margins = tuple(name for name in form.margins.data if name in MARGINS)
    known = plan_checks.margins_of(survey.plan)
    wrong = [
        Problem(
            "plan",
            1,
            f"calibration.margins.{name}",
            Message("surveys.import_its_populations_first", margins=MARGINS[name][0]),
        )
        for name in margins
        if name not in known
    ]
    if not form.satisfied.data:
        wrong.append(Problem("plan", 1, "measure.satisfied", Message("surveys.choose_least_one_answer")))
    if wrong:
        raise DefinitionError(wrong)
    return plan_checks.Choices(
        satisfied=tuple(form.satisfied.data), official=form.official.data or "share",
        method=form.method.data or "raking", margins=margins, trim=form.trim.data or 0.0,
        interval=form.interval.data or "korn_graubard", confidence=form.confidence.data or 0.95,
        domains=tuple(form.domains.data), singleton=form.singleton.data or "adjust",
        flagged=form.flagged.data or "exclude", dont_know=tuple(form.dont_know.data), refused=tuple(form.refused.data),
        minimum=_minimum(survey, form),
    )  # fmt: skip


def _minimum(survey: Survey, form: PlanForm) -> Minimum | None:
    """As it was typed; what was left empty stays as it is, and 0 asks for nothing."""
    stated = plan_checks.choices_of(survey.plan).minimum
    typed = [form[f"least_{name}"].data for name in LEAST]
    whole = [form[f"whole_{name}"].data for name in LEAST]
    if all(number is None for number in typed):
        return stated
    base = stated or Minimum()
    least = [old if new is None else new for new, old in zip(typed, (base.answers, base.sites, base.df), strict=True)]
    own = [old if new is None else new for new, old in zip(whole, least, strict=True)]
    supplement = next((key for key in SUPPLEMENTS if key == form.supplement.data), base.supplement)
    stated_whole = Least(*own) if any(number is not None for number in whole) else None
    return Minimum(least[0], least[1], least[2], stated_whole, supplement)


def _page(
    survey: Survey, tables: dict[str, Table], body: str, problems: list[Problem], reason: str, seen: str = ""
) -> str:
    try:
        choices = plan_checks.choices_of(body)
    except DefinitionError:
        choices = None
    wrong: list[Problem] = list(problems)
    if not wrong:
        try:
            plan_checks.check(survey, survey.plan)
        except DefinitionError as error:
            wrong = error.problems
    question = definition_of(survey).question(definition_of(survey).columns.get("measure", ""))
    form = PlanForm()
    return render_template(
        "surveys/plan.html", survey=survey, body=body, form=form, chosen=_chosen(survey, form), seen=seen or survey.plan_digest, problems=wrong, refused=bool(problems), reason=reason,
        choices=choices, minimum=_proposed(survey, choices), supplements=supplement_words(), expected=expected_table(survey, reached_asked()), options=question.options if question else (), margins=_margin_names(), tables=tables,
        known=plan_checks.margins_of(survey.plan), power=_power(survey), versions=versions(survey), fixed=official_plan.fixed(survey), stated=two_persons.of(f"survey:{survey.code}", plan_exceptions.KIND, sign_off.PROPOSED), official=official_plan.official_version(survey), names=_names(survey),
        method=_said(lambda: plan_of(survey)), lines=lines_named(_zones(survey)),
        fields=FIELDS["margins"], in_words=in_words, demo=survey.demo,
    )  # fmt: skip


def _chosen(survey: Survey, form: PlanForm) -> str:
    """How those who answer are chosen, by what was sent or by the plan, whose exception then stands in the form."""
    if form.is_submitted() and form.respondents.data:
        return str(form.respondents.data)
    try:
        plan = plan_of(survey)
    except DefinitionError:
        return ""
    form.exception.data = plan.exception or PROPOSED
    return chosen(plan)


def _proposed(survey: Survey, choices: plan_checks.Choices | None) -> Minimum | None:
    """What the boxes hold: the plan's own, and in a draft without one what the form proposes."""
    if choices is None or choices.minimum is not None:
        return choices.minimum if choices else None
    return Minimum() if survey.state == "draft" else None


def _said(plan: Callable[[], Plan]) -> str:
    """The method of a plan in words; nothing while it cannot be read."""
    try:
        return plan().method.sentence(language())
    except DefinitionError:
        return ""


def _zones(survey: Survey) -> Zones:
    """The lines that the survey's plan will be decided by; none while the plan cannot be read."""
    try:
        rules = rules_for(plan_of(survey), area=survey.city)
    except (AnalysisError, DefinitionError):
        rules = None
    return rules.whole if rules else Zones(())


def _finite(survey: Survey) -> bool:
    """Whether the plan's variance knows that sites are drawn without replacement; not while it cannot be read."""
    try:
        return plan_of(survey).design.pps is not None
    except DefinitionError:
        return False


def _power(survey: Survey) -> SamplePower | None:
    zones, finite = _zones(survey), _finite(survey)
    try:
        assumed, icc = request.args.get("assumed"), request.args.get("icc")
        share = ASSUMED if assumed is None else float(percents_of(assumed))
        return sample_power(survey, zones, share, ICC if icc is None else float(share_of(icc)), finite=finite)
    except (ValueError, FrameError):
        flash(_("假定满意度应在0和100之间，组内相关应在0和1之间。"), "error")
        return sample_power(survey, zones, finite=finite)


def _margin_names() -> dict[str, str]:
    return {"home_county": _("居住地"), "sex": _("性别"), "age_band": _("年龄")}


def _tables(survey: Survey) -> dict[str, Table]:
    place = 1 if language() == "en" else 0
    words = {(name, code): labels[place] for name in ("sex", "age_band") for code, labels in options_of(survey, name)}
    names = _margin_names()
    margins = [
        {
            "margin": names.get(name, name),
            "level": level,
            "words": words.get((name, level), level),
            "population": population,
        }
        for name, levels in plan_checks.margins_of(survey.plan).items()
        for level, population in levels.items()
    ]
    columns = [
        Column("margin", _("变量")),
        Column("level", _("水平")),
        Column("words", _("文字")),
        Column("population", _("人口"), "number"),
    ]
    power = _power(survey)
    strata = [
        {"stratum": row.stratum, "sites": row.sites, "interviews": row.interviews, "margin": row.margin}
        for row in (power.strata if power else ())
    ]
    planned = [
        Column("stratum", _("层")),
        Column("sites", _("抽样点"), "number"),
        Column("interviews", _("目标"), "number"),
        Column("margin", _("预计误差(±)"), "share"),
    ]
    return {
        "margins": Table("margins", _("人口结构"), columns, margins),
        "strata": Table("strata", _("各层预计精度"), planned, strata),
        "expected": expected_table(survey, reached_asked()),
    }


def _names(survey: Survey) -> dict[str, dict[str, Any]]:
    """The choices of the form in words; results are also told by the survey's questions with fixed options."""
    definition = definition_of(survey)
    questions = {
        name: item.words(language())
        for name, item in items_of(definition).items()
        if item.kind == "code" and not item.part and name not in definition.columns.values()
    }
    return {
        "official": {"share": _("满意的比例"), "index": _("0–100分指数")},
        "method": {
            "raking": _("逐项加权(raking)"), "poststratify": _("事后分层(只用一个变量)"), "linear": _("线性校准"),
            "none": _("不校准"),
        },
        "interval": {
            "korn_graubard": _("Korn-Graubard(默认)"), "logit": "logit", "wilson": "Wilson", "wald": _("正态近似"),
        },
        "singleton": {
            "adjust": _("以总平均为中心(默认)"), "average": _("用其他层的平均方差"), "certainty": _("视为必选点，无方差"),
            "remove": _("略去"), "fail": _("报错，不估计"),
        },
        "flagged": {"exclude": _("剔除"), "keep": _("保留，另列影响"), "none": _("不区分")},
        "domains": {
            "rated_county": _("县(市、区)"), "home_county": _("居住地(含功能区)"), "site_county": _("调查点所在地"),
            "age_band": _("年龄"), "sex": _("性别"), "mode": _("作答方式"), **questions,
        },
    }  # fmt: skip
