"""The forms by which written answers are put under codes, and a frame of codes is kept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from survey_app.console.forms import Form, Marks


class GiveForm(Form):
    """One answer and its codes."""

    label = HiddenField()
    question = HiddenField()
    codes = Marks(coerce=int)


class CodeForm(Form):
    """A code; `code` names the one that is changed, nothing a new one."""

    code = HiddenField()
    name = StringField(_("编码名称"))
    note = TextAreaField(_("什么样的回答归入"))
    retired = BooleanField(_("停用，不再提供选择"))
