"""Forms of the page of codes and hours."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional


class AccessForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Opening hours of all the survey's codes, and what happens when enough have answered."""

    hours = StringField(
        _("开放时间"), [Length(max=300)],
        description=_("例如 1-5 08:30-17:30; 6 09:00-12:00(1为周一)；留空为全天开放。"),
    )  # fmt: skip
    stops_when_full = BooleanField(_("点位达到目标数、或全部配额已满时，不再发放新问卷"))
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])


class SiteForm(FlaskForm):  # type: ignore[misc]  # as above
    """Hours of one site, with the reason for these or for another change."""

    hours = StringField(_("本点的开放时间"), [Length(max=300)], description=_("留空则按调查的开放时间。"))
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])


class LeastForm(FlaskForm):  # type: ignore[misc]  # as above
    """How many responses a published cell of this survey needs."""

    least = IntegerField(
        _("公布一格至少需要的份数"), [Optional(), NumberRange(1, 1000)],
        description=_("留空按系统设置；1为全部公布。少于此数的格只有系统管理员能看到。"),
    )  # fmt: skip
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])
