"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from analysis.documents import DomainRow, EstimateDocument
from analysis.notices import NoticeDocument
from survey_app.estimates.pages.reasons import said
from survey_app.estimates.pages.words import domain_name
from survey_app.ground.percent import percent


def notices_in_words(result: EstimateDocument | DomainRow) -> list[str]:
    """A sentence for each notice; of a result that kept none but texts, those texts."""
    return worded(result["notices"])


def worded(notices: Iterable[NoticeDocument]) -> list[str]:
    return [_words(notice["key"], notice["params"]) or said(notice["text"]) for notice in notices]


def _words(key: str, params: Mapping[str, str | int | float]) -> str:
    if key == "margin_scaled":
        margins = {name: domain_name(str(params[name])) for name in ("margin", "first")}
        return str(
            _(
                "“%(margin)s”的总数与“%(first)s”不同，已按%(factor)s倍调整。",
                factor=f"{params['factor']:.6g}",
                **margins,
            )
        )
    if key == "margins_of_the_rest_scaled":
        margins = _("、").join(domain_name(name) for name in str(params["margins"]).split(", "))
        return str(_("%(margins)s的人口×%(factor)s。", margins=margins, factor=f"{params['factor']:.4g}"))
    if key == "few_respondents":
        return str(
            _("无应答调整的一类(%(named)s)只有%(n)s份应答。", named=params["named"], n=f"{params['respondents']:g}")
        )
    if key == "blanks_cross":
        ends = {end: percent(float(params[end]), 2) for end in ("lower", "upper")}
        return str(
            _(
                "%(responses)s份应答中%(missing)s份没有回答官方题目：都算最差为%(lower)s，都算最好为%(upper)s，结论不同。",
                responses=f"{params['responses']:,}", missing=f"{params['missing']:,}", **ends,
            )
        )  # fmt: skip
    said = defaultdict(str, {name: str(value) for name, value in params.items()})
    said |= {name: domain_name(said[name]) for name in ("column", "other") if name in said}
    said |= {name: f"{float(params[name]):.3g}" for name in ("limit", "of_stratum", "of_all") if name in params}
    return str((_few_words(said) | _of_sites(said)).get(key, ""))


def _few_words(said: defaultdict[str, str]) -> dict[str, str]:
    """The notices that are one sentence with their parameters set in."""
    return {
        "unofficial_plan": _(
            "非正式口径：按首份应答之后改的计划第%(version)s版估计，正式的是第%(official)s版；不能提出、批准或用于最终评分。",
            version=said["version"], official=said["official"],
        ),
        "superseding_plan": _(
            "计划第%(version)s版经两人确认更正：原结果%(before)s(#%(run)s)，现为%(now)s。",
            version=said["version"], before=said["before"], run=said["run"], now=said["now"],
        ),
        "open_answers": _("开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。"),
        "one_sided": _("所有人都满意或都不满意，区间是按样本量计算的精确区间。"),
        "few_df": _("自由度只有%(df)s，区间不可靠。", df=said["df"]),
        "no_answers": _("无人作答。"),
        "levels_gone": _(
            "“%(margin)s”中的%(levels)s已没有人，其人口不计。", margin=domain_name(said["margin"]), levels=said["levels"]
        ),
        "residents_left_out": _(
            "含别处受访的%(elsewhere)s份；外来居民%(others)s份保留。",
            elsewhere=said["elsewhere"], others=said["others"],
        ),
        "weights_as_in_the_whole": _("权数沿用全样本的计算与截尾。"),
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


def _of_sites(said: defaultdict[str, str]) -> dict[str, str]:
    """Of weights that follow the sites drawn, and of sites that weigh much in a file."""
    return {
        "capped_factors": _(
            "%(named)s：倍数按计划的上限取%(limit)s，少代表%(people)s人。",
            named=said["named"], limit=said["limit"], people=said["people"],
        ),
        "silent_sites": _(
            "%(number)s个抽中的点没有可计入的应答：%(named)s。其人口由同类的应答代表。", number=said["number"], named=said["named"]
        ),
        "silent_strata": _(
            "%(named)s无人作答：人口的%(share)s%%没有应答代表。", named=said["named"], share=said["share"]
        ),
        "typed_weights": _(
            "%(sites)s个点的基础权数是手工填写的，按每点%(take)s份应答计。", sites=said["sites"], take=said["take"]
        ),
        "eligible_by_margin": _(
            "%(sites)s个点的符合条件人数按居民数乘以计划人口结构中所在地区的比例计。", sites=said["sites"]
        ),
        "eligible_by_assumed": _("%(sites)s个点的符合条件人数按居民数乘以计划设定的比例计。", sites=said["sites"]),
        "eligible_by_residents": _("%(sites)s个点没有符合条件人数的比例，居民全部计入。", sites=said["sites"]),
        "heavy_psu": _(
            "“%(psu)s”占“%(stratum)s”权数的%(of_stratum)s%%、全部权数的%(of_all)s%%。",
            psu=said["psu"], stratum=said["stratum"], of_stratum=said["of_stratum"], of_all=said["of_all"],
        ),
    }  # fmt: skip
