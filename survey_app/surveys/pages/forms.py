"""The forms by which a survey is made, set and cloned. Times are written in the survey's own zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, DateTimeLocalField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from analysis.plan_parts import MOST_EXCEPTION
from analysis.scoring.programme import programmes
from survey_app.console.forms import AnyNumber, AnyShare, AnyWhole, Form, Marks, Pressed, Version
from survey_app.console.frame import programme_title
from survey_app.console.incoming import IncomingForm
from survey_app.documents.characters import printable
from survey_app.ground.dates import DateError, read_moment
from survey_app.ground.web_frame import LARGEST_NUMBER
from survey_app.models import Area, QuestionnaireVersion, Survey
from survey_app.surveys.levels import MARGINS
from survey_app.surveys.making import ZONE, Settings
from survey_app.surveys.respondents import OFFERED

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "UTC")
NEW_CITY = "new"
TOO_LONG = _("请写在%(n)s字以内", n=500)


class MomentField(DateTimeLocalField):  # type: ignore[misc]  # the library is not typed
    """A moment by the survey's clock, shown to the minute. closing: a day without an hour is meant to its end."""

    def __init__(self, label: object, validators: list[Any], closing: bool = False, **more: Any) -> None:
        super().__init__(label, validators, format="%Y-%m-%dT%H:%M", **more)
        self.closing = closing

    def process_formdata(self, valuelist: list[str]) -> None:
        said = " ".join(valuelist).strip()
        try:
            self.data = read_moment(said, ZoneInfo("UTC"), self.closing).replace(tzinfo=None) if said else None
        except DateError as error:
            self.data = None
            raise ValueError(str(error)) from error


class SettingsForm(Form):
    """What can be set of a survey, with the reason where one is asked."""

    title = StringField(
        _("调查名称"),
        [InputRequired(_("请填写")), Length(max=200)],
        description=_("印在海报和问卷上，如“某市2026年市民体验调查”"),
    )
    opens_at = MomentField(_("开始时间"), [Optional()], description=_("此前扫码会看到“尚未开始”；不填则一开放就能作答"))
    closes_at = MomentField(
        _("结束时间"),
        [Optional()],
        description=_("到时自动停止作答；开放前必须填写。填23:59即到当天结束"),
        closing=True,
    )
    time_zone = SelectField(_("时区"), choices=[SelectChoice(zone, zone) for zone in ZONES], default=ZONE)
    open_codes_admit = BooleanField(_("有邀请码的点位，其公开二维码也计入抽样"))
    double_entry = BooleanField(_("纸质问卷由两人各录一遍"))
    seals_erased = BooleanField(
        _("市民撤回的回答封存，不删除(开放后不能再改；不勾选则删除；封存的不再出现在页面、文件和以后的计算中)")
    )
    reason = TextAreaField(_("修改理由"), [Length(max=500)], description=_("计划锁定后必填，记入审计记录"))

    def settings(self) -> Settings:
        """What was filled in, with aware moments."""
        zone = ZoneInfo(self.time_zone.data)
        return Settings(
            self.title.data or "", _aware(self.opens_at.data, zone), _aware(self.closes_at.data, zone),
            self.time_zone.data, bool(self.open_codes_admit.data), bool(self.double_entry.data),
            bool(self.seals_erased.data),
        )  # fmt: skip


class StateForm(Form):
    """Where the survey goes, why, and that its warnings were read."""

    state = HiddenField()
    reason = TextAreaField(_("说明(可不填)"), [Length(max=500, message=TOO_LONG)])
    accept = BooleanField(_("我已知悉以上各项"))


class OfficialForm(Form):
    """Of which period; the newest without one where none is sent."""

    period = HiddenField()


class QuestionnaireFileForm(IncomingForm):
    """A questionnaire from the library, or a file."""

    library = HiddenField()


class ChooseForm(Form):
    """Another stored version, with the reason where the plan is locked."""

    version = SelectField(_("问卷"), coerce=int, validate_choice=False)
    reason = TextAreaField(_("修改理由"), [Length(max=500, message=TOO_LONG)])


class Sent(Field):  # type: ignore[misc]  # WTForms ships no types
    """Every box whose name begins with the prefix: the name behind it -> its values."""

    def __init__(self, prefix: str, **more: Any) -> None:
        super().__init__("", **more)
        self.beginning = prefix

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.data: dict[str, list[str]] = {
            name.removeprefix(self.beginning): [printable(value) for value in formdata.getlist(name)]
            for name in formdata or ()
            if name.startswith(self.beginning)
        }


class BeginForm(Form):
    """A new draft: from nothing, by its titles, or from a stored version."""

    title = StringField(_("标题"), [Length(max=200)])
    title_en = StringField(_("英文标题"), [Length(max=200)])
    version = AnyWhole(_("从已保存的版本开始"), [Optional(), NumberRange(1, LARGEST_NUMBER)])


class PieceForm(Form):
    """A piece of a draft as it was filled in, and the button that was pressed."""

    revision = Version()
    at = HiddenField()
    do = HiddenField()
    part = StringField(_("题库"))
    boxes = Sent("b.")


class SourceForm(Form):
    """The whole draft as YAML."""

    revision = Version()
    body = TextAreaField("YAML")


class StoreForm(Form):
    """A draft to be stored as a version, what that is called, and that what the checks say was read."""

    revision = Version()
    version = StringField(_("版本"), [InputRequired(_("请填写")), Length(max=40)])
    accept = BooleanField(_("检查提出的各处我已看过，仍然保存"))


class StepForm(Form):
    """A state of a draft to go back to; 0 to throw the draft away."""

    revision = Version()
    step = AnyWhole("", [InputRequired(), NumberRange(0, LARGEST_NUMBER)])


