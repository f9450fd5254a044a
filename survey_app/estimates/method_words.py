"""The method of an estimate in words, made from its plan and result, in Chinese and in English.

Nothing is said that the plan does not say: another plan gives other sentences.
"""

from __future__ import annotations

from analysis.documents.estimate import EstimateDocument
from analysis.plan import Plan
from survey_app.ground.percent import percent
from survey_app.ground.zones import zones_of
from wording import Message, halves

COLUMNS = {
    "stratum": ("调查单元(县、市、区及功能区)", "fieldwork unit (county or zone)"),
    "psu": ("抽样点", "sampled site"),
    "site_county": ("抽样点所在单元", "unit of the site"),
    "home_county": ("居住地", "place of residence"),
    "rated_county": ("计入评级的县(市、区)", "rated county"),
    "sex": ("性别", "sex"),
    "age_band": ("年龄段", "age band"),
    "mode": ("作答方式", "way of answering"),
    "flagged": ("质量标记", "quality flag"),
    "base_weight": ("设计权数", "base weight"),
}
MODES = {
    "web": ("手机或网页", "phone or web page"), "paper": ("纸质问卷", "paper"), "phone": ("电话访问", "telephone"),
    "tablet": ("访问员平板", "interviewer's tablet"), "api": ("其他采集方", "another collector"),
}  # fmt: skip
CALIBRATION = {
    "poststratify": ("事后分层", "post-stratified"),
    "raking": ("迭代比例拟合(raking)", "raked"),
    "linear": ("线性校准(GREG)", "calibrated linearly (GREG)"),
    "logit": ("有界logit校准", "calibrated by bounded logit"),
}
INTERVALS = {
    "korn_graubard": ("Korn-Graubard区间", "Korn and Graubard"),
    "logit": ("logit变换区间", "logit"),
    "wilson": ("按有效样本量的Wilson区间", "Wilson's on the effective sample size"),
    "wald": ("Wald(t)区间", "Wald (t)"),
}
SINGLETON = {
    "remove": ("只有一个抽样点的层不计入方差", "a stratum with one site adds no variance"),
    "adjust": ("只有一个抽样点的层以总体均值为中心计方差", "a stratum with one site is centred at the overall mean"),
    "certainty": ("只有一个抽样点的层视为必然入样", "a stratum with one site counts as taken with certainty"),
    "average": ("只有一个抽样点的层取其他层方差的平均", "a stratum with one site takes the average variance of the others"),
    "fail": ("不允许只有一个抽样点的层", "a stratum with one site is refused"),
}  # fmt: skip


def method_words(plan: Plan, result: EstimateDocument, language: str) -> list[str]:
    """Sentences in the order of the work: sample, what counts, weights, figure, variance, decision."""
    makers = (
        _version,
        _sample,
        _respondents,
        _exclusions,
        _nonresponse,
        _sites,
        _calibration,
        _trimming,
        _figure,
        _variance,
        _interval,
        _decision,
        _domains,
    )
    sentences = [sentence for make in makers for sentence in make(plan, result)]
    return [english if language == "en" else chinese for chinese, english in sentences]


Pair = tuple[str, str]


def _version(plan: Plan, result: EstimateDocument) -> list[Pair]:
    return [(plan.method.sentence("zh"), plan.method.sentence("en"))]


WAYS = {
    "invitations": ("凭一次性邀请码", "by single-use invitations"),
    "household_sheets": ("凭入户问卷", "by household sheets"),
    "interviewers": ("由访问员访问", "by interviewers"),
}


def _respondents(plan: Plan, result: EstimateDocument) -> list[Pair]:
    if plan.respondents is None:
        return []
    if plan.exception:
        return [(f"答题人扫海报自行参与，不是抽选的；计划声明的例外：{plan.exception}",
                 f"Those who answered scanned a poster of their own accord and were not chosen; the plan's declared exception: {plan.exception}")]  # fmt: skip
    chinese, english = ([WAYS[way][place] for way in plan.respondents.ways] for place in (0, 1))
    return [("答题人按抽样请到：" + "、".join(chinese) + "；只扫海报的回答不进入结果。",
             f"Those who answered were chosen: {', '.join(english)}; who only scanned a poster is not in the figures.")]  # fmt: skip


