"""The tables of an estimate's page, each from the result as it may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DecisionDocument, DomainRow
from analysis.documents.waves import WavesDocument
from analysis.weight_checks import notice_of
from analysis.zones import Zone, Zones
from survey_app.console.tables import Column, Table
from survey_app.console.words import english, line_name, zone_name
from survey_app.estimates.monitor import Look
from survey_app.estimates.names import check_name, missing_names, quadrant_name
from survey_app.estimates.pages.named import NO_QUESTIONS, Named
from survey_app.estimates.pages.notices import notices_in_words
from survey_app.estimates.pages.words import domain_name, level_name, outcome_name, service_names
from survey_app.ground.verdicts import rank_range, together, verdict_of
from survey_app.ground.zones import zones_of
from survey_app.surveys.columns import COUNTY_VARIABLE


def zones(result: EstimateDocument) -> Table:
    """The numbers of the picture: probability of each zone."""
    decision = result["decision"]
    chances = (decision and decision["probability"]) or {}
    foreseen = (decision and decision["predictive"]) or {}
    rows = [
        {
            "zone": place,
            "outcome": zone_name(zone.number, zone.key),
            "chance": chances.get(zone.key),
            "foreseen": foreseen.get(zone.key),
        }
        for zone, place in _places(zones_of(result))
    ]
    columns = [Column("zone", _("区间")), Column("outcome", _("结果")), Column("chance", _("概率"), "share")]
    if foreseen:
        columns.append(Column("foreseen", _("另一次独立官方调查"), "share"))
    return Table("zones", _("真实满意度落在各区间的概率"), columns, rows)


def _places(found: Zones) -> Iterator[tuple[Zone, str]]:
    """Each zone with where it lies, the highest first."""
    ends = [None if zone.below is None else line_name(zone.below) for zone in found.zones]
    for zone, end, start in zip(found.zones, ends, [*ends[1:], None], strict=True):
        yield zone, f"≥ {start}" if end is None else f"< {end}" if start is None else f"{start} – {end}"


def missing(result: EstimateDocument) -> Table:
    """Who gave no answer, by kind, and what the figure is with all of them dissatisfied and with all satisfied; no rows
    where everybody answered, or of a run that did not count it."""
    whole, index = result["missing"], result["measure"]["official"] == "index"
    rows = []
    if whole and any(whole.values()):
        levels = [(domain, row) for domain, found in result["domains"].items() for row in found]
        rows = [
            _missing("", _("全部"), result, index),
            *(_missing(domain_name(domain), level_name(row["level"]), row, index) for domain, row in levels),
        ]
    columns = [
        Column("domain", _("分组")), Column("level", _("组")), Column("responses", _("应答(份)"), "number"),
        Column("n", "n", "number"), *(Column(kind, words, "number") for kind, words in missing_names().items()),
        Column("lower", _("未答的都算最差"), "share"), Column("upper", _("未答的都算最好"), "share"),
    ]  # fmt: skip
    return Table("missing", _("没有回答官方题目的应答，与结果可能的上下限"), columns, rows)


def _missing(domain: str, level: str, row: EstimateDocument | DomainRow, index: bool) -> dict[str, object]:
    bounds, scale = (row["index_bounds"], 100) if index else (row["bounds"], 1)
    lower, upper = (bounds["lower"], bounds["upper"]) if bounds else (None, None)
    return {
        **(row["missing"] or {}), "domain": domain, "level": level, "responses": row["responses"], "n": row["n"],
        "lower": None if lower is None else lower / scale, "upper": None if upper is None else upper / scale,
    }  # fmt: skip


def weights(result: EstimateDocument) -> Table:
    rows = [
        {"when": when} | {name: row[name] for name in ("minimum", "median", "maximum", "kish_deff", "effective_n")}
        for when, row in ((_("校准前"), result["weights"]["before"]), (_("校准后"), result["weights"]["after"]))
    ]
    columns = [
        Column("when", _("阶段")), Column("minimum", _("最小"), "number"), Column("median", _("中位"), "number"),
        Column("maximum", _("最大"), "number"), Column("kish_deff", "Kish deff", "number"),
        Column("effective_n", _("有效样本量"), "number"),
    ]  # fmt: skip
    return Table("weights", _("校准前后的权数"), columns, rows)


def weight_checks(result: EstimateDocument) -> Table:
    """What weights were looked at for; no rows of a run that did not keep it."""
    bands = {"fine": _("正常"), "look": _("留意"), "severe": _("严重")}
    rows = []
    for one in result["weights"].get("checks", []):
        figure = "{:.2%}" if one["check"] == "respondent" else "{:.4g}"
        lines = {name: figure.format(one[name]) if one[name] else None for name in ("value", "look", "severe")}
        told = str(notice_of(one).message) if one["band"] != "fine" else ""
        rows.append({"check": check_name(one["check"]), **lines, "band": bands[one["band"]], "said": told})
    columns = [
        Column("check", _("检查")), Column("value", _("数值")), Column("look", _("留意线")),
        Column("severe", _("严重线")), Column("band", _("等级")), Column("said", _("说明与办法")),
    ]  # fmt: skip
    return Table("weight-checks", _("权数检查"), columns, rows)


def weight_quantiles(result: EstimateDocument) -> Table:
    pair = result["weights"]["quantiles"]
    rows = [
        {"place": place / 20, "before": before, "after": after}
        for place, (before, after) in enumerate(zip(pair["before"], pair["after"], strict=True))
    ]
    columns = [
        Column("place", _("应答(按权数从小到大)"), "share"),
        Column("before", _("校准前"), "number"),
        Column("after", _("校准后"), "number"),
    ]
    return Table("weight-quantiles", _("权数与平均权数之比"), columns, rows)


def margins(result: EstimateDocument) -> Table:
    """With the response rate of each level, where a known sample gives one."""
    known = result.get("response")
    answered = known["margins"] if known else {}
    rates = {(name, row["level"]): row["rate"] for name, levels in answered.items() for row in levels}
    rows = [
        {"margin": domain_name(name), "level": level_name(row["level"]), "population": row["population"],
         "before": row["before"], "after": row["after"], "rate": rates.get((name, row["level"]))}
        for name, levels in result["calibration"]["margin_table"].items() for row in levels
    ]  # fmt: skip
    columns = [
        Column("margin", _("校准边际")), Column("level", _("组")), Column("population", _("人口"), "number"),
        Column("before", _("校准前"), "number"), Column("after", _("校准后"), "number"),
    ]  # fmt: skip
    columns += [Column("rate", _("作答率"), "share")] if rates else []
    return Table("margins", _("校准边际与人口"), columns, rows)


def counties(result: EstimateDocument) -> Table:
    found = result["domains"].get(COUNTY_VARIABLE, [])
    table = _groups("counties", _("各县(市、区)满意度"), {COUNTY_VARIABLE: found}, zones_of(result, COUNTY_VARIABLE))
    said = [verdict_of(result, COUNTY_VARIABLE, row) for row in found]
    rows = [
        {**row, "verdict": str(told or ""), **_pooled(one["decision"], result)}
        for row, told, one in zip(table.rows, said, found, strict=True)
    ]
    columns = list(table.columns)
    pooled = [
        Column(
            f"pooled_{zone.key}", _("%(outcome)s的概率，参考各县", outcome=zone_name(zone.number, zone.key)), "share"
        )
        for zone in zones_of(result, COUNTY_VARIABLE).zones[1:]
        if any(row.get(f"pooled_{zone.key}") is not None for row in rows)
    ]
    columns[-1:-1] = pooled
    return Table(table.name, table.caption, [*columns, verdict_column(together(result, COUNTY_VARIABLE))], rows)


def _pooled(decision: DecisionDocument | None, result: EstimateDocument) -> dict[str, float | None]:
    """The probability of each zone with all counties considered, None where none is stated."""
    stated = (decision and decision.get("probability_pooled")) or {}
    return {f"pooled_{zone.key}": stated.get(zone.key) for zone in zones_of(result, COUNTY_VARIABLE).zones}


def verdict_column(together: str, name: str = "") -> Column:
    """The sentence of each row, and in its heading what must be known of them side by side; files alone have it."""
    label = _("结论与误差") + (f" {name}" if name else "") + (f" ({together})" if together else "")
    return Column(f"verdict{name}", label, in_files=True)


def groups(result: EstimateDocument, named: Named) -> Table:
    others = {name: rows for name, rows in result["domains"].items() if name != COUNTY_VARIABLE}
    return _groups("groups", _("各组满意度"), others, named=named)


def services(result: EstimateDocument) -> Table:
    names = service_names(result)
    rows = [
        {**NO_FIGURE, **row, "service": names.get(row["key"], row["key"])} for row in result["services"]["services"]
    ]
    columns = [Column("service", _("服务")), *_figure_columns(), Column("df", _("自由度"), "number"),
               Column("index", _("指数(0–100)"), "number"), Column("not_used", _("没用过(份)"), "number"),
               Column("reach", _("使用率"), "share")]  # fmt: skip
    return Table("services", _("使用者对各项服务的满意度"), columns, rows)


def service_counties(result: EstimateDocument) -> Table:
    names = service_names(result)
    rows = [
        {**row, "county": area["level"], "service": names.get(row["key"], row["key"])}
        for area in result["services"]["areas"]
        for row in area["services"]
        if row["n"] != 0
    ]
    columns = [
        Column("county", _("县(市、区)")),
        Column("service", _("服务")),
        *_figure_columns(),
        Column("df", _("自由度"), "number"),
    ]
    return Table("service-counties", _("各县(市、区)使用者对各项服务的满意度"), columns, rows)


def drivers(result: EstimateDocument) -> Table:
    names, found = service_names(result), result["drivers"]
    rows = [
        {"inflation": None} | row
        | {"service": names.get(row["key"], row["key"]), "quadrant": quadrant_name(row["quadrant"]), "sure": _yes(row["sure"])}
        for row in ([] if "why" in found else found["services"])
    ]  # fmt: skip
    columns = [
        Column("service", _("服务")), Column("users", _("评价者"), "number"), Column("importance", _("重要性"), "fine"),
        Column("importance_se", _("标准误"), "fine"), Column("importance_lower", _("下限"), "fine"),
        Column("importance_upper", _("上限"), "fine"), Column("performance", _("表现(0–100)"), "number"),
        Column("performance_se", _("标准误"), "number"), Column("reach", _("使用率"), "share"),
        Column("effect", _("对全市的影响"), "fine"), Column("quadrant", _("象限")),
        Column("sure", _("两轴都明确")), Column("inflation", _("方差膨胀因子"), "number"),
    ]  # fmt: skip
    if "based_on" in found:
        columns.insert(2, Column("stated", _("计入回归"), "number"))
    return Table("drivers", _("影响总体满意度的服务"), columns, rows)


def gap_city(result: EstimateDocument) -> Table:
    names, gap = service_names(result), result["perception_gap"]
    rows = [
        row | {"name": names.get(row["field"], row["field"]), "differs": _yes(row["differs"]), "tickets": gap["tickets"].get(row["field"], 0)}
        for row in (gap["city"]["fields"] if gap["city"] else ())
    ]  # fmt: skip
    columns = [
        Column("name", _("领域")), Column("satisfaction", _("满意度"), "share"), Column("se", _("标准误"), "share"),
        Column("satisfaction_rank", _("感受名次"), "number"), Column("rank_lower", _("名次下限"), "number"),
        Column("rank_upper", _("名次上限"), "number"), Column("points_share", _("得分率"), "share"),
        Column("points_rank", _("得分名次"), "number"), Column("rank_gap", _("名次之差"), "number"),
        Column("differs", _("差别明确")), Column("tickets", _("市民反映的问题"), "number"),
    ]  # fmt: skip
    return Table("gap", _("感受与得分：全市各领域"), columns, rows)


def gap_counties(result: EstimateDocument) -> Table:
    names, counties = service_names(result), result["perception_gap"]["counties"]
    rows = [
        row | {"name": names.get(row["field"], row["field"]), "stands_out": _yes(row["stands_out"])}
        for row in (counties["rows"] if counties else ())
    ]
    columns = [
        Column("county", _("县(市、区)")), Column("name", _("领域")), Column("satisfaction", _("满意度"), "share"),
        Column("se", _("标准误"), "share"), Column("points_share", _("得分率"), "share"),
        Column("residual", _("偏离预期"), "share"), Column("lower", _("下限"), "share"),
        Column("upper", _("上限"), "share"), Column("stands_out", _("差别明确")),
    ]  # fmt: skip
    return Table("gap-counties", _("感受与得分：各县(市、区)"), columns, rows)


def waves(trend: WavesDocument) -> Table:
    rows = [dict(row) for row in trend["points"]]
    columns = [
        Column("wave", _("调查")), Column("estimate", _("满意度"), "share"), Column("se", _("标准误"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"), Column("change", _("较上次"), "share"),
        Column("change_lower", _("下限"), "share"), Column("change_upper", _("上限"), "share"),
        Column("moving", _("近三次合并"), "share"), Column("composite", _("与上次合成"), "share"),
        Column("composite_se", _("合成的标准误"), "share"),
    ]  # fmt: skip
    return Table("waves", _("历次调查(只列已批准的估计)"), columns, rows)


def wave_changes(trend: WavesDocument) -> Table:
    rows = [
        {
            "first": row["first"], "second": row["second"], "change": row["change"]["estimate"], "se": row["change"]["se"],
            "apart": row["se_if_independent"], "df": row["change"]["df"], "p": row["change"]["p"], "holm": row["p_adjusted"],
        }
        for row in trend["changes"]
    ]  # fmt: skip
    columns = [
        Column("first", _("从")), Column("second", _("到")), Column("change", _("变化"), "share"),
        Column("se", _("标准误"), "share"), Column("apart", _("若点位不相同"), "share"), Column("df", _("自由度"), "number"),
        Column("p", "p", "p"), Column("holm", _("p(Holm校正)"), "p"),
    ]  # fmt: skip
    return Table("wave-changes", _("相邻两次的变化"), columns, rows)


def looks(found: Sequence[Look]) -> Table:
    rows = [asdict(look) | {"share": None if look.level is None else 1 - look.level} for look in found]
    columns = [
        Column("number", _("期中第几次"), "number"), Column("at", _("时间"), "moment"), Column("n", "n", "number"),
        Column("df", _("自由度"), "number"), Column("estimate", _("满意度"), "share"), Column("lower", _("下限"), "share"),
        Column("upper", _("上限"), "share"), Column("share", _("本次区间的置信水平"), "share"),
    ]  # fmt: skip
    return Table("looks", _("各次查看，区间合起来成立"), columns, rows)


def small_areas(result: EstimateDocument) -> Table:
    found = result["small_areas"]
    ranked = {row["level"]: rank_range(row) for row in result["domains"].get(found["domain"], [])}
    rows = [
        row | {"publication": row["publication"]["en" if english() else "zh"], "ranks": ranked.get(row["name"], "")}
        for row in found["areas"]
    ]
    columns = [
        Column("name", _("县(市、区)")), Column("n", "n", "number"), Column("direct", _("直接估计"), "share"),
        *_ranks(rows), Column("direct_cv", _("直接估计的变异系数"), "share"), Column("model", _("模型估计"), "share"),
        Column("model_lower", _("模型下限"), "share"), Column("model_upper", _("模型上限"), "share"),
        Column("model_cv", _("模型估计的变异系数"), "share"),
        Column("publication", _("能否发布")),
    ]  # fmt: skip
    return Table("small-areas", _("直接估计与模型估计"), columns, rows)


def modes(result: EstimateDocument) -> Table:
    whole = {row["mode"]: row for row in result["modes"]}
    comparison = result.get("mode_comparison")
    compared = {row["mode"]: row for row in comparison["modes"]} if comparison else {}
    taken = {mode: row.get("responses", row["n"]) for mode, row in whole.items()}
    total = sum(number or 0 for number in taken.values())
    rows = []
    for mode, row in whole.items():
        own = compared.get(mode)
        rows.append({
            "mode": level_name(mode), "taken": taken[mode], "part": (taken[mode] or 0) / total if taken[mode] and total else None,
            "counted": own["n"] if own else 0, "estimate": own and own["estimate"], "se": own and own["se"],
            "lower": own and own["lower"], "upper": own and own["upper"], "sum_weights": row["sum_weights"],
        })  # fmt: skip
    columns = [
        Column("mode", _("方式")), Column("taken", _("收到(份)"), "number"), Column("part", _("占比"), "share"),
        Column("counted", "n", "number"), Column("estimate", _("满意度"), "share"),
        Column("se", _("标准误"), "share"), Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"),
        Column("sum_weights", _("设计权数合计"), "number"),
    ]  # fmt: skip
    return Table("modes", _("各方式的抽样应答与满意度"), columns, rows)


def mode_differences(result: EstimateDocument) -> Table:
    comparison = result.get("mode_comparison")
    rows = [
        tested | {"mode": level_name(row["mode"]), "kind": label}
        for row in (comparison["differences"] if comparison else ())
        for tested, label in ((row["crude"], _("直接比较")), (row["adjusted"], _("同类人比较")))
        if tested
    ]
    columns = [
        Column("mode", _("方式")), Column("kind", _("比较")), Column("difference", _("差"), "share"),
        Column("se", _("标准误"), "share"), Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"),
        Column("df", _("自由度"), "number"), Column("p", "p", "p"), Column("p_holm", _("p(Holm校正)"), "p"),
    ]  # fmt: skip
    return Table("mode-differences", _("作答方式之间的差别"), columns, rows)


NO_FIGURE = dict.fromkeys(("se", "lower", "upper", "df", "index"))  # of a service that nobody rated


def _figure_columns() -> list[Column]:
    return [
        Column("n", "n", "number"), Column("estimate", _("满意度"), "share"), Column("se", _("标准误"), "share"),
        Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"),
    ]  # fmt: skip


def _groups(
    name: str, caption: str, domains: Mapping[str, list[DomainRow]], decided: Zones | None = None,
    named: Named = NO_QUESTIONS,
) -> Table:  # fmt: skip
    rows = [
        {
            **row, "domain": named.column(domain), "level": named.level(domain, row["level"]), "ranks": rank_range(row),
            "outcome": _("未达可发布样本量") if row.get("below_minimum") else outcome_name(row["decision"]),
            "note": "".join(notices_in_words(row)),
            **_chances(row["decision"], decided),
        }
        for domain, levels in domains.items() for row in levels
    ]  # fmt: skip
    columns = [Column("level", _("组")), *_ranks(rows), *_figure_columns(), Column("df", _("自由度"), "number"),
               Column("design_effect", _("设计效应"), "number")]  # fmt: skip
    if decided:
        columns.append(Column("outcome", _("结论")))
        for zone in decided.zones[1:]:
            caption_of_zone = _("%(outcome)s的概率", outcome=zone_name(zone.number, zone.key))
            columns.append(Column(f"zone_{zone.key}", caption_of_zone, "share"))
    else:
        columns.insert(0, Column("domain", _("分组")))
    return Table(name, caption, [*columns, Column("note", _("说明"))], rows)


def _ranks(rows: Iterable[Mapping[str, object]]) -> list[Column]:
    return [Column("ranks", _("名次范围"))] if any(row["ranks"] for row in rows) else []


def _chances(decision: DecisionDocument | None, decided: Zones | None) -> dict[str, float | None]:
    """The probability of each zone, None where none is stated."""
    stated = (decision and decision["probability"]) or {}
    return {f"zone_{zone.key}": stated.get(zone.key) for zone in (decided.zones if decided else ())}


def _yes(value: bool | None) -> str:
    return "" if value is None else _("是") if value else _("否")
