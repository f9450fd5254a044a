"""The fieldwork page: how far, how fast, where people leave, who answers at all. It refreshes itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from questionnaires import Definition
from survey_app.answering import form_counts
from survey_app.answering.definitions import definition_of
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import all_of, may
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.fieldwork.charts import slices_chart
from survey_app.fieldwork.flag_counts import FlagCount, flag_counts
from survey_app.fieldwork.pages.suppression import hidden_counts, hidden_progress, hidden_rates
from survey_app.fieldwork.progress import FieldworkNow, Progress, Slice, fieldwork_now
from survey_app.fieldwork.response_rates import Line, outcome_rates
from survey_app.fieldwork.sites_seen import sites_seen
from survey_app.ground.language import language
from survey_app.models import Site, Survey
from survey_app.surveys import process_counts
from survey_app.surveys.pages.surveys import state_of
from survey_app.surveys.small_cells import least_cell, sees_all

REFRESH_SECONDS = 30
RATES = ("rr1", "rr2", "rr3", "rr4", "rr5", "rr6", "coop1", "con1", "ref1")


@bp.page("/surveys/<code>/fieldwork", "现场进度", all_of("manager", "evaluator", "auditor"))
def fieldwork_page(code: str) -> str | BaseResponse:
    """The whole page, or with ?part only what changes, for the script that refreshes it."""
    survey = survey_of(code)
    sites = own_sites(survey)
    now = fieldwork_now(survey, sites)
    form_counts.write()
    definition = definition_of(survey)
    left = form_counts.events(survey, sites, definition)
    found = outcome_rates(survey, sites)
    tables = {
        "counties": _county_table(now), "sites": _site_table(now), "silent": _silent_table(now),
        "questions": _question_table(left, definition), "rates": _rates_table("rates", _("各县(市、区)的应答率"), found.counties, found.city),
        "site_rates": _rates_table("site_rates", _("各调查点的应答率"), found.sites), "flags": _flag_table(flag_counts(survey, {site.id for site in sites}, now.total.flagged)),
    }  # fmt: skip
    tables |= _process_tables(survey, sites)
    tables["counties"], tables["sites"] = hidden_progress(tables["counties"], tables["sites"], survey)
    places = {site.name: site.area.name for site in sites}
    tables["rates"], tables["site_rates"] = hidden_rates(tables["rates"], tables["site_rates"], places, survey)
    tables["flags"] = hidden_counts(tables["flags"], ("standing", "lifted"), survey)
    figures = _figures(now, left)
    asked = requested_export(*tables.values(), *(figure.table for figure in figures if figure.table))
    asked = asked or requested_figure(*figures)
    if asked:
        return asked
    shown: dict[str, object] = {
        "survey": survey, "now": now, "left": left, "rates": found, "tables": tables, "figures": figures,
        "hidden": None if sees_all(current_user.grants) else {"least": least_cell(survey)},
        "state": state_of(survey), "whole": len(sites) == len(survey.sites),
    }  # fmt: skip
    if "part" in request.args:
        return render_template("fieldwork/part.html", **shown)
    return render_template("fieldwork/fieldwork.html", **shown, seconds=REFRESH_SECONDS, demo=survey.demo)


def own_sites(survey: Survey) -> list[Site]:
    """The sites the signed-in person may see: a county's account those of its county."""
    return sites_seen(survey, current_user.grants)


def _figures(now: FieldworkNow, left: form_counts.FormEvents) -> list[Figure]:
    words = {"sampled": _("抽样应答"), "others": _("不计入样本"), "axis": _("完成数")}
    opened = left.by_day
    return [
        Figure(
            "days", _("每天完成数"), slices_chart(now.days, words, "%-m-%-d"),
            _slice_table("day_counts", _("每天完成数"), _("日期"), now.days, "%Y-%m-%d", opened),
        ),
        Figure(
            "hours", _("近48小时每小时完成数"), slices_chart(now.hours, words, "%-H"),
            _slice_table("hour_counts", _("近48小时每小时完成数"), _("小时"), now.hours, "%Y-%m-%d %H:%M"),
        ),
    ]  # fmt: skip


