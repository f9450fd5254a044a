"""Why a word of a question pushes an answer, and what to write instead (`questionnaires/loaded_words.yaml`)."""

TEXTS = {
    "absolute": ("说得绝对，很少有人能肯定", "an absolute; few can affirm it"),
    "vague": ("各人理解不同", "means something else to everyone"),
    "one_side": ("只给出一边", "offers one side"),
    "agreeing": ("只给出一边，人们倾向同意", "offers one side; people tend to agree"),
    "praise": ("夸赞了要评价的事", "praises what is to be judged"),
    "norm": ("说出了答题人未必认同的规范", "states a norm the respondent may not share"),
    "suggests": ("暗示了答案", "suggests the answer"),
    "ask_times": ("请问某段时间里有几次", "ask how many times in a stated period"),
    "ask_how_many": ("请问有多频繁或有多少", "ask how often or how many"),
    "ask_own": ("请问本人怎么想、做过什么", "ask what the person thinks or did"),
    "leave_out": ("请去掉", "leave it out"),
    "name_only": ("只写服务的名称", "name the service and nothing else"),
    "both_satisfied": ("请两边都写：“满意还是不满意”", "offer both sides: satisfied or dissatisfied"),
    "both_agree": ("请两边都写：“同意还是不同意”", "offer both sides: '同意还是不同意'"),
}