def _sample(plan: Plan, result: EstimateDocument) -> list[Pair]:
    design = plan.design
    if plan.sampling == "open":
        return [("开放参与：不是概率样本，以下标准误只反映点位之间的差异。",
                 "Open participation: no probability sample; standard errors reflect differences between sites only.")]  # fmt: skip
    weight = (
        f"，设计权数为入样概率的倒数({design.weight})",
        f"; base weights ({design.weight}) are inverse inclusion probabilities",
    )
    weighted = weight if design.weight else ("，各人权数相等", "; all persons weigh the same")
    fpc = ("，用有限总体校正", ", with a finite population correction") if design.fpc_columns else ("", "")
    if design.pps is not None:
        rule = ("Sen–Yates–Grundy", "Sen, Yates and Grundy's") if design.pps.joint else ("Brewer近似", "Brewer's")
        fpc = (
            f"；点不重复抽取，方差按{rule[0]}，计入必选点和有限总体",
            f"; sites drawn without replacement, {rule[1]} variance, which knows certain sites and finite populations",
        )
    strata = design.strata and _name(design.strata)
    psu = design.psu and _name(design.psu)
    if psu and strata:
        kind = (
            f"分层多阶段抽样：在每个{strata[0]}内抽取{psu[0]}，再在其中抽人",
            f"Stratified multistage sample: {psu[1]}s drawn within each {strata[1]}, persons within those",
        )
    elif psu:
        kind = (
            f"整群抽样：抽取{psu[0]}，再在其中抽人，不分层",
            f"Cluster sample: {psu[1]}s, persons within those, no strata",
        )
    elif strata:
        kind = (f"按{strata[0]}分层，层内直接抽人", f"Persons drawn directly within strata by {strata[1]}")
    else:
        kind = ("简单随机抽样", "Simple random sample")
    return [(f"{kind[0]}{weighted[0]}{fpc[0]}。", f"{kind[1]}{weighted[1]}{fpc[1]}.")]


def _exclusions(plan: Plan, result: EstimateDocument) -> list[Pair]:
    found: list[Pair] = []
    if plan.flagged is not None:
        counted = result["flagged"]
        kinds = plan.flag_kinds if plan.flagged.kinds or plan.method.process_flags_only else ()
        names = [halves(Message(f"states.flag_{kind}")) for kind in kinds]
        which = (
            (f"(只看{'、'.join(zh for zh, _ in names)})", f" (only {', '.join(en for _, en in names)})")
            if names
            else ("", "")
        )
        if plan.flagged.exclude:
            number = counted["excluded"] if counted else 0
            found.append(
                (
                    f"有质量标记{which[0]}的应答按计划剔除：{number}份。",
                    f"Flagged responses{which[1]} are left out, as planned: {number}.",
                )
            )
        else:
            number = counted["flagged"] if counted else 0
            found.append(
                (
                    f"有质量标记{which[0]}的应答按计划保留：{number}份。",
                    f"Flagged responses{which[1]} are kept, as planned: {number}.",
                )
            )
    if plan.modes:
        modes = result.get("modes_counted")
        left = modes["left_out"] if modes else 0
        zh, en = "、".join(_mode(mode)[0] for mode in plan.modes), ", ".join(_mode(mode)[1] for mode in plan.modes)
        found.append(
            (
                f"只计{zh}所得的应答，合并加权；其他方式的{left}份不计入。",
                f"Answers by {en} count and are weighted together; {left} taken otherwise are left out.",
            )
        )
    elif len(result.get("modes") or []) > 1:
        found.append(("各种作答方式的应答合并加权。", "Answers of all modes are weighted together."))
    return found


def _nonresponse(plan: Plan, result: EstimateDocument) -> list[Pair]:
    if plan.nonresponse is None:
        return []
    zh, en = _listed(plan.nonresponse.classes)
    return [(f"按{zh}的应答率调整权数，调整倍数不超过{plan.nonresponse.largest_factor}。",
             f"Weights carry nonrespondents by classes of {en}, by a factor of at most {plan.nonresponse.largest_factor}.")]  # fmt: skip


def _sites(plan: Plan, result: EstimateDocument) -> list[Pair]:
    made = result.get("site_weights")
    if not made:
        return []
    rule = plan.weights
    merged = [row for row in made["classes"] if len(row["sites"]) > 1]
    number = sum(len(row["sites"]) for row in merged)
    joined = (
        (f"应答少于{rule.fewest}份的点在层内合并({number}个点合为{len(merged)}类)",
         f"sites with fewer than {rule.fewest} answers put together inside their stratum ({number} sites in {len(merged)} classes)")
        if rule.classes == "site" else ("每层为一类", "one class for each stratum")
    )  # fmt: skip
    found = [(f"权数 = 1 ÷ (点的入样概率 × 点内抽人概率) × 应抽人数 ÷ 应答人数，以点为类，{joined[0]}，倍数不超过中位数的{rule.largest_factor}倍；与目标份数无关。",
              f"Weight = 1 / (probability of the site × of the person within it) × eligible / respondents, by site, {joined[1]}, factors at most {rule.largest_factor} times the median; the target plays no part.")]  # fmt: skip
    bounds = made["bounds"]
    if bounds is not None:
        ends = percent(bounds["lower"]), percent(bounds["upper"])
        found.append(
            (
                f"{len(made['silent'])}个抽中的点没有可计入的应答；若那里人人不满意为{ends[0]}，人人满意为{ends[1]}。",
                f"{len(made['silent'])} drawn sites have no answer that counts; with everybody there dissatisfied the figure is {ends[0]}, with everybody satisfied {ends[1]}.",
            )
        )
    return found


