"""What is said of briefs, and of what stands in them."""

TEXTS = {
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
    "office_needed": ("请填写单位名称", "the office's name is needed"),
    "logo_unreadable": (
        "徽标读不出来，请用JPEG、PNG或WebP图片",
        "the picture cannot be read; take a JPEG, PNG or WebP",
    ),
}
