"""What is said of written answers."""

TEXTS = {
    "too_few": ("符合这一范围的应答不足{least}份，不显示", "fewer than {least} responses share this; they are not shown"),
    "too_many_codes": ("一道题最多{most}个编码", "a question has {most} codes at most"),
    "no_such_code": ("没有这个编码，请刷新页面", "there is no such code; reload the page"),
    "code_needs_name": ("请填写编码名称，不超过{most}字；说明不超过{note}字", "a code needs a name of {most} characters at most; its note has {note} at most"),
    "code_there": ("已经有编码“{name}”", "there is a code '{name}' already"),
    "no_such_answer": ("这条回答已不在，可能已由本人撤回", "the answer is no longer there; its writer may have taken it back"),
    "quote_length": ("引用请在{least}到{most}字之间", "a quote has {least} to {most} characters"),
    "quote_not_there": ("引用须是回答中连着的一段原话", "a quote is one piece of the answer, word for word"),
    "quote_there": ("这段话已经提请或确认过", "these words were put forward or confirmed already"),
    "quote_code_small": ("同一题目或编码下的回答不足{least}份，不能引用", "fewer than {least} answers stand under this question or code; none of them may be quoted"),
}
