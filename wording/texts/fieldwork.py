"""What is said of fieldwork."""

TEXTS = {
    "stop_fixed_by_first_answer": (
        "是否满额即停写在计划里，计划自首份应答起固定，不能再改；要停请暂停调查",
        "whether sites stop when full stands in the plan, which the first answer has fixed; pause the survey instead",
    ),
    "no_sites_yet": ("还没有点位", "there are no sites yet"),
    "day_future": ("日期不能在将来", "the day is in the future"),
    "no_such_number_on": ("名单上没有这个编号", "there is no such number on the list"),
    "person_answered": ("这一位已经完成", "this person has answered"),
    "attempts": ("联系次数为0至{most_attempts}", "attempts: 0 to {most_attempts}"),
    "no_such_outcome": ("没有访问结果“{line_outcome}”", "no such outcome"),
    "interview_comes_its_answers": ("完成的访问随答案记录，不在这里填", "an interview comes with its answers"),
    "invitations_for_each_planned": (
        "每份目标的邀请数应在1到50之间",
        "invitations for each planned interview: 1 to 50",
    ),
    "every_sampled_site_enough": ("各抽样点的邀请已经足够", "every sampled site has enough invitations"),
    "list_changed_meanwhile": (
        "其间名单变了，这些邀请码没有生效，请再做一次",
        "the list has changed meanwhile; none of these codes holds, do it again",
    ),
    "too_many_cards": (
        "一个文件最多画{most}张邀请卡，请按点生成，或只要短信用CSV",
        "at most {most} cards in one file: make them site by site, or take the CSV alone",
    ),
    "no_unused_invitation_reissue": ("没有未用的邀请可以补发", "there is no unused invitation to reissue"),
    "reason_needed": ("请写明理由", "a reason is needed"),
    "invitation_not_been_used": ("这份邀请还没有用过", "this invitation has not been used"),
    "survey_closed_no_invitation": (
        "调查已经结束，邀请与应答的联系已删除",
        "the survey has closed; no invitation can change any more",
    ),
    "contacts_lines": (
        "名单应有1至{most}行，后备要少于总行数",
        "1 to {most} lines, and fewer reserves than lines",
    ),
    "contacts_line": (
        "第{number}行读不懂：一行一处，先地址或称呼，再一个电话，用逗号隔开",
        "line {number}: one place or name and one telephone a line, with a comma between",
    ),
    "contacts_other_site": ("这台平板属于别的调查点", "this tablet belongs to another site"),
    "no_list_behind": (
        "这份回答后面没有名单上的编号，不能退回",
        "no number on the list is behind this answer; it cannot be returned",
    ),
    "not_sampled_site": ("{site_name}不是抽样点", "{site_name} is not a sampled site"),
    "invitations_time": ("每点一次可发1至{most_at_once}份邀请", "1 to {most_at_once} invitations at a time"),
    "site_retired_restore_first": ("这个点已停用，请先恢复", "this site is retired; restore it first"),
    "site_retired_already": ("这个点已经停用", "this site is retired already"),
    "none_ticked": ("请先勾选调查点", "tick sites first"),
    "site_not_retired": ("这个点没有停用", "this site is not retired"),
    "second_keying_made_another": ("第二遍须由另一人录入", "the second keying is made by another person"),
    "both_keyings_settle_differences": ("两遍都已录入，请核对差异", "both keyings are there; settle the differences"),
    "not_two_keyings_compare": ("还没有两遍录入可以核对", "there are not two keyings to compare"),
    "choose_one_keying_for": ("每处差异都要选定一遍", "choose one keying for every difference"),
    "mode_one": ("方式只能是 {modes}", "the mode is one of {modes}"),
    "data_changed_just_now": ("数据刚刚有变化，请再试一次", "the data changed just now; please try again"),
}
