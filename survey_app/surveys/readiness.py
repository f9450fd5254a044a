"""Whether a survey can be locked and opened: everything that is missing at once, in the order of the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from definitions import DefinitionError
from questionnaires import legal_warnings
from questionnaires.review import review
from survey_app.answering.definitions import definition_of, units
from survey_app.models import Survey
from survey_app.surveys import drawn_sites, questionnaire_versions
from survey_app.surveys.plan_checks import check

Step = Literal["questionnaire", "areas", "sites", "plan", "dates", "address"]
LEGAL_NAMES = {
    "表号": "form number",
    "批准机关": "approving body",
    "批准文号": "approval number",
    "有效期限": "validity",
}


@dataclass(frozen=True)
class Lack:
    """One thing that is missing. level: stop | warn (may be accepted). lock: it stops the lock already."""

    step: Step
    level: Literal["stop", "warn"]
    zh: str
    en: str
    lock: bool = False


def lacks(survey: Survey, base: str = "") -> list[Lack]:
    """Everything between this survey and its opening; empty when it may open. base: the public address."""
    return [*_questionnaire(survey), *_areas(survey), *_sites(survey), *_plan(survey), *_dates(survey), *_address(base)]


def stops(survey: Survey, lock: bool) -> list[Lack]:
    """What forbids the lock, or the opening."""
    return [lack for lack in lacks(survey) if lack.level == "stop" and (lack.lock or not lock)]


def warnings(survey: Survey, base: str = "") -> list[Lack]:
    """What a person must have seen before opening."""
    return [lack for lack in lacks(survey, base) if lack.level == "warn"]


def _questionnaire(survey: Survey) -> Iterator[Lack]:
    definition = definition_of(survey)
    for column, zh in (("measure", "总体满意度"), ("home_county", "居住地")):
        if column not in definition.columns:
            yield Lack(
                "questionnaire",
                "stop",
                f"问卷没有指明哪一题是{zh}(columns.{column})",
                f"the questionnaire does not say which question is columns.{column}",
                True,
            )
    written = questionnaire_versions.definition(survey.questionnaire)  # without the city's own places
    errors = [finding for finding in review(written) if finding.level == "error"]
    for finding in errors[:5]:
        yield Lack(
            "questionnaire",
            "warn",
            f"问卷检查：{finding.place} {finding.message}",
            f"questionnaire: {finding.place}: {finding.message}",
        )
    legal = legal_warnings(definition)
    if legal:
        names = ", ".join(LEGAL_NAMES.get(said.removesuffix("未填写"), said) for said in legal)
        yield Lack(
            "questionnaire",
            "warn",
            f"统计调查法定标识不完整：{'、'.join(legal)}",
            f"legal marks of the survey are blank: {names}",
        )


def _areas(survey: Survey) -> Iterator[Lack]:
    if not units(survey.city_id):
        yield Lack(
            "areas",
            "stop",
            f"{survey.city.name}还没有县(市、区)，请导入地区",
            f"{survey.city.name} has no counties yet; import the areas",
            True,
        )

    bare = [place.name for place in units(survey.city_id) if not place.name_en]
    if bare:
        yield Lack(
            "areas",
            "warn",
            f"没有英文名的地区(英文问卷将显示中文)：{_some(bare, '、')}",
            f"places without an English name (the English questionnaire shows Chinese): {_some(bare, ', ')}",
        )


def _sites(survey: Survey) -> Iterator[Lack]:
    active = [site for site in survey.sites if site.active]
    sampled = [site for site in active if site.probability]
    if not sampled:
        yield Lack(
            "sites",
            "stop",
            "没有抽样点，正式结果无从估计",
            "there is no sampled site, so nothing official can be estimated",
            True,
        )
        return
    for site, zh, en in [*drawn_sites.faults(sampled)][:5]:
        yield Lack("sites", "stop", f"{site.name}{zh}", f"{site.name} {en}", True)
    bare = [site.name for site in sampled if site.residents and not site.eligible]
    if bare:
        yield Lack(
            "sites",
            "warn",
            f"{len(bare)}个抽样点只有居民数，按地区比例折算为符合条件人数：{_some(bare, '、')}",
            f"{len(bare)} sampled sites have residents only, reckoned to eligible people by a share: {_some(bare, ', ')}",
        )
    loose = [site.name for site in sampled if not site.stratum]
    if loose:
        yield Lack(
            "sites",
            "stop",
            f"{len(loose)}个抽样点没有层：{_some(loose, '、')}",
            f"{len(loose)} sampled sites have no stratum: {_some(loose, ', ')}",
            True,
        )
    aimless = [site.name for site in sampled if not site.target]
    if aimless:
        yield Lack(
            "sites",
            "warn",
            f"{len(aimless)}个抽样点没有目标份数：{_some(aimless, '、')}",
            f"{len(aimless)} sampled sites have no target: {_some(aimless, ', ')}",
        )
    covered = {site.area_id for site in sampled} | {site.area.parent_id for site in sampled}
    empty = [place.name for place in units(survey.city_id) if place.id not in covered]
    if empty:
        yield Lack(
            "sites",
            "warn",
            f"没有抽样点的地区：{'、'.join(empty)}",
            f"places without a sampled site: {', '.join(empty)}",
        )


def _plan(survey: Survey) -> Iterator[Lack]:
    try:
        plan = check(survey, survey.plan)
    except DefinitionError as error:
        for problem in error.problems:
            said = f"{problem.line}: {problem.key} {problem.message}"
            yield Lack("plan", "stop", f"计划第{said}", f"plan, line {said}", True)
        return
    margins = plan.margins()
    if not margins:
        yield Lack(
            "plan", "warn", "计划没有人口结构，估计不作校准", "the plan has no margins, so nothing is calibrated"
        )
    totals = {name: sum(levels.values()) for name, levels in margins.items()}
    if totals and max(totals.values()) - min(totals.values()) > 0.001 * max(totals.values()):
        said = "、".join(f"{name} {total:,.0f}" for name, total in totals.items())
        yield Lack(
            "plan",
            "stop",
            f"各变量的人口合计不同：{said}",
            f"the margins add up to different populations: {said}",
            True,
        )
    strata = Counter(site.stratum for site in survey.sites if site.probability and site.active)
    single = [str(name) for name, number in strata.items() if number == 1]
    if single:
        level: Literal["stop", "warn"] = "stop" if plan.singleton == "fail" else "warn"
        yield Lack(
            "plan",
            level,
            f"只有1个抽样点的层：{_some(single, '、')}(singleton: {plan.singleton})",
            f"strata with one sampled site: {_some(single, ', ')} (singleton: {plan.singleton})",
            level == "stop",
        )


def _dates(survey: Survey) -> Iterator[Lack]:
    if survey.opens_at is None:
        yield Lack(
            "dates",
            "warn",
            "没有开始时间，一开放就能作答",
            "no opening time is set: answers are taken from the moment it opens",
        )
    if survey.closes_at is None:
        yield Lack("dates", "stop", "没有结束时间", "the closing time is missing")
    elif survey.closes_at <= datetime.now(UTC):
        yield Lack("dates", "stop", "结束时间已过", "the closing time has passed")
    elif survey.opens_at and survey.opens_at >= survey.closes_at:
        yield Lack("dates", "stop", "结束时间早于开始时间", "it would close before it opens")


def _address(base: str) -> Iterator[Lack]:
    if base and ("127.0.0.1" in base or "localhost" in base):
        yield Lack(
            "address",
            "warn",
            f"二维码指向 {base}，只有本机能打开；请先设置 MINYI_PUBLIC_URL",
            f"the codes lead to {base}, which only this machine can open; set MINYI_PUBLIC_URL",
        )


def _some(names: list[str], between: str) -> str:
    return between.join(names[:5]) + ("…" if len(names) > 5 else "")
