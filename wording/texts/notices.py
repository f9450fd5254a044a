"""What a reader must know of an estimate. The English stands in stored documents: it never changes."""

TEXTS = {
    "settled_answers": (
        "官方估计依据{at}收尾时冻结的应答；截止后至收尾间删除{erased}份，过后收到、不计入的{late}份",
        "the official estimate is made of the answers frozen at {at}; {erased} were erased between the close and then, and {late} came too late to count",
    ),
    "unofficial_plan": (
        "非正式口径：按首份应答之后改的计划第{version}版估计，正式的是第{official}版；不能提出、批准或用于最终评分。",
        "NOT OFFICIAL: made by version {version} of the plan, changed after the first answer; version {official} counts",
    ),
    "interim": ("期中第{number}次：作于截止之前，不是正式结果，不用于评分。", "INTERIM run {number}: made before the close, not the official result and not for scoring"),
    "not_for_scoring": ("不用于评分：这项调查不是周期的官方调查。", "NOT FOR SCORING: the survey is not its period's official one"),
    "unopened": ("截止之前没有人打开过官方题的数字。", "nobody opened the official figure before the close"),
    "openings": ("截止之前，计划指定的{persons}人打开过官方题的数字{number}次。", "before the close {persons} persons named by the plan opened the official figure {number} times"),
    "collector": (
        "采集方{collector}经接口送来{number}份应答，其中{counted}份凭邀请码计入样本，其余不计入。",
        "collector {collector} brought {number} answers by the API; {counted} of them, with an invitation, are of the sample, the others are not",
    ),
    "collector_file": (
        "采集方{collector}用文件送来{number}份应答，其中{counted}份凭邀请码计入样本，其余不计入。",
        "collector {collector} brought {number} answers as files; {counted} of them, with an invitation, are of the sample, the others are not",
    ),
    "collectors": (
        "另有采集方经接口送来{number}份应答({collectors})，其中{counted}份凭邀请码计入样本，其余不计入。",
        "other collectors brought {number} answers by the API ({collectors}); {counted} of them, with an invitation, are of the sample, the others are not",
    ),
    "declared_exception": (
        "计划声明例外“{sentence}”：答题人不是抽选的，区间视同随机抽取计算，不给出概率；结论照常作出，分数照计。",
        "declared exception '{sentence}': those who answered were not chosen, intervals are as if drawn at random, no probability is stated; the decision is made and its points count",
    ),
    "few_df_no_probability": ("自由度为{df}，不足{least}，不给出概率。", "With {df} degrees of freedom, fewer than {least}, no probability is stated."),
    "small_sample_no_probability": (
        "样本按每次一人抽取折算约为{effective}份，不足{least}份，落在各区间的概率主要取决于事先的看法，不给出概率。",
        "The sample is worth about {effective} people drawn one by one, fewer than {least}: a probability would rest on what one thought before, so none is stated.",
    ),
    "open_no_probability": ("开放作答不是抽样，不给出概率。", "Anybody could answer, nobody was drawn: no probability is stated."),
    "corrected_figures": (
        "按来源更正后的结果：第{version}版计划（{reason}）。更正前估计#{run}为{before:.2%}，更正后为{after:.2%}；更正前的估计不再用于审批和最终评分。",
        "figures were put right by their source in version {version} of the plan ({reason}): run {run} gave {before:.2%} before, {after:.2%} is the figure now; the earlier run can no longer be approved or settled",
    ),
    "corrected_without_figure": (
        "按来源更正后的结果：第{version}版计划（{reason}）。更正前是估计#{run}；两次中有一次未达可发布样本量，没有数字。更正前的估计不再用于审批和最终评分。",
        "figures were put right by their source in version {version} of the plan ({reason}), after run {run}; one of the two is below the sample size for publication and has no figure; the earlier run can no longer be approved or settled",
    ),
    "mended_plan": (
        "计划第{version}版：原计划经程序核实算不出，由两人确认后更换（{reason}）。",
        "version {version} of the plan stands in place of one that the program could not compute, confirmed by two people ({reason})",
    ),
    "not_of_sample": ("{n:,}份应答不属于抽样(列“{column}”)，按计划未计入。", "{n:,} responses are not of the sample (column '{column}') and were left out by the plan's rule"),
    "open_answers": (
        "开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。",
        "open answers are not a probability sample: the standard error reflects differences between sites only and says nothing about people who did not take part",
    ),
    "margin_scaled": ("“{margin}”的总数与“{first}”不同，已按{factor:.6g}倍调整。", "margin '{margin}' was scaled by {factor:.9g} to the total of '{first}'"),
    "few_respondents": ("无应答调整的一类({named})只有{respondents:g}份应答。", "nonresponse class {named} has only {respondents:g} respondents"),
    "one_sided": ("所有人都满意或都不满意，区间是按样本量计算的精确区间。", "everyone, or nobody, is satisfied: the interval is the exact one on n"),
    "below_minimum": (
        "未达可发布样本量：应答{answers}份、点{sites}个、自由度{df}，计划的下限是{least_answers}份、{least_sites}个、{least_df}。",
        "below the sample size for publication: {answers} answers at {sites} sites, {df} degrees of freedom; the plan asks for {least_answers}, {least_sites} and {least_df}",
    ),
    "whole_below_minimum": (
        "全市未达可发布样本量(应答{answers}份、点{sites}个、自由度{df}，计划的下限是{least_answers}份、{least_sites}个、{least_df})：没有正式数字，公众满意度未知，评级是一个范围，不作否决。",
        "the whole is below the sample size for publication ({answers} answers at {sites} sites, {df} degrees of freedom; the plan asks for {least_answers}, {least_sites} and {least_df}): no official figure, satisfaction is unknown and the star a range; that is no veto",
    ),
    "sample_short": (
        "样本不足：抽样点收到{answers:,}份应答，目标是{target:,}份；照样估计，是否有数字只看计划的下限。",
        "sample short: {answers} answers at sampled sites, {target} were aimed at; the estimate is made all the same, and the plan's minimum alone says whether there is a figure",
    ),
    "weights_respondent": (
        "一份应答占全部权数的{value:.1%}：核对这份应答及其点的人数和应答数，或在计划里定权数上限(trim)。",
        "one answer carries {value:.1%} of all weight: check it and its site's people and answers, or trim weights in the plan",
    ),
    "weights_kish": (
        "权数不均使有效样本量缩到{value:.2f}分之一，区间的覆盖率会降低：查明权数差得多的点，或在计划里定权数上限(trim)。",
        "unequal weights divide the effective size by {value:.2f}, and intervals cover less often: see which sites differ so, or trim weights in the plan",
    ),
    "weights_domain": (
        "有的组按权数折算只有{value:.0f}份应答({named})：合并这些组，或不单独公布。",
        "a group is worth only {value:.0f} answers by its weights ({named}): merge such groups or do not publish them apart",
    ),
    "weights_factor": (
        "校准使权数最多变动到{value:.2f}倍：核对边际总数，合并人数少的组，或给校准倍数定界(bounds)。",
        "calibration moves weights by up to {value:.2f} times: check the margins, merge small levels, or bound the factors",
    ),
    "weights_variance": (
        "抽样误差的三分之一来自{value:.0f}个点({named})：核对这些点的应答和人数。",
        "a third of the sampling variance comes from {value:.0f} sites ({named}): check their answers and people",
    ),
    "few_df": ("自由度只有{df}，区间不可靠。", "only {df} degrees of freedom: the interval is unreliable"),
    "no_answers": ("无人作答。", "no answers"),
    "capped_factors": ("{named}：倍数按计划的上限取{limit:.3g}，少代表{people:g}人。", "the plan's largest factor cut the weights at {named} to {limit:.3g}: {people:g} people fewer are carried"),
    "silent_sites": ("{number}个抽中的点没有可计入的应答：{named}。其人口由同类的应答代表。", "{number} drawn sites have no answer that counts: {named}; their class carries their people"),
    "silent_strata": ("{named}无人作答：人口的{share:g}%没有应答代表。", "nobody answered in {named}: {share:g} % of the population is carried by no weight"),
    "typed_weights": ("{sites}个点的基础权数是手工填写的，按每点{take}份应答计。", "base weights of {sites} sites were typed by hand and assume a take of {take}"),
    "heavy_psu": ("“{psu}”占“{stratum}”权数的{of_stratum:.3g}%、全部权数的{of_all:.3g}%。", "'{psu}' carries {of_stratum:.0f} % of the weight in '{stratum}' and {of_all:.0f} % of all"),
    "blanks_cross": (
        "{responses:,}份应答中{missing:,}份没有回答官方题目：都算最差为{lower:.2%}，都算最好为{upper:.2%}，结论不同。",
        "{missing} of {responses} responses gave no answer: the figure is {lower:.2%} with all of them dissatisfied and {upper:.2%} with all satisfied, and the outcome is not the same",
    ),
    "no_level": ("“{column}”中没有“{level}”，只有：{levels}。", "'{column}' has no level '{level}'; it has: {levels}"),
    "no_denominator": ("分母合计为0。", "the denominator's total is 0"),
    "no_interval": ("没有自由度，给不出区间。", "no degree of freedom: no interval"),
    "table_too_small": ("“{column}”的回答不足两种，不作检验。", "fewer than two levels of '{column}' were answered: no test"),
    "table_cells_empty": ("{cells}没有人，检验不计这些格(与R相同)。", "nobody is in {cells}: R's svychisq, which this follows, leaves such a cell out of the test"),
    "table_follows": ("“{column}”由“{other}”决定，空格是必然的，不作检验。", "'{column}' follows from '{other}': empty cells are empty by logic, no test"),
    "table_impossible": ("计划声明{cells}不可能出现，不作独立性检验。", "{cells} cannot occur, the plan says: no test of independence"),
    "table_not_impossible": ("计划声明{cells}不可能出现，却有{n}份应答，不作检验。", "the plan says that {cells} cannot occur, and {n} responses are there: no test"),
    "table_singular": ("空格过多，或没有差异，不作检验。", "too many cells are empty, or nothing varies: no test"),
    "eligible_by_margin": ("{sites}个点的符合条件人数按居民数乘以计划人口结构中所在地区的比例计。", "eligible persons of {sites} sites: residents times the share of their area by the plan's margins"),
    "eligible_by_assumed": ("{sites}个点的符合条件人数按居民数乘以计划设定的比例计。", "eligible persons of {sites} sites: residents times the plan's eligible_share"),
    "eligible_by_residents": ("{sites}个点没有符合条件人数的比例，居民全部计入。", "eligible persons of {sites} sites: all their residents, for want of a share"),
    "margins_of_the_rest_scaled": ("{margins}的人口×{factor:.4g}。", "{margins} scaled by {factor:.9g} to the people who are left"),
    "levels_gone": ("“{margin}”中的{levels}已没有人，其人口不计。", "nobody is left of '{margin}' {levels}: it left the population"),
    "residents_left_out": ("含别处受访的{elsewhere}份；外来居民{others}份保留。", "{elsewhere} residents asked elsewhere went too, {others} others asked there stayed"),
    "weights_as_in_the_whole": ("权数沿用全样本的计算与截尾。", "weights were made and trimmed as in the whole sample"),
}
