"""What is said of plans."""

TEXTS = {
    "minimum_negative": ("minimum的各个数不能是负数", "the numbers of minimum cannot be negative"),
    "scale_needs_least_two": ("scale至少要有两个不同的代码", "scale needs at least two different codes"),
    "satisfied_must_some_not": (
        "satisfied应是scale中的一部分代码，不是全部",
        "satisfied must be some, not all, of the codes in scale",
    ),
    "points_needs_one_value": (
        "points要给scale的{n}个代码各一个值",
        "points needs one value for each of the {n} scale codes",
    ),
    "respondents_by_each_once": (
        "respondents.by要写明答题人怎样请到，每种方式写一次：{ways}",
        "respondents.by says how those who answer were chosen, each way once: {ways}",
    ),
    "fieldwork_columns_differ": (
        "fieldwork：attempt、arrived、interviewer 各写一个不同的列",
        "fieldwork: attempt, arrived and interviewer each name a column of their own",
    ),
    "posters_stand_alone": (
        "posters只能单独写：有邀请、入户问卷或访问员时，只扫海报的人不进入正式结果",
        "posters stand alone: beside invitations, household sheets or interviewers who only scans a poster is in no official figure",
    ),
    "exception_goes_with_posters": (
        "respondents.exception只与by: posters一起写",
        "respondents.exception goes with by: posters only",
    ),
    "within_needs_adults": (
        "户内抽人（respondents.within）要在weights.adults写明问“户内合格人数”的题，它的概率1/人数才进得了权重",
        "choosing within households (respondents.within) needs weights.adults, the question on how many are eligible: by it the weight makes up for 1/eligible",
    ),
    "within_needs_chosen_persons": (
        "respondents.within和replace_after只用于抽人的办法，不用于海报",
        "respondents.within and replace_after go with ways that choose persons, not with posters",
    ),
    "replace_after_between": (
        "respondents.replace_after应为1至20次",
        "respondents.replace_after is 1 to 20 attempts",
    ),
    "posters_need_exception": (
        "只张贴海报不是抽样：请在respondents.exception里写一句话说明这一例外，它会写在每份结果里",
        "posters alone are no sample: say in respondents.exception in one sentence why; it stands in every output",
    ),
    "exception_too_long": (
        "respondents.exception最多{most}个字符：它会写在每份结果里",
        "respondents.exception has at most {most} characters: it stands in every output",
    ),
    "wave_rotate_reserves": (
        "draw：wave从1起，rotate不小于0、小于1，seed、reserves不小于0",
        "draw: wave counts from 1, rotate is at least 0 and below 1, seed and reserves are at least 0",
    ),
    "rotation_needs_sampford": (
        "轮换(wave、rotate)要用永久随机数，只配method: sampford",
        "rotation (wave, rotate) goes by permanent random numbers, with method: sampford only",
    ),
    "draw_of_sites": (
        "draw.sites要写明各层抽几个点，每层至少1个；take至少为1，invited不少于take",
        "draw.sites says how many sites of each stratum, 1 at least; take is at least 1, and invited no fewer than take",
    ),
    "site_without_place": (
        "“{site}”没有经纬度（共{n}个点没有）：空间分散抽样(pivotal)要每个点的经纬度",
        "'{site}' has no longitude and latitude ({n} sites in all): a sample spread over the land (pivotal) needs those of every site",
    ),
    "pps_needs_psu_alone": (
        "design.pps要有psu列，且不与fpc同写：入样概率已说明了总体有限",
        "design.pps needs a psu column and goes without fpc: the probabilities say already that the population is finite",
    ),
    "pps_without_replicates": (
        "design.pps不与replication、也不与singleton: average同用：重复权数不知道入样概率",
        "design.pps goes with neither replication nor singleton: average: replicate weights know no inclusion probabilities",
    ),
    "fpc_takes_most_two": ("fpc最多两列，每阶段一列", "fpc takes at most two columns, one per stage"),
    "second_fpc_column_needs": ("fpc有第二列时要有psu列", "a second fpc column needs a psu column"),
    "max_ratio_must_above": ("max_ratio应大于1", "max_ratio must be above 1"),
    "calibration_needs_least_one": ("校准至少要有一个边际或总数", "calibration needs at least one margin or total"),
    "poststratify_takes_one_margin": (
        "poststratify只用一个边际、不用总数；更多请用raking或linear",
        "poststratify takes one margin and no totals; use raking or linear for more",
    ),
    "population_must_above": ("人口数应大于0", "population must be above 0"),
    "logit_needs_bounds_lower": ("logit要有 bounds: [下限, 上限]", "logit needs bounds: [lower, upper]"),
    "bounds_must_satisfy_lower": ("bounds应满足 0 ≤ 下限 < 1 < 上限", "bounds must satisfy 0 <= lower < 1 < upper"),
    "confidence_must_lie_between": ("confidence应在0与1之间", "confidence must lie between 0 and 1"),
    "nonresponse_needs_least_one": ("nonresponse至少要有一个分类列", "nonresponse needs at least one class column"),
    "replicates_must_least": ("replicates至少为2", "replicates must be at least 2"),
    "closing_moment": (
        "“{said}”不是带时差的时刻，请写成 '2026-03-31T18:00+08:00'",
        "'{said}' is no moment with its offset; write '2026-03-31T18:00+08:00'",
    ),
    "settling_bounds": (
        "closing.settling_days：0至30天",
        "closing.settling_days: 0 to 30 days",
    ),
    "extension_bounds": (
        "延长次数(times)为0至4，每次天数(days)为1至60",
        "an extension has 0 to 4 times and 1 to 60 days",
    ),
    "rho_must_satisfy_rho": ("rho应满足 0 ≤ rho < 1", "rho must satisfy 0 <= rho < 1"),
    "drivers_needs_least_one": ("drivers至少要有一个服务列", "drivers needs at least one service column"),
    "figure_exactly_one": ("一个指标只能是其中一种：{kinds}", "a figure is exactly one of {kinds}"),
    "goes_mean_total_ratio": (
        "by只用于mean、total、ratio和quantile",
        "'by' goes with mean, total, ratio and quantile only",
    ),
    "points_quantile_lie_between": ("分位点应在0与1之间", "the points of a quantile lie between 0 and 1"),
    "impossible_goes_table_only": ("impossible只用于table", "'impossible' goes with table only"),
    "small_areas_none_plan": (
        "small_areas：“{small_areas_domain}”不在计划的domains里",
        "small_areas: '{small_areas_domain}' is none of the plan's domains",
    ),
    "small_areas_cells_lack": (
        "small_areas.cells：人口交叉表要有分组的列{parts}",
        "small_areas.cells: the cross table of the population needs the columns {parts} of the domain",
    ),
    "small_areas_cells_row": (
        "small_areas.cells第{place}行：各行的列要相同，population是不小于0的人数",
        "small_areas.cells, row {place}: all rows have the same columns, and 'population' is a number of people of at least 0",
    ),
    "modes_names_each_way": ("modes里每种作答方式只写一次", "modes names each way of answering once"),
    "official_se_is_of_a_share": (
        "official_se 是官方调查满意度(0到1)的标准误，应不小于0、小于0.5，不是{value}",
        "official_se is the standard error of an official share (0 to 1): at least 0 and below 0.5, not {value}",
    ),
    "weights_sites_need_column": (
        "weights：点位要有应答中的一列，请写成 design.psu",
        "weights: the sites need a column of the answers; name it as design.psu",
    ),
    "code_stands_scale_declared": (
        "代码{code}既在scale里又算作没有回答，只能是其一",
        "the code {code} stands in scale and is declared as no answer; it is one of the two",
    ),
    "dont_know_refused_not": (
        "dont_know、refused、not_shown里每个代码只写一次",
        "dont_know, refused and not_shown name each code once",
    ),
    "margin_file_which_not": (
        "边际“{name}”在文件{levels}里，还没有读取",
        "margin '{name}' is the file {levels}, which has not been read",
    ),
    "margin_look_same": (
        "边际“{name}”：“{level}”与“{other}”看来是同一个({said})",
        "margin '{name}': '{level}' and '{other}' look the same ({said})",
    ),
    "take_per_site_least": (
        "每点份数至少为1，点内相关应在0至1",
        "the take per site is at least 1, the intra-site correlation lies in [0, 1]",
    ),
    "margin_error_lies_between": ("误差范围应在0与0.5之间", "the margin of error lies between 0 and 0.5"),
    "power_lies_between": ("把握度应在0与1之间", "the power lies between 0 and 1"),
    "rulebook_draws_no_line": (
        "评分细则没有线，无可判定；请写误差范围",
        "the rulebook draws no line: there is nothing to decide; state a margin of error",
    ),
    "exactly_no_sample_decides": (
        "恰在{share:.6g}时多大样本都判不了：评分细则的线就在这里；请换一个预计满意度",
        "at exactly {share:.6g} no sample decides: the rulebook draws a line there; assume another share",
    ),
    "frame_fewer_sites_than": (
        "名录里的点不够：{named}；请增加每点份数或放宽误差",
        "the frame has fewer sites than are needed: {named}; raise the take or the margin",
    ),
    "frame_gives": (
        "名录里的{sites}个点全部调查，全市误差也有±{margin:.2%}{power}；请增加每点份数或放宽要求",
        "the frame has fewer sites than are needed: all {sites} of them give ±{margin:.2%} for the city{power}; raise the take, or ask for less",
    ),
    "frame_gives_power": ("、把握度{power:.1%}", " and a power of {power:.1%}"),
    "frame_gives_county": (
        "{name}的{sites}个点全部调查，误差也有±{margin:.2%}；请增加每点份数或放宽误差",
        "{name} has fewer sites than are needed: all {sites} of them give ±{margin:.2%}; raise the take or the margin",
    ),
    "assumed_share_lies_between": ("预计满意度应在0与1之间", "the assumed share lies between 0 and 1"),
    "design_effect_above_confidence": (
        "设计效应应大于0，置信度应在0与1之间",
        "the design effect is above 0 and the confidence lies between 0 and 1",
    ),
    "state_aim_margin_error": (
        "请写明目标：误差范围、判定的把握度，或两者",
        "state an aim: a margin of error, a power for the decision, or both",
    ),
    "take_per_site_least_2": (
        "每点份数至少为1，应答率应大于0、不超过1",
        "the take per site is at least 1 and the response rate lies above 0 and at most at 1",
    ),
    "frame_holds_no_site": ("名录里没有点", "the frame holds no site"),
    "assumed_share_per_county": (
        "各县(市、区)的预计满意度应在0与1之间",
        "an assumed share per county lies between 0 and 1",
    ),
    "wanted_of": ("{name}(需{wanted}个，有{there}个)", "{name} ({wanted} of {there})"),
    "power_decision_name_rulebook": (
        "把握度是对判定而言的：请写明按哪个评分细则判定",
        "a power is that of a decision: name the rulebook that decides",
    ),
    "site_stands_twice": (
        "“{site_stratum}”里的点“{site_name}”出现了两次",
        "the site '{site_name}' stands twice in '{site_stratum}'",
    ),
    "site_residents_fewer_than": (
        "点“{site_name}”有居民{site_size:g}人，少于每点份数{aim_take}",
        "the site '{site_name}' has {site_size:g} residents, fewer than the take of {aim_take}",
    ),
    "largest_share_lies_above": ("最大占比应大于0、不超过1", "a largest share lies above 0 and at most at 1"),
    "fewest_least": ("fewest至少为1", "fewest is at least 1"),
    "largest_factor_must_above": ("largest_factor应大于1", "largest_factor must be above 1"),
    "eligible_share_lies_above": ("eligible_share应大于0、不超过1", "eligible_share lies above 0 and at most at 1"),
    "site_stands_twice_among": (
        "抽中的点位里“{twice}”出现了两次",
        "the site '{twice}' stands twice among the sites drawn",
    ),
    "sites_file_which_not": (
        "点位在文件{sites}里，还没有读取",
        "the sites are the file {sites}, which has not been read",
    ),
    "strata_least_sites_need": (
        "{strata}层、每层至少{minimum}个点，{total}个点不够",
        "{strata} strata with at least {minimum} sites need more than {total} sites",
    ),
    "every_site_needs_positive": ("每个点的规模应大于0", "every site needs a positive size"),
    "cannot_draw_sites": ("从{n}个点里抽不出{sample}个", "cannot draw {sample} of {n} sites"),
}
