"""What a reader must know of the figures in a part of an estimate's page, above them there and in the report."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analysis.bias_told import split_told
from analysis.documents.estimate import EstimateDocument
from analysis.documents.waves import WavesDocument
from analysis.driver_table import based_on_told
from analysis.methods import method_of
from analysis.next_survey import told as settling_told
from analysis.verdict import movers as movers_told
from survey_app.console.tables import shown
from survey_app.console.words import lines_named, supplement_words
from survey_app.estimates.names import missing_names
from survey_app.estimates.pages.words import domain_name, level_name, place_name, service_names
from survey_app.estimates.reasons import said
from survey_app.ground.percent import percent
from survey_app.ground.plans import plan_of_run
from survey_app.ground.verdicts import ranked
from survey_app.ground.zones import zones_of
from survey_app.models import EstimateRun
from survey_app.surveys.columns import COUNTY_VARIABLE

MUCH_DROPPED = 0.2  # of the answers, left out of the regression for a service they skipped
MUCH_SHARED = 5  # of a variance inflation factor: four fifths of a rating follow from the others


def missing(result: EstimateDocument) -> tuple[str, ...]:
    """How many of the responses answered, and why the others did not; nothing of a run that did not count it."""
    counts, responses = result.get("missing"), result.get("responses")
    if not counts or responses is None or result["n"] is None:  # None: too few to be shown
        return ()
    named = missing_names()
    kinds = _("、").join(f"{named[kind]} {number:,}" for kind, number in counts.items())
    answered = {"responses": f"{responses:,}", "n": f"{result['n']:,}"}
    if not any(counts.values()):
        return (_("应答%(responses)s份，都回答了官方题目(n = %(n)s)。", **answered),)
    left = f"{sum(counts.values()):,}"
    return (
        _("应答%(responses)s份，其中%(left)s份没有回答官方题目(%(kinds)s)，不计入n = %(n)s。", left=left, kinds=kinds, **answered),
    )  # fmt: skip


def below_minimum(result: EstimateDocument) -> tuple[str, ...]:
    """The counties below the plan's minimum, and how they may come by more answers."""
    names = [row["level"] for row in result["domains"].get(COUNTY_VARIABLE, ()) if row.get("below_minimum")]
    stated = result.get("minimum")
    if not names or stated is None:
        return ()
    told = _("未达可发布样本量，没有本县的数字，公众满意度未知，评级是一个范围：%(names)s。", names=_("、").join(names))
    return (told, supplement_words()[stated["supplement"]])


def settling(result: EstimateDocument) -> tuple[str, ...]:
    """What a next survey would settle, and with what chance; nothing where that may not be said."""
    return tuple(map(str, settling_told(result["decision"])))


def movers(result: EstimateDocument, sites: Mapping[str, str]) -> tuple[str, ...]:
    """The site, unit, way of answering, hours and day of one network that move the figure most, with what it is without each."""
    table = result.get("sensitivity")
    if not table or not result["decision"]:
        return ()
    said = movers_told(table, zones_of(result), lambda level: place_name(level, sites))
    return tuple(map(str, said))


def services(result: EstimateDocument) -> tuple[str, ...]:
    lines = lines_named(zones_of(result))
    return (_("只问用过的人；虚线为%(lines)s，仅供对照，服务没有评级门槛。", lines=lines),)


def drivers(result: EstimateDocument) -> tuple[str, ...]:
    found, names = result["drivers"], service_names(result)

    def name(key: str) -> str:
        return names.get(key, key)

    if "why" in found:
        return (_("不能给出") + _("：") + said(found["why"], name),)
    in_pairs = found.get("based_on") == "pairs"
    figures = {"n": found["n"], "left": found["incomplete"], "r": f"{found['r_squared']:.2f}"}
    told = (
        _("同时对所有服务的评价作回归，n = %(n)s，R² = %(r)s。重要性表示关联，不表示改进后的效果。", **figures)
        if in_pairs
        else _("同时对所有服务的评价作回归，n = %(n)s，另有%(left)s份因未答某项而不计，R² = %(r)s。重要性表示关联，不表示改进后的效果。", **figures)
    )  # fmt: skip
    shared = [name(row["key"]) for row in found["services"] if row.get("inflation", 0.0) >= MUCH_SHARED]
    more = [
        _("评价与其他服务高度相关(方差膨胀因子不小于%(least)s)，影响力难以分开：%(names)s。", least=MUCH_SHARED, names="、".join(shared))
    ] if shared else []  # fmt: skip
    more = [*map(str, based_on_told(found)), *more]
    dropped = 0.0 if in_pairs else found["incomplete"] / (found["n"] + found["incomplete"])
    if dropped >= MUCH_DROPPED:
        more.append(_("%(dropped)s的答卷因未答某项而不计，以上只代表各项都作答的人。", dropped=percent(dropped, 0)))
    if method_of(result).drivers_adjusted:
        more.append(_("“两轴都明确”已按服务个数调整(Holm)；误差线为各自的置信区间。"))
    return (told, *more, *(name(key) + _("：") + said(why) for key, why in found["left_out"].items()))


