"""The way from a draft to an open survey, as steps with what each still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import url_for
from flask_babel import gettext as _
from flask_security import current_user

from survey_app.answering.definitions import units
from survey_app.console.permissions import may
from survey_app.ground.clock import survey_time
from survey_app.ground.language import language
from survey_app.models import Survey
from survey_app.surveys.plan_checks import margins_of
from survey_app.surveys.readiness import Lack


class InBoth(Protocol):
    """What a service says in both languages."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """One step. state: done | warn | todo."""

    label: str
    state: str
    says: str
    address: str
    lacks: tuple[Lack, ...]


def in_words(item: InBoth) -> str:
    """What a service says, in the language of the page."""
    return item.en if language() == "en" else item.zh


def steps(survey: Survey, lacks: Sequence[Lack]) -> list[Step]:
    """The seven steps in order; none once the survey has been opened."""
    if survey.state not in ("draft", "locked"):
        return []
    sampled = [site for site in survey.sites if site.probability and site.active]
    margins = margins_of(survey.plan)
    says = {
        "questionnaire": f"{survey.questionnaire.name} · {survey.questionnaire.digest[:8]}",
        "areas": _("%(n)s个县(市、区)和功能区", n=len(units(survey.city_id))),
        "sites": _("%(n)s个抽样点，%(m)s个开放点", n=len(sampled), m=len(survey.sites) - len(sampled)),
        "plan": _("%(n)s个变量的人口结构", n=len(margins)),
        "dates": survey_time(survey.closes_at, survey, "%Y-%m-%d") if survey.closes_at else _("未定"),
        "public": _("公开网址、处理者和联系方式"),
        "address": _("扫码打开的地址"),
    }
    labels = {
        "questionnaire": _("问卷"),
        "areas": _("地区"),
        "sites": _("点位"),
        "plan": _("计划与人口结构"),
        "dates": _("时间"),
        "public": _("公开信息"),
        "address": _("地址"),
    }
    places = {
        "questionnaire": "survey_questionnaire",
        "areas": "areas_page",
        "sites": "survey_sites",
        "plan": "survey_plan",
        "dates": "survey_settings",
        "public": "public_information",
        "address": "posters",
    }
    found = []
    for key, label in labels.items():
        mine = tuple(lack for lack in lacks if lack.step == key)
        state = "todo" if any(lack.level == "stop" for lack in mine) else "warn" if mine else "done"
        endpoint = f"console.{places[key]}"
        code = (
            None if key in ("areas", "public") else survey.code
        )  # areas and public information are shared by all surveys
        address = url_for(endpoint, code=code) if may(current_user.grants, endpoint, None) else ""
        found.append(Step(label, state, says[key], address, mine))
    return found
