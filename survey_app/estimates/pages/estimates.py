"""Estimates for review: the list, the page of a run, its sign-off by two people, its recomputation."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from analysis.documents.estimate import EstimateDocument
from analysis.documents.waves import WavesDocument
from analysis.weight_checks import notice_of
from survey_app.console.figures import requested_figure
from survey_app.console.forms import unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.panels import panel
from survey_app.console.permissions import Menu, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import changed_words, doer, english, lines_named, zone_name
from survey_app.estimates import review
from survey_app.estimates.figure_notes import noted_figures, notes_of
from survey_app.estimates.method_words import method_words
from survey_app.estimates.pages import sections
from survey_app.estimates.pages.forms import CommentForm
from survey_app.estimates.pages.held import held_page
from survey_app.estimates.pages.notices import notices_in_words
from survey_app.estimates.pages.words import DASH, state_name, step_name
from survey_app.estimates.suppression import shown_result
from survey_app.estimates.trend import trend_of
from survey_app.ground.held import interim_number, seen
from survey_app.ground.plans import plan_of_run
from survey_app.ground.sign_off import APPROVED, PROPOSED, RETURNED, WITHDRAWN, SignOffError, standing
from survey_app.ground.transaction import transaction
from survey_app.ground.verdicts import exception_of, verdict_of
from survey_app.ground.zones import zones_of
from survey_app.jobs.queue import enqueue
from survey_app.models import EstimateRun, db
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.freshness import changed_since
from survey_app.surveys.official_plan import why_not_official
from survey_app.surveys.plan_versions import version_number

RESULT_PAGES["estimate"] = lambda key: url_for("console.estimate_page", run_id=int(key))
STATES = ("", PROPOSED, APPROVED, RETURNED, WITHDRAWN)


@bp.action("/surveys/<code>/runs", "重新估计并评分", own("evaluator"))
def new_run(code: str) -> BaseResponse:
    """Queue a new estimate run and the scoring runs that follow from it."""
    return started(enqueue("estimate", {"survey": survey_of(code).id}, current_user.username))


@bp.page(
    "/estimates",
    "查看估计",
    own("manager", "evaluator", "scorer", "auditor"),
    menu=Menu("估计", "survey", 20, ("/console/estimates", "/console/links")),
)
def estimates_page() -> str | BaseResponse:
    """Every run, by survey and by how far its approval is."""
    code, state = request.args.get("survey", ""), request.args.get("state")
    state = state if state in STATES else None
    table = _list_table(review.listed(code, state))
    return requested_export(table) or render_template(
        "estimates/estimates.html", table=table, surveys=review.surveys(), code=code, state=state,
        states=[(name, state_name(name)) for name in STATES], survey=None, demo=False,
    )  # fmt: skip


@bp.page("/surveys/<code>/estimates", "查看一项调查的估计", own("manager", "evaluator", "scorer", "auditor"))
def survey_estimates(code: str) -> str | BaseResponse:
    """The runs of one survey: a tab of its pages."""
    survey = survey_of(code)
    table = _list_table(review.listed(code))
    return requested_export(table) or render_template(
        "estimates/estimates.html", table=table, surveys=[], code=code, state=None, states=[], survey=survey,
        demo=survey.demo,
    )  # fmt: skip


@bp.page("/estimates/<int:run_id>", "查看估计", own("manager", "evaluator", "scorer", "auditor"))
def estimate_page(run_id: int) -> str | BaseResponse:
    run = run_of(run_id)
    if not seen(run.survey):
        return held_page(run)
    result, trend = shown_result(run, current_user.grants), trend_of(run)
    found = sections.sections(run, result, trend)
    export = requested_export(*found.every_table()) or requested_figure(*found.every_figure())
    return export or _page(run, result, found, trend)


@bp.action("/estimates/<int:run_id>/propose", "提交估计审批", own("evaluator"))
def propose_estimate(run_id: int) -> BaseResponse | tuple[str, int]:
    """Put a run forward; whoever does cannot approve it."""
    return _step(run_id, (PROPOSED,), _("已提出，请另一位同事审批"))


@bp.action("/estimates/<int:run_id>/settle", "批准或退回估计", own("evaluator", "scorer"))
def settle_estimate(run_id: int) -> BaseResponse | tuple[str, int]:
    """Approve a proposed run or send it back."""
    return _step(run_id, (APPROVED, RETURNED), _("意见已记录"))


@bp.action("/estimates/<int:run_id>/withdraw", "撤回估计", own("evaluator"))
def withdraw_estimate(run_id: int) -> BaseResponse | tuple[str, int]:
    return _step(run_id, (WITHDRAWN,), _("已撤回"))


@bp.action("/estimates/<int:run_id>/verify", "重新计算估计", own("evaluator", "scorer"))
def verify_estimate(run_id: int) -> BaseResponse:
    """Recompute the run in the background; what came of it is shown on its page."""
    return started(enqueue("verify", {"run": run_of(run_id).id}, current_user.username))


@panel(order=20)
def waiting_estimates() -> Markup | None:
    """Runs that wait for a second person's approval, for those who may give it."""
    if not may(current_user.grants, "console.settle_estimate", None):
        return None
    waiting = review.waiting()
    return Markup(render_template("estimates/estimate_panel.html", waiting=waiting)) if waiting else None


