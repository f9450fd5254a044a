"""What is said of rulebooks."""

TEXTS = {
    "min_score_must_rise": ("min_score应逐星升高", "min_score must rise from each star to the next"),
    "indicator_kind_needs_its": (
        "“{indicator_kind}”类指标要有自己的规则",
        "an indicator of kind '{indicator_kind}' needs its own rules",
    ),
    "star_tier_unreachable_whoever": (
        "“{tier}”一档达不到：满足它的必满足“{above}”",
        "the tier '{tier}' is unreachable: whoever meets it meets '{above}'",
    ),
    "of_indicator": ("指标{number}：{said}", "indicator {number}: {said}"),
    "number_used_twice": ("序号{indicator_number}用了两次", "the number {indicator_number} is used twice"),
    "metric_never_used": ("指标项“{metric_key}”没有用到", "the metric '{metric_key}' is never used"),
    "rules_kind_stand_indicator": (
        "“{indicator_kind}”类指标里写了“{kind}”类的规则",
        "rules of kind '{kind}' stand in an indicator of kind '{indicator_kind}'",
    ),
    "only_share_or_number": ("只有占比或数值才有ratio_of", "only a share or a number has ratio_of"),
    "star_tier_can_never": ("“{tier}”一档永远达不到", "the tier '{tier}' can never be reached"),
    "tiers_must_stand_rising": ("各档应从低到高排列", "tiers must stand in rising order"),
    "points_fall_or_stay": ("档次升高而分值没有升高", "points fall or stay while tiers rise"),
    "tier_stars_or_name": ("每档要有stars或name", "a tier has stars or a name"),
    "line_values_rise": (
        "line的points至少两个，每个是[数值, 分值]，数值从小到大",
        "the points of a line are two [value, points] or more, the values rising",
    ),
    "line_one_way": ("line的分值要一路升高或一路降低", "the points of a line rise or fall all the way"),
    "line_of_number": ("“{key}”是“是/否”，不能按比例计分", "'{key}' is yes or no and has no line"),
    "line_above_one": ("“{key}”是占比，数值不能超过100%", "'{key}' is a share: no value of its line lies above 100%"),
    "amount": ("“{written}”不是数；可写 60、60% 或 2万", "'{written}' is no number; write 60 or 60%"),
    "number_out_of_bounds": (
        "“{written}”算不了：数不能超过一千万亿，小数不多于20位",
        "'{written}' cannot be counted with: no number passes 10^15 or has more than 20 decimals",
    ),
    "metric_key": (
        "key“{written}”写不进要求：以小写英文字母开头，只用小写字母、数字和下划线",
        "no requirement can name the key '{written}': begin with a lower-case letter, then letters, digits and _",
    ),
    "name_empty": ("名称不能空着", "a name cannot be empty"),
    "no_indicators": ("一个指标也没有", "there is no indicator"),
    "tier_named_twice": ("档次名称“{name}”用了两次", "two tiers are called '{name}'"),
    "tier_below_nothing": ("一档的分值不能小于0；减分用cases", "a tier gives no less than 0 points; cases take off"),
    "path_empty": (
        "path写明指标所在的领域，至少一级，如[优政, 政务服务]",
        "path names the field the indicator belongs to, one level at least, such as [governance, services]",
    ),
    "index_scale": (
        "scale不能为0，否则各部分都不计入指数",
        "scale cannot be 0: no part would count in the index",
    ),
    "bonus_cap": ("bonuses和bonus_cap要一起写", "bonuses and bonus_cap belong together"),
    "cases_start": ("start不能大于most", "'start' cannot lie above 'most'"),
    "case_of_derived": (
        "“{key}”是算出来的，不能按件计分；请用line",
        "'{key}' is made of others and is no number of cases; write a line",
    ),
    "criterion_or_number": (
        "“{key}”：“是/否”只写key，数才写 >=、<、=",
        "'{key}': a criterion is written as its key alone, a number with >=, < or =",
    ),
    "veto_always": ("void_above不能小于0：那样总是整体不得分", "void_above below 0 would always void the whole"),
    "veto_never": ("这条否决永远不会成立", "this veto can never hold"),
    "star_named_twice": ("星级名称“{name}”用了两次", "two levels are called '{name}'"),
    "star_requires": (
        "requires的“{name}”要写在declared里",
        "'{name}' of requires must stand under declared",
    ),
    "satisfaction_once": (
        "满意度只能写在一个指标里；几次调查用average",
        "satisfaction stands in one indicator; several surveys are an average",
    ),
    "survey_a_share": (
        "average的“{name}”：of要是不超过1的占比，se和df要是数",
        "'{name}' of the average: 'of' is a share of at most 1, 'se' and 'df' are numbers",
    ),
    "line_of_satisfaction": (
        "满意度的line从低到高，数值在0至100%之间，分值升高",
        "the line of satisfaction has values from 0 to 100%, and its points rise",
    ),
    "cases_most": (
        "cases里有加分的项，要写most(本项最高分)",
        "cases that earn points need 'most', the most points in all",
    ),
    "derived_one_rule": (
        "derived里每项写change、index、rank之一，不写ratio_of和plausible",
        "a derived metric has one of change, index and rank, and neither ratio_of nor plausible",
    ),
    "derived_a_number": (
        "derived里的指标项是占比或数，不是“是/否”",
        "a derived metric is a share or a number, not yes or no",
    ),
    "derived_of_earlier": (
        "“{key}”要是占比或数，并写在用它的derived之前",
        "'{key}' must be a share or a number, and stand before the derived metric that uses it",
    ),
    "part_of_or_parts": (
        "index的每一部分写of和by，或写parts",
        "each part of an index has 'of' and 'by', or 'parts'",
    ),
    "part_states": (
        "{by}可写：{keys}，要写就写全；别的参数不能写（distance必须写target）",
        "{by} takes {keys}, all of them or none, and nothing else (distance needs its target)",
    ),
    "part_low_high": (
        "low应小于high；越小越好写best: low",
        "low lies below high; where less is better, write best: low",
    ),
    "weights_add_up": (
        "权重合计应为1或100，或都不写（相等）；现为{total}",
        "weights add up to 1 or 100, or none is given (all equal); they are {total}",
    ),
    "geometric_of_z": ("z可为负，不能取几何平均", "z may be negative and has no geometric mean"),
    "survey_with_error": (
        "average里的调查，除本次调查外写of和se（标准误的指标项），可再写df",
        "a survey of an average other than the estimate has 'of' and 'se', the metric of its standard error, and may have 'df'",
    ),
    "survey_weights": (
        "average的权重合计应为1或100，并恰有一项是本次调查（不写of）",
        "the weights of an average add up to 1 or 100, and exactly one survey is the estimate, without 'of'",
    ),
    "line_or_zones": (
        "满意度的line旁边只能写一条整体不得分的线(void_below)",
        "beside the line of satisfaction stands at most one line below which the whole is void (void_below)",
    ),
    "class_declared": (
        "by_class的“{name}”要写在declared里",
        "the class '{name}' of by_class must stand under declared",
    ),
    "class_alone": ("by_class旁边不写tiers、line、cases", "beside by_class stand no tiers, line or cases"),
    "surveys_must_be_known": (
        "指标{number}的各次调查及其标准误都要已知，也不能另给区间",
        "the surveys of indicator {number} and their standard errors must be known, and take no range",
    ),
    "cases_least": ("least不能大于most或start", "'least' cannot lie above 'most' or 'start'"),
    "case_of_nothing": ("每件的分值不能是0", "the points of a case cannot be 0"),
    "case_without_end": (
        "“{key}”扣分没有底：请写cap、least，或对它的veto",
        "the deduction for '{key}' has no end: give it a cap, a least, or a veto on it",
    ),
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