def _calibration(plan: Plan, result: EstimateDocument) -> list[Pair]:
    if plan.calibration is None:
        return [("权数未作校准。", "Weights are not calibrated.")]
    method, done = CALIBRATION[plan.calibration.method], result["calibration"]
    zh, en = _listed((*plan.margin_names, *plan.total_names))
    bounds = plan.calibration.bounds
    limits = (
        (f"，倍数限于{bounds[0]}至{bounds[1]}", f", factors within {bounds[0]} and {bounds[1]}") if bounds else ("", "")
    )
    return [
        (
            f"权数按{zh}的已知人口以{method[0]}校准{limits[0]}，{done['iterations']}次迭代，最大相对偏差{done['largest_miss']:.1e}。",
            f"Weights are {method[1]} to the known population by {en}{limits[1]}; {done['iterations']} iterations, largest relative miss {done['largest_miss']:.1e}.",
        )
    ]


def _trimming(plan: Plan, result: EstimateDocument) -> list[Pair]:
    trim = plan.calibration.trim if plan.calibration else None
    if trim is None:
        return []
    after = (
        ("之后再次校准，人口数仍相符", "calibrated again, so that margins hold") if trim.margins == "keep"
        else ("截去的部分平均分给其他应答，人口数只近似相符", "what is cut is spread evenly, so that margins hold nearly")
    )  # fmt: skip
    number = result["calibration"]["trimmed"]
    return [(f"超过中位权数{trim.max_ratio}倍的权数截尾({number}份)，{after[0]}。",
             f"Weights above {trim.max_ratio} times the median are cut ({number} responses), {after[1]}.")]  # fmt: skip


def _figure(plan: Plan, result: EstimateDocument) -> list[Pair]:
    measure = plan.measure
    codes = ", ".join(str(code) for code in measure.satisfied)
    if measure.official == "share":
        return [
            (
                f"满意度为回答代码{codes}者的加权比例(在全部作答者中)。",
                f"The figure is the weighted share of answers with code {codes} among all who answered.",
            )
        ]
    points = ", ".join(f"{code} = {point:g}" for code, point in measure.index_points().items())
    return [
        (
            f"满意度为加权平均分除以100(分值：{points})。",
            f"The figure is the weighted mean of points over 100 (points: {points}).",
        )
    ]


def _variance(plan: Plan, result: EstimateDocument) -> list[Pair]:
    residual = (
        ("，用校准回归的残差", " on the residuals of the calibration regression") if plan.calibration else ("", "")
    )
    unit = _name(plan.design.psu) if plan.design.psu else ("每个人", "person")
    rule = SINGLETON[plan.singleton]
    found = [(f"方差由各{unit[0]}合计的泰勒线性化得出{residual[0]}；{rule[0]}；自由度{result['df']}。",
              f"Variance by Taylor linearisation on totals by {unit[1]}{residual[1]}; {rule[1]}; {result['df']} degrees of freedom.")]  # fmt: skip
    if plan.replication is not None:
        name = plan.replication.method
        found.append(
            (f"另以重复权数({name})核对标准误。", f"Standard errors are also checked by replicate weights ({name}).")
        )
    return found


def _interval(plan: Plan, result: EstimateDocument) -> list[Pair]:
    used = result["satisfied"]["interval"] or plan.interval.method
    name, level = INTERVALS.get(used, (used, used)), f"{float(plan.interval.confidence):.0%}"
    return [(f"区间为{level}的{name[0]}。", f"The interval is the {level} interval of {name[1]}.")]


def _decision(plan: Plan, result: EstimateDocument) -> list[Pair]:
    zones = zones_of(result)
    zh, en = (
        "、".join(f"{line * 100:.6g}%" for line in zones.lines),
        ", ".join(f"{line * 100:.6g} %" for line in zones.lines),
    )
    found = [(f"结论以点估计的全精度与{zh}相比(评级规则{zones.rulebook})；概率取自真值的置信分布：logit尺度上以估计值为中心、标准误为尺度的t分布。",
              f"The outcome compares the point estimate at full precision with {en} (rulebook {zones.rulebook}); probabilities are those of the confidence distribution of the true figure: Student's t on the logit scale, centred at the estimate, with its standard error as scale.")]  # fmt: skip
    if plan.official_se is not None:
        found.append(
            (
                f"另给出标准误为{plan.official_se}的独立官方调查的预测概率。",
                f"What an independent official survey with standard error {plan.official_se} would find is stated too.",
            )
        )
    return found


def _domains(plan: Plan, result: EstimateDocument) -> list[Pair]:
    if not plan.crossings:
        return []
    names = [_listed(columns, (" × ", " × ")) for columns in plan.crossings.values()]
    zh, en = "、".join(name[0] for name in names), ", ".join(name[1] for name in names)
    return [
        (
            f"分组估计：{zh}；每组的自由度只计有该组成员的抽样点和层。",
            f"Estimates by {en}; each group's degrees of freedom count only sites and strata that hold a member.",
        )
    ]


def _name(column: str) -> Pair:
    return COLUMNS.get(column, (column, column))


def _mode(mode: str) -> Pair:
    return MODES.get(mode, (mode, mode))


def _listed(columns: tuple[str, ...], joint: Pair = ("、", ", ")) -> Pair:
    names = [_name(column) for column in columns]
    return joint[0].join(name[0] for name in names), joint[1].join(name[1] for name in names)
