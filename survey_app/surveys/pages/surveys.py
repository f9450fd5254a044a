"""Surveys: their list, a new one, and the page from which one is run, set, moved on and cloned."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from definitions import DefinitionError
from survey_app.answering.trials import count_trials
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import Menu, all_of, inside, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.two_persons import second_person_lacking
from survey_app.console.words import changed_words
from survey_app.ground import sign_off
from survey_app.ground.clock import local_time
from survey_app.ground.dates import with_zone
from survey_app.ground.held import computing, seen
from survey_app.ground.official import UNOPENED, NamingError, name_official, naming_of, unnamed_period
from survey_app.ground.plans import plan_of
from survey_app.ground.programme_choice import ProgrammeError, use
from survey_app.ground.stored import estimate_of
from survey_app.ground.transaction import transaction
from survey_app.ground.verdicts import exception_of
from survey_app.models import Area, EstimateRun, OfficialSurvey, Period, QuestionnaireVersion, Survey, db
from survey_app.surveys import listing, making, plan_checks, questionnaire_versions, unit_counts, waves
from survey_app.surveys.closing import close_in_time, pauses
from survey_app.surveys.freshness import changed_since
from survey_app.surveys.life import COLLECTING, NEXT, StateError, change_state, half_keyed
from survey_app.surveys.listing import SurveyLine, survey_lines
from survey_app.surveys.pages.expected import expected_table
from survey_app.surveys.pages.forms import (
    NEW_CITY,
    CloneForm,
    NewSurveyForm,
    OfficialForm,
    SettingsForm,
    StateForm,
    choices_of,
    filled,
    version_label,
)
from survey_app.surveys.pages.steps import in_words, steps
from survey_app.surveys.plan_versions import change_plan, versions
from survey_app.surveys.readiness import lacks
from survey_app.surveys.respondents import with_chosen
from survey_app.surveys.unit_counts import shown_fieldwork

OF_ARCHIVED = {"console.survey_clone", "console.make_posters"}  # what may be asked of an archived survey
DIRECT = {("open", "paused"), ("paused", "open")}  # moves that need no page of their own


bp.before_request(close_in_time)


@bp.before_request
def read_only_when_archived() -> BaseResponse | None:
    """An archived survey can be read and cloned; whatever would change it leads back to its page."""
    code = (request.view_args or {}).get("code")
    if request.method != "POST" or not request.path.startswith("/console/surveys/") or request.endpoint in OF_ARCHIVED:
        return None
    if db.session.scalar(select(Survey.state).where(Survey.code == code)) != "archived":
        return None
    flash(_("调查已归档，只能查看。"), "error")
    return redirect(url_for("console.survey_page", code=code))


@bp.page(
    "/surveys",
    "查看调查",
    all_of("manager", "evaluator", "auditor"),
    menu=Menu("调查", "survey", 10, ("/console/surveys", "/console/questionnaires", "/console/areas")),
)
def survey_list() -> str | BaseResponse:
    """Every survey of one's cities; a county's account is led to the posters of its county."""
    archived = request.args.get("archived") == "1"
    whole = may(current_user.grants, "console.survey_page", None)
    places = [grant.area for grant in current_user.grants]
    lines = [
        line
        for line in survey_lines(archived)
        if any(inside(place, line.survey.city) for place in places if place) or None in places
    ]
    table = _list_table(lines, whole)
    return requested_export(table) or render_template(
        "surveys/surveys.html", table=table, archived=archived, whole=whole, demo=False
    )


@bp.form("/surveys/new", "新建调查", own("manager"))
def new_survey() -> tuple[str, int] | str | BaseResponse:
    form = NewSurveyForm()
    cities = list(db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.code)))
    form.offer(_questionnaires(), cities)
    if form.validate_on_submit():
        try:
            with transaction():
                city = next((area for area in cities if area.code == form.city.data), None)
                if city is None or form.city.data == NEW_CITY:
                    city = making.city_of(form.city_code.data or "", form.city_name.data or "")
                    if form.programme.data:
                        use(form.programme.data, None, city, "")
                version = _version(form.questionnaire.data)
                survey = making.create((form.code.data or "").strip(), form.settings(), city, version)
                begun = with_chosen(
                    survey.plan, plan_of(survey), form.respondents.data or "", form.exception.data or ""
                )
                if begun != survey.plan:
                    plan_checks.check(survey, begun)
                    change_plan(survey, begun)
                if form.official.data:
                    _name(survey)
        except making.SurveyError as error:
            form.refuse(error, error.field)
        except DefinitionError as error:
            form.refuse("；".join(str(problem.message) for problem in error.problems), "exception")
        except NamingError as error:
            form.refuse(error, "official")
        except ProgrammeError as error:
            form.refuse(error, "programme")
        else:
            flash(_("调查已建立。请按下面的步骤准备。"), "ok")
            return redirect(url_for("console.survey_page", code=survey.code))
    page = render_template("surveys/new.html", form=form, demo=False)
    return (page, 422) if form.is_submitted() else page


@bp.page("/surveys/<code>", "查看调查", own("manager", "evaluator", "auditor"))
def survey_page(code: str) -> str:
    survey = survey_of(code)
    found = lacks(survey) if survey.state in ("draft", "locked") else []
    runs = listing.estimate_runs(survey)
    states = sign_off.states([f"estimate:{run.id}" for run in runs])
    return render_template(
        "surveys/survey.html",
        survey=survey,
        state=state_of(survey),
        moves=[(state, move_names()[state], (survey.state, state) in DIRECT) for state in _next(survey)],
        official=naming_of(survey),
        nameable=unnamed_period(survey.city_id) if survey.state in UNOPENED and not survey.demo else None,
        pauses=pauses(survey),
        steps=steps(survey, found),
        trials=count_trials(survey.id) if survey.state == "locked" else 0,
        period=period(survey),
        waves=waves.chain(survey),
        fieldwork=shown_fieldwork(unit_counts.fieldwork(survey), survey, current_user.grants),
        runs=runs,
        results={run.id: estimate_of(run) for run in runs} if seen(survey) else {},
        approved={run.id: states.get(f"estimate:{run.id}") == sign_off.APPROVED for run in runs},
        changed=changed_since(run.id for run in runs),
        plan_numbers={version.digest: version.number for version in reversed(versions(survey))},
        demo=survey.demo,
    )


@bp.action("/surveys/<code>/official", "定官方调查", own("manager"))
def name_survey(code: str) -> BaseResponse:
    """Make it the official survey of the newest open period that has none, or of the one that is sent."""
    survey, form = survey_of(code), OfficialForm()
    try:
        with transaction():
            naming = _name(survey, form.period.data or "")
        flash(_("已定为周期 %(period)s 的官方调查。", period=naming.period), "ok")
    except NamingError as error:
        flash(str(error), "error")
    return redirect(url_for("console.survey_page", code=code))


def _name(survey: Survey, code: str = "") -> OfficialSurvey:
    """Raises NamingError."""
    period = db.session.get(Period, code) if code else unnamed_period(survey.city_id)
    if period is None:
        raise NamingError("official.no_period")
    return name_official(period, survey)


@bp.page("/surveys/<code>/check", "开放前检查", own("manager", "evaluator", "auditor"))
def survey_check(code: str) -> str:
    """Everything that is missing, what the next state means, and the button that leads there."""
    survey = survey_of(code)
    targets = [state for state in _next(survey) if (survey.state, state) not in DIRECT]
    asked = request.args.get("to", "")
    target = asked if asked in targets else next(iter(targets), "")
    return render_template("surveys/check.html", **_check(survey, target), reason="", demo=survey.demo)


@bp.action("/surveys/<code>/state", "开放、暂停、结束、归档", own("manager"))
def set_state(code: str) -> BaseResponse | tuple[str, int]:
    survey = survey_of(code)
    form = StateForm()
    target, reason = form.state.data or "", form.reason.data or ""
    try:
        if not form.validate():
            raise StateError(" ".join(str(said) for field in form for said in field.errors))
        with transaction():
            change_state(survey, target, reason, form.accept.data)
    except StateError as error:
        if not error.lacks:
            flash(str(error), "error")
            return redirect(url_for("console.survey_page", code=code))
        flash(_("还不能%(move)s，请先处理下列各项。", move=move_names()[target]), "error")
        page = render_template("surveys/check.html", **_check(survey, target), reason=reason, demo=survey.demo)
        return page, 422
    flash(_("调查现在是：%(state)s", state=state_names()[survey.state]), "ok")
    return redirect(url_for("console.survey_page", code=code))


@bp.form("/surveys/<code>/settings", "改调查设置", own("manager"))
def survey_settings(code: str) -> tuple[str, int] | str | BaseResponse:
    survey = survey_of(code)
    form = SettingsForm(data=None if request.method == "POST" else filled(survey))
    if form.validate_on_submit():
        with form.storing(making.SurveyError):
            changed = making.change_settings(survey, form.settings(), form.reason.data or "")
        if not form.errors:
            flash(_("设置已保存。") if changed else _("没有变化。"), "ok")
            return redirect(url_for("console.survey_page", code=code))
    page = render_template("surveys/settings.html", survey=survey, form=form, demo=survey.demo)
    return (page, 422) if form.is_submitted() else page


@bp.form("/surveys/<code>/clone", "另立下一轮", own("manager"))
def survey_clone(code: str) -> tuple[str, int] | str | BaseResponse:
    """The next wave: the same sites and plan; a newer questionnaire with what it does to comparability."""
    source = survey_of(code)
    start = {"title": source.title, "time_zone": source.time_zone, "open_codes_admit": source.open_codes_admit,
             "double_entry": source.double_entry, "seals_erased": source.seals_erased, "code": making.suggested_code(source),
             "questionnaire": f"version:{source.questionnaire_id}"}  # fmt: skip
    form = CloneForm(data=None if request.method == "POST" else start)
    form.questionnaire.choices = choices_of(_questionnaires())
    if form.validate_on_submit():
        version = _version(form.questionnaire.data)
        broken = questionnaire_versions.breaking(source.questionnaire, version)
        if broken and not form.accept.data:
            page = render_template("surveys/clone.html", survey=source, form=form, broken=broken, demo=source.demo)
            return page, 422
        with form.storing(making.SurveyError):
            wave = making.clone(
                source, (form.code.data or "").strip(), form.settings(), version, bool(form.keep_codes.data)
            )
        if not form.errors:
            flash(_("新一期已建立，计划与点位同上一期。"), "ok")
            return redirect(url_for("console.survey_page", code=wave.code))
    page = render_template("surveys/clone.html", survey=source, form=form, broken=[], demo=source.demo)
    return (page, 422) if form.is_submitted() else page


def _next(survey: Survey) -> list[str]:
    """The states that a person may move it to; an official survey is closed by the clock."""
    closes = naming_of(survey) is None
    return [state for state in NEXT[survey.state] if closes or state != "closed"]


def period(survey: Survey) -> str:
    """From when to when, in the survey's own zone."""
    zone = ZoneInfo(survey.time_zone)
    ends = [with_zone(moment, zone) if moment else _("未定") for moment in (survey.opens_at, survey.closes_at)]
    return f"{ends[0]} – {ends[1]}"


