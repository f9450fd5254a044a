"""What is said of commands."""

TEXTS = {
    "no_zone": ("没有时区“{zone}”", "there is no time zone '{zone}'"),
    "survey_times": ("开始 {opens}，结束 {closes}，{zone}", "opens {opens}, closes {closes}, {zone}"),
    "database_unusable": (
        "数据库无法使用：{told}。请检查 DATABASE_URL，并运行 `minyi db upgrade`。",
        "The database cannot be used: {told}. Check DATABASE_URL and run `minyi db upgrade`.",
    ),
}
