"""What is said of a period's official survey."""

TEXTS = {
    "demonstration": ("演示数据不能作为官方调查", "a demonstration is never the official survey"),
    "period_over": ("周期 {code} 已结束", "the period {code} is closed"),
    "opened_already": ("调查 {code} 已经开放，不能再定为官方调查：官方调查须在开放之前确定", "survey {code} has been opened; the official survey is named before it opens"),
    "of_another_period": ("调查 {code} 已是周期 {period} 的官方调查", "survey {code} is the official one of period {period} already"),
    "another_opened": ("周期 {period} 的官方调查 {code} 已经开放，不能另定", "the official survey {code} of period {period} has been opened; no other can be named"),
    "only_the_clock": ("官方调查只由时钟在 {at} 截止，不能提前结束；可以暂停", "an official survey is closed by the clock alone, at {at}; it can be paused"),
    "moment_stands": ("官方调查开放后，开始和截止时间不能再改；只按计划的规则延长", "once an official survey is open its times stay; it is extended by the plan's rule alone"),
    "closing_stands": ("官方调查开放后，计划中的截止规则(closing)不能再改", "once an official survey is open, the plan's rule of its closing (closing) stays"),
    "closing_differs": ("计划写的截止时间是 {plan}，设置里是 {settings}：请改成一致", "the plan closes at {plan}, the settings at {settings}: make them the same"),
    "no_period": (
        "各周期都已定有官方调查，或没有填报中的周期：请先在“填报周期”建立新周期，或不选这一项",
        "every open period has its official survey, or no period is open: make a new one under Periods, or leave this out",
    ),
    "none_named": ("周期 {period} 还没有官方调查；这项调查照此开放，结果不用于评分", "period {period} has no official survey yet; opened like this, the survey's figures are not for scoring"),
    "held": ("调查 {code} 是官方调查：截止之前不显示总体满意度", "survey {code} is the official one: its overall satisfaction is not shown before it has closed"),
    "other_plan_held": (
        "调查 {code} 收尾之前只按正式的计划第{official}版估计：请在“计划”页把第{official}版的内容粘贴回去",
        "until survey {code} is settled it is estimated by version {official} of its plan alone, which counts: paste that version's text on the page of the plan",
    ),
    "run_is_interim": (
        "估计 #{run} 是期中第{number}次，作于截止之前，不能提出、批准或用于最终评分",
        "estimate #{run} is interim run {number}, made before the close; it is not proposed, approved or used for a final run",
    ),
    "not_of_period": ("调查 {code} 不是周期 {period} 的官方调查({named})，不用于评分", "survey {code} is not the official one of period {period} ({named}); it is not for scoring"),
    "cause_needed": (
        "本周期已有获批的最终评分 #{run}：只有输入错误、程序故障或上级要求才能取代，请选明原因",
        "final run #{run} of this period was approved: another takes its place only for an input error, a program fault or an order from above; say which",
    ),
    "other_plan": ("取代 #{run} 的评分须用同一计划的估计", "what takes the place of #{run} is estimated by the same plan"),
    "input_error": ("输入错误", "input error"),
    "program_fault": ("程序故障", "program fault"),
    "order": ("上级要求", "order from above"),
    "supersedes": ("取代 #{run}({cause})：满意度 {before} → {after}", "in place of #{run} ({cause}): satisfaction {before} → {after}"),
    "closing_reason": ("周期 {period} 的官方调查：计划写明截止时间", "official survey of period {period}: the plan states its closing moment"),
    "another_run": ("估计 #{run} 不是官方估计：官方估计是收尾后最先作出的 #{official}", "estimate #{run} is not the official one: that is #{official}, the first of the settled answers"),
    "not_settled": ("官方调查的应答还在收尾，不能归档", "the answers of an official survey are still being settled; it cannot be archived yet"),
}
