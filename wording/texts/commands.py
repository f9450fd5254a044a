"""What is said of commands."""

TEXTS = {
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