def state_names() -> dict[str, str]:
    """The states of a survey."""
    return {
        "draft": _("草稿"), "locked": _("已锁定"), "open": _("进行中"), "paused": _("已暂停"), "closed": _("已结束"),
        "archived": _("已归档"),
    }  # fmt: skip


def state_of(survey: Survey) -> str:
    """The state in words; once the closing time has passed, codes admit nobody whatever the stored state says."""
    over = survey.state in COLLECTING and survey.closes_at is not None and survey.closes_at <= datetime.now(UTC)
    return _("已到截止时间") if over else state_names()[survey.state]


def move_names() -> dict[str, str]:
    """What the button that leads to a state says."""
    return {"locked": _("锁定计划"), "open": _("开放"), "paused": _("暂停"), "closed": _("结束"), "archived": _("归档")}


def _move_words() -> dict[str, str]:
    return {
        "locked": _("锁定后，计划的每次修改都成为有理由的新版本，估计结果注明所用版本；问卷和点位的修改也要说明理由。"),
        "open": _("开放后，扫码即可作答；问卷不能再换。"),
        "closed": _("结束后不能重新开放：停止作答，邀请与应答的对应关系永久删除。"),
        "archived": _("归档后只能查看，不再出现在调查列表中。"),
    }


def _check(survey: Survey, target: str) -> dict[str, object]:
    before = survey.state in ("draft", "locked")
    found = lacks(survey) if before else []
    stopping = [lack for lack in found if lack.level == "stop" and (lack.lock or target != "locked")]
    return {
        "survey": survey, "target": target, "move": move_names().get(target, ""), "words": _move_words().get(target, ""),
        "steps": steps(survey, found), "stopping": stopping, "later": [one for one in found if one.level == "stop" and one not in stopping],
        "warned": [lack for lack in found if lack.level == "warn"], "in_words": in_words,
        "second": second_person_lacking() if target == "locked" else None,
        "expected": expected_table(survey) if before else None,
        "half_keyed": half_keyed(survey) if target == "closed" else 0, "state": state_names()[survey.state],
    }  # fmt: skip


