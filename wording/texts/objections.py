"""What is said of 公示 and objections."""

TEXTS = {
    "trial": ("试算不公示，请先作最终评分", "a trial is not shown to the counties; make a final run first"),
    "period_asks_nobody": ("周期{period}设为不公示", "period {period} is set to ask no county"),
    "shown_already": ("这次评分已经公示", "this run has been shown already"),
    "signed_already": ("已提交审批或已批准，不能再公示或提出异议", "it is before its approver or approved already"),
    "say_what": ("请写明异议内容，不超过{most}字", "say what is objected to, in at most {most} characters"),
    "no_such_row": ("评分表中没有第{row}项", "the scorecard has no row {row}"),
    "not_in_time": ("只能在公示期内提出异议，截止{until}", "objections are taken while the results are shown, until {until}"),
    "choose": ("请选择采纳或不采纳", "choose whether it is upheld"),
    "waits_already": ("已有提议等待第二人确认", "a proposal already waits for a second person"),
    "say_points": ("采纳时请写明该项应得的分数", "where it is upheld, say what points the row then has"),
    "decided_already": ("已由两人决定", "two people have decided it already"),
    "who_objects_decides_not": ("提出异议的人不参与决定", "who objects does not decide"),
    "too_much": ("最多{most}个文件", "at most {most} files"),
    "still_shown": ("公示期未满，{until}之后才能审批", "the results are still shown to the counties; sign after {until}"),
    "undecided": ("{area}的异议#{number}尚未由两人决定", "objection #{number} of {area} is not decided by two people yet"),
    "make_new_run": ("{area}的异议#{number}已采纳，请先更正数值并重新作最终评分", "objection #{number} of {area} was upheld: correct the value and make a new final run first"),
}
