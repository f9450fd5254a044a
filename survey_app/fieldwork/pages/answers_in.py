"""Answers of other tools from a file: matched to the questionnaire, shown, and stored only after a second look."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from definitions import DefinitionError
from survey_app.answering.definitions import definition_of
from survey_app.console.forms import unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.jobs import LEADING_PAGES, RESULT_PAGES, started
from survey_app.console.permissions import all_of, own
from survey_app.console.tables import Column, Table
from survey_app.console.words import doer
from survey_app.fieldwork.answers_in import mapping as mappings
from survey_app.fieldwork.answers_in.importing import (
    Preview,
    begun,
    imports_of,
    open_sheet,
    preview_of,
    sites_of,
    still_open,
)
from survey_app.fieldwork.answers_in.mapping import Mapping, MappingError
from survey_app.fieldwork.answers_in.reading import MOST_ROWS, Sheet
from survey_app.fieldwork.pages.answers_forms import (
    AnswersForm,
    MappingFileForm,
    MappingForm,
    mapping_form,
    mapping_sent,
    options_of,
)
from survey_app.fieldwork.pages.forms import ConfirmForm
from survey_app.files.said import FileRefusedError
from survey_app.ground import keeping
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.jobs.queue import enqueue
from survey_app.models import Kept, Survey, db

LARGEST = 20 * 1024 * 1024  # bytes
MAPPING_LARGEST = 256 * 1024
MOST_SHOWN = 500  # rows that stay out
RESULT_PAGES["answers_import"] = lambda code: url_for("console.collected_page", code=code)
LEADING_PAGES["answers_import"] = lambda arguments: url_for(
    "console.collected_page", code=db.session.get_one(Survey, arguments["survey"]).code
)
Page = str | tuple[str, int] | BaseResponse


@bp.page("/surveys/<code>/fieldwork/answers", "查看导入的答卷", all_of("manager", "auditor"))
def collected_page(code: str) -> str:
    """The form for a file, the mappings that are kept, the files that were taken."""
    return _page(survey_of(code))


@bp.action("/surveys/<code>/fieldwork/answers", "检查其他工具的答卷", own("manager"))
@takes_files(LARGEST)
def collected_check(code: str) -> Page:
    """Look through a new file: what somebody has to say first, else what it would bring."""
    survey, form = survey_of(code), AnswersForm()
    if not form.validate():
        return _page(survey, form=form), 422
    name, data = form.file.data.filename[-200:], form.file.data.read()
    try:
        sheet = begun(survey, name, data, form.collector.data or "")
    except (FileRefusedError, MappingError) as error:
        return _page(survey, wrong=str(error), form=form), 422
    note = {"name": name, "mapping": asdict(sheet.mapping)}
    with transaction():
        keeping.forget(keeping.COLLECTED, **_mine(survey))
        key = keeping.keep(keeping.COLLECTED, data, **_mine(survey), note=note)
    return _next(survey, sheet, key, name)


@bp.action("/surveys/<code>/fieldwork/answers/map", "对照答卷的列和选项", own("manager"))
def collected_map(code: str) -> Page:
    """Take what was chosen, keep it for the next file, and go on to what is still open or to the preview."""
    survey, key = survey_of(code), MappingForm().key.data or ""
    kept, data = _waiting(survey, key)
    if kept is None:
        return _page(survey, wrong=_("文件已不在，请重新选择。")), 422
    before = open_sheet(survey, kept.name, data, mappings.read(kept.note["mapping"]))
    mapping = mapping_sent(survey, before, mapping_form(survey, before, True))
    with transaction():
        mappings.keep(survey, mapping)
        kept.note, kept.by = {**kept.note, "mapping": asdict(mapping)}, _mine(survey)["by"]
    return _next(survey, before.under(mapping), key, kept.name)


@bp.action("/surveys/<code>/fieldwork/answers/store", "存入其他工具的答卷", own("manager"))
def collected_store(code: str) -> Page:
    """Store what was shown, as a job; drop it; or go back to what its columns are."""
    survey, form = survey_of(code), ConfirmForm()
    kept, _data = _waiting(survey, form.key.data or "")
    if kept is None:
        return _page(survey, wrong=_("文件已不在，请重新选择。")), 422
    if form.drop.data:
        with transaction():
            keeping.drop(keeping.COLLECTED, form.key.data)
        return redirect(url_for("console.collected_page", code=code))
    mapping = mappings.read(kept.note["mapping"])
    with transaction():
        mappings.keep(survey, mapping)
        kept.by = ""  # the job's from now on: another file of the same person does not put it out
    return started(
        enqueue("answers_import", {"survey": survey.id, "kept": kept.id, "language": language()}, current_user.username)
    )


@bp.action("/surveys/<code>/fieldwork/answers/columns", "改答卷的对照", own("manager"))
def collected_columns(code: str) -> Page:
    """The file that was shown, once more with every column and option to choose."""
    survey, key = survey_of(code), MappingForm().key.data or ""
    kept, data = _waiting(survey, key)
    if kept is None:
        return _page(survey, wrong=_("文件已不在，请重新选择。")), 422
    return _mapping(survey, open_sheet(survey, kept.name, data, mappings.read(kept.note["mapping"])), key, kept.name)


@bp.page("/surveys/<code>/fieldwork/answers/mapping.yaml", "下载答卷对照表", all_of("manager", "auditor"))
def collected_mapping_file(code: str) -> BaseResponse:
    """The mapping of ?collector=…"""
    survey = survey_of(code)
    mapping = mappings.kept(survey, request.args.get("collector", "")) or abort(404)
    headers = {"Content-Disposition": f"attachment; filename=mapping-{survey.code}.yaml"}
    return Response(
        mappings.as_text(mapping, definition_of(survey)),
        content_type="application/yaml; charset=utf-8",
        headers=headers,
    )


@bp.action("/surveys/<code>/fieldwork/answers/mapping", "上传答卷对照表", own("manager"))
@takes_files(MAPPING_LARGEST)
def collected_mapping_in(code: str) -> Page:
    survey, form = survey_of(code), MappingFileForm()
    if not form.validate():
        return _page(survey, wrong=_("请选择文件。")), 422
    try:
        text = form.file.data.read().decode("utf-8-sig")
        mapping = mappings.from_yaml(text, definition_of(survey), form.file.data.filename[-200:])
        with transaction():
            mappings.keep(survey, mapping)
    except UnicodeDecodeError:
        return _page(survey, wrong=_("这不是UTF-8的文本。")), 422
    except (DefinitionError, MappingError) as error:
        return _page(survey, wrong=str(error)), 422
    flash(_("对照表已保存。"), "ok")
    return redirect(url_for("console.collected_page", code=code))


def _mine(survey: Survey) -> dict[str, Any]:
    """Whose file waits: one of each person and survey."""
    return {"survey_id": survey.id, "by": current_user.username or ""}


def _waiting(survey: Survey, key: str) -> tuple[Kept | None, bytes]:
    """The file under the key, also while a job has it or where that failed."""
    for holder in (_mine(survey), _mine(survey) | {"by": ""}):
        data = keeping.look(keeping.COLLECTED, key, **holder)
        if data is not None:
            return keeping.find(keeping.COLLECTED, key, **holder), data
    return None, b""


def _next(survey: Survey, sheet: Sheet, key: str, name: str) -> Page:
    """The first of the two steps that is not done: what is open, or the preview."""
    if still_open(survey, sheet):
        return _mapping(survey, sheet, key, name), 422
    try:
        found = preview_of(survey, sheet, language())
    except (FileRefusedError, MappingError) as error:
        return _page(survey, wrong=str(error)), 422
    return _page(survey, found=found, key=key, name=name, mapping=sheet.mapping)


def _mapping(survey: Survey, sheet: Sheet, key: str, name: str) -> str:
    form, spoken = mapping_form(survey, sheet, False), language()
    options: dict[str, list[Any]] = {}
    not_known = sheet.open_options()
    for question, _said, box in options_of(sheet):
        options.setdefault(question.key, []).append(form[box])
    questions = [
        (question.text[spoken], options[question.key], question.key in not_known)
        for question in sheet.targets.asked
        if question.key in options
    ]
    return render_template(
        "fieldwork/answers_mapping.html", survey=survey, form=form, key=key, name=name, open=still_open(survey, sheet),
        columns=[(column, form[f"column-{column.place}"]) for column in sheet.columns], questions=questions,
        places=[field for field in form if field.name.startswith("place-")], demo=survey.demo,
    )  # fmt: skip


def _page(
    survey: Survey, wrong: str = "", form: AnswersForm | None = None, found: Preview | None = None, key: str = "",
    name: str = "", mapping: Mapping | None = None,
) -> str:  # fmt: skip
    rows = [{"row": each.row, "column": each.column, "says": str(each)} for each in (found.refused if found else ())]
    columns = [Column("row", _("行"), "number"), Column("column", _("列")), Column("says", _("为什么"))]
    site = sites_of(survey).get(mapping.site) if mapping else None
    return render_template(
        "fieldwork/answers_in.html", survey=survey, wrong=wrong, form=form or unsent(AnswersForm), found=found, key=key,
        name=name, mapping=mapping, site=site.name if site else "", most=MOST_ROWS, demo=survey.demo,
        table=Table("refused", _("不能存入的行"), columns, rows[:MOST_SHOWN]), mapping_file=unsent(MappingFileForm),
        collectors=mappings.collectors(survey), taken=_taken(survey),
    )  # fmt: skip


def _taken(survey: Survey) -> Table:
    columns = [
        Column("at", _("时间"), "moment"), Column("by", _("经办人")), Column("collector", _("采集方")), Column("file", _("文件")),
        Column("stored", _("存入"), "number"), Column("invited", _("凭邀请码"), "number"), Column("already", _("已存过"), "number"),
        Column("refused", _("没有存入"), "number"), Column("digest", _("文件摘要")),
    ]  # fmt: skip
    rows = [
        {"at": one.at, "by": doer(one.by), "collector": one.collector, "file": one.file, "digest": one.digest[:12], **one.counts}
        for one in imports_of(survey)
    ]  # fmt: skip
    return Table("imports", _("导入过的文件"), columns, rows)