def _slice_table(
    name: str, caption: str, heading: str, slices: Sequence[Slice], form: str, opened: dict[Any, int] | None = None
) -> Table:
    columns = [
        Column("start", heading),
        Column("sampled", _("抽样应答"), "number"),
        Column("others", _("不计入样本"), "number"),
    ]
    if opened is not None:
        columns.append(Column("opened", _("打开问卷"), "number"))
    rows = [
        {
            "start": part.start.strftime(form),
            "sampled": part.sampled,
            "others": part.others,
            "opened": opened.get(part.start.date(), 0) if opened is not None else None,
        }
        for part in slices
    ]
    return Table(name, caption, columns, rows)


def _progress_columns() -> list[Column]:
    return [
        Column("sampled", _("抽样应答"), "number"), Column("target", _("目标"), "number"),
        Column("share", _("进度"), "share"), Column("others", _("样本外"), "number"),
        Column("screened_out", _("不合条件"), "number"), Column("flagged", _("有疑问"), "number"),
    ]  # fmt: skip


def _progress_row(line: Progress) -> Row:
    return {
        "sampled": line.sampled, "target": line.target, "share": line.share, "others": line.others,
        "screened_out": line.screened_out, "voided": line.voided, "flagged": line.flagged,
        "flagged_share": line.flagged_share, "minutes": line.minutes, "newest": local(line.newest),
    }  # fmt: skip


def _county_table(now: FieldworkNow) -> Table:
    columns = [
        Column("name", _("县(市、区)或功能区")), Column("sites", _("点数"), "number"), *_progress_columns(),
        Column("minutes", _("中位(分)"), "number"), Column("expected", _("截止时预计"), "number"),
        Column("lower", _("至少"), "number"), Column("upper", _("至多"), "number"),
    ]  # fmt: skip
    rows = []
    for line in now.counties:
        ahead = now.county_projections[line.name]
        rows.append(
            _progress_row(line) | {
                "name": line.name, "sites": line.sites, "expected": round(ahead.expected) if ahead else None,
                "lower": round(ahead.lower) if ahead else None, "upper": round(ahead.upper) if ahead else None,
            }
        )  # fmt: skip
    return Table("counties", _("各县(市、区)与目标"), columns, rows)


def _site_table(now: FieldworkNow) -> Table:
    columns = [
        Column("code", _("编码"), link="address"), Column("name", _("调查点")), Column("county", _("所在单元")), Column("kind", _("类型")),
        *_progress_columns(), Column("newest", _("最近应答")),
    ]  # fmt: skip
    rows = []
    for line in now.sites:
        site = line.site
        assert site is not None
        rows.append(
            _progress_row(line) | {
                "code": site.code, "name": site.name, "county": site.area.name,
                "kind": _("抽样点") if site.probability else _("开放点"),
                "address": url_for("console.site_work", code=site.code),
            }
        )  # fmt: skip
    return Table("sites", _("各调查点与目标"), columns, rows)


def _silent_table(now: FieldworkNow) -> Table:
    columns = [
        Column("code", _("编码")),
        Column("name", _("调查点")),
        Column("county", _("所在单元")),
        Column("newest", _("最近应答")),
    ]
    rows = [
        {"code": line.site.code, "name": line.name, "county": line.site.area.name, "newest": local(line.newest)}
        for line in now.silent
        if line.site is not None
    ]
    return Table("silent", _("今天还没有应答的调查点"), columns, rows)


def _question_table(left: form_counts.FormEvents, definition: Definition) -> Table:
    columns = [
        Column("number", _("题号"), "number"), Column("text", _("题目")), Column("left", _("停在这里离开"), "number"),
        Column("drafts", _("草稿停在这里"), "number"), Column("wrong", _("因这一题退回"), "number"),
    ]  # fmt: skip
    numbers = {question.key: place for place, question in enumerate(definition.questions, start=1)}
    texts = {question.key: question.text[language()] for question in definition.questions}
    rows = [
        {
            "number": numbers[each.key], "text": texts[each.key], "left": each.left, "drafts": each.drafts,
            "wrong": each.wrong,
        }
        for each in left.questions
    ]  # fmt: skip
    return Table("questions", _("人们在哪里离开"), columns, rows)


