"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from survey_app.estimates.pages.reasons import said
from survey_app.estimates.pages.words import domain_name
from survey_app.ground.percent import percent


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
    if key == "margin_of_the_rest_scaled":
        shown = {"margin": domain_name(str(params["margin"])), "factor": f"{params['factor']:.6g}"}
        return str(_("“%(margin)s”的人口按%(factor)s倍缩至余下的人。", **shown))
    if key == "few_respondents":
        return str(
            _("无应答调整的一类(%(named)s)只有%(n)s份应答。", named=params["named"], n=f"{params['respondents']:g}")
        )
    if key == "blanks_cross":
        ends = {end: percent(params[end], 2) for end in ("lower", "upper")}
        return str(
            _(
                "%(responses)s份应答中%(missing)s份没有回答官方题目：都算最差为%(lower)s，都算最好为%(upper)s，结论不同。",
                responses=f"{params['responses']:,}", missing=f"{params['missing']:,}", **ends,
            )
        )  # fmt: skip
    said = defaultdict(str, {name: str(value) for name, value in params.items()})
    said |= {name: domain_name(said[name]) for name in ("column", "other") if name in said}
    return str(_few_words(said).get(key, ""))


def _few_words(said: defaultdict[str, str]) -> dict[str, str]:
    """The notices that are one sentence with their parameters set in."""
    return {
        "open_answers": _("开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。"),
        "one_sided": _("所有人都满意或都不满意，区间是按样本量计算的精确区间。"),
        "few_df": _("自由度只有%(df)s，区间不可靠。", df=said["df"]),
        "no_answers": _("无人作答。"),
        "levels_gone": _(
            "“%(margin)s”中的%(levels)s已没有人，其人口不计。", margin=domain_name(said["margin"]), levels=said["levels"]
        ),
        "residents_left_out": _(
            "在别处受访的本地居民%(elsewhere)s份一并去掉，在本地受访的外地居民%(others)s份保留。",
            elsewhere=said["elsewhere"], others=said["others"],
        ),
        "trimming_not_repeated": _("权数沿用全样本的截尾。"),
        "no_level": _(
            "“%(column)s”中没有“%(level)s”，只有：%(levels)s。",
            column=said["column"], level=said["level"], levels=said["levels"],
        ),
        "no_denominator": _("分母合计为0。"),
        "no_interval": _("没有自由度，给不出区间。"),
        "table_too_small": _("“%(column)s”的回答不足两种，不作检验。", column=said["column"]),
        "table_cells_empty": _("%(cells)s没有人，检验不计这些格(与R相同)。", cells=said["cells"]),
        "table_follows": _(
            "“%(column)s”由“%(other)s”决定，空格是必然的，不作检验。", column=said["column"], other=said["other"]
        ),
        "table_impossible": _("计划声明%(cells)s不可能出现，不作独立性检验。", cells=said["cells"]),
        "table_not_impossible": _(
            "计划声明%(cells)s不可能出现，却有%(n)s份应答，不作检验。", cells=said["cells"], n=said["n"]
        ),
        "table_singular": _("空格过多，或没有差异，不作检验。"),
    }  # fmt: skip
