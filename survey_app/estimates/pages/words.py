"""Names that the estimate's pages give to what a run stores under keys."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analysis.documents.comparisons import VariantDocument
from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DecisionDocument, DefinitionRow
from analysis.plan import CROSS
from survey_app.console.frame import mode_names
from survey_app.console.words import english, state_names, step_names, zone_name

DASH = "–"


def domain_names() -> dict[str, str]:
    return {
        "rated_county": _("县(市、区)"),
        "home_county": _("居住地(含功能区)"),
        "age_band": _("年龄"),
        "sex": _("性别"),
        "mode": _("作答方式"),
        "stratum": _("调查单元"),
    }


def domain_name(name: str) -> str:
    """Of a domain, crossed or not."""
    known = domain_names()
    return CROSS.join(known.get(part, part) for part in name.split(CROSS))


def level_name(level: str) -> str:
    """Of a level, crossed or not: codes that are words in no language are told in the page's."""
    known = {**mode_names(), "male": _("男"), "female": _("女"), "60+": _("60岁及以上")}
    return CROSS.join(known.get(part, part) for part in level.split(CROSS))


def place_name(level: str, sites: Mapping[str, str]) -> str:
    """Of what is left out: a site by its name in `sites`, code -> name, also with a day; else as level_name."""
    code, _space, day = level.rpartition(" ")
    return f"{sites[code]} {day}" if code in sites else sites.get(level, level_name(level))


def outcome_name(decided: DecisionDocument | DefinitionRow | VariantDocument | None) -> str:
    """Of a decision, or of a row that carries an outcome with its points."""
    return zone_name(decided["points"], decided["outcome"]) if decided and decided["outcome"] is not None else DASH


def service_names(result: EstimateDocument) -> dict[str, str]:
    """Key of a service -> its words in the questionnaire."""
    services = result.get("services")
    named = services.get("names", []) if services else []
    return {row["key"]: row["en" if english() else "zh"] for row in named}


def state_name(state: str) -> str:
    """Of the two-person sign-off."""
    return str(state_names()[state])


def step_name(step: str) -> str:
    """Of a step of the sign-off, as somebody took it."""
    return str(step_names()[step])


def input_name(key: str) -> str:
    names = {
        "survey": _("调查"),
        "plan": _("计划摘要"),
        "questionnaire": _("问卷摘要"),
        "watermark": _("最后应答"),
        "flags": _("剔除集版本"),
        "code": _("程序版本"),
    }
    return str(names[key])


def percent_axis() -> str:
    return str(_("满意的比例"))