def _rates_table(name: str, caption: str, lines: Sequence[Line], city: Line | None = None) -> Table:
    columns = [
        Column("name", _("名称")), Column("cases", _("样本人数"), "number"), Column("pending", _("尚无结果"), "number"),
        Column("complete", _("完成"), "number"), *(Column(rate, rate_names()[rate], "share") for rate in RATES),
    ]  # fmt: skip
    everything = [*lines, city] if city is not None and len(lines) > 1 else lines
    rows = [
        {
            "name": line.name or _("合计"), "cases": int(line.outcomes.cases), "pending": line.pending,
            "complete": int(line.outcomes.complete), **{rate: getattr(line.rates, rate) for rate in RATES},
        }
        for line in everything
    ]  # fmt: skip
    return Table(name, caption, columns, rows)


def _flag_table(counts: Sequence[FlagCount]) -> Table:
    columns = [
        Column("kind", _("疑问")),
        Column("standing", _("成立"), "number"),
        Column("lifted", _("已解除"), "number"),
    ]
    names = flag_names()
    rows = [
        {"kind": names.get(each.kind, each.kind), "standing": each.standing, "lifted": each.lifted} for each in counts
    ]
    return Table("flags", _("应答的疑问"), columns, rows)


def _process_tables(survey: Survey, sites: Sequence[Site]) -> dict[str, Table]:
    """Alarms by the process alone, of which none leaves an answer out."""
    named = {site.id: {"code": site.code, "name": site.name, "county": site.area.name} for site in sites}
    place = [
        Column("code", _("编码")),
        Column("name", _("调查点")),
        Column("county", _("所在单元")),
        Column("day", _("日期")),
    ]
    hours = [*place, Column("hour", _("小时"), "number"), Column("handed", _("发出问卷"), "number"),
             Column("returned", _("交回"), "number"), Column("share", _("交回占比"), "share")]  # fmt: skip
    days = [*place, Column("answers", _("交回问卷"), "number"), Column("largest", _("来自最大网络(至多)"), "number"), Column("share", _("占比"), "share")]  # fmt: skip
    gone = [
        {**named[row.site_id], "day": str(row.day), "hour": row.hour, "handed": row.handed, "returned": row.returned,
         "share": row.returned / row.handed} for row in process_counts.unreturned(survey, named)
    ]  # fmt: skip
    one = [
        {**named[row.site_id], "day": str(row.day), "answers": row.answers, "largest": row.largest,
         "share": row.largest / row.answers} for row in process_counts.one_network(survey, named)
    ]  # fmt: skip
    return {
        "unreturned": Table("unreturned", _("问卷多半没有交回的时段"), hours, gone),
        "one_network": Table("one_network", _("半数以上来自同一网络的日子"), days, one),
    }


@bp.app_template_global()
def fieldwork_parts(survey: Survey) -> list[tuple[str, str, bool]]:
    """Address, name and whether it is shown, of the pages of the fieldwork the signed-in person may open."""
    names = {
        "fieldwork_page": _("进展"), "invitations_page": _("邀请与名单"), "paper_page": _("纸质问卷"),
        "devices_page": _("访问员平板"), "interviewers_page": _("访问员"), "response_import_page": _("导入访问结果"),
        "collected_page": _("问卷星、Kobo答卷"),
    }  # fmt: skip
    return [
        (url_for(f"console.{name}", code=survey.code), label, request.endpoint == f"console.{name}")
        for name, label in names.items()
        if f"console.{name}" in current_app.view_functions and may(current_user.grants, f"console.{name}", None)
    ]


def local(moment: datetime | None) -> str | None:
    """A moment already in the survey's zone, as it is read."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def rate_names() -> dict[str, str]:
    """AAPOR's rates, with their numbers."""
    return {
        "rr1": _("应答率 RR1"), "rr2": "RR2", "rr3": "RR3", "rr4": "RR4", "rr5": "RR5", "rr6": "RR6",
        "coop1": _("合作率 COOP1"), "con1": _("联系率 CON1"), "ref1": _("拒访率 REF1"),
    }  # fmt: skip


def flag_names() -> dict[str, str]:
    """Kinds of flags on responses."""
    return {
        "too_fast": _("作答过快"), "straight_lining": _("整排同一答案"), "duplicate": _("答案相同"), "burst": _("短时集中"),
        "repeat": _("同一浏览器再次作答"), "contradiction": _("前后矛盾"), "inattentive": _("未按要求作答"), "trap": _("疑似程序填写"), "person": _("人工标记"),
        "under_floor": _("快于下限"), "arrivals": _("到达如机器"), "unripe": _("繁忙时提交过早"),
    }  # fmt: skip
