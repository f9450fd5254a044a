"""Earlier published figures: their list, one added, one deleted."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from survey_app.briefs.earlier import EarlierError, add_earlier, earlier_of, remove
from survey_app.console.forms import AnyShare, Form
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.ground.transaction import transaction
from survey_app.models import Area, EarlierFigure, db


class EarlierForm(Form):
    """One figure with its source."""

    period = StringField(lazy_gettext("周期"), description=lazy_gettext("以年份开头，如 2022、2022年下半年"))
    share = AnyShare(lazy_gettext("满意度"), [Optional()], description=lazy_gettext("百分数，如 68.4%"))
    lower = AnyShare(lazy_gettext("区间下限(没有可不填)"), [Optional()])
    upper = AnyShare(lazy_gettext("区间上限(没有可不填)"), [Optional()])
    source = TextAreaField(lazy_gettext("来源"), description=lazy_gettext("文件名称、文号和页码，或网址和日期"))


@bp.form("/earlier", "录入以往公布的数字", own("evaluator"))
def earlier_figures() -> str | BaseResponse | tuple[str, int]:
    """Typed in for the city that surveys are of."""
    city, form = _city(), EarlierForm()
    if form.is_submitted() and form.validate():
        with form.storing(EarlierError):
            limits, source = (form.lower.data, form.upper.data), form.source.data or ""
            add_earlier(city, form.period.data or "", form.share.data, limits, source, current_user.username)
        if not form.errors:
            flash(_("已录入"), "ok")
            return redirect(url_for("console.earlier_figures"))
    page = _page(city, form)
    return (page, 422) if form.errors else page


@bp.action("/earlier/<int:number>/remove", "删除以往公布的数字", own("evaluator"))
def remove_earlier(number: int) -> BaseResponse:
    figure = db.session.get(EarlierFigure, number) or abort(404)
    with transaction():
        remove(figure)
    flash(_("已删除"), "ok")
    return redirect(url_for("console.earlier_figures"))


def _city() -> Area:
    return db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.id)).first() or abort(404)


def _page(city: Area, form: EarlierForm) -> str:
    return render_template("briefs/earlier.html", city=city, figures=earlier_of(city), form=form, demo=False)