def gap(result: EstimateDocument) -> tuple[str, ...]:
    told = _(
        "满意度与得分率没有共同的尺度，只比较名次(全市)和相对预期的偏离(各县)；名次区间同时成立。得分取自制作本估计时的指标数值。"
    )
    return (told, *map(said, result["perception_gap"]["why"]))


def change(found: WavesDocument | None) -> tuple[str, ...]:
    """How far the figure stands from the wave before, with the test of the change."""
    if found is None or not found["changes"] or found["surveys"][-2] in found["differs"]:
        return ()
    row = found["changes"][-1]["change"]
    figures = {name: f"{100 * value:+.2f}" for name in ("estimate", "lower", "upper") for value in (row[name],)}
    named = {"name": found["surveys"][-2], "level": percent(found["confidence"], 0), "df": f"{row['df']:.0f}"}
    told = _(
        "较上次(%(name)s)变化%(estimate)s个百分点(%(level)s区间%(lower)s至%(upper)s；t检验，自由度%(df)s，p = %(p)s)。",
        **named,
        **figures,
        p=shown(row["p"], "p"),
    )
    clear = row["p"] is not None and row["p"] < 1 - found["confidence"]
    return (told + (_("变化明确。") if clear else _("变化在抽样误差之内。")),)


def monitor(run: EstimateRun) -> tuple[str, ...]:
    most = percent(1 - float(plan_of_run(run).interval.confidence), 0)
    return (
        _("多次查看时，本页其他区间只对一次查看成立。下表的区间按已用时间逐次加宽(Lan–DeMets，Pocock型；按自由度用t分位数)，全部查看合起来出错的概率不超过%(most)s。", most=most),
        _("停止、延长和补充只看份数、点数、自由度、应答与边际，不看答案，也不看本表。"),
    )  # fmt: skip


def trend(found: WavesDocument) -> tuple[str, ...]:
    told = [said(found["why"])] if found.get("why") else []
    told += [_("%(name)s的计划衡量的不是同一口径，不宜直接比较。", name=name) for name in found["differs"]]
    shape = found["shape"]
    if shape:
        bend = "" if shape["bend_p"] is None else " · " + _("是否偏离直线") + _p(shape["bend_p"])
        told.append(_("各次是否有变化") + _p(shape["any_change_p"]) + bend)
    return tuple(told)


def groups(result: EstimateDocument) -> tuple[str, ...]:
    """Of the ranges of ranks, once, where some of the groups are areas."""
    others = (ranked(result, name) for name in result["domains"] if name != COUNTY_VARIABLE)
    return tuple(str(said) for said in others if said)[:1]


def small_areas(result: EstimateDocument) -> tuple[str, ...]:
    found = result["small_areas"]
    reason, cells = [said(found["reason"])] if found["reason"] else [], found.get("cells")
    if cells is None:  # a run of the area-level model before
        return (_("Fay-Herriot面模型(直接估计的变异系数为方差平滑后)，只供参考，不进入结论与得分。"), *reason)
    traits = _("、").join(map(domain_name, cells["columns"])) or _("无")
    told = [_("个体模型(县与点位的随机效应，Logit)，只供参考，不进入结论与得分。个人特征：%(traits)s。", traits=traits)]
    if cells["source"] == "cross_table":
        told.append(_("人口构成取自计划里的交叉表。"))
    else:
        told.append(_("计划没有人口交叉表：各县的人口构成由校准(边际)后的权数推出。"))
    if cells["left_out"]:
        told.append(_("有%(n)s份应答缺少上述特征，未进入模型。", n=cells["left_out"]))
    return (*told, *reason)


def modes(run: EstimateRun, result: EstimateDocument) -> tuple[str, ...]:
    planned = (
        _("计划只计入列出的作答方式，合并加权；其他方式的应答不进入结论。")
        if plan_of_run(run).modes
        else _("计划未限定作答方式，各方式合并加权。")
    )
    apart = _("直接比较同时反映怎么答和谁来答；同类人比较只消去校准边际的差别。都不进入结论。")
    told = [f"{planned} {apart}"]
    compared = result.get("mode_comparison")
    if compared and compared["base"]:
        differs = compared["any_difference_p"]
        tested = "" if differs is None else " · " + _("各方式是否有差别") + _p(differs)
        told.append(_("以%(mode)s为基准", mode=level_name(compared["base"])) + tested)
    if compared and compared["why"]:
        told.append(said(compared["why"]))
    split = compared.get("split") if compared else None
    if split and compared and compared["differences"]:
        told += [str(one) for one in split_told(split, level_name)]
    return tuple(told)


def _p(value: float | None) -> str:
    return f"：p = {shown(value, 'p')}"