class PartForm(Form):
    """A part of the question bank to be deleted."""

    part = AnyWhole("", [InputRequired(), NumberRange(1, LARGEST_NUMBER)])


class AreasFileForm(IncomingForm):
    """The city's areas."""

    reason = TextAreaField(_("修改理由"), [Length(max=500, message=TOO_LONG)])


class SitesFileForm(AreasFileForm):
    """A survey's sites."""

    remove = BooleanField(_("删除文件中没有的点位"))


class MarginsFileForm(AreasFileForm):
    """Populations; the variable is chosen where the file does not name it."""

    margin = SelectField(
        _("表中没有“变量”列时，它是"),
        choices=[SelectChoice("", ""), *(SelectChoice(name, name) for name in MARGINS)],
        default="",
    )


PROPOSED = _("本次只张贴公开二维码，没有邀请、入户问卷或访问员。")


class RespondentsForm(Form):
    """How those who answer are chosen, and the sentence of the exception where nobody chooses them."""

    respondents = SelectField(
        _("答题人怎样请到"), [Optional()], choices=[SelectChoice(name, name) for name in (*OFFERED, "other")]
    )
    exception = TextAreaField(
        _("写进每份结果的一句话"), [Length(max=MOST_EXCEPTION)], description=_("说明为什么只张贴海报"), default=PROPOSED
    )


class PlanForm(RespondentsForm):
    """A plan by the usual choices, as text, or as a file. What a choice may be, the plan's own check says."""

    by = Pressed(("form", "text", "file"))
    seen = HiddenField()
    reason = TextAreaField(_("修改理由"), [Length(max=500, message=TOO_LONG)])
    plan = TextAreaField(_("计划(YAML)"))
    file = FileField(_("文件"))
    satisfied = Marks(_("哪些答案算满意"), coerce=int)
    dont_know = Marks(_("说不清的代码"), coerce=int)
    refused = Marks(_("拒绝回答的代码"), coerce=int)
    margins = Marks(_("用来校准的变量"))
    domains = Marks(_("分组结果"))
    official, method, interval, singleton, flagged = (
        StringField(),
        StringField(),
        StringField(),
        StringField(),
        StringField(),
    )
    trim = AnyNumber(_("权数上限(中位数的倍数，不填为不限)"), [Optional()])
    confidence = AnyShare(_("置信水平"), [Optional()])
    least_answers, least_sites, least_df, whole_answers, whole_sites, whole_df = (
        AnyWhole(words, [Optional(), NumberRange(min=0, message=_("请填写0或以上的整数"))])
        for words in (
            _("每县应答(份)"), _("每县点位(个)"), _("每县自由度"), _("全市应答(份)"), _("全市点位(个)"), _("全市自由度"),
        )
    )  # fmt: skip
    supplement = StringField()


class NewSurveyForm(SettingsForm, RespondentsForm):
    """A survey's beginnings: what is asked, in which city, when, of whom."""

    code = StringField(
        _("代码"),
        [InputRequired(_("请填写")), Length(max=40)],
        description=_("小写字母、数字和连字符，用在地址和文件名里，以后不能改，如 mou-2026"),
    )
    questionnaire = SelectField(_("问卷"), description=_("问卷库里的，或先在“问卷”里上传"))
    city = SelectField(_("城市"))
    city_name = StringField(_("新城市的名称"), [Length(max=80)])
    official = BooleanField(
        _("作为本周期的官方调查"),
        description=_("每个周期一项：只有它的结果用于评分；到截止时间才结束，此前不显示总体满意度"),
    )
    city_code = StringField(_("新城市的区划代码"), [Length(max=24)], description=_("六位数字，如 990100"))
    programme = SelectField(
        _("新城市的评价方案"), default="", description=_("按哪份文件评定；不选则用本系统选定的，也可以以后再定")
    )

    def offer(self, questionnaires: list[tuple[str, str]], cities: list[Area]) -> None:
        self.questionnaire.choices = choices_of(questionnaires)
        self.city.choices = choices_of([*((area.code, area.name) for area in cities), (NEW_CITY, gettext("新增城市…"))])
        self.programme.choices = choices_of([("", "–"), *((one.ref, programme_title(one)) for one in programmes())])


class CloneForm(SettingsForm):
    """The next wave."""

    code = StringField(_("代码"), [InputRequired(_("请填写")), Length(max=40)])
    questionnaire = SelectField(_("问卷"))
    keep_codes = BooleanField(_("沿用原来的二维码(原调查须已结束；原海报继续有效，指向新一期)"))
    accept = BooleanField(_("我知道这些问题的结果不能与上一期比较，仍使用这份问卷"))


def filled(survey: Survey) -> dict[str, Any]:
    """A survey's settings as the fields of the form, times in its own zone."""
    zone = ZoneInfo(survey.time_zone)
    return {
        "title": survey.title, "time_zone": survey.time_zone, "open_codes_admit": survey.open_codes_admit,
        "double_entry": survey.double_entry, "seals_erased": survey.seals_erased,
        "opens_at": survey.opens_at.astimezone(zone).replace(tzinfo=None) if survey.opens_at else None,
        "closes_at": survey.closes_at.astimezone(zone).replace(tzinfo=None) if survey.closes_at else None,
    }  # fmt: skip


def version_label(version: QuestionnaireVersion) -> str:
    """How a stored questionnaire is told apart in a list."""
    return f"{version.name} · {version.created_at:%Y-%m-%d} · {version.digest[:8]}"


def choices_of(pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    """Values with their words, for a select."""
    return [SelectChoice(value, words) for value, words in pairs]


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment else None
