"""Forms of accounts: grants, reasons, files of accounts, one's own page; and the check of the audit trail."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from survey_app.console.forms import Form, Pressed
from survey_app.console.frame import role_names
from survey_app.models import Area, db
from survey_app.people import accounts


class GrantForm(Form):
    """Role × area × department."""

    role = SelectField(_("角色"))
    area = SelectField(_("地区"), description=_("系统管理员不分地区。"))
    department = StringField(
        _("部门"),
        [Length(max=accounts.LONGEST_DEPARTMENT)],
        description=_("角色为“部门”时必填；其他角色不填即不限部门。"),
        render_kw={"list": "departments"},
    )
    new_department = BooleanField(_("这是新部门，不在指标的责任部门之列"))

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.role.choices = [SelectChoice(role, name) for role, name in role_names().items()]
        places = db.session.scalars(select(Area).where(Area.kind != "city").order_by(Area.code))
        self.area.choices = [SelectChoice("", gettext("全市")), *(SelectChoice(place.name) for place in places)]


class ReasonedGrantForm(GrantForm):
    reason = StringField(_("理由"), [InputRequired(_("请写明理由")), Length(max=500)])


class AccountForm(GrantForm):
    """A new account with its first grant."""

    username = StringField(_("用户名"), [InputRequired(_("请填写用户名"))])
    full_name = StringField(_("姓名"), [Length(max=80)])


class ReasonForm(Form):
    """A change of an account and why it is made."""

    reason = StringField(
        _("理由"), [DataRequired(_("请写明理由")), Length(max=500, message=_("请写在%(n)s字以内", n=500))]
    )


class ActiveForm(ReasonForm):
    """Whether an account may sign in."""

    active = Pressed(("yes", "no"))


class AccountFileForm(Form):
    """A table of accounts."""

    file = FileField(_("文件"), [FileRequired(_("请选择文件。"))])


class ConfirmForm(Form):
    """The table that was looked at is taken in."""

    token = HiddenField()


class CheckForm(Form):
    """How much of the audit trail is checked."""

    what = Pressed(("new", "all"))


class OwnForm(Form):
    """What a person says of themselves."""

    full_name = StringField(_("姓名"), [Length(max=80, message=_("最多80个字"))])
    language = RadioField(_("语言"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")])
