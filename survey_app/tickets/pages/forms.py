"""The forms of a ticket's page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from survey_app.console.forms import CHOOSE, AnyWhole, DepartmentChoice, Form, Marks, Pressed
from survey_app.tickets.handling import LONGEST_EXTENSION
from survey_app.tickets.publication import MOST_CHARACTERS as PUBLIC_CHARACTERS
from survey_app.tickets.steps import MOST_CHARACTERS

WRITE = _("请填写")


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


class SeveralForm(Form):
    """Ticked tickets, each with the version that was shown, and the department that gets them."""

    ticket = Marks()
    department = DepartmentChoice(_("部门"), [InputRequired(CHOOSE)])
    text = _words(_("转交理由"), MOST_CHARACTERS)


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
            SelectChoice("part", _("分开办理（已合并的）")),
        ],
    )
    days = AnyWhole(
        _("延长的工作日"),
        [Optional(), NumberRange(1, LONGEST_EXTENSION, _("请填1至%(n)s", n=LONGEST_EXTENSION))],
        description=_("只在延长期限时填写。"),
    )
    text = _words(_("理由或说明"), MOST_CHARACTERS)


class JoinForm(Form):
    """Which ticket this one is handled with."""

    version = HiddenField()
    other = SelectField(_("与哪件一起办理"), [InputRequired(CHOOSE)], coerce=int, validate_choice=False)
    text = _words(_("合并理由"), MOST_CHARACTERS, _("两件各留编号和经过；对那一件的答复同时答复这一件。"))


class TemplateForm(Form):
    """A reply kept as a template."""

    name = StringField(_("模板名称"), [InputRequired(WRITE)])
    text = _words(_("模板内容"), MOST_CHARACTERS)
    pressed = Pressed(("save", "remove"))


class SendForm(Form):
    """Which tickets leave for 12345: the ticked ones, or all that changed since a day."""

    ticket = Marks()
    since = DateField(_("从这一天起有变化的"), [Optional()])


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
