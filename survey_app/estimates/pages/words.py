"""Names that the estimate's pages give to what a run stores under keys."""

from __future__ import annotations

from flask_babel import gettext as _

from analysis.documents import DecisionDocument, DefinitionRow, EstimateDocument, VariantDocument
from analysis.plan import CROSS
from survey_app.console.frame import mode_names
from survey_app.console.words import english, state_names, zone_name

DASH = "–"


def change_names() -> dict[str, str]:
    """What each row of the sensitivity table does otherwise."""
    return {
        "unweighted": _("不加权"),
        "base_weights": _("只用设计权数"),
        "without_margin": _("不用此项校准："),
        "without_trimming": _("不截尾"),
        "flagged_kept": _("保留有疑问的应答"),
        "flagged_removed": _("剔除有疑问的应答"),
        "all_modes": _("计入所有作答方式"),
        "without_mode": _("不计此种作答方式："),
        "without_stratum": _("不含"),
        "without_site": _("不含"),
    }


def definition_names() -> dict[str, str]:
    return {
        "top_1": _("最满意一档的比例"),
        "top_2": _("最满意两档的比例"),
        "top_3": _("最满意三档的比例"),
        "top_4": _("除最不满意外的比例"),
        "index_0_100": _("0–100分指数"),
        "index_20_100": _("20–100分指数"),
    }


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
    known = {
        **mode_names(), "male": _("男"), "female": _("女"), "60+": _("60岁及以上"),
    }  # fmt: skip
    return CROSS.join(known.get(part, part) for part in level.split(CROSS))


def missing_names() -> dict[str, str]:
    """Why there is no answer to the official question."""
    return {"not_shown": _("未问到"), "skipped": _("空着未答"), "dont_know": _("说不清"), "refused": _("拒绝回答")}


def outcome_name(decided: DecisionDocument | DefinitionRow | VariantDocument | None) -> str:
    """Of a decision, or of a row that carries an outcome with its points."""
    return zone_name(decided["points"]) if decided and decided["outcome"] is not None else DASH


def quadrant_name(quadrant: str) -> str:
    names = {"focus": _("重点改进"), "keep": _("继续保持"), "low": _("次要改进"), "excess": _("锦上添花")}
    return str(names[quadrant])


def service_names(result: EstimateDocument) -> dict[str, str]:
    """Key of a service -> its words in the questionnaire."""
    services = result.get("services")
    named = services.get("names", []) if services else []
    return {row["key"]: row["en" if english() else "zh"] for row in named}


def state_name(state: str) -> str:
    """Of the two-person sign-off."""
    return str(state_names()[state])


def input_name(key: str) -> str:
    names = {
        "survey": _("调查"), "plan": _("计划摘要"), "questionnaire": _("问卷摘要"), "watermark": _("最后应答"),
        "flags": _("剔除集版本"), "code": _("程序版本"),
    }  # fmt: skip
    return str(names[key])


def percent_axis() -> str:
    return str(_("满意的比例"))
