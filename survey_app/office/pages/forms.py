"""Forms of accounts: grants, reasons, files of accounts, one's own page; and the check of the audit trail."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from survey_app.console.forms import DepartmentChoice, Form, Marks, Pressed, row_number
from survey_app.console.frame import role_names
from survey_app.ground.imprint import VARIABLE
from survey_app.models import Area, db
from wording import said_of


class GrantForm(Form):
    """Role × area × department."""

    role = SelectField(_("角色"), default="department")  # the least: one department's own indicators and problems
    area = SelectField(_("地区"), description=_("系统管理员不分地区。"))
    department = DepartmentChoice(
        _("部门"), description=_("角色为“部门”时必选；其他角色不选即不限部门。"), blank=_("不限")
    )

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


class SeveralForm(ActiveForm):
    """Ticked accounts."""

    account = Marks(coerce=row_number)


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


class PublicForm(Form):
    """What public pages show; each field is read by the kind of its setting. seen: what was kept when it was shown."""

    seen = HiddenField()
    public_url = StringField(
        _("公开网址"), description=_("二维码、邀请卡和平板链接的开头，如 https://diaocha.example.gov.cn")
    )
    organiser = StringField(_("主办单位"))
    handler = StringField(
        _("个人信息处理者"), description=_("谁对市民的信息负责，通常是主办单位全称；开放调查前必须填写")
    )
    contact = StringField(_("联系方式"), description=_("电话、邮箱或地址，印在公开页面；开放调查前必须填写"))
    icp = StringField(_("ICP备案号"))
    police = StringField(_("公安备案号"))
    privacy_purpose = TextAreaField(_("用途"))
    privacy_kinds = TextAreaField(_("收集什么"))
    privacy_retention = TextAreaField(_("保存多久"))
    privacy_rights = TextAreaField(_("市民的权利"))
    privacy_processors = TextAreaField(_("委托处理"), description=_("如云平台、短信或调查公司：名称和所做的事"))
    verification = TextAreaField(
        _("根目录校验文件"), description=_("微信等平台的校验文件，每行一个：文件名 内容，如 MP_verify_x1.txt x1")
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Read each box as its setting would be read; what is wrong stands at the box."""
        good = super().validate(extra_validators)
        for name, variable in VARIABLE.items():
            try:
                self[name].data = variable.about.kind.read(self[name].data) if self[name].data else ""
            except ValueError as error:
                self.refuse(said_of(error), name)
                good = False
        return bool(good)
