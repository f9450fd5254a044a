"""Questionnaires: stored versions and the library, upload with every error, review, comparison, preview; a survey's own."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from definitions import DefinitionError, Problem
from questionnaires import Definition
from questionnaires.comparison import Change
from questionnaires.review import review
from questionnaires.sizes import size_of
from survey_app.console.frame import bp, survey_of
from survey_app.console.incoming import received
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.console.words import doer
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import QuestionnaireVersion, db
from survey_app.surveys import making, questionnaire_drafts, questionnaire_versions
from survey_app.surveys.pages.forms import ChooseForm, QuestionnaireFileForm, version_label
from survey_app.surveys.pages.questionnaire_preview import preview_html

LIMIT = 2 * 1024 * 1024  # bytes of a questionnaire's file
PREVIEW_POLICY = (
    "sandbox allow-scripts allow-forms; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'none'"
)


@bp.page("/questionnaires", "查看问卷", own("manager", "evaluator", "auditor"))
def questionnaire_list() -> str | BaseResponse:
    table = _versions_table()
    return requested_export(table) or _list_page(table, [])


@bp.action("/questionnaires", "上传问卷", own("manager"))
@takes_files(LIMIT)
def questionnaire_upload() -> str | tuple[str, int] | BaseResponse:
    """From the library, or a file: its errors, or what it asks and what changed, to be confirmed."""
    form = QuestionnaireFileForm()
    if form.library.data:
        return _from_library(form.library.data)
    file = received("questionnaire", "", {}, form)
    if file is None:
        flash(_("请选择 .yaml、.xlsx(XLSForm)或 .json(SurveyJS)文件。"), "error")
        return redirect(url_for("console.questionnaire_list"))
    try:
        incoming = questionnaire_versions.read(file.name, file.data)
        if file.confirmed:
            with transaction():
                version = questionnaire_versions.store(incoming.body, file.name.rsplit(".", 1)[0])
            flash(_("问卷已保存。"), "ok")
            return redirect(url_for("console.questionnaire_page", version_id=version.id))
    except DefinitionError as error:
        return _refused(error.problems)
    db.session.commit()  # the file itself, so that its confirmation finds it again
    before = questionnaire_versions.previous(incoming.definition)
    return render_template(
        "surveys/questionnaire_new.html", file=file, losses=incoming.losses, before=before,
        stored=_known(incoming.definition), **about(incoming.definition, before), demo=False,
    )  # fmt: skip


@bp.page("/questionnaires/<int:version_id>", "查看问卷", own("manager", "evaluator", "auditor"))
def questionnaire_page(version_id: int) -> str:
    version = db.session.get(QuestionnaireVersion, version_id) or abort(404)
    definition = questionnaire_versions.definition(version)
    before = questionnaire_versions.previous(definition, version)
    return render_template(
        "surveys/questionnaire.html",
        version=version,
        before=before,
        used_by=questionnaire_versions.used_by(version),
        **about(definition, before),
        demo=False,
    )


@bp.page("/questionnaires/<int:version_id>/preview", "预览问卷", own("manager", "evaluator", "auditor"))
def questionnaire_preview(version_id: int) -> BaseResponse:
    """The respondent's page, closed in on itself: it runs its own script and reaches nothing."""
    version = db.session.get(QuestionnaireVersion, version_id) or abort(404)
    page = preview_html(questionnaire_versions.definition(version), "en" if language() == "en" else "zh")
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": PREVIEW_POLICY})


@bp.page("/questionnaires/<int:version_id>/file", "下载问卷", own("manager", "evaluator", "auditor"))
def questionnaire_file(version_id: int) -> BaseResponse:
    version = db.session.get(QuestionnaireVersion, version_id) or abort(404)
    headers = {"Content-Disposition": f"attachment; filename=questionnaire-{version.digest[:8]}.yaml"}
    return Response(version.body, content_type="application/yaml; charset=utf-8", headers=headers)


@bp.page("/surveys/<code>/questionnaire", "查看调查用的问卷", own("manager", "evaluator", "auditor"))
def survey_questionnaire(code: str) -> str:
    """What this survey asks; while it has not been opened, another version can be chosen."""
    survey = survey_of(code)
    version = survey.questionnaire
    definition = questionnaire_versions.definition(version)
    before = survey.wave_of.questionnaire if survey.wave_of else None
    return render_template(
        "surveys/survey_questionnaire.html",
        survey=survey,
        version=version,
        choices=[(each.id, version_label(each)) for each in questionnaire_versions.versions() if each.id != version.id],
        before=before,
        **about(definition, before),
        demo=survey.demo,
    )


