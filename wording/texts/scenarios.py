"""What is said of scenarios and of surveys simulated under them."""

TEXTS = {
    "response_between": (
        "response应大于0、不超过1，或写成{{satisfied: …, dissatisfied: …}}",
        "response lies above 0 and at most at 1, or is {{satisfied: …, dissatisfied: …}}",
    ),
    "share_between": ("satisfied应在0与1之间，可按县写", "satisfied lies between 0 and 1, and may be given by county"),
    "icc_between": ("icc不小于0、小于1", "icc is at least 0 and below 1"),
    "county_missing": (
        "情景没有写“{county}”的满意度：请写上，或写others",
        "a scenario says no share for '{county}': name it, or give others",
    ),
    "county_unknown": (
        "情景“{scenario}”里的“{county}”不在名单里",
        "'{county}' of scenario '{scenario}' is not in the frame",
    ),
    "cost_negative": ("cost的各项不能是负数", "costs cannot be negative"),
    "none": ("scenarios至少要有一个情景", "scenarios needs at least one scenario"),
    "seed_negative": ("seed不能是负数", "seed must not be negative"),
    "surveys_between": ("surveys为20至{most:,}", "surveys: 20 to {most:,}"),
    "plan_without_draw": (
        "计划没有draw：请写明抽法、take和各层点数，如 draw: {{method: sampford, take: 20, sites: {{甲县: 12}}}}；"
        "minyi plan sample --plan-out写的计划已有",
        "the plan has no draw: say method, take and sites of each stratum, as draw: {{method: sampford, take: 20, sites: "
        "{{North: 12}}}}; a plan of minyi plan sample --plan-out has it",
    ),
    "plan_needs_psu": (
        "模拟要求计划的design有strata和psu",
        "a simulation needs strata and psu in the plan's design",
    ),
    "plan_of_index": (
        "模拟只能用于official: share：情景说的是满意的比例",
        "a simulation goes with official: share only: scenarios say shares satisfied",
    ),
    "frame_not_of_plan": (
        "名单与计划的draw.sites不合：“{stratum}”在名单里有{there}个点，计划抽{wanted}个",
        "frame and draw.sites do not go together: '{stratum}' has {there} sites in the frame, and the plan draws {wanted}",
    ),
    "asked_more_than_people": (
        "“{site}”只有{people}人，计划请{asked}人",
        "'{site}' has {people} people, and the plan asks {asked}",
    ),
    "no_survey": (
        "情景“{scenario}”的每次调查都估计不出来：{said}",
        "no survey of scenario '{scenario}' could be estimated: {said}",
    ),
    "left_out": (
        "模拟不含计划里的：{keys}",
        "the simulation leaves out of the plan: {keys}",
    ),
    "margins_at_random": (
        "{columns}按边际随机分给答题人，与满意与否无关",
        "{columns} are given to respondents at random by the margins, whatever they answer",
    ),
    "scenario": (
        "情景“{name}”：{surveys}次调查，答卷平均{answers:.0f}份（{low:.0f}–{high:.0f}）{cost}",
        "scenario '{name}': {surveys} surveys, {answers:.0f} answers on average ({low:.0f}–{high:.0f}){cost}",
    ),
    "cost": (
        "，费用平均{mean:,.0f}（{low:,.0f}–{high:,.0f}）",
        ", cost {mean:,.0f} on average ({low:,.0f}–{high:,.0f})",
    ),
    "not_estimated": (
        "其中{n}次估计不出来：{said}",
        "{n} of them could not be estimated: {said}",
    ),
    "outcomes": (
        "全市结论：{outcomes}；与真实情况同一结论{right:.1%}；区间整个在一段内{decided:.1%}",
        "outcome of the city: {outcomes}; that of the truth in {right:.1%}; interval whole in one zone in {decided:.1%}",
    ),
    "outcome": ("{name} {share:.1%}", "{name} {share:.1%}"),
    "error": (
        "{surveys}次模拟的误差：95%附近的比例±{error:.1%}；括号和列中的范围为5%–95%",
        "of {surveys} surveys a share near 95% is known to ±{error:.1%}; ranges are 5%–95%",
    ),
    "whole": ("全市", "the city"),
    "column_area": ("地区", "area"),
    "column_truth": ("真值", "truth"),
    "column_estimate": ("估计", "estimate"),
    "column_low": ("5%", "5%"),
    "column_high": ("95%", "95%"),
    "column_bias": ("偏差", "bias"),
    "column_margin": ("误差±", "±"),
    "column_covers": ("覆盖", "covers"),
    "column_none": ("无数字", "no figure"),
    "column_right": ("结论对", "right"),
}
