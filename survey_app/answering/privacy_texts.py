"""The privacy notice's headings, and what it says of the product where the settings say nothing."""

HEADINGS = {
    "zh": {
        "handler": "个人信息处理者",
        "contact": "联系方式",
        "privacy_purpose": "用途",
        "privacy_kinds": "收集什么",
        "privacy_retention": "保存多久",
        "privacy_rights": "您的权利",
        "privacy_processors": "委托处理",
    },
    "en": {
        "handler": "Who is responsible",
        "contact": "Contact",
        "privacy_purpose": "What it is for",
        "privacy_kinds": "What is collected",
        "privacy_retention": "How long it is kept",
        "privacy_rights": "Your rights",
        "privacy_processors": "Others who process it",
    },
}
OWN_WORDS = {
    "zh": {
        "privacy_purpose": "了解居民对城市管理和公共服务的满意程度，改进工作。结果只以分组统计发布，人数太少的组不显示。",
        "privacy_kinds": (
            "您的回答、作答的点位和时间、语言。不收集姓名、身份证号、手机号、手机标识和精确位置；文字回答里的号码在保存前遮盖。"
            "网络地址只用来限制提交次数，不保存。反映问题时您留下的联系方式，只有经办人说明理由才能查看；"
            "另留邮箱或手机号等答复的，只用来告诉您有了答复。收到邀请的人，号码只用来发邀请，封存保管，和回答没有联系。"
        ),
        "privacy_retention": "原始回答在调查结束后至少保存两年，到期删除。没填完的回答最多保存七天。已办结问题的内容到期清除；等答复的邮箱或手机号办结三十天后删除，邀请用的号码调查结束即删除。",
        "privacy_rights": (
            "参加与否由您决定，不参加不受影响。提交后凭回执号可以随时撤回，网址是本站的“撤回我的回答”；"
            "撤回后删除还是封存，填答页和回执上写明。查询、投诉请用上面的联系方式。"
        ),
    },
    "en": {
        "privacy_purpose": "To learn how satisfied people are with the city and its services, and to improve them. Results are published for groups alone; groups of very few are not shown.",
        "privacy_kinds": (
            "Your answers, the place and time of answering, the language. No name, identity number, telephone number, mark "
            "of the phone or exact position; numbers within written answers are masked before they are stored. The network "
            "address only limits how often somebody sends, and is not kept. A contact left with a problem is opened only by "
            "those who handle it, with a reason on record; an address or number left to hear of the answer serves for that alone. "
            "Where people are invited by list, their numbers are sealed, serve the invitation alone and lead to no answer."
        ),
        "privacy_retention": "Answers are kept for at least two years after the survey has ended and then deleted; unfinished ones for seven days at most. What a settled problem said is emptied when its time ends; an address or number left to hear of the answer goes thirty days after it is settled, and the numbers of those invited when the survey closes.",
        "privacy_rights": (
            "Taking part is up to you; nothing follows if you do not. With the receipt number you can take your answers back "
            "at any time under “Take my answers back”; whether they are deleted or sealed stands on the form and the "
            "receipt. For questions and complaints use the contact above."
        ),
    },
}
INVENTED = {  # of an installation that holds the demonstration alone
    "zh": {
        "handler": "示例市新型智慧城市评估办公室（演示，虚构）",
        "contact": "示例市示例路1号，电话0000-0000000（演示，虚构）",
        "privacy_processors": "示例市政务云平台：存放加密的备份（演示，虚构）",
    },
    "en": {
        "handler": "Smart City Evaluation Office of Sample City (demonstration, invented)",
        "contact": "1 Sample Road, Sample City, telephone 0000-0000000 (demonstration, invented)",
        "privacy_processors": "Sample City's government cloud keeps the sealed backups (demonstration, invented)",
    },
}
