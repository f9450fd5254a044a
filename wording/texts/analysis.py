"""What is said of analysis."""

TEXTS = {
    "next_survey": (
        "再做一次同样的调查，区间不含任何一条线的概率：{chances}",
        "the chance that a next survey of the same kind has an interval without a line: {chances}",
    ),
    "next_sites": ("{times}倍的抽样点{probability:.0%}", "{probability:.0%} with {times}× the sites"),
    "next_frame": ("全部点都调查{probability:.0%}", "{probability:.0%} with every site there is"),
    "next_settles": (
        "与本次同样规模就有80%以上的把握定论",
        "a survey of this size settles it with a chance of 80% or more",
    ),
    "next_no_sites": ("抽样点再多，定论的把握也到不了80%", "no number of sites settles it with a chance of 80%"),
    "next_more_sites": (
        "要有80%的把握定论，须比本次多{sites}个抽样点（每点{take}人）",
        "to settle it with a chance of 80% it takes {sites} sites more than this survey had ({take} interviews each)",
    ),
    "next_no_interviews": (
        "抽样点不增加，每点人数再多，把握也到不了80%（点间差异是下限）",
        "with as many sites no number of interviews reaches 80%: differences between sites remain",
    ),
    "next_more_interviews": (
        "或抽样点不增加，共多做{interviews}份",
        "or, at as many sites, {interviews} interviews more",
    ),
    "trimming_times_median_cannot": (
        "权数限于中位数的{ratio:g}倍时达不到边际，请放宽",
        "trimming at {ratio:g} times the median cannot be met together with the margins; raise it",
    ),
    "calibration_needs_least_one": ("校准至少要有一个边际或总数", "calibration needs at least one margin or total"),
    "margin_every_population_must": (
        "边际“{name}”：每个人口数都应大于0",
        "margin '{name}': every population must be above 0",
    ),
    "margins_differ_both_must": (
        "边际“{first}”({reference:.15g})与“{name}”({total:.15g})相差{gap:.2%}；两者应是同一人口(相差不超过0.1%)",
        "margins '{first}' ({reference:.15g}) and '{name}' ({total:.15g}) differ by {gap:.2%}; both must describe the same population (at most 0.1 % apart)",
    ),
    "missing_rows_first": (
        "有{value}行缺“{name}”，最先是：{rows}",
        "'{name}' is missing in {value} rows, the first: {rows}",
    ),
    "columns_missing_from_responses": ("应答中缺少列：{absent}", "columns missing from the responses: {absent}"),
    "no_responses_estimate_from": ("没有可用于估计的应答", "there are no responses to estimate from"),
    "group_needs_keys_three": (
        "一组要有{n}个键和三个和，不是{n_}个值",
        "a group needs {n} keys and three sums, not {n_} values",
    ),
    "weight_missing_some_responses": (
        "有的应答没有权数“{design_weight}”",
        "the weight '{design_weight}' is missing in some responses",
    ),
    "weight_must_number_least": (
        "权数“{design_weight}”应是不小于0的数",
        "the weight '{design_weight}' must be a number of at least 0",
    ),
    "all_weights_zero": (
        "回答了的人，权数“{design_weight}”都是0，无法估计；权数是一份应答代表的人数",
        "whoever answered has the weight '{design_weight}' of 0, so nothing can be estimated; it is the people one response stands for",
    ),
    "weight_too_large": (
        "权数“{design_weight}”太大，无法计算(一格合计{largest:g})；权数是一份应答代表的人数",
        "the weight '{design_weight}' is too large to compute with (a cell sums to {largest:g}); it is the people one response stands for",
    ),
    "column_of_lists": (
        "列“{name}”里是列表或记录；每份应答在每列只能有一个值",
        "the column '{name}' holds lists or records; a response has one value in each column",
    ),
    "nothing_to_average": (
        "每层都只有一个抽样点，singleton 为 average 时没有可取平均的层；请合并层，或把 singleton 设为 adjust",
        "every stratum has a single PSU, so 'singleton: average' has nothing to average; merge strata or set 'singleton: adjust'",
    ),
    "no_response_left": ("没有剩下的应答", "no response is left"),
    "column_must_hold_numbers": ("列“{name}”应是数字：{error}", "the column '{name}' must hold numbers: {error}"),
    "missing_responses_first_rows": (
        "有{value}份应答缺“{name}”(最先是第{first}行)；抽样和校准用的列要填全",
        "'{name}' is missing in {value} responses (first rows: {first}); a design or calibration column must be complete",
    ),
    "each_field_needs_its": ("每个领域要有问题数，不小于0", "each field needs its number of problems, 0 or more"),
    "all_mass_lies_estimate": (
        "全部概率集中在估计值上，画不出密度",
        "all mass lies at the estimate: there is no density to draw",
    ),
    "holds_answers_outside_plan": (
        "“{measure_question}”有计划量表之外的答案：{unknown}；不清楚、拒答的代码写在计划的 measure 里，如 dont_know: [8]、refused: [9]",
        "'{measure_question}' holds answers outside the plan's scale: {unknown}; a code for don't know or refused is declared in the plan's measure, as dont_know: [8], refused: [9]",
    ),
    "terms_leave_no_degree": (
        "{terms_shape}个系数用尽了自由度；请减少服务项目，或增加抽样点",
        "{terms_shape} terms leave no degree of freedom; ask about fewer services, or visit more sites",
    ),
    "ratings_follow_from_one": (
        "{keys}的评价可以互相推出；请减少服务项目",
        "the ratings of {keys} follow from one another; ask about fewer services",
    ),
    "moments_site_need_sites": (
        "按点位计算要以点位为抽样单元，点内不设总体数",
        "moments by site need sites as sampling units, and no population count inside them",
    ),
    "all_users_give_same": ("用过的人评价完全相同", "all users give the same rating"),
    "importance_needs_least_two": (
        "可比较的服务不足两项（{value}）",
        "importance needs at least two services to compare ({value})",
    ),
    "terms_leave_no_degree_2": (
        "{n}个系数用尽了自由度；请减少服务项目，或增加抽样点",
        "{n} terms leave no degree of freedom; ask about fewer services, or visit more sites",
    ),
    "users_fewer_than": ("用过的只有{own}人，少于{least_users}人", "{own} users, fewer than {least_users}"),
    "answers_skip_too_few": (
        "有{silent}份没有回答，答全各项的太少",
        "{silent} answers skip it: too few are left with all services",
    ),
    "answers_skip_pairs": (
        "有{silent}份没有回答，与另一项同时作答的太少",
        "{silent} answers skip it: too few speak of it and of another service",
    ),
    "pairs_make_no_regression": (
        "各对服务由不同的人作答，合起来的相关系数不成立(不正定或接近)，因此只用各项都作答的答卷。",
        "The correlations of pairs that different people answered fit no population (not positive definite, or hardly), so only responses that speak of all services count.",
    ),
    "drivers_in_pairs": (
        "有{left}份漏答某项，仍计入所答的每两项(可用个案协方差；各项{least}至{most}份)；假定漏答与答案无关。",
        "{left} responses skip a service and count for every pair they speak of (available-case covariances; {least} to {most} by service), supposing that skipping has nothing to do with the answers.",
    ),
    "nobody_answered_nothing_estimate": (
        "没有人回答“{measure_question}”，无法估计",
        "nobody answered '{measure_question}': there is nothing to estimate",
    ),
    "ratio_needs_denominator_whose": ("比率的分母合计不能为0", "a ratio needs a denominator whose total is not 0"),
    "domain_no_answers_estimate": ("这个域没有可用于估计的答案", "the domain has no answers to estimate from"),
    "small_areas_covariate_no": (
        "small_areas：协变量缺{absent}的值",
        "small_areas: the covariate has no value for {absent}",
    ),
    "small_areas_cells_no": (
        "small_areas：人口交叉表缺{absent}",
        "small_areas: the cross table of the population has no {absent}",
    ),
    "small_areas_cells_file": (
        "small_areas.cells在文件{name}里，还没有读取",
        "small_areas.cells is the file {name}, which has not been read",
    ),
    "holds_answers_outside_plan_2": (
        "“{name}”有计划量表之外的答案：{unknown}",
        "'{name}' holds answers outside the plan's scale: {unknown}",
    ),
    "interval_needs_least_one": (
        "区间至少要有1个自由度，不是{df:g}",
        "an interval needs at least one degree of freedom, not {df:g}",
    ),
    "no_method_methods": ("没有第{version}版方法；现有：{str}", "there is no method {version}; methods: {str}"),
    "nobody_answered": ("无人作答", "nobody answered"),
    "plan_no_margins_compare": ("计划没有边际，不能比较同类的人", "the plan has no margins to compare like with like"),
    "terms_leave_no_degree_3": ("{n}个系数用尽了自由度", "{n} terms leave no degree of freedom"),
    "fewer_than_counties_shown": (
        "少于{least_counties}个县(市、区)：只并列，不建模型",
        "fewer than {least_counties} counties: shown side by side, without a model",
    ),
    "ranks_need_least_two": ("可比较的领域不足两个，排不出名次", "ranks need at least two fields"),
    "satisfaction_its_uncertainty_points": (
        "满意度、其不确定性和得分应是每县(市、区)一行、每个领域一列",
        "satisfaction, its uncertainty and points need one row per county and one column per field",
    ),
    "share_points_does_not": (
        "得分率在各领域和各县(市、区)都一样，看不出与满意度的关系",
        "the share of points does not vary within fields and counties, so it cannot be related to satisfaction",
    ),
    "each_fields_needs_satisfaction": (
        "{number}个领域都要有满意度、其不确定性和得分率",
        "each of the {number} fields needs a satisfaction, its uncertainty and a share of points",
    ),
    "leave_out_fields_lack": (
        "请去掉没有满意度或得分率的领域",
        "leave out fields that lack a satisfaction or a share of points",
    ),
    "logistic_regression_on_no": (
        "对{terms}的逻辑回归没有有限解：某种组合把答案完全分开；请去掉一项或合并水平",
        "the logistic regression on {terms} has no finite solution: some combination of the terms tells the answers apart completely; leave a term out or merge its levels",
    ),
    "logistic_regression_takes_answers": (
        "逻辑回归的答案只能是0或1",
        "a logistic regression takes answers that are 0 or 1",
    ),
    "regression_needs_rows_terms": (
        "回归需要{n}行{n_}项和同样多的答案",
        "the regression needs {n} rows of {n_} terms and as many answers",
    ),
    "regression_no_answers_domain": ("这个域没有可用于回归的答案", "the regression has no answers in this domain"),
    "regression_missing_values_leave": (
        "回归有缺失值；请把这些行移出这个域",
        "the regression has missing values; leave those rows out of the domain",
    ),
    "terms_follow_from_other": (
        "{dependent}可由其他项推出，请去掉",
        "the terms {dependent} follow from the other terms; leave them out",
    ),
    "jk_for_design_without": ("jk1用于不分层的设计；请用jkn", "jk1 is for a design without strata; use jkn"),
    "jackknife_design_without_psus": (
        "没有抽样点的设计，刀切法要求格内权数相等",
        "the jackknife of a design without PSUs needs equal weights inside a cell",
    ),
    "needs_exactly_two_psus": (
        "{rule_method}要求每层恰有两个抽样点；请用jkn或bootstrap",
        "{rule_method} needs exactly two PSUs in every stratum; use jkn or bootstrap",
    ),
    "needs_psus_design_draws": (
        "{rule_method}需要抽样点(PSU)；这个设计直接抽人",
        "{rule_method} needs PSUs; this design draws people directly",
    ),
    "e_share_one_between": ("e是占比，应在0与1之间", "e is a share of one, between 0 and 1"),
    "number_cases_never_below": ("个案数不能小于0", "a number of cases is never below 0"),
    "no_response_taken_which": (
        "没有以{modes}取得的应答，而计划只计入这些；现有应答的方式：{column_levels}",
        "no response was taken by {modes}, which is all that the plan counts; the responses were taken by {column_levels}",
    ),
    "must_say_for_every": (
        "“{rule_adults}”要对每份答案写明户内可抽几人",
        "'{rule_adults}' must say for every answer how many of the household could be drawn",
    ),
    "areas_variances_cannot_smoothed": (  # of runs by the area-level model of earlier releases
        "各地区的方差无法平滑：每个地区意见一致或只有一个抽样点；请合并地区，或增加抽样点",
        "the areas' variances cannot be smoothed: every area is unanimous or has one site; merge areas, or add sites",
    ),
    "all_areas_unanimous": (
        "所有地区意见一致，没有可供模型区分的差别",
        "all areas are unanimous: there is no difference that a model could tell",
    ),
    "area_without_traits": (
        "有的地区没有一份应答具备交叉表的各列",
        "an area has no answer with all traits of the cross table",
    ),
    "area_model_needs_least": (
        "面模型至少要{least_areas}个地区，现有{n}个；请公布直接估计及其区间，或合并地区",
        "an area model needs at least {least_areas} areas, not {n}; publish the direct estimates with their intervals, or merge areas",
    ),
    "covariate_needs_one_number": (
        "协变量每个地区要有一个数，且不能处处相同",
        "the covariate needs one number per area, and not the same one everywhere",
    ),
    "least_size_published_cell": ("可公布的最小格数至少为1", "the least size of a published cell is at least 1"),
    "cell_holds_whole_number": ("每格的应答数是整数", "a cell holds a whole number of responses"),
    "table_cannot_protected": ("这张表无法保护：{found_message}", "the table cannot be protected: {found_message}"),
    "sum_names_cell_which": ("合计里的格{absent}不存在", "a sum names the cell {absent}, which is not there"),
    "parts_more_than_their": (
        "{each_total}的各部分之和大于合计",
        "the parts of {each_total} are more than their total",
    ),
    "standard_deviation_bias_least": ("偏差的标准差不小于0", "the standard deviation of a bias is at least 0"),
    "bounds_need_share_response": (
        "界限要有0至1的占比和应答率",
        "bounds need a share and a response share from 0 to 1",
    ),
    "joint_probability_missing": (
        "缺“{site}”与“{other}”的共同入样概率：请补进joint，或去掉joint改用Brewer近似",
        "there is no joint probability of '{site}' and '{other}': add it to joint, or leave joint out for Brewer's approximation",
    ),
    "joint_probability_impossible": (
        "“{site}”与“{other}”的共同入样概率{joint:.6g}与两点各自的入样概率不相容",
        "a joint probability of {joint:.6g} is impossible for '{site}' and '{other}' with the probabilities of each",
    ),
    "joint_file_not_read": ("共同入样概率的文件{file}没有读入", "the file of joint probabilities {file} was not read"),
    "one_probability_per_site": (
        "列{name}要给每个点一个入样概率，同一个点的各行相同",
        "column {name} must give each site one inclusion probability, the same in all its rows",
    ),
    "site_without_probability": (
        "design.pps要用入样概率，这些点没有：{sites}",
        "design.pps uses inclusion probabilities, and these sites have none: {sites}",
    ),
    "probability_above_one": (
        "入样概率应大于0、不超过1：{sites}",
        "an inclusion probability lies above 0 and at most at 1: {sites}",
    ),
    "strata_single_psu_merge": (
        "只有一个抽样点的层：{names}；请合并层，或在计划中设 singleton (remove、adjust、certainty、average)",
        "strata with a single PSU: {names}; merge strata or set 'singleton' in the plan (remove, adjust, certainty, average)",
    ),
    "must_one_positive_population": (
        "“{name}”在每个抽样单元内应是同一个正的总体数",
        "'{name}' must be one positive population count within each sampling unit",
    ),
    "smaller_than_number_sampled": (
        "“{name}”有一处小于抽中的单元数",
        "'{name}' is smaller than the number of sampled units somewhere",
    ),
    "must_hold_population_counts": ("“{name}”应是总体数：{error}", "'{name}' must hold population counts: {error}"),
    "change_needs_least_two": ("至少有两次调查才有变化", "a change needs at least two waves"),
    "waves_need_as_many": (
        "{k}次调查要有同样多的时间、估计值和自由度，以及协方差",
        "{k} waves need as many times, estimates and degrees of freedom, and a covariance each",
    ),
    "waves_must_stand_order": (
        "各次调查要按时间先后排列",
        "waves must stand in order of time, each later than the one before",
    ),
    "every_wave_needs_least": ("每次调查至少要有1个自由度", "every wave needs at least one degree of freedom"),
    "covariance_waves_must_symmetric": ("各次调查的协方差应对称", "the covariance of waves must be symmetric"),
    "trend_needs_least_two": ("至少有两次调查才有趋势", "a trend needs at least two waves"),
    "every_wave_needs_one": (
        "每次调查要有估计值、自由度和协方差的一行一列",
        "every wave needs one estimate, one df, and a row and column of the covariance",
    ),
    "window_combination_least_one": ("合并至少包括一次调查", "the window of a combination is at least one wave"),
    "ceiling_weights_lies_below": (
        "权数上限低于平均值，请提高 max_ratio",
        "the ceiling of weights lies below their mean; raise max_ratio",
    ),
    "dispositions_file_which_not": (
        "访问结果在文件{rule_dispositions}里，还没有读取",
        "the dispositions are the file {rule_dispositions}, which has not been read",
    ),
    "dispositions_cannot_negative": ("访问结果表的“{name}”不能小于0", "the dispositions' '{name}' cannot be negative"),
    "dispositions_no_class_responses": (
        "访问结果表里没有{rule_classes}这一类，应答里有",
        "the dispositions have no class {rule_classes}, the responses do",
    ),
    "class_one_respondent_would": (
        "{rule_classes}：一份应答要代表{adjustment_factor:.3g}份，超过计划的 largest_factor {rule_largest_factor:g}；请合并类",
        "class {rule_classes}: one respondent would stand for {adjustment_factor:.3g}, more than the plan's largest_factor {rule_largest_factor:g}; merge classes",
    ),
    "dispositions_lack_column": ("访问结果表缺少列{missing}", "the dispositions lack the column {missing}"),
    "class_respondents_must_above": (
        "{rule_classes}：应答数({respondents:g})应大于0且不超过符合条件的人数({eligible:g})；请与另一类合并",
        "class {rule_classes}: respondents ({respondents:g}) must be above 0 and at most eligible ({eligible:g}); merge the class with another",
    ),
    "class_stands_twice_dispositions": (
        "{rule_classes}在访问结果表里出现了两次",
        "class {rule_classes} stands twice in the dispositions",
    ),
    "dispositions_must_number_not": (
        "访问结果表的“{name}”应是数字，不是“{name_}”",
        "the dispositions' '{name}' must be a number, not '{name_}'",
    ),
    "margin_level_unanswered": (
        "边际“{name}”：没有应答属于“{level}”；请与相邻的合并，或去掉这个边际",
        "margin '{name}': no response has the level '{level}'; collapse it with a neighbouring level or drop the margin",
    ),
    "margin_level_absent": (
        "边际“{name}”：应答中有“{level}”而边际没有；请与相邻的合并，或去掉这个边际",
        "margin '{name}': responses have the level '{level}', the margin does not; collapse it with a neighbouring level or drop the margin",
    ),
    "margins_not_reached": (
        "{method}迭代{iteration}次仍未达到边际；相差最大的：{named}；请合并小的水平或去掉一个边际",
        "{method} did not reach the margins after {iteration} iterations; furthest (relative distance): {named}; collapse small levels or drop a margin",
    ),
    "margins_not_reached_within": (
        "{method}在权数界限{low}–{high}内迭代{iteration}次仍未达到边际；相差最大的：{named}；请合并小的水平、放宽界限或去掉一个边际",
        "{method} did not reach the margins within the bounds {low}–{high} after {iteration} iterations; furthest (relative distance): {named}; collapse small levels, widen the bounds or drop a margin",
    ),
    "one_was_given": ("只有一项", "one was given"),
    "test_needs_two_modes": (
        "有{least_n}份以上应答的作答方式不足两种，不作检验",
        "a test needs two modes with at least {least_n} answers each",
    ),
    "no_county_rated": (
        "没有一个县(市、区)对已知得分的领域有{least}份评价",
        "no county has {least} ratings of a field whose points are known",
    ),
    "nobody_left_who_answered": ("没有剩下回答了这一题的人", "nobody is left who answered the question"),
    "estimate_of_later_format": (
        "这份估计是第{number}种格式：本版只能读第1至{newest}种",
        "an estimate of format {number}: this release reads formats 1 to {newest}",
    ),
    "scorecard_of_later_format": (
        "这份记分卡是第{number}种格式：本版只能读第1至{newest}种",
        "a scorecard of format {number}: this release reads formats 1 to {newest}",
    ),
    "scenario_of_later_format": (
        "这个方案是第{number}种格式：本版只能读第1至{newest}种",
        "a scenario of format {number}: this release reads formats 1 to {newest}",
    ),
    "final_of_later_format": (
        "这次最终评分是第{number}种格式：本版只能读第1至{newest}种",
        "a final run of format {number}: this release reads formats 1 to {newest}",
    ),
    "gap_simultaneous": (
        "所有区间在所述置信水平下同时成立：{draws}次抽取中最大的|t|，种子{seed}",
        "all intervals hold together at the stated confidence: largest |t| over {draws} draws, seed {seed}",
    ),
    "complaints_method": (
        "占全部反映问题的比例；多项分布比例的同时区间（Goodman 1965）；反映与否出于自愿，不能推算有多少人受影响",
        "share of all reported problems; simultaneous intervals of multinomial shares (Goodman 1965); who reports a "
        "problem chooses to, so this is no estimate of how many people are affected",
    ),
}
