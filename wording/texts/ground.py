"""What is said of ground."""

TEXTS = {
    "no_such_step": ("没有这一步：{step}", "there is no such step"),
    "somebody_faster_reload_page": ("别人已经先做了这一步，请刷新页面", "somebody was faster; please reload the page"),
    "comment_needed": ("请写明意见", "a comment is needed"),
    "who_proposed_cannot_approve": ("提出的人不能自己批准，请另一位同事审批", "who proposed it cannot approve it"),
}
