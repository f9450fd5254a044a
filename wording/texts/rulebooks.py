"""What is said of rulebooks."""

TEXTS = {
    "min_score_must_rise": ("min_score应逐星升高", "min_score must rise from each star to the next"),
    "indicator_kind_needs_its": (
        "“{indicator_kind}”类指标要有自己的规则",
        "an indicator of kind '{indicator_kind}' needs its own rules",
    ),
    "star_tier_unreachable_whoever": (
        "{tier_stars}星一档达不到：满足它的必满足{above_stars}星",
        "the {tier_stars}-star tier is unreachable: whoever meets it meets the {above_stars}-star tier",
    ),
    "number_used_twice": ("序号{indicator_number}用了两次", "the number {indicator_number} is used twice"),
    "metric_never_used": ("指标项“{metric_key}”没有用到", "the metric '{metric_key}' is never used"),
    "rules_kind_stand_indicator": (
        "“{indicator_kind}”类指标里写了“{kind}”类的规则",
        "rules of kind '{kind}' stand in an indicator of kind '{indicator_kind}'",
    ),
    "only_share_or_number": ("只有占比或数值才有ratio_of", "only a share or a number has ratio_of"),
    "star_tier_can_never": ("{tier_stars}星一档永远达不到", "the {tier_stars}-star tier can never be reached"),
    "tiers_must_stand_rising": ("各档应按星级从低到高排列", "tiers must stand in rising order of stars"),
    "points_fall_or_stay": ("星级升高而分值没有升高", "points fall or stay while stars rise"),
    "metric_defined_twice": ("指标项“{key}”定义了两次", "the metric '{key}' is defined twice"),
    "requirement_text_like_rate": (
        "要求写成 'rate >= 80%' 这样的文字、其列表(都要满足)，或 {{any: [...]}}",
        "a requirement is a text like 'rate >= 80%', a list of them (all), or {{any: [...]}}",
    ),
    "cannot_read_condition_write": (
        "看不懂条件“{text}”；请写成 'metric >= 80%'、'metric < 1.5' 或 'criterion'",
        "cannot read the condition '{text}'; write 'metric >= 80%', 'metric < 1.5' or 'criterion'",
    ),
    "no_such_file_no": (
        "没有这个文件，也没有这个编号的评分细则；现有：{known}",
        "no such file, and no rulebook of that id; known: {known}",
    ),
    "rulebook_no_metric_indicator": (
        "评分细则的指标{row_number}没有指标项“{row_metric}”",
        "the rulebook has no metric '{row_metric}' of indicator {row_number}",
    ),
    "correlation_limits": (
        "各数值间的相关应不小于0、小于1，不是{value:g}",
        "the correlation between values lies from 0 to below 1, not {value:g}",
    ),
    "yes_or_no_give": (
        "{row_label}是“是/否”：请填0至1的可能性",
        "{row_label} is yes or no: give its chance between 0 and 1",
    ),
    "needs_low_high_value": (
        "{row_label}要有低值和高值，低值在前",
        "{row_label} needs a low and a high value, low first",
    ),
    "line_share_above_most": (
        "线是大于0、不超过1的占比，不是{below}",
        "a line is a share above 0 and at most 1, not {below}",
    ),
    "zone_either_takes_points": (
        "一段要么减分，要么整体不得分(void: true)",
        "a zone either takes points off or makes the whole void (void: true)",
    ),
    "points_taken_off_so": ("减分应写负数，不是{points}", "points are taken off, so they are negative, not {points}"),
    "write_either_zones_or": (
        "请写zones，或写deduct_below、points和void_below",
        "write either zones, or deduct_below with points and void_below",
    ),
    "deduct_below_points_belong": ("deduct_below和points要一起写", "deduct_below and points belong together"),
    "no_zone_written_give": (
        "没有写任何一段：请写zones，或deduct_below、points和void_below",
        "no zone is written: give zones, or deduct_below with points and void_below",
    ),
    "two_zones_end": ("有两段止于{above_below}", "two zones end at {above_below}"),
    "lower_figure_must_cost": (
        "数值越低应减得越多：低于{below}并不比以上减得多",
        "a lower figure must cost more: below {below} costs no more than above it",
    ),
    "satisfaction_fraction_one_not": (
        "满意度是0至1的占比，不是{figure}",
        "satisfaction is a fraction of one, not {figure}",
    ),
    "standard_error_cannot_negative": (
        "标准误不能小于0，自由度不能小于1",
        "the standard error cannot be negative, nor the degrees of freedom below 1",
    ),
    "domain_no_level": (
        "域“{variable}”没有水平“{level}”；现有：{levels}",
        "the domain '{variable}' has no level '{level}'; it has: {levels}",
    ),
    "no_star": ("没有星级“{target}”；现有：{listed}", "no star '{target}'; there are: {listed}"),
    "upgrades_could_not_computed": (
        "算不出升档方案：{result_message}",
        "the upgrades could not be computed: {result_message}",
    ),
    "rulebook_no_indicator": ("评分细则没有指标{number}", "the rulebook has no indicator {number}"),
    "effort_indicator_cannot_negative": (
        "指标{number}的投入不能小于0",
        "the effort of indicator {number} cannot be negative",
    ),
    "metric_near": (
        "指标{number}没有定义指标项“{key}”；是不是“{near}”？",
        "the metric '{key}' is not defined in indicator {number}; did you mean '{near}'?",
    ),
    "metric_not_defined": (
        "指标{number}没有定义指标项“{key}”；已定义：{known}",
        "the metric '{key}' is not defined in indicator {number}; defined: {known}",
    ),
    "no_domain": (
        "估计结果里没有域“{variable}”；现有：{known}",
        "the estimate has no domain '{variable}'; it has: {known}",
    ),
    "no_figure": ("估计结果里没有满意度", "the estimate holds no figure"),
    "no_figure_for": ("估计结果里没有{label}的满意度", "the estimate holds no figure for {label}"),
}