def run_of(run_id: int) -> EstimateRun:
    return db.session.get(EstimateRun, run_id) or abort(404)


def _page(
    run: EstimateRun, result: EstimateDocument, found: sections.Sections, trend: WavesDocument | None,
    form: CommentForm | None = None, wrong: str = "",
) -> str:  # fmt: skip
    plan = plan_of_run(run)
    stand = standing(review.subject(run.id))
    settled = next((step.by for step in reversed(stand.steps) if step.step == PROPOSED), "")
    return render_template(
        "estimates/estimate.html",
        run=run, result=result, exception=exception_of(result), plan=plan, page=found, trend=trend, stand=stand, form=form or unsent(CommentForm),
        wrong=wrong, state_name=state_name, step_name=step_name, changed=changed_since([run.id])[run.id], own=settled == current_user.username,
        method=method_words(plan, result, "en" if english() else "zh"),
        figure_notes=notes_of(run), noted_figures=noted_figures(result), plan_version=version_number(run.survey_id, run.plan_digest), verifications=review.verifications(run.id),
        sites={site.code: site.name for site in run.survey.sites},
        city=next((scoring for scoring in run.scoring_runs if scoring.area.kind == "city"), None),
        others=[row for row in review.listed(run.survey.code) if row.id != run.id][:20],
        official=why_not_official(run) is None and interim_number(run) is None, notices=notices_in_words(result), verdict=verdict_of(result), severe=[str(notice_of(one).message) for one in review.severe_weights(run)], lines=lines_named(zones_of(result)), county_lines=lines_named(zones_of(result, COUNTY_VARIABLE)), demo=run.demo,
    )  # fmt: skip


def _step(run_id: int, allowed: tuple[str, ...], done: str) -> BaseResponse | tuple[str, int]:
    run, form = run_of(run_id), CommentForm()
    step = form.step.data or ""
    if step not in allowed:
        abort(400)
    wrong = "" if form.validate() else " ".join(form.comment.errors)
    if not wrong:
        try:
            with transaction():
                review.settle(run, step, current_user.username, form.comment.data or "", form.acknowledged.data)
        except SignOffError as error:
            wrong = str(error)
    if wrong:
        result, trend = shown_result(run, current_user.grants), trend_of(run)
        return _page(run, result, sections.sections(run, result, trend), trend, form, wrong), 422
    flash(done, "ok")
    return redirect(url_for("console.estimate_page", run_id=run_id, _anchor="sign-off"))


def _list_table(runs: list[review.Listed]) -> Table:
    changed = changed_since(run.id for run in runs)
    rows = [
        {
            "id": run.id, "address": url_for("console.estimate_page", run_id=run.id), "title": run.title,
            "created": run.created_at, "by": doer(run.made_by), "n": run.n, "figure": run.figure, "lower": run.lower,
            "upper": run.upper, "outcome": zone_name(run.points, run.outcome) if run.outcome is not None else DASH, "state": state_name(run.state),
            "changed": changed_words(changed[run.id]), "exception": run.exception,
        }
        for run in runs
    ]  # fmt: skip
    columns = [
        Column("id", "#", "text", "address"), Column("title", _("调查")), Column("created", _("时间"), "moment"),
        Column("by", _("发起人")), Column("n", "n", "number"), Column("figure", _("满意度"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"), Column("outcome", _("结论")),
        Column("state", _("审批")), Column("changed", _("此后")),
    ]  # fmt: skip
    if any(run.exception for run in runs):
        columns.append(Column("exception", _("声明的例外：视同随机抽取")))
    return Table(
        "estimates", _("估计记录"), columns, rows, empty=_("还没有估计。调查有了应答之后，在该调查的页面上运行。")
    )
