"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from survey_app.estimates.pages.reasons import said
from survey_app.estimates.pages.words import domain_name


def notices_in_words(result: Mapping[str, Any]) -> list[str]:
    """A sentence for each notice; of a result that kept none but texts, those texts."""
    if "notices" not in result:
        return [said(text) for text in result.get("warnings") or ()]
    return [_words(notice["key"], notice["params"]) or notice["text"] for notice in result["notices"]]


def _words(key: str, params: Mapping[str, Any]) -> str:
    if key == "margin_scaled":
        margins = {name: domain_name(str(params[name])) for name in ("margin", "first")}
        return str(
            _(
                "“%(margin)s”的总数与“%(first)s”不同，已按%(factor)s倍调整。",
                factor=f"{params['factor']:.6g}",
                **margins,
            )
        )
    if key == "few_respondents":
        return str(
            _("无应答调整的一类(%(named)s)只有%(n)s份应答。", named=params["named"], n=f"{params['respondents']:g}")
        )
    words = _of_sites(params) | {
        "open_answers": _("开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。"),
        "one_sided": _("所有人都满意或都不满意，区间是按样本量计算的精确区间。"),
        "few_df": _("自由度只有%(df)s，区间不可靠。", df=params.get("df")),
        "no_answers": _("无人作答。"),
    }
    return str(words.get(key, ""))


def _of_sites(params: Mapping[str, Any]) -> dict[str, str]:
    """Of weights that follow the sites drawn, and of sites that weigh much in a file."""
    given = {
        name: params.get(name, "")
        for name in ("sites", "classes", "fewest", "named", "number", "share", "take", "psu", "stratum")
    }
    figures = {name: f"{float(params.get(name, 0)):.3g}" for name in ("limit", "of_stratum", "of_all")}
    people = f"{float(params.get('people', 0)):,.0f}"
    return {
        "merged_sites": _("应答少于%(fewest)s份的点与并入者共%(sites)s个，合为%(classes)s类，同类用同一倍数。", **given),
        "capped_factors": _(
            "%(named)s：倍数按计划的上限取%(limit)s，少代表%(people)s人。", named=given["named"], limit=figures["limit"], people=people
        ),
        "silent_sites": _("%(number)s个抽中的点没有可计入的应答：%(named)s。其人口由同类的应答代表。", **given),
        "silent_strata": _("%(named)s无人作答：人口的%(share)s%%没有应答代表。", **given),
        "typed_weights": _("%(sites)s个点的基础权数是手工填写的，按每点%(take)s份应答计。", **given),
        "eligible_by_margin": _("%(sites)s个点的符合条件人数按居民数乘以计划人口结构中所在地区的比例计。", **given),
        "eligible_by_assumed": _("%(sites)s个点的符合条件人数按居民数乘以计划设定的比例计。", **given),
        "eligible_by_residents": _("%(sites)s个点没有符合条件人数的比例，居民全部计入。", **given),
        "heavy_psu": _(
            "“%(psu)s”占“%(stratum)s”权数的%(of_stratum)s%%、全部权数的%(of_all)s%%。",
            psu=given["psu"], stratum=given["stratum"], of_stratum=figures["of_stratum"], of_all=figures["of_all"],
        ),
    }  # fmt: skip
