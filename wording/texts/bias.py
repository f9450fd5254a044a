"""What unequal answering would do to a figure, and what is known of who answered."""

TEXTS = {
    "tips": (
        "若不满意者作答的机会是满意者的{kappa:.2f}倍{limits}，真实满意度就在{line}上；{beyond}，按规则{cost}。",
        "Were the dissatisfied {kappa:.2f} times as likely to answer as the satisfied{limits}, the truth would lie on "
        "{line}; with {beyond}, {cost}.",
    ),
    "less": ("倍数再小", "less than that"),
    "more": ("倍数再大", "more than that"),
    "limits": ("({confidence}区间{lower}–{upper})", " ({confidence} interval {lower} to {upper})"),
    "no_tip": (
        "不论不满意者少答多少，结论都不会变。",
        "No inequality of answering would change the outcome.",
    ),
    "quarter": (
        "若不满意者少答四分之一，满意度是{truth}而不是{figure}{turned}。",
        "Where the dissatisfied answer a quarter less, the figure is {truth} and not {figure}{turned}.",
    ),
    "turned": ("，按规则{cost}", ", and {cost}"),
    "unmeasured": (
        "区间不含这种偏差，数据本身也看不出来。",
        "The interval does not cover such a bias, and these answers cannot show it.",
    ),
    "rate": (
        "作答率{rate}({respondents:,.0f}/{cases:,.0f})。",
        "The response rate is {rate} ({respondents:,.0f} of {cases:,.0f}).",
    ),
    "no_rate": ("没有作答率，也就没有界限。", "There is no response rate, so no bound."),
    "bounds": (
        "没有作答的人都不满意是{lower}，都满意是{upper}：只凭数据，真值在这两者之间(不计抽样误差)。",
        "With all who did not answer dissatisfied the figure is {lower}, with all satisfied {upper}: by the data alone the "
        "truth lies between them (sampling error left aside).",
    ),
    "indicator": (
        "各{of}作答率的代表性指标R = {value:.3f}{limits}，1为处处一样；它只看各{of}之间，不看同一{of}里谁作答。",
        "The R-indicator of response over {of} is {value:.3f}{limits}; 1 is alike everywhere. It sees differences "
        "between {of} alone, not who answers within one.",
    ),
    "even": (
        "各{of}作答率的差别比偶然造成的还小：代表性指标R取1，不给出区间；它只看各{of}之间，不看同一{of}里谁作答。",
        "Response rates of {of} differ less than chance alone would make them: the R-indicator is 1 and has no interval. It "
        "sees differences between {of} alone, not who answers within one.",
    ),
    "of_sites": ("点", "sites"),
    "of_classes": ("类", "classes"),
    "gap": (
        "{difference:+.1f}个百分点({lower:+.1f}至{upper:+.1f})",
        "{difference:+.1f} points ({lower:+.1f} to {upper:+.1f})",
    ),
    "beside_gap": (
        "旁边的开放扫码应答(n = {n:,}){open}满意，抽样的{sampled}：相差{gap}。",
        "Of the open answers beside it (n = {n:,}) {open} are satisfied, of the sample {sampled}: a gap of {gap}.",
    ),
    "beside_effective": (
        "按这个差距，开放应答的误差相当于随机抽{value:,.0f}人(至少{lower:,.0f}，{upper})。",
        "By that gap they err as far as {value:,.0f} persons drawn at random would (at least {lower:,.0f}, {upper}).",
    ),
    "beside_upper": ("至多{upper:,.0f}", "at most {upper:,.0f}"),
    "beside_no_upper": ("上限不知，差距可能为零", "no upper limit, since there may be no gap"),
    "beside_weighted": (
        "按{variables}作伪权数后为{open}，仍相差{gap}；伪权数只补这些变量上的差别，补不了因满意与否而答与不答。",
        "Under pseudo-weights by {variables} it is {open}, still a gap of {gap}; they make up for differences in these "
        "variables, not for answering because one is satisfied.",
    ),
    "beside_without": ("没有伪权数：{why}。", "No pseudo-weights: {why}."),
    "beside_never": ("开放应答不进入正式数字。", "Open answers are no part of the official figure."),
    "others": (
        "若没有参与的人中{others}满意，真实满意度就在{line}上。",
        "Were {others} of those satisfied who did not take part, the truth would lie on {line}.",
    ),
    "taken_part": (
        "参与的占{part}：其他人都不满意是{lower}，都满意是{upper}。",
        "{part} of the people took part: with all others dissatisfied the figure is {lower}, with all satisfied {upper}.",
    ),
    "level": ("{level} {share}(n {n:,})", "{level} {share} (n {n:,})"),
    "by_attempt": ("按联系次数：{rows}{moved}。", "By attempt: {rows}{moved}."),
    "by_arrived": ("按作答先后：{rows}{moved}。", "By when answers came: {rows}{moved}."),
    "last_less_first": ("；末次比首次{gap}", "; the last less the first {gap}"),
    "interviewers": (
        "访问员({sites}个点{number}名)占回答方差的{rho:.3f}{limits}，使方差扩大为{effect:.2f}倍。",
        "Interviewers ({number} at {sites} sites) have {rho:.3f}{limits} of the variance of an answer: variances grow to "
        "{effect:.2f} times.",
    ),
    "no_interviewers": ("访问员：{why}。", "Interviewers: {why}."),
    "modes_not_identified": (
        "测量与选择分不开(不可识别)：计划没有把人随机分到各作答方式。",
        "Measurement and selection are not identified: the plan does not allot persons to ways of answering by chance.",
    ),
    "mode_parts": (
        "{mode}：测量{measurement:+.1f}个百分点(标准误{se:.1f})，选择{selection:+.1f}。",
        "{mode}: measurement {measurement:+.1f} points (se {se:.1f}), selection {selection:+.1f}.",
    ),
    "interviewers_not_at_random": (
        "计划没有声明各点的人随机分给访问员，访问员方差无从识别",
        "the plan does not say that persons of a site are shared among its interviewers by chance: what these add is not identified",
    ),
    "interviewers_alone": (
        "没有一个点有两名以上的访问员，访问员方差无从识别",
        "no site has two interviewers with answers: what these add is not identified",
    ),
    "follow_up_without_spread": (
        "没有作答的人中满意的占0或1，跟访一个人就够",
        "where none or all of those who did not answer are satisfied, following up one person would do",
    ),
    "follow_up_stratum_twice": ("层“{stratum}”有两个人数", "stratum '{stratum}' has two numbers"),
    "follow_up_unknown_stratum": (
        "层“{stratum}”没有应答，却有未作答的人数",
        "stratum '{stratum}' has persons who did not answer, and no answers",
    ),
    "follow_up_too_few": (
        "层“{stratum}”有人没有作答，跟访成功的只有{followed}人，至少要{fewest}人",
        "in stratum '{stratum}' somebody did not answer and {followed} were followed up; {fewest} are needed at least",
    ),
    "follow_up_too_many": (
        "层“{stratum}”跟访成功{followed}人，多于未作答的{silent:g}人",
        "in stratum '{stratum}' {followed} were followed up, more than the {silent:g} who did not answer",
    ),
    "open_not_like_sample": (
        "开放应答与抽样应答在这些变量上差得太远，得不出伪权数",
        "the open answers are too unlike the sample in these variables for pseudo-weights",
    ),
    "open_lack_a_level": (
        "有的组没有人作开放应答，伪权数不能代表他们",
        "some group has no open answer, and pseudo-weights cannot speak for it",
    ),
}
