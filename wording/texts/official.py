"""What is said of a period's official survey."""

TEXTS = {
    "demonstration": (
        "演示数据不能作为官方调查",
        "a demonstration is never the official survey",
    ),
    "period_over": ("周期 {code} 已结束", "the period {code} is closed"),
    "opened_already": (
        "调查 {code} 已经开放，不能再定为官方调查：官方调查须在开放之前确定",
        "survey {code} has been opened; the official survey is named before it opens",
    ),
    "of_another_period": (
        "调查 {code} 已是周期 {period} 的官方调查",
        "survey {code} is the official one of period {period} already",
    ),
    "another_opened": (
        "周期 {period} 的官方调查 {code} 已经开放，不能另定",
        "the official survey {code} of period {period} has been opened; no other can be named",
    ),
    "only_the_clock": (
        "官方调查只由时钟在 {at} 截止，不能提前结束；可以暂停",
        "an official survey is closed by the clock alone, at {at}; it can be paused",
    ),
    "moment_stands": (
        "官方调查开放后，开始和截止时间不能再改；只按计划的规则延长",
        "once an official survey is open its times stay; it is extended by the plan's rule alone",
    ),
    "closing_stands": (
        "官方调查开放后，计划中的截止规则(closing)不能再改",
        "once an official survey is open, the plan's rule of its closing (closing) stays",
    ),
    "closing_differs": (
        "计划写的截止时间是 {plan}，设置里是 {settings}：请改成一致",
        "the plan closes at {plan}, the settings at {settings}: make them the same",
    ),
    "no_period": (
        "各周期都已定有官方调查，或没有填报中的周期",
        "every open period has its official survey, or no period is open",
    ),
    "none_named": (
        "周期 {period} 还没有官方调查；这项调查照此开放，结果不用于评分",
        "period {period} has no official survey yet; opened like this, the survey's figures are not for scoring",
    ),
    "closing_reason": (
        "周期 {period} 的官方调查：计划写明截止时间",
        "official survey of period {period}: the plan states its closing moment",
    ),
    "another_run": (
        "估计 #{run} 不是官方估计：官方估计是收尾后最先作出的 #{official}",
        "estimate #{run} is not the official one: that is #{official}, the first of the settled answers",
    ),
    "not_settled": (
        "官方调查的应答还在收尾，不能归档",
        "the answers of an official survey are still being settled; it cannot be archived yet",
    ),
}
