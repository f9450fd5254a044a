"""What is sent: notices to staff and departments, invitations, and why something could not be sent."""

TEXTS = {
    "ticket_given": ("有工单要办理", "A ticket to handle"),
    "ticket_given_says": (
        "{area}的工单#{number}（{field}）已分派给{department}，请在{due}前答复。",
        "Ticket #{number} of {area_en} ({field_en}) was given to {department}; please reply by {due}.",
    ),
    "ticket_coordinate": ("有工单要协调", "A ticket to coordinate"),
    "ticket_coordinate_says": (
        "{area}的工单#{number}（{field}）没有对应的部门，请在{due}前安排答复。",
        "Ticket #{number} of {area_en} ({field_en}) has no department; please see to a reply by {due}.",
    ),
    "ticket_back": ("工单有新情况", "A ticket came back"),
    "ticket_back_says": (
        "{area}的工单#{number}（{field}）有补充或要求重新办理，请在{due}前答复。",
        "Ticket #{number} of {area_en} ({field_en}) was added to or reopened; please reply by {due}.",
    ),
    "ticket_due": ("工单即将到期", "A ticket is due soon"),
    "ticket_due_says": (
        "{area}的工单#{number}（{field}）在{due}到期。",
        "Ticket #{number} of {area_en} ({field_en}) is due on {due}.",
    ),
    "ticket_overdue": ("工单已逾期", "A ticket is overdue"),
    "ticket_overdue_says": (
        "{area}的工单#{number}（{field}）应在{due}前办理，现已逾期。办理单位：{department}。",
        "Ticket #{number} of {area_en} ({field_en}) was due on {due} and is overdue. Handled by: {department}.",
    ),
    "department_unreached": ("有部门通知不到", "A department cannot be reached"),
    "department_unreached_says": (
        "{area}{department}没有账号或账号未填邮箱，部门通讯录里也没有地址。请用其他方式通知，或补上地址。",
        "{department} of {area_en} has no account with an address, and none on the list of departments. Please reach it by "
        "other means, or add its address.",
    ),
    "value_returned": ("指标数值被退回", "A value was returned"),
    "value_returned_says": (
        "{area}{period}周期指标{indicator}的数值被退回，请修改后重新报送。",
        "The value of indicator {indicator} of {area_en} in period {period} was returned; please correct and "
        "submit it again.",
    ),
    "values_due": ("指标数值即将到期", "Values are due soon"),
    "values_due_says": (
        "{area}{period}周期还有{n}项指标没有报送，{due}到期。牵头部门：{departments}。",
        "{n} indicators of {area_en} in period {period} are not submitted yet and are due on {due}. Lead: {departments}.",
    ),
    "values_overdue": ("指标数值已逾期", "Values are overdue"),
    "values_overdue_says": (
        "{area}{period}周期有{n}项指标应在{due}前报送，现已逾期。牵头部门：{departments}。",
        "{n} indicators of {area_en} in period {period} were due on {due} and are overdue. Lead: {departments}.",
    ),
    "rectification_due": ("整改即将到期", "A rectification is due soon"),
    "rectification_due_says": (
        "{area}的整改事项“{name}”在{due}到期。责任部门：{department}。",
        "The rectification of {area_en} ({name}) is due on {due}. Department: {department}.",
    ),
    "rectification_overdue": ("整改已逾期", "A rectification is overdue"),
    "rectification_overdue_says": (
        "{area}的整改事项“{name}”应在{due}前完成，现已逾期。责任部门：{department}。",
        "The rectification of {area_en} ({name}) was due on {due} and is overdue. Department: {department}.",
    ),
    "objection_raised": ("有县(市、区)提出异议", "A county has objected"),
    "objection_raised_says": (
        "{area}对公示结果的第{row}项提出异议，等待两人决定。",
        "{area_en} objects to row {row} of the results shown to it; two persons are to decide.",
    ),
    "objection_answered": ("异议已有决定", "An objection was decided"),
    "objection_answered_says": (
        "{area}对公示结果第{row}项的异议已有决定，请查看。",
        "The objection of {area_en} to row {row} of its results was decided; please see.",
    ),
    "estimate_proposed": ("估计等待审批", "An estimate waits for approval"),
    "estimate_proposed_says": (
        "{by}提交了估计#{number}，等待另一人审批。",
        "{by} proposed estimate #{number}; it waits for a second person.",
    ),
    "estimate_approved": ("估计已批准", "An estimate was approved"),
    "estimate_approved_says": ("估计#{number}已由{by}批准。", "Estimate #{number} was approved by {by}."),
    "final_proposed": ("最终评分等待签署", "A final run waits for its signature"),
    "final_proposed_says": (
        "{by}提交了最终评分#{number}，等待另一人签署。",
        "{by} proposed final run #{number}; it waits for a second person.",
    ),
    "final_signed": ("最终评分已签署", "A final run was signed"),
    "final_signed_says": ("最终评分#{number}已由{by}签署。", "Final run #{number} was signed by {by}."),
    "survey_closed": ("调查已结束", "A survey has closed"),
    "survey_closed_says": ("调查{code}已结束，不再接收答卷。", "Survey {code} has closed and takes no more answers."),
    "job_failed": ("定时任务失败", "Work by the clock has failed"),
    "job_failed_says": (
        "定时任务“{work}”失败（任务#{id}），请查看原因。",
        "The work '{work}' of the clock has failed (job #{id}); please see why.",
    ),
    "response_counted": ("新计入的答卷", "Answers were counted"),
    "response_counted_says": (
        "调查{survey}新计入{new}份答卷，共{total}份。",
        "Survey {survey} counts {new} more answers, {total} in all.",
    ),
    "ticket_answered": ("您反映的问题有了答复", "There is an answer to your problem"),
    "ticket_answered_says": (
        "您{day}反映的{area}的问题有了新的答复。请凭工单号查看：",
        "There is an answer to the problem in {area_en} that you reported on {day}. See it with your ticket number:",
    ),
    "invitation": ("邀请您参加满意度调查", "You are invited to a survey"),
    "invitation_says": (
        "{organiser}邀请您参加“{survey}”。您是随机抽中的，只需几分钟，回答不与您的号码关联。{until}前有效。请打开：",
        "{organiser} invites you to '{survey}'. You were drawn at random; it takes a few minutes, and your answers are not "
        "tied to your number. It is open until {until}. Please open:",
    ),
    "reminder": ("还差您的一份答卷", "Your answers are still missing"),
    "reminder_says": (
        "{organiser}的“{survey}”还没有收到您的答卷，{until}前仍可填写。如已填写请忽略。请打开：",
        "Your answers to '{survey}' of {organiser} have not come yet; it is open until {until}. If you have answered, "
        "please take no notice. Please open:",
    ),
    "until_the_end": ("调查结束", "the end of the survey"),
    "sent_to_citizens": (
        "——{office}\n不想再收到，请联系：{contact}",
        "-- {office}\nTo receive no more, please contact: {contact}",
    ),
    "not_needed": (
        "已经回答，或调查已结束，不再发送。",
        "Answered since, or the survey has closed: it is not sent any more.",
    ),
    "opted_out": ("对方已拒收", "Its receiver has opted out"),
    "code_reissued": (
        "邀请码已重新生成，名单上的链接失效。",
        "The code was reissued, so the link of the list leads nowhere.",
    ),
    "sms_bounced": ("服务商回执：没有送达（{said}）", "The provider reports that it was not delivered ({said})"),
    "too_many_reports": (
        "一次最多接收{most}条回执，请服务商分批推送",
        "At most {most} reports are taken in one request; the provider must send them in parts",
    ),
    "reports_unreadable": ("读不懂服务商送来的回执", "What the provider reported cannot be read"),
    "sms_busy": ("服务商繁忙", "The provider is busy"),
    "sms_refused": ("服务商拒绝：{said}", "The provider refused it: {said}"),
    "sms_no_provider": ("没有名为“{name}”的短信服务商", "There is no SMS provider called '{name}'"),
    "sms_no_template": (
        "短信渠道没有填写这类消息的模板编号",
        "The SMS channel has no template for this kind of message",
    ),
    "sms_unknown": (
        "不知道是否已发出，请先在服务商处核对，再决定是否重新发送（{said}）",
        "Whether it has gone is not known; look at the provider's before it is sent again ({said})",
    ),
    "list_lines": ("名单应有1到{most}行", "A list has from 1 to {most} rows"),
    "list_no_site": ("没有编码为“{code}”的抽样点", "There is no sampled site with the code '{code}'"),
    "list_no_number": ("应为手机号或电子邮箱", "A mobile number or an e-mail address is expected"),
    "list_language": ("请填中文或英文，或不填", "Write zh or en, or leave it empty"),
    "list_twice": ("与第{row}行相同", "The same as in row {row}"),
    "list_invited": ("已在这次调查的名单里", "Is on this survey's list already"),
    "no_channel": (
        "还没有启用这些渠道，邀请发不出去：{kinds}",
        "Invitations cannot be sent: these channels are not in use: {kinds}",
    ),
    "test": ("测试消息", "A test message"),
    "test_says": (
        "这是{by}发出的测试消息。收到即表示这个渠道可用。",
        "This is a test message sent by {by}. If it has reached you, the channel works.",
    ),
    "gathered": ("{n}条通知", "{n} notices"),
    "sent_by": (
        "——{office}\n请勿回复本消息。在“我的账号”里可以改通知方式。",
        "-- {office}\nPlease do not reply. How you are notified is set under your account.",
    ),
    "mail_sign_in": (
        "邮件服务器不接受用户名和密码（{code}）。",
        "The mail server does not take user and password ({code}).",
    ),
    "mail_no_server": ("连不上邮件服务器{host}：{said}", "There is no connection to the mail server {host}: {said}"),
    "mail_broke_off": ("发送时连接中断：{said}", "The connection broke off while sending: {said}"),
    "mail_refused": ("邮件服务器退回（{code}）：{said}", "The mail server refused it ({code}): {said}"),
    "bad_url": (
        "请填写以 https:// 开头的完整网址，其中不带用户名",
        "Please give a whole address that begins with https:// and holds no user name",
    ),
    "private_address": (
        "{host}指向内部网络地址，不允许发送。确需发送时由运维在 MINYI_PRIVATE_RECEIVERS 里写明网段。",
        "{host} leads into a private network, where nothing is sent. Where it must be, the operator names the network in "
        "MINYI_PRIVATE_RECEIVERS.",
    ),
    "no_answer": ("{host}没有应答：{said}", "There is no answer from {host}: {said}"),
    "odd_answer": ("对方答复HTTP {status}", "The other side answered HTTP {status}"),
    "robot_refused": ("群机器人拒绝（{code}）：{said}", "The robot refused it ({code}): {said}"),
    "unforeseen": (
        "发送时出现意外错误（{said}），详见日志",
        "An unforeseen error while sending ({said}); the log says more",
    ),
    "address_gone": (
        "接收地址已按规定删除，不能再发。",
        "The address was deleted as it must be; it cannot be sent any more.",
    ),
    "needed": ("请填写", "Please fill in"),
    "name_taken": ("已有名为“{name}”的渠道", "There is a channel called '{name}' already"),
    "one_of_a_kind": ("这种渠道只能有一个", "There can be only one channel of this kind"),
    "not_an_address": ("不是有效的电子邮箱：{text}", "This is not an e-mail address: {text}"),
    "not_a_number": ("不是有效的手机号：{text}", "This is not a mobile number: {text}"),
    "bad_port": ("端口是1到65535的整数", "A port is a whole number from 1 to 65535"),
    "bad_authority": ("不是PEM格式的证书", "This is not a certificate in PEM format"),
}
