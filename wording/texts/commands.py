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
    "questions_findings": (
        "{file}：{questions}题，{findings}处发现。",
        "{file}: {questions} questions, {findings} findings.",
    ),
    "changes_grave": (
        "{changes}处变化，其中{grave}处使结果不能直接比较。",
        "{changes} changes, {grave} of them break comparability.",
    ),
    "not_carried": ("没有带过来：{place}：{what}", "not carried: {place}: {what}"),
    "finding": ("{level}：{place}：{said}", "{level}: {place}: {said}"),
    "error": ("错误", "error"),
    "warning": ("提醒", "warning"),
    "breaks": ("不可比", "breaks"),
    "careful": ("留意", "careful"),
    "harmless": ("无碍", "harmless"),
}
