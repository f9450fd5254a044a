"""What is said of ground."""

TEXTS = {
    "no_moment": ("“{said}”不是日期或时间，请写成 2026-03-05 或 2026-03-05 18:00", "'{said}' is no day or time; write 2026-03-05 or 2026-03-05T18:00"),
    "no_such_step": ("没有这一步：{step}", "there is no such step"),
    "somebody_faster_reload_page": ("别人已经先做了这一步，请刷新页面", "somebody was faster; please reload the page"),
    "comment_needed": ("请写明意见", "a comment is needed"),
    "statement_needs_reason": ("请写明理由", "say why"),
    "statement_reason_long": ("理由最多{most}字", "the reason has at most {most} characters"),
    "statement_needs_source": ("请附上来源文件", "attach the file that is the source"),
    "who_proposed_cannot_approve": ("提出的人不能自己批准，请另一位同事审批", "who proposed it cannot approve it"),
    "person_unsettled": (
        "这件事需要两个人，而账号“{name}”可能是同一人的第二个账号：统一登录自动建立的，请系统管理员先在账号页确认；已并入同一人的，请另一位同事来做",
        "this needs two persons, and the account '{name}' may be a second one of the same person: where a provider's sign-in "
        "made it, an administrator confirms it on the accounts page first; where it was joined, ask another colleague",
    ),
    "public_changed_meanwhile": (
        "{by} 刚刚改过公开信息，您填的没有保存。请重新打开本页，看过再改。",
        "{by} has just changed the public information; yours was not saved. Open the page again, look, then change it.",
    ),
    "sqlite_not_durable": ("SQLite以 journal_mode={journal}、synchronous={synchronous} 运行，不是WAL和FULL", "SQLite runs with journal_mode={journal}, synchronous={synchronous}; not WAL, FULL"),
    "postgresql_not_durable": ("PostgreSQL以 synchronous_commit=off 运行：回执不能保证落盘", "PostgreSQL runs with synchronous_commit=off; a receipt would not be durable"),
}
