"""The forms by which a survey is made, set and cloned. Times are written in the survey's own zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from survey_app.models import Area, QuestionnaireVersion, Survey
from survey_app.surveys.making import ZONE, Settings, SurveyError

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "UTC")
NEW_CITY = "new"


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """What can be set of a survey, with the reason where one is asked."""

    title = StringField(
        _("调查名称"),
        [InputRequired(_("请填写")), Length(max=200)],
        description=_("印在海报和问卷上，如“济宁市2026年市民体验调查”"),
    )
    opens_at = DateTimeLocalField(
        _("开始时间"), [Optional()], description=_("此前扫码会看到“尚未开始”；不填则一开放就能作答")
    )
    closes_at = DateTimeLocalField(_("结束时间"), [Optional()], description=_("到时自动停止作答；开放前必须填写"))
    time_zone = SelectField(_("时区"), choices=[SelectChoice(zone, zone) for zone in ZONES], default=ZONE)
    open_codes_admit = BooleanField(_("有邀请码的点位，其公开二维码也计入抽样"))
    double_entry = BooleanField(_("纸质问卷由两人各录一遍"))
    reason = TextAreaField(_("修改理由"), [Length(max=500)], description=_("计划锁定后必填，记入审计记录"))

    def settings(self) -> Settings:
        """What was filled in, with aware moments."""
        zone = ZoneInfo(self.time_zone.data)
        return Settings(
            self.title.data or "", _aware(self.opens_at.data, zone), _aware(self.closes_at.data, zone),
            self.time_zone.data, bool(self.open_codes_admit.data), bool(self.double_entry.data),
        )  # fmt: skip

    def refuse(self, error: SurveyError) -> None:
        """Put a service's refusal at the field it is about, or over the form."""
        target = getattr(self, error.field, None)
        if target is None:
            self.form_errors.append(str(error))
        else:
            target.errors = [*target.errors, str(error)]


class NewSurveyForm(SettingsForm):
    """A survey's beginnings: what is asked, in which city, when."""

    code = StringField(
        _("代码"),
        [InputRequired(_("请填写")), Length(max=40)],
        description=_("小写字母、数字和连字符，用在地址和文件名里，以后不能改，如 jining-2026"),
    )
    questionnaire = SelectField(_("问卷"), description=_("问卷库里的，或先在“问卷”里上传"))
    city = SelectField(_("城市"))
    city_name = StringField(_("新城市的名称"), [Length(max=80)])
    city_code = StringField(_("新城市的区划代码"), [Length(max=24)], description=_("如 370800"))

    def offer(self, questionnaires: list[tuple[str, str]], cities: list[Area]) -> None:
        self.questionnaire.choices = choices_of(questionnaires)
        self.city.choices = choices_of([*((area.code, area.name) for area in cities), (NEW_CITY, gettext("新增城市…"))])


class CloneForm(SettingsForm):
    """The next wave."""

    code = StringField(_("代码"), [InputRequired(_("请填写")), Length(max=40)])
    questionnaire = SelectField(_("问卷"))
    keep_codes = BooleanField(_("沿用原来的二维码(原调查须已结束；原海报继续有效，指向新一期)"))


def filled(survey: Survey) -> dict[str, Any]:
    """A survey's settings as the fields of the form, times in its own zone."""
    zone = ZoneInfo(survey.time_zone)
    return {
        "title": survey.title, "time_zone": survey.time_zone, "open_codes_admit": survey.open_codes_admit,
        "double_entry": survey.double_entry,
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
