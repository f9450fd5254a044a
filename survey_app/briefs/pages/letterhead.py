"""The letterhead of briefs: the office's name, a line, a picture."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from survey_app.briefs.letterhead import LetterheadError, change
from survey_app.console.forms import Form
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.console.sent_reports import letterhead
from survey_app.files import stored
from survey_app.ground.uploads import takes_files
from survey_app.tickets.photos import PHOTO_BYTES


class LetterheadForm(Form):
    """What stands at the head of a brief."""

    office = StringField(lazy_gettext("单位名称"), [Length(max=60)])
    office_en = StringField(lazy_gettext("单位英文名称(可不填)"), [Length(max=120)])
    line = StringField(
        lazy_gettext("名称下的一行(可不填)"), [Length(max=160)], description=lazy_gettext("如地址、电话、文号")
    )
    picture = FileField(lazy_gettext("徽标图片(可不选)"), description=lazy_gettext("JPEG、PNG或WebP"))
    without_logo = BooleanField(lazy_gettext("去掉现有徽标"))
    colour = StringField(
        lazy_gettext("主色(可不填)"),
        [Length(max=7)],
        description=lazy_gettext("如 #0b5c8a；按钮和链接用它，太浅看不清的不收"),
        render_kw={"placeholder": "#0b5c8a"},
    )
    shown = BooleanField(lazy_gettext("也显示在市民页面、管理页面和各种报告上"))


@bp.form("/letterhead", "设置单位名称与标识", own("manager"))
@takes_files(PHOTO_BYTES)
def letterhead_page() -> str | BaseResponse | tuple[str, int]:
    found = letterhead()
    form = LetterheadForm(obj=found)
    if not form.is_submitted():
        return _page(form)
    if form.validate():
        with form.storing(LetterheadError):
            logo = form.picture.data.read() if form.picture.data and form.picture.data.filename else None
            change(
                form.office.data or "", form.office_en.data or "", form.line.data or "", logo,
                without_logo=form.without_logo.data, colour=form.colour.data or "", shown=bool(form.shown.data),
            )  # fmt: skip
        if not form.errors:
            flash(_("已保存"), "ok")
            return redirect(url_for("console.letterhead_page"))
    return _page(form), 422


@bp.page("/letterhead/logo", "查看单位的徽标", own("manager"))
def letterhead_logo() -> BaseResponse:
    file = stored.take(letterhead().logo or "") or abort(404)
    return Response(file.body, content_type=file.media_type)


def _page(form: LetterheadForm) -> str:
    return render_template("briefs/letterhead.html", form=form, logo=letterhead().logo, demo=False)
