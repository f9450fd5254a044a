"""Areas, sites and margins: what is stored, blank templates, and files that are looked at before they are stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp, survey_of
from survey_app.console.incoming import LIMIT, Incoming, received
from survey_app.console.permissions import may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.documents.spreadsheets import XLSX
from survey_app.files.tables_in import Field, Preview, TableRefusedError, template_csv, template_xlsx
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, Survey, db
from survey_app.surveys import import_areas, import_margins, import_sites, unit_counts
from survey_app.surveys.pages.forms import AreasFileForm, MarginsFileForm, SitesFileForm
from survey_app.surveys.pages.steps import in_words
from survey_app.surveys.unit_counts import shown_site_counts

FIELDS: dict[str, tuple[Field, ...]] = {
    "areas": import_areas.FIELDS,
    "sites": import_sites.FIELDS,
    "margins": import_margins.FIELDS,
}


@bp.page("/areas", "查看地区", own("manager", "evaluator", "auditor"))
def areas_page() -> str | BaseResponse:
    table = _areas_table()
    return requested_export(table) or render_template("surveys/areas.html", table=table, **_upload("areas"), demo=False)


@bp.action("/areas", "导入地区", own("manager"))
@takes_files(LIMIT)
def areas_import() -> str | tuple[str, int] | BaseResponse:
    form = AreasFileForm()
    file = received("areas", "", {}, form)
    return _settle(
        "areas", form, file, url_for("console.areas_page"), None,
        lambda got: import_areas.preview(got.name, got.data), lambda got: import_areas.store(got.name, got.data),
    )  # fmt: skip


@bp.page("/surveys/<code>/sites", "查看调查点", own("manager", "evaluator", "auditor"))
def survey_sites(code: str) -> str | BaseResponse:
    survey = survey_of(code)
    table = _sites_table(survey)
    return requested_export(table) or render_template(
        "surveys/sites.html", survey=survey, table=table, **_upload("sites"), demo=survey.demo
    )


@bp.action("/surveys/<code>/sites", "导入调查点", own("manager"))
@takes_files(LIMIT)
def sites_import(code: str) -> str | tuple[str, int] | BaseResponse:
    survey, form = survey_of(code), SitesFileForm()
    file = received("sites", code, {"remove": form.remove.data}, form)
    return _settle(
        "sites",
        form,
        file,
        url_for("console.survey_sites", code=code),
        survey,
        lambda got: import_sites.preview(survey, got.name, got.data, bool(got.options["remove"])),
        lambda got: import_sites.store(survey, got.name, got.data, form.reason.data or "", bool(got.options["remove"])),
    )


@bp.action("/surveys/<code>/margins", "导入人口结构", own("manager"))
@takes_files(LIMIT)
def margins_import(code: str) -> str | tuple[str, int] | BaseResponse:
    survey, form = survey_of(code), MarginsFileForm()
    file = received("margins", code, {"margin": form.margin.data or ""}, form)
    return _settle(
        "margins", form, file, url_for("console.survey_plan", code=code), survey,
        lambda got: import_margins.preview(survey, got.name, got.data, str(got.options["margin"])),
        lambda got: import_margins.store(survey, got.name, got.data, form.reason.data or "", str(got.options["margin"])),
    )  # fmt: skip


@bp.page("/surveys/templates/<kind>.<ending>", "下载空白表", own("manager", "evaluator", "auditor"))
def import_template(kind: str, ending: str) -> BaseResponse:
    """A blank table with explained columns; of margins with every level the survey ?survey= needs."""
    if kind not in FIELDS or ending not in ("xlsx", "csv"):
        abort(404)
    code = request.args.get("survey", "")
    survey = (
        survey_of(code)
        if kind == "margins" and code and may(current_user.grants, "console.survey_plan", None)
        else None
    )
    examples: Any = {"areas": import_areas.EXAMPLES, "sites": import_sites.EXAMPLES}.get(kind)
    rows = import_margins.examples(survey) if examples is None else examples
    body = (template_xlsx if ending == "xlsx" else template_csv)(FIELDS[kind], rows)
    headers = {"Content-Disposition": f"attachment; filename={kind}-template.{ending}"}
    return Response(body, content_type=XLSX if ending == "xlsx" else "text/csv; charset=utf-8", headers=headers)


def _settle(
    kind: str, form: AreasFileForm, file: Incoming | None, back: str, survey: Survey | None,
    look: Callable[[Incoming], Preview], store: Callable[[Incoming], Preview],
) -> str | tuple[str, int] | BaseResponse:  # fmt: skip
    """The preview of a new file; the storing of a confirmed one, which is checked again."""
    if file is None:
        flash(_("请选择 .xlsx 或 .csv 文件。预览超过一天的须重新上传。"), "error")
        return redirect(back)
    if not form.validate():
        for said in (said for field in form for said in field.errors):
            flash(said, "error")
        return redirect(back)
    reason = form.reason.data or ""
    if not file.confirmed:
        db.session.commit()  # the file itself, so that its confirmation finds it again
        found = look(file)
        page = _preview_page(kind, file, found, back, survey, reason)
        return (page, 422) if found.faults else page
    try:
        with transaction():
            found = store(file)
    except TableRefusedError as error:
        refused = Preview((), error.faults, ())
        looked = look(file)
        if not looked.faults:  # the file itself is in order: only the reason or the state stands in the way
            return _preview_page(
                kind, file, Preview(looked.changes, error.faults, looked.notes), back, survey, reason
            ), 422
        return _preview_page(kind, file, refused, back, survey, reason), 422
    flash(
        _(
            "已导入：新增%(a)s项，修改%(c)s项，删除%(r)s项。",
            a=found.count("add"),
            c=found.count("change"),
            r=found.count("remove"),
        ),
        "ok",
    )
    return redirect(back)


def _preview_page(kind: str, file: Incoming, found: Preview, back: str, survey: Survey | None, reason: str) -> str:
    names = {field.key: field.zh if in_words(field) == field.zh else field.en for field in FIELDS[kind]}
    return render_template(
        "surveys/import_preview.html", kind=kind, file=file, found=found, back=back, survey=survey, names=names,
        faults=_faults_table(found), reason=reason, address=request.path,
        confirm=bool(found.changes) and found.moves, demo=bool(survey and survey.demo),
    )  # fmt: skip


def _faults_table(found: Preview) -> Table:
    columns = [Column("row", _("行"), "number"), Column("column", _("列")), Column("says", _("问题"))]
    rows = [{"row": fault.row or None, "column": fault.column, "says": str(fault)} for fault in found.faults]
    return Table("faults", _("文件中的问题"), columns, rows)


def _upload(kind: str) -> dict[str, object]:
    return {"kind": kind, "fields": FIELDS[kind]}


def _areas_table() -> Table:
    columns = [
        Column("code", _("编码")),
        Column("name", _("名称"), link="edit"),
        Column("name_en", _("英文名")),
        Column("kind", _("类型")),
        Column("parent", _("上级")),
        Column("residents", _("常住人口"), "number"),
    ]
    kinds = {"city": _("市"), "county": _("县(市、区)"), "zone": _("功能区")}
    rows = [
        {"code": area.code, "name": area.name, "name_en": area.name_en, "kind": kinds[area.kind],
         "parent": area.parent.name if area.parent else "", "residents": area.residents or None,
         "edit": url_for("console.edit_area", area=area.code) if may(current_user.grants, "console.edit_area", None) else ""}
        for area in db.session.scalars(select(Area).order_by(Area.code))
    ]  # fmt: skip
    return Table("areas", _("地区"), columns, rows, empty=_("还没有地区。在本页导入地区表，或用模板填写后导入。"))


def _sites_table(survey: Survey) -> Table:
    edits = survey.state not in ("closed", "archived") and may(current_user.grants, "console.edit_site", None)
    columns = [
        Column("name", _("名称"), link="edit"), Column("code", _("编码"), link="poster"), Column("kind", _("类别")),
        Column("area", _("所在地区")), Column("sampled", _("抽样点")), Column("stratum", _("层")),
        Column("people", _("符合条件人数"), "number"), Column("residents", _("居民数"), "number"), Column("p", _("入样概率"), "number"),
        Column("weight", _("基础权数"), "number"), Column("target", _("目标"), "number"),
        Column("finished", _("完成"), "number"), Column("active", _("在用")),
    ]  # fmt: skip
    yes, no = _("是"), _("否")
    rows = [
        {"name": site.name, "code": site.code, "kind": import_sites.KINDS.get(site.kind, site.kind) if language() == "zh" else site.kind, "area": site.area.name,
         "sampled": yes if site.probability else no, "stratum": site.stratum,
         "people": site.eligible, "residents": site.residents,
         "p": f"{site.inclusion_probability:.4g}" if site.inclusion_probability else None, "weight": site.base_weight,
         "target": site.target, "finished": number, "active": yes if site.active else no,
         "edit": url_for("console.edit_site", code=survey.code, site=site.code) if edits else "",
         "poster": url_for("console.posters_print", code=survey.code, site=site.code)}
        for site, number in shown_site_counts(unit_counts.site_counts(survey), survey, current_user.grants)
    ]  # fmt: skip
    return Table("sites", _("点位"), columns, rows)