def _questionnaires() -> list[tuple[str, str]]:
    """What can be asked: stored versions, then what is supplied."""
    stored = [(f"version:{version.id}", version_label(version)) for version in questionnaire_versions.versions()]
    return [*stored, *((f"library:{name}", f"{name} · {_('问卷库')}") for name in questionnaire_versions.supplied())]


def _version(value: str) -> QuestionnaireVersion:
    kind, _colon, name = value.partition(":")
    if kind == "library":
        return questionnaire_versions.from_supplied(name)
    return db.session.get(QuestionnaireVersion, int(name)) or abort(404)


def _list_table(lines: list[SurveyLine], whole: bool) -> Table:
    columns = [
        Column("title", _("调查"), link="address"), Column("code", _("代码")), Column("state", _("状态")),
        Column("wave", _("期次"), "number"), Column("opens", _("开始"), "moment"), Column("closes", _("结束"), "moment"),
        Column("sites", _("抽样点"), "number"), Column("responses", _("抽样应答"), "number"),
        Column("target", _("目标"), "number"), Column("satisfied", _("最近估计"), "share"),
        Column("lower", _("区间下限"), "share"), Column("upper", _("区间上限"), "share"),
        Column("run", _("满意度估计"), link="estimate"), Column("signed", _("审批")),
    ]  # fmt: skip
    rows = []
    runs = [line.run.id for line in lines if line.run]
    changed, states = changed_since(runs), sign_off.states([f"estimate:{run}" for run in runs])
    opens = may(current_user.grants, "console.estimate_page", None)
    for line in lines:
        figure = line.satisfied
        survey, zone = line.survey, ZoneInfo(line.survey.time_zone)
        page = "console.survey_page" if whole else "console.posters"
        rows.append(
            {
                "title": survey.title, "code": survey.code, "state": state_of(survey), "wave": line.wave,
                "opens": survey.opens_at.astimezone(zone) if survey.opens_at else None,
                "closes": survey.closes_at.astimezone(zone) if survey.closes_at else None, "sites": line.sites,
                "responses": line.responses, "target": line.target, "satisfied": figure and figure["estimate"],
                "lower": figure and figure["lower"], "upper": figure and figure["upper"],
                "address": url_for(page, code=survey.code) if may(current_user.grants, page, None) else "",
                **(_of_run(line.run, states, changed, opens) if line.run else {}),
            }
        )  # fmt: skip
    return Table("surveys", _("调查"), columns, rows if whole else [_outside(row) for row in rows])


def _of_run(
    run: EstimateRun, states: dict[str, str], changed: dict[int, tuple[str, ...]], opens: bool
) -> dict[str, object]:
    """When the figure was made, whether it was approved, and what has changed since."""
    approved = states.get(f"estimate:{run.id}") == sign_off.APPROVED
    with computing():  # how the plan chooses people is no figure
        exception = exception_of(estimate_of(run))
    return {
        "run": f"#{run.id} {local_time(run.created_at)}",
        "estimate": url_for("console.estimate_page", run_id=run.id) if opens else "",
        "signed": _("；").join(
            filter(
                None,
                (
                    _("已批准") if approved else _("未审批"),
                    changed_words(changed[run.id]),
                    exception and _("视同随机抽取") + _("：") + exception,
                ),
            )
        ),
    }


def _outside(row: dict[str, object]) -> dict[str, object]:
    """A county's account sees that a survey runs, not the city's counts."""
    return row | dict.fromkeys(
        ("sites", "responses", "target", "satisfied", "lower", "upper", "run", "estimate", "signed")
    )
