"""The flags of a survey: how many of which kind where, each with its reason, lifted singly or several at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.plan_parts import Flagged
from survey_app.console.frame import bp, survey_of
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import all_of, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork.pages.progress import flag_names, own_sites
from survey_app.ground.language import language
from survey_app.ground.plans import plan_of
from survey_app.ground.transaction import transaction
from survey_app.jobs.queue import enqueue
from survey_app.models import ResponseFlag, Site, Survey
from survey_app.responses.flag_lists import FlagCount, WantedFlags, counts, decide_several, lines, undecided_responses
from survey_app.responses.flags import FlagError
from survey_app.responses.pages.forms import CONFIRM_ALL, LIFT, LiftForm
from survey_app.responses.pages.process import seen
from survey_app.surveys.small_cells import least_cell, sees_all, shown_apart, shown_nested


@bp.app_template_filter()
def flag_reason(flag: ResponseFlag) -> str:
    """A flag's reason; nothing of one that would repeat what was answered."""
    return "" if flag.kind == "contradiction" else flag.en if language() == "en" else flag.zh


RESULT_PAGES["flags"] = lambda code: url_for("console.flags_page", code=code)


@bp.page("/surveys/<code>/flags", "查看疑问标记", all_of("manager", "evaluator", "auditor"))
def flags_page(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    sites = own_sites(survey)
    counted = counts(survey, seen(survey, sites))
    tables = [_kinds(survey, counted), _sites(survey, counted, {site.id: site for site in sites})]
    asked = requested_export(*tables)
    if asked:
        return asked
    return _page(survey, sites, tables, LiftForm())


@bp.action(
    "/surveys/<code>/flags/lift", "批量确认或取消标记", all_of("manager", "evaluator")
)  # each response is asked for in the view
def lift_listed(code: str) -> BaseResponse | tuple[str, int]:
    """Lift or confirm the flags of the marked responses, all with the same reason."""
    survey = survey_of(code)
    sites = own_sites(survey)
    form = LiftForm()
    wanted = form.response.data or []
    if form.do.data == CONFIRM_ALL:
        wanted = undecided_responses(survey)
    if not form.validate_on_submit() or not wanted:
        if not wanted:
            flash(_("没有待定的标记") if form.do.data == CONFIRM_ALL else _("请先勾选应答"), "error")
        counted = counts(survey, seen(survey, sites))
        tables = [_kinds(survey, counted), _sites(survey, counted, {site.id: site for site in sites})]
        return _page(survey, sites, tables, form, set(wanted)), 422
    try:
        with transaction():
            lift = form.do.data == LIFT
            number = decide_several(survey, wanted, seen(survey, sites), form.reason.data, current_user.username, lift)
        said = _("已解除%(number)s份应答的标记") if lift else _("已确认%(number)s份应答的标记成立")
        flash(said % {"number": number}, "ok")
    except FlagError as error:
        flash(str(error), "error")
    return redirect(url_for("console.flags_page", code=code, **_kept()))


@bp.action("/surveys/<code>/flags/look", "查找可疑应答", own("manager", "evaluator"))
def look_for_flags(code: str) -> BaseResponse:
    """Queue a new look through all responses."""
    return started(enqueue("flags", {"survey": survey_of(code).id}, current_user.username))


def _page(
    survey: Survey, sites: list[Site], tables: list[Table], form: LiftForm, marked: set[int] | None = None
) -> str:
    wanted = WantedFlags(**_kept())
    found, older = lines(survey, wanted, seen(survey, sites), request.args.get("before", type=int))
    return render_template(
        "responses/flags.html", survey=survey, tables=tables, lines=found, older=older, wanted=wanted, sites=sites,
        names=flag_names(), kept=_kept(), form=form, marked=marked or set(), rule=_rule(survey),
        hidden=None if sees_all(current_user.grants) else {"least": least_cell(survey)}, demo=survey.demo,
    )  # fmt: skip


def _kept() -> dict[str, Any]:
    """The filters of the address that mean something."""
    known = {"kind": set(flag_names()), "standing": {"yes", "no", "open"}}
    found = {name: request.args.get(name, "") for name in ("kind", "site", "standing")}
    return {name: value for name, value in found.items() if value and value in known.get(name, {value})}


def _rule(survey: Survey) -> Flagged | None:
    """What the plan does with flags, with the kinds that count under it."""
    plan = plan_of(survey)
    return plan.flagged and replace(plan.flagged, kinds=plan.flag_kinds)


def _kinds(survey: Survey, counted: list[FlagCount]) -> Table:
    columns = [
        Column("kind", _("疑问")),
        Column("standing", _("成立"), "number"),
        Column("lifted", _("已解除"), "number"),
    ]
    lifted = shown_apart(_by_kind(counted, "lifted"), current_user.grants, survey)
    rows = [
        {"kind": flag_names().get(kind, kind), "standing": _protected(survey, counted, kind)[1], "lifted": number}
        for kind, number in lifted.items()
    ]
    return Table("kinds", _("各类疑问"), columns, rows)


def _sites(survey: Survey, counted: list[FlagCount], sites: dict[int, Site]) -> Table:
    kinds = list(dict.fromkeys(each.kind for each in counted))
    columns = [
        Column("site", _("调查点"), link="address"),
        Column("county", _("所在单元")),
        *(Column(kind, flag_names().get(kind, kind), "number") for kind in kinds),
    ]
    by_kind = {kind: _protected(survey, counted, kind)[0] for kind in kinds}
    rows = [
        {
            "site": sites[number].name,
            "county": sites[number].area.name,
            "address": url_for("console.flags_page", code=survey.code, site=sites[number].code),
            **{kind: by_kind[kind].get(number, 0) for kind in kinds},
        }
        for number in dict.fromkeys(each.site_id for each in counted)
    ]
    return Table("sites", _("各调查点成立的疑问"), columns, rows)


def _protected(survey: Survey, counted: list[FlagCount], kind: str) -> tuple[dict[int, int | None], int | None]:
    """Standing flags of a kind by site, and in all: the two tables show both, so they are protected together."""
    leaves = {each.site_id: each.standing for each in counted if each.kind == kind}
    sites, _groups, total = shown_nested(leaves, dict.fromkeys(leaves, kind), current_user.grants, survey)
    return sites, total


def _by_kind(counted: list[FlagCount], part: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in counted:
        found[each.kind] = found.get(each.kind, 0) + getattr(each, part)
    return found
