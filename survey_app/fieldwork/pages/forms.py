"""Forms of the fieldwork: codes and hours, invitations, outcomes, tablets, paper, files of interviews."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from survey_app.answering.devices import LONGEST_DAYS
from survey_app.answering.invitation_codes import read_serial
from survey_app.console.forms import AnyWhole, Boxes, Day, Form, Lines, Marks, Number, Pressed, Whole, with_fields


class AccessForm(Form):
    """Opening hours of all the survey's codes, and what happens when enough have answered."""

    hours = StringField(
        _("开放时间"),
        [Length(max=300)],
        description=_("例如 1-5 08:30-17:30; 6 09:00-12:00(1为周一)；留空为全天开放。"),
    )
    stops_when_full = BooleanField(_("点位达到目标数、或全部配额已满时，不再发放新问卷"))
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])


class SiteForm(Form):
    """Hours of one site, with the reason for these or for another change."""

    hours = StringField(_("本点的开放时间"), [Length(max=300)], description=_("留空则按调查的开放时间。"))
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])
    do = Pressed(("rotate", "retire", "restore", "hours"))


class SeveralForm(Form):
    """Ticked sites that are retired or restored together."""

    site = Marks()
    do = Pressed(("retire", "restore"))
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])


class LeastForm(Form):
    """How many responses a published cell of this survey needs."""

    least = AnyWhole(
        _("公布一格至少需要的份数"),
        [Optional(), NumberRange(1, 1000)],
        description=_("留空按系统设置；1为全部公布。少于此数的格只有系统管理员能看到。"),
    )
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=500)])


class CardsForm(Form):
    """The file in which invitations leave."""

    ending = SelectField(
        _("文件"),
        choices=[
            SelectChoice("zip", _("全部 (ZIP)")),
            SelectChoice("pdf", _("邀请卡 PDF，每页八张")),
            SelectChoice("html", _("邀请卡网页")),
            SelectChoice("csv", _("短信用 CSV")),
        ],
        default="zip",
    )


class DrawForm(CardsForm):
    """New invitations of one site."""

    number = Whole(_("人数"), _("请填写邀请数。"))


class DrawAllForm(CardsForm):
    """What every site lacks to its target."""

    oversample = Number(_("每份目标的邀请数"), _("请填写每份目标的邀请数，如 1.5。"))


class SheetForm(Form):
    """What a fieldworker brings back: outcome and attempts of each person on the list, and the day."""

    outcome = Lines(StringField())
    attempts = Lines(StringField())
    day = Day(_("联系日期"), _("请填写日期。"))
    start = AnyWhole("", [Optional()])


def _a_serial(_form: Form, field: StringField) -> None:
    if field.data and read_serial(field.data) is None:
        raise ValidationError(_("编号不对，请连同末尾的校验位一起输入。"))


class PaperForm(Form):
    """Printed forms of unused numbers, from one on, in a language."""

    first = StringField(_("从编号"), [_a_serial], render_kw={"placeholder": _("全部")})
    lang = SelectField(_("语言"), choices=[("zh", "中文"), ("en", "English")], default="zh")


class ReopenForm(Form):
    """A number that may be used again."""

    serial = StringField(_("编号"), [DataRequired(_("编号不对，请连同末尾的校验位一起输入。"))])
    reason = StringField(_("理由"), [DataRequired(_("请写明理由")), Length(max=300)])


class ReturnForm(Form):
    """Why an interview is to be made again."""

    reason = StringField(
        _("退回的理由"),
        [DataRequired(_("请写明理由")), Length(max=300)],
        description=_("只写过程上的问题，如用时、时间、地点；平板会显示这句话。"),
    )


class ContactsForm(Form):
    """Addresses or persons of a site, a line each, for its interviewers."""

    lines = TextAreaField(
        _("名单（每行一处：地址或称呼，电话）"),
        [DataRequired(_("请至少填写一行"))],
        render_kw={"rows": 10},
        description=_("按抽取的顺序填写。地址和电话加密保存，只出现在访问员的平板上，不进任何文件，调查结束即删除。"),
    )
    reserves = Whole(_("其中最后几行是后备"), _("请填写后备数，没有填0。"), [NumberRange(0, 500)])
    device = SelectField(_("交给"), choices=[], validate_choice=False)


class DeviceForm(Form):
    """A tablet of one site, for so many days. Whose site it is, is the view's to look at."""

    site = SelectField(_("调查点"), choices=[], validate_choice=False)
    label = StringField(
        _("设备或访问员"),
        [DataRequired(_("请写明设备或访问员，80字以内")), Length(max=80, message=_("请写明设备或访问员，80字以内"))],
    )
    mode = SelectField(
        _("用途"),
        choices=[SelectChoice("tablet", _("上门访问")), SelectChoice("phone", _("电话访问"))],
        default="tablet",
    )
    days = Whole(
        _("有效天数"),
        _("有效期为1至%(n)s天", n=LONGEST_DAYS),
        [NumberRange(1, LONGEST_DAYS, _("有效期为1至%(n)s天", n=LONGEST_DAYS))],
    )


class KeyForm(Form):
    """A paper form as it is keyed; its boxes are the questionnaire's."""

    day = Day(_("访问日期"), _("请填写访问日期。"))
    answers: Boxes

    @classmethod
    def of(cls, names: Iterable[str]) -> KeyForm:
        return with_fields(cls, {"answers": Boxes(names)})()


class SettleForm(Form):
    """Which of two keyings stands, for each field that differs."""

    choices: Boxes

    @classmethod
    def of(cls, names: Iterable[str]) -> SettleForm:
        return with_fields(cls, {"choices": Boxes(f"choice-{name}" for name in names)})()

    @property
    def chosen(self) -> dict[str, int]:
        """Field -> 1 or 2."""
        sent = {name.removeprefix("choice-"): values[0] for name, values in self.choices.data.items()}
        return {name: int(value) for name, value in sent.items() if value in ("1", "2")}


class CheckForm(Form):
    """A file of interviews, to be checked."""

    file = FileField(_("文件 (.xlsx 或 .csv)"), [FileRequired(_("请选择文件。"))])
    mode = RadioField(
        _("访问方式"), choices=[SelectChoice("phone", _("电话访问")), SelectChoice("paper", _("纸质问卷"))]
    )


class ConfirmForm(Form):
    """What was shown is stored, or not."""

    key = HiddenField()
    drop = BooleanField()
