"""Invitations of a survey: how many are made and used at each site, and drawing them for all sites at once."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.addresses import is_local, shown_base
from survey_app.console.forms import unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import all_of, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork import invitations
from survey_app.fieldwork.pages.forms import DrawAllForm
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.fieldwork.pages.site_work import drawn
from survey_app.models import Survey


@bp.page("/surveys/<code>/fieldwork/invitations", "查看邀请码", all_of("manager", "evaluator", "auditor"))
def invitations_page(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    table = _table(survey)
    return requested_export(table) or _page(survey, table, unsent(DrawAllForm, oversample=1.5))


@bp.action("/surveys/<code>/fieldwork/invitations", "生成邀请码", own("manager"))
def draw_invitations(code: str) -> BaseResponse | tuple[str, int]:
    """For every sampled site what is missing to its target times the oversample, as one file."""
    survey, form = survey_of(code), DrawAllForm()
    made = drawn(survey, form, "oversample", {"what": "all", "oversample": str(form.oversample.data)})
    return made or (_page(survey, _table(survey), form), 422)


def _page(survey: Survey, table: Table, form: DrawAllForm) -> str:
    base = shown_base(survey.demo)
    return render_template(
        "fieldwork/invitations.html",
        survey=survey,
        table=table,
        form=form,
        base=base,
        local=is_local(base),
        demo=survey.demo,
    )


def _table(survey: Survey) -> Table:
    columns = [
        Column("code", _("编码"), link="address"),
        Column("name", _("调查点")),
        Column("county", _("所在单元")),
        Column("target", _("目标"), "number"),
        Column("made", _("邀请"), "number"),
        Column("attempted", _("已联系"), "number"),
        Column("spent", _("已完成"), "number"),
        Column("open", _("未完成"), "number"),
    ]
    allowed = {site.id for site in own_sites(survey)}
    rows = [
        {
            "code": row.site.code, "name": row.site.name, "county": row.site.area.name, "target": row.site.target,
            "made": row.made, "attempted": row.attempted, "spent": row.spent, "open": row.open,
            "address": url_for("console.site_work", code=row.site.code),
        }
        for row in invitations.by_site(survey)
        if row.site.id in allowed
    ]  # fmt: skip
    return Table("invitations", _("各抽样点的邀请"), columns, rows)
