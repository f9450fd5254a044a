"""What is said of commands."""

TEXTS = {
    "database_unusable": (
        "数据库无法使用：{told}。请检查 DATABASE_URL，并运行 `minyi db upgrade`。",
        "The database cannot be used: {told}. Check DATABASE_URL and run `minyi db upgrade`.",
    ),
}
