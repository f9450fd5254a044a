"""What is said of cases and replies of the city's 12345 line."""

TEXTS = {
    "no_such_code": ("没有这个往返编号；请把本系统导出的编号原样带回", "there is no such round-trip number; please bring it back as it was exported"),
    "number_elsewhere": ("12345工单编号{number}已属于另一件工单", "the 12345 number {number} belongs to another ticket already"),
    "no_number": ("没有12345工单编号，也没有往返编号", "there is neither a 12345 number nor a round-trip number"),
    "no_text": ("新工单要有反映内容", "a new case needs its problem in words"),
    "no_reply": ("状态“{state}”要有答复内容", "the status '{state}' needs a reply"),
    "has_ended": ("工单{ticket}已经办结或不受理，不能再写答复；请先在工单里重新办理", "ticket {ticket} has ended and takes no further reply; please reopen it first"),
    "twice": ("与第{row}行是同一件；请只留最新的一行", "this is the case of row {row} again; please keep the newest row only"),
    "no_such_number": ("没有这个12345工单编号；新工单请先送来", "there is no such 12345 number; please send the case first"),
    "which_city": ("请写明城市代码", "please name the city by its code"),
}
