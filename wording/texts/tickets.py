"""What is said of tickets."""

TEXTS = {
    "no_such_step": ("没有这一步：{step}", "there is no such step"),
    "say_why": ("请写明查看的理由", "please say why"),
    "working_days": ("延期为1至{longest_extension}个工作日", "1 to {longest_extension} working days"),
    "choose_who_goes": ("请选择转交给谁", "please choose who it goes to"),
    "ticket_already": ("工单已在该部门", "the ticket is there already"),
    "cannot_reopened_again": ("不能再次要求重新办理", "it cannot be reopened again"),
    "choose": ("请选择", "please choose"),
    "rated_already": ("已经评价过了", "it is rated already"),
    "you_may_not_take": ("您不能做这一步", "you may not take this step"),
    "write_reply_or_reason": ("请写明内容或理由", "please write the reply or the reason"),
    "most_characters": ("请写在{most_characters}字以内", "at most {most_characters} characters"),
    "somebody_faster_reload": ("这件工单已有新的进展，请刷新后再办理", "somebody was faster; please reload"),
    "only_closed_ticket_can": ("办结后才能公开", "only a closed ticket can be published"),
    "problem": ("问题", "problem"),
    "reply": ("答复", "reply"),
    "nothing_decide": ("没有待公开的文字", "there is nothing to decide"),
    "write": ("请填写公开的{name}", "please write it"),
    "most_characters_2": ("{name}请写在{most_characters}字以内", "at most {most_characters} characters"),
    "take_out_personal_number": ("公开文字中有个人号码，请删去：{words}", "please take out the personal number"),
}
