"""The forms of a ticket's page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from survey_app.console.forms import AnyWhole, Form
from survey_app.tickets.handling import LONGEST_EXTENSION
from survey_app.tickets.publication import MOST_CHARACTERS as PUBLIC_CHARACTERS
from survey_app.tickets.steps import MOST_CHARACTERS

WRITE, CHOOSE = _("请填写"), _("请选择")


def _words(label: str, most: int, help_text: str = "") -> TextAreaField:
    too_long = _("请写在%(n)s字以内", n=most)
    return TextAreaField(label, [InputRequired(WRITE), Length(max=most, message=too_long)], description=help_text)


class ReplyForm(Form):
    """A reply, a question, or the end."""

    version = HiddenField()
    step = SelectField(
        _("办理方式"),
        [InputRequired(CHOOSE)],
        choices=[
            SelectChoice("interim", _("阶段性答复：正在办理")),
            SelectChoice("ask", _("请市民补充情况")),
            SelectChoice("close", _("办结答复")),
        ],
    )
    text = _words(_("答复内容"), MOST_CHARACTERS, _("市民凭工单号可以看到。"))


class DraftForm(Form):
    """A reply that is not sent yet."""

    text = TextAreaField(_("答复内容"))


class PassForm(Form):
    """On to somebody else, with the reason."""

    version = HiddenField()
    target = SelectField(_("转交给"), [InputRequired(CHOOSE)])
    text = _words(_("转交理由"), MOST_CHARACTERS, _("市民看不到，留在办理经过和审计记录中。"))


class CoordinateForm(Form):
    """What only the coordinator does."""

    version = HiddenField()
    step = SelectField(
        _("协调事项"),
        [InputRequired(CHOOSE)],
        choices=[
            SelectChoice("extend", _("延长办理期限")),
            SelectChoice("decline", _("不予受理（市民能看到说明）")),
            SelectChoice("reopen", _("重新办理（市民能看到说明）")),
        ],
    )
    days = AnyWhole(
        _("延长的工作日"),
        [Optional(), NumberRange(1, LONGEST_EXTENSION, _("请填1至%(n)s", n=LONGEST_EXTENSION))],
        description=_("只在延长期限时填写。"),
    )
    text = _words(_("理由或说明"), MOST_CHARACTERS)


class RevealForm(Form):
    """Why the contact is opened."""

    reason = StringField(
        _("查看理由"), [InputRequired(WRITE), Length(max=200)], description=_("每次查看都记入审计记录。")
    )


class PublishForm(Form):
    """The wording for everybody."""

    problem = _words(_("公开的问题"), PUBLIC_CHARACTERS, _("请改写，不含姓名、号码和能认出个人的内容。"))
    reply = _words(_("公开的答复"), PUBLIC_CHARACTERS)


class DecideForm(Form):
    """The second person's word on it."""

    step = SelectField(
        _("决定"),
        [InputRequired(CHOOSE)],
        choices=[
            SelectChoice("approved", _("同意公开")),
            SelectChoice("returned", _("退回修改")),
            SelectChoice("withdrawn", _("撤回")),
        ],
    )
    comment = StringField(_("意见"), [InputRequired(WRITE), Length(max=500)])
