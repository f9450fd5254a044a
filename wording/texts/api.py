"""What is said to programs, and to whoever reads their logs."""

TEXTS = {
    "label": ("请写明给哪个程序用，不超过{most}字", "say which program it is for, in {most} characters at most"),
    "label_taken": ("已有叫“{label}”的有效密钥", "there is a valid key called '{label}' already"),
    "kind": ("密钥的种类是{kinds}之一", "the kind of a key is one of {kinds}"),
    "role": ("密钥的角色是{roles}之一", "the role of a key is one of {roles}"),
    "days": ("有效天数请填1到{most}", "a key lasts 1 to {most} days"),
    "collector_role": (
        "采集方的密钥，角色选调查管理员，不分地区和部门",
        "a collector's key has the role manager, for the whole city and every department",
    ),
    "collector": (
        "采集方的密钥要写明调查和每天最多几份(1到{most})",
        "a collector's key names its survey and how many answers a day it may bring (1 to {most})",
    ),
    "other_survey": ("这个密钥是另一项调查的", "the key is of another survey"),
    "daily_full": ("今天已收满{daily}份", "the {daily} answers of the day have been brought"),
    "no_site": ("这项调查没有这个有效的调查点", "the survey has no such active site"),
    "not_open": ("调查现在不收应答", "the survey takes no answers now"),
    "moments": (
        "开始不能晚于完成，完成不能在将来，也不能早于调查开始",
        "an interview begins before it ends, and ends neither in the future nor before the survey began",
    ),
    "begins": (
        "开始不能早于调查开始，也不能比完成早一天以上",
        "an interview begins neither before the survey nor more than a day before it ends",
    ),
    "away": (
        "开始的时刻不在这个调查点的开放时间；没有邀请码的应答只在开放时间内收",
        "it began outside of the site's opening hours; without an invitation answers are taken within them only",
    ),
    "full": (
        "这个调查点的应答已满，没有邀请码的不再收",
        "enough have answered at the site; without an invitation no more are taken",
    ),
    "no_invitation": ("不是这个调查点的邀请码", "it is no invitation of this site"),
    "used_invitation": ("邀请码已经用过了", "the invitation has been used"),
    "unknown_field": ("问卷没有这一项", "the questionnaire has no such field"),
    "no_token": ("没有编号为{number}的密钥", "there is no key with the number {number}"),
    "bad_request": ("请求无效", "the request is not valid"),
    "unauthorized": ("没有有效的密钥", "there is no valid key"),
    "forbidden": ("密钥的角色、地区或部门没有这项权限", "the key's role, area or department may not do this"),
    "not_found": ("没有这一项", "there is no such thing"),
    "not_allowed": ("这个地址不接受这种操作", "this address does not take this method"),
    "conflict": ("与现有内容冲突", "it conflicts with what is there"),
    "too_large": ("内容太大，没有保存", "what was sent is too large; nothing was saved"),
    "media_type": ("内容请用 application/json", "send the content as application/json"),
    "invalid": ("参数或内容有误，没有保存", "a parameter or the content is wrong; nothing was saved"),
    "not_stored": ("没有保存", "nothing was saved"),
    "too_many": ("请求太频繁，请稍后再试", "too many requests; try again later"),
    "failed": ("系统暂时出错，请稍后再试", "something went wrong on our side; try again later"),
    "token_missing": (
        "请求没有带密钥：Authorization: Bearer …",
        "the request carries no key: Authorization: Bearer …",
    ),
    "token_unknown": ("密钥不存在、已到期或已收回", "the key is unknown, has ended or was revoked"),
    "kind_of_token": ("这种密钥不能做这件事", "a key of this kind may not do this"),
    "cursor_gone": (
        "上一页的最后一项已不在清单中，请从第一页重新开始",
        "the last item of the page before is no longer in the list; begin again with the first page",
    ),
    "cursor": ("cursor 不是本清单给出的", "the cursor was not given by this list"),
}
