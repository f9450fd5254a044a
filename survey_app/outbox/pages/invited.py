"""Invitations by mail and SMS: a list is taken in, messages go to who has not answered, the numbers go at the close."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from survey_app.console.forms import Form
from survey_app.console.frame import bp, survey_of
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import own
from survey_app.documents.spreadsheets import XLSX
from survey_app.fieldwork.invitations import InvitationError
from survey_app.files.tables_in import TableRefusedError, template_csv, template_xlsx
from survey_app.ground.reach import kind_of, tidied
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.jobs.queue import enqueue
from survey_app.models import Survey, db
from survey_app.outbox import invited
from survey_app.outbox.channels import FOLLOWS_PERSONS, in_use
from survey_app.outbox.optout import opt_out
from survey_app.outbox.pages.words import kind_names

LARGEST = 4 * 1024 * 1024  # bytes
RESULT_PAGES["invited"] = lambda key: url_for("console.sent_invitations", code=key.partition(":")[0])


class ListForm(Form):
    """A table of sites and numbers."""

    file = FileField(lazy_gettext("名单文件"), [FileRequired(lazy_gettext("请选择文件。"))])


class OptOutForm(Form):
    """Who wants no more."""

    to = StringField(lazy_gettext("手机号或电子邮箱"), [InputRequired(lazy_gettext("请填写")), Length(max=254)])


@bp.page("/surveys/<code>/fieldwork/sent", "查看按名单发送的邀请", own("manager", "auditor"))
def sent_invitations(code: str) -> str:
    return _page(survey_of(code))


@bp.page(
    "/surveys/<code>/fieldwork/sent/template.<any(xlsx, csv):ending>", "下载邀请名单空白表", own("manager", "auditor")
)
def invited_template(code: str, ending: str) -> Response:
    survey_of(code)
    write, kind = (template_xlsx, XLSX) if ending == "xlsx" else (template_csv, "text/csv; charset=utf-8")
    headers = {"Content-Disposition": f"attachment; filename=invited.{ending}"}
    return Response(write(invited.FIELDS, invited.EXAMPLES), content_type=kind, headers=headers)


@bp.action("/surveys/<code>/fieldwork/sent", "导入邀请名单", own("manager"))
@takes_files(LARGEST)
def take_invited(code: str) -> str | tuple[str, int] | BaseResponse:
    """Read whole or refused, with every mistake; the file itself is kept nowhere."""
    survey, form = survey_of(code), ListForm()
    number = 0
    if form.validate():
        file = form.file.data
        try:
            with transaction():
                number = invited.take_list(survey, file.filename, file.read())
        except TableRefusedError as error:
            return _page(survey, form, faults=[fault.placed for fault in error.faults]), 422
        except InvitationError as error:
            form.refuse(error, "file")
    if form.errors:
        return _page(survey, form), 422
    flash(_("名单已收下：%(n)s人。号码已加密，文件没有保存。", n=number), "ok")
    return _back(survey)


@bp.action("/surveys/<code>/fieldwork/sent/next", "发送邀请或提醒", own("manager"))
def send_invited(code: str) -> BaseResponse:
    survey = survey_of(code)
    return started(enqueue("invite", {"survey": survey.id}, current_user.username))


@bp.action("/surveys/<code>/fieldwork/sent/forget", "删除邀请名单的号码", own("manager"))
def forget_invited(code: str) -> BaseResponse:
    survey = survey_of(code)
    with transaction():
        number = invited.forget_numbers(survey, "by hand")
    flash(_("已删除%(n)s个号码。", n=number), "ok")
    return _back(survey)


@bp.action("/surveys/<code>/fieldwork/sent/optout", "登记拒收", own("manager"))
def opt_out_number(code: str) -> str | tuple[str, int] | BaseResponse:
    survey, form = survey_of(code), OptOutForm()
    to = tidied(form.to.data or "")
    if not form.validate() or not kind_of(to):
        form.refuse(_("应为手机号或电子邮箱"), "to")
        return _page(survey, opting=form), 422
    with transaction():
        opt_out(to)
    flash(_("已登记，以后不再向它发送。"), "ok")
    return _back(survey)


def _back(survey: Survey) -> BaseResponse:
    return redirect(url_for("console.sent_invitations", code=survey.code))


def _page(
    survey: Survey, form: ListForm | None = None, opting: OptOutForm | None = None, faults: list[object] | None = None
) -> str:
    db.session.refresh(survey)
    return render_template(
        "outbox/invited.html", survey=survey, form=form or ListForm(formdata=None), faults=faults or [],
        opting=opting or OptOutForm(formdata=None), standing=invited.standing(survey), ended=invited.closed(survey),
        kinds=[name for kind, name in kind_names().items() if kind in FOLLOWS_PERSONS and in_use(kind)],
        most=invited.MOST_SENT - 1, between=invited.BETWEEN.days, demo=survey.demo,
    )  # fmt: skip
