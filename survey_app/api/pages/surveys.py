"""Surveys, their sites and their questionnaires."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import select

from questionnaires import Choice, Question
from survey_app.api.frame import grants, operation, survey_of
from survey_app.api.paging import Key, Page, PageQuery, listed, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.fieldwork.sites_seen import sites_seen
from survey_app.ground.held import held
from survey_app.ground.official import naming_of
from survey_app.models import QuestionnaireVersion, Site, Survey, db
from survey_app.surveys import questionnaire_versions


class SurveyLine(BaseModel):
    """A survey."""

    code: str
    title: str
    state: str = Field(description=marked("draft、locked、open、paused、closed 或 archived"))
    city: str
    opens_at: datetime | None
    closes_at: datetime | None
    time_zone: str
    questionnaire: int = Field(description=marked("问卷版本的编号"))
    follows: str | None = Field(description=marked("上一轮调查的代码"))
    official_in: str | None = Field(description=marked("是哪个周期的官方调查"))
    held: bool = Field(description=marked("满意度在截止之前是否保密"))
    demo: bool


class SiteLine(BaseModel):
    """A place people answer at."""

    code: str = Field(description=marked("调查点的编码，即抽样单元的名称"))
    name: str
    kind: str
    area: str = Field(description=marked("所在地区的代码"))
    area_name: str
    sampled: bool = Field(description=marked("是否抽样点；否为开放点，不计入样本"))
    stratum: str | None
    residents: int | None
    eligible: int | None = Field(description=marked("16岁及以上人数"))
    inclusion_probability: float | None
    target: int = Field(description=marked("计划完成的份数"))
    active: bool


class Option(BaseModel):
    """An answer that can be chosen."""

    code: str
    zh: str
    en: str


class Asked(BaseModel):
    """A question, without its rules."""

    key: str
    type: str
    zh: str
    en: str
    options: list[Option]


class QuestionnaireLine(BaseModel):
    """A version of a questionnaire."""

    id: int
    name: str
    version: str
    digest: str = Field(description=marked("原文的SHA-256"))
    stored_at: datetime


class QuestionnaireWhole(QuestionnaireLine):
    """The same with what it asks."""

    questions: list[Asked]
    yaml: str = Field(description=marked("原文，含逻辑与校验"))


@operation("/surveys", "查看调查", "console.survey_list", Page[SurveyLine], tag="surveys")
def list_surveys(query: PageQuery) -> Page[SurveyLine]:
    """Every survey, the newest first."""

    def read(after: Key | None, number: int) -> list[Survey]:
        found = select(Survey).order_by(Survey.id.desc()).limit(number)
        return list(db.session.scalars(found.where(Survey.id < after) if after is not None else found))

    return paged(query, read, lambda survey: survey.id, _line)


@operation("/surveys/<code>", "查看一项调查", "console.survey_page", SurveyLine, tag="surveys")
def get_survey(code: str) -> SurveyLine:
    return _line(survey_of(code))


@operation("/surveys/<code>/sites", "查看调查点", "console.survey_sites", Page[SiteLine], tag="surveys")
def list_sites(code: str, query: PageQuery) -> Page[SiteLine]:
    """The sites of a survey, in the order of their making."""
    sites = sites_seen(survey_of(code), grants())
    return paged(query, listed(sites, lambda site: site.id), lambda site: site.id, _site)


@operation("/questionnaires", "查看问卷", "console.questionnaire_list", Page[QuestionnaireLine], tag="questionnaires")
def list_questionnaires(query: PageQuery) -> Page[QuestionnaireLine]:
    """Every stored version, the newest first."""

    def read(after: Key | None, number: int) -> list[QuestionnaireVersion]:
        found = select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc()).limit(number)
        return list(db.session.scalars(found.where(QuestionnaireVersion.id < after) if after is not None else found))

    return paged(query, read, lambda version: version.id, _version)


@operation(
    "/questionnaires/<int:version_id>", "查看一份问卷", "console.questionnaire_page", QuestionnaireWhole,
    tag="questionnaires",
)  # fmt: skip
def get_questionnaire(version_id: int) -> QuestionnaireWhole:
    """What is asked, and the text as it was written."""
    version = db.session.get(QuestionnaireVersion, version_id)
    if version is None:
        raise ProblemError(404, "api.not_found")
    asked = [_asked(question) for question in questionnaire_versions.definition(version).questions]
    return QuestionnaireWhole(**dict(_version(version)), questions=asked, yaml=version.body)


def _line(survey: Survey) -> SurveyLine:
    naming = naming_of(survey)
    return SurveyLine(
        code=survey.code, title=survey.title, state=survey.state, city=survey.city.code, opens_at=survey.opens_at,
        closes_at=survey.closes_at, time_zone=survey.time_zone, questionnaire=survey.questionnaire_id,
        follows=survey.wave_of.code if survey.wave_of else None, official_in=naming.period if naming else None,
        held=held(survey), demo=survey.demo,
    )  # fmt: skip


def _site(site: Site) -> SiteLine:
    return SiteLine(
        code=site.code, name=site.name, kind=site.kind, area=site.area.code, area_name=site.area.name,
        sampled=site.probability, stratum=site.stratum, residents=site.residents, eligible=site.eligible,
        inclusion_probability=site.inclusion_probability, target=site.target, active=site.active,
    )  # fmt: skip


def _version(version: QuestionnaireVersion) -> QuestionnaireLine:
    told = questionnaire_versions.definition(version).version
    return QuestionnaireLine(
        id=version.id, name=version.name, version=str(told), digest=version.digest, stored_at=version.created_at
    )


def _asked(question: Question) -> Asked:
    options = [_option(choice) for choice in question.options]
    return Asked(key=question.key, type=question.type, zh=question.text.zh, en=question.text.en, options=options)


def _option(choice: Choice) -> Option:
    return Option(code=str(choice.code), zh=choice.text.zh, en=choice.text.en)
