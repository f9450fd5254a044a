"""What is said of commands."""

TEXTS = {
    "plan_is_late": (
        "非正式口径：计划自首份应答起固定，按此版作出的估计不能批准或用于最终评分；正式的是第{official}版",
        "NOT OFFICIAL: the first answer has fixed the plan; estimates by this version cannot be approved or used for a final run; version {official} counts",
    ),
    "no_zone": ("没有时区“{zone}”", "there is no time zone '{zone}'"),
    "survey_times": ("开始 {opens}，结束 {closes}，{zone}", "opens {opens}, closes {closes}, {zone}"),
    "database_unusable": (
        "数据库无法使用：{told}。请检查 DATABASE_URL，并运行 `minyi db upgrade`。",
        "The database cannot be used: {told}. Check DATABASE_URL and run `minyi db upgrade`.",
    ),
}
