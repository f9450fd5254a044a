"""Responses by telephone or on paper from a file: checked as a whole, shown, and stored only after a second look."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.definitions import definition_of
from survey_app.answering.dispositions import BY_CODE
from survey_app.console.forms import unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import all_of, own
from survey_app.console.tables import Column, Table
from survey_app.documents.spreadsheets import XLSX
from survey_app.fieldwork.import_responses import ImportRefusedError, Preview, import_responses, preview
from survey_app.fieldwork.pages.forms import CheckForm, ConfirmForm
from survey_app.fieldwork.response_tables import template_workbook
from survey_app.files.said import FileRefusedError
from survey_app.ground import keeping
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import Survey

LARGEST = 20 * 1024 * 1024  # bytes
MOST_SHOWN = 500  # mistakes


@bp.page("/surveys/<code>/fieldwork/import", "查看应答导入", all_of("manager", "auditor"))
def response_import_page(code: str) -> str:
    with transaction():
        keeping.forget_old()
    return _page(survey_of(code))


@bp.page("/surveys/<code>/fieldwork/import/template.xlsx", "下载应答空白表", all_of("manager", "auditor"))
def response_template(code: str) -> BaseResponse:
    """A blank workbook with every column, and sheets that explain them."""
    survey = survey_of(code)
    headers = {"Content-Disposition": f"attachment; filename=responses-{survey.code}.xlsx"}
    return Response(template_workbook(survey, definition_of(survey)), mimetype=XLSX, headers=headers)


@bp.action("/surveys/<code>/fieldwork/import", "检查应答文件", own("manager"))
@takes_files(LARGEST)
def check_responses(code: str) -> BaseResponse | tuple[str, int]:
    """Check a file; a right one is shown and waits for the second step, of a wrong one every mistake is listed."""
    survey, form = survey_of(code), CheckForm()
    if not form.validate():
        return _page(survey, form=form), 422
    file, mode = form.file.data, form.mode.data
    data = file.read()
    try:
        found = preview(survey, file.filename, data, mode, language())
    except FileRefusedError as error:
        return _page(survey, wrong=str(error)), 422
    if found.problems:
        return _page(survey, problems=found, name=file.filename), 422
    with transaction():
        keeping.forget(keeping.INTERVIEWS, **_mine(survey))
        note = {"name": file.filename[-200:], "mode": mode}
        key = keeping.keep(keeping.INTERVIEWS, data, **_mine(survey), note=note)
    return _page(survey, found=found, name=file.filename, key=key), 200


@bp.action("/surveys/<code>/fieldwork/import/confirm", "存入应答", own("manager"))
def store_responses(code: str) -> BaseResponse | tuple[str, int]:
    """Store what was shown, all rows or none; the file itself is forgotten."""
    survey, form = survey_of(code), ConfirmForm()
    key = form.key.data or ""
    kept = keeping.find(keeping.INTERVIEWS, key, **_mine(survey))
    data = keeping.look(keeping.INTERVIEWS, key, **_mine(survey))
    if kept is None or data is None:
        return _page(survey, wrong=_("文件已不在，请重新选择。")), 422
    if form.drop.data:
        with transaction():
            keeping.drop(keeping.INTERVIEWS, key)
        return redirect(url_for("console.response_import_page", code=code))
    name, mode = kept.name, kept.note["mode"]
    try:
        with transaction():
            found = import_responses(survey, name, data, mode, language())
            keeping.drop(keeping.INTERVIEWS, key)
    except ImportRefusedError:
        return _page(survey, problems=preview(survey, name, data, mode, language()), name=name), 422
    except FileRefusedError as error:
        return _page(survey, wrong=str(error)), 422
    others = len(found.rows) - found.interviews
    flash(_("已存入 %(interviews)s 份应答和 %(others)s 条其他结果。", interviews=found.interviews, others=others), "ok")
    return redirect(url_for("console.fieldwork_page", code=code))


def _mine(survey: Survey) -> dict[str, Any]:
    """Whose file waits: one of each person and survey."""
    return {"survey_id": survey.id, "by": current_user.username or ""}


def _page(
    survey: Survey, wrong: str = "", problems: Preview | None = None, name: str = "", found: Preview | None = None,
    key: str = "", form: CheckForm | None = None,
) -> str:  # fmt: skip
    rows = [
        {"row": each.row, "column": each.column, "message": each.message}
        for each in (problems.problems if problems else ())
    ]
    columns = [Column("row", _("行"), "number"), Column("column", _("列")), Column("message", _("问题"))]
    table = Table("problems", _("要改正的地方"), columns, rows[:MOST_SHOWN])
    outcomes = [
        (code, BY_CODE[code].en if language() == "en" else BY_CODE[code].zh, number)
        for code, number in (found.outcomes if found else ())
    ]
    return render_template(
        "fieldwork/import_responses.html", survey=survey, wrong=wrong, problems=len(rows), table=table, name=name, found=found,
        key=key, notes=[str(note) for each in (found, problems) if each for note in each.notes], form=form or unsent(CheckForm, mode="phone"), outcomes=outcomes, demo=survey.demo,
    )  # fmt: skip