@bp.action("/surveys/<code>/questionnaire", "换问卷", own("manager"))
def choose_questionnaire(code: str) -> BaseResponse:
    survey, form = survey_of(code), ChooseForm()
    known = {version.id: version for version in questionnaire_versions.versions()}
    version = known.get(form.version.data) or abort(404)
    try:
        if not form.validate():
            raise making.SurveyError(" ".join(str(said) for field in form for said in field.errors))
        with transaction():
            making.choose_questionnaire(survey, version, form.reason.data or "")
    except making.SurveyError as error:
        flash(str(error), "error")
    else:
        flash(_("问卷已更换。请再检查计划：题目的代码可能不同。"), "ok")
    return redirect(url_for("console.survey_questionnaire", code=code))


def _from_library(name: str) -> BaseResponse:
    try:
        with transaction():
            version = questionnaire_versions.from_supplied(name)
    except DefinitionError as error:
        flash(str(error), "error")
        return redirect(url_for("console.questionnaire_list"))
    return redirect(url_for("console.questionnaire_page", version_id=version.id))


def _refused(problems: list[Problem]) -> tuple[str, int]:
    return _list_page(_versions_table(), problems), 422


def _list_page(table: Table, problems: list[Problem]) -> str:
    return render_template(
        "surveys/questionnaires.html", table=table, library=questionnaire_versions.supplied(), problems=problems,
        drafts=_drafts_table(), demo=False,
    )  # fmt: skip


def _drafts_table() -> Table:
    columns = [
        Column("name", _("标题"), link="address"),
        Column("by", _("起草人")),
        Column("changed", _("最后修改"), "moment"),
    ]
    rows = [
        {"name": draft.name, "by": doer(draft.created_by), "changed": draft.changed_at,
         "address": url_for("console.draft_editor", draft_id=draft.id)}
        for draft in questionnaire_drafts.drafts()
    ]  # fmt: skip
    return Table("drafts", _("草稿"), columns, rows)


def _known(definition: Definition) -> QuestionnaireVersion | None:
    return next((version for version in questionnaire_versions.versions() if version.digest == definition.digest), None)


def about(definition: Definition, before: QuestionnaireVersion | None) -> dict[str, object]:
    """What every page about a questionnaire shows: title, size, findings, changes."""
    columns = [Column("level", _("程度")), Column("place", _("位置")), Column("says", _("内容"))]
    levels = {"error": _("须改正"), "warning": _("请斟酌")}
    found = [{"level": levels[one.level], "place": one.place, "says": one.message} for one in review(definition)]
    changes = (
        questionnaire_versions.changes(before, definition) if before and before.digest != definition.digest else []
    )
    return {
        "definition": definition,
        "size": size_of(definition),
        "review": Table("review", _("检查发现"), columns, found),
        "changes": changes_table(changes, _("与上一版相比")),
        "breaks": sum(change.weight == "breaks" for change in changes),
    }


def changes_table(changes: list[Change], caption: str) -> Table:
    weights = {"breaks": _("不能比较"), "careful": _("谨慎比较"), "harmless": _("无影响")}
    columns = [Column("weight", _("对可比性")), Column("place", _("位置")), Column("says", _("变化"))]
    rows = [{"weight": weights[one.weight], "place": one.place, "says": one.message} for one in changes]
    return Table("changes", caption, columns, rows)


def _versions_table() -> Table:
    columns = [
        Column("title", _("标题"), link="address"),
        Column("name", _("名称")),
        Column("version", _("版本")),
        Column("digest", _("摘要")),
        Column("stored", _("保存时间"), "moment"),
        Column("questions", _("题数"), "number"),
        Column("used", _("用于调查")),
    ]
    rows, stored = [], questionnaire_versions.versions()
    using = questionnaire_versions.used_by(*stored)
    for version in stored:
        definition = questionnaire_versions.definition(version)
        title = definition.title.en if language() == "en" else definition.title.zh
        rows.append(
            {"title": title, "name": version.name, "version": definition.version, "digest": version.digest[:8],
             "stored": version.created_at, "questions": size_of(definition).questions,
             "used": "、".join(survey.code for survey in using if survey.questionnaire_id == version.id),
             "address": url_for("console.questionnaire_page", version_id=version.id)}
        )  # fmt: skip
    return Table(
        "questionnaires",
        _("已保存的问卷"),
        columns,
        rows,
        empty=_("还没有保存的问卷。在本页上传一份，或在页面上编写。"),
    )
