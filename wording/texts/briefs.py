"""What is said of briefs, and of what stands in them."""

TEXTS = {
    "no_dispatch": (
        "周期“{period}”没有第{number}期调度简报",
        "period '{period}' has no dispatch brief number {number}",
    ),
    "nothing_asked": (
        "还没有要填报的地区，建立城市和县(市、区)后才能生成",
        "no area has indicators to fill in yet; add the city and its counties first",
    ),
    "period_begins_with_year": (
        "周期请以年份开头，如2022，最长20字",
        "a period begins with its year, as 2022, and has 20 characters at most",
    ),
    "share_between": ("满意度请填0%到100%之间的百分数", "a share is a percentage between 0% and 100%"),
    "both_limits": ("区间的下限和上限请都填，或都不填", "give both ends of the interval, or neither"),
    "limits_around": ("满意度须在区间的下限和上限之间", "the share must lie between the ends of its interval"),
    "needs_source": ("请写明来源，不超过{most}字", "a source is needed, of {most} characters at most"),
    "period_there": ("周期“{period}”已经录入", "the period '{period}' is there already"),
    "link_for_whom": ("请写明给谁看，不超过{most}字", "say for whom the link is, in {most} characters at most"),
    "link_days": ("有效天数请填1到{most}", "a link lasts 1 to {most} days"),
    "no_colour": ("请写成 #0b5c8a 的样子", "write it like #0b5c8a"),
    "colour_too_light": (
        "{colour} 在页面底色上看不清(对比度须至少4.5:1)。最接近的可用颜色是 {nearest}",
        "{colour} cannot be read on the pages' grounds (contrast has to be 4.5:1 at least); the nearest that can is {nearest}",
    ),
    "office_needed": ("请填写单位名称", "the office's name is needed"),
    "logo_unreadable": (
        "徽标读不出来，请用JPEG、PNG或WebP图片",
        "the picture cannot be read; take a JPEG, PNG or WebP",
    ),
    "results_not_closed": (
        "调查还没有截止，结果不能公布",
        "the survey has not closed; nothing of it can be published",
    ),
    "results_settling": (
        "截止后的清理还没有结束，官方结果还没有作出，不能公布",
        "answers are still being settled after the close, and there is no official result yet",
    ),
    "results_no_run": (
        "还没有两人批准的正式估计，不能公布",
        "no official estimate has been approved by two persons; nothing can be published",
    ),
    "results_no_day": ("请先定公布日期", "set the day of publication first"),
    "results_day_past": ("公布日期不能早于今天", "the day of publication cannot lie in the past"),
    "results_day_early": (
        "公布日期须在调查截止（{day}）之后",
        "the day of publication lies after the close ({day})",
    ),
    "results_same_day": ("公布日期已经是这一天", "that is the day of publication already"),
    "results_out": ("结果已经公布，日期不再更改", "the results are out; their day is no longer changed"),
    "results_licence": ("请选择开放许可", "choose a licence"),
    "results_released": (
        "估计#{run}已经发布；更正须先有两人批准的更正估计",
        "estimate #{run} has been released; a correction needs a corrected estimate approved by two persons",
    ),
    "results_other_run": (
        "提请之后，正式估计已变为#{run}，请退回并重新提请",
        "the official estimate has become #{run} since; send this back and ask anew",
    ),
    "results_waiting": (
        "已有一项在等第二人确认，请先处理",
        "one waits for its second person already; settle that first",
    ),
    "results_not_written": ("结果写不进{folder}：{said}", "the results cannot be written to {folder}: {said}"),
}
