"""What is said of readings of unclear rules."""

TEXTS = {
    "locked": (
        "周期{period}已有核定的数值，读法已锁定：更改从下一周期起，或凭书面裁定对所有单位一并更改",
        "period {period} has accepted values, so its readings are locked: a change holds from the next period, or by a written ruling for all units alike",
    ),
    "ruling_needs_letter": ("裁定须写明文号", "a ruling names its letter"),
    "changed_since": ("读法此后已有改动，请重新提出", "the readings have changed since; state it anew"),
    "no_such": ("没有读法“{reading}”", "there is no reading '{reading}'"),
    "needs_rulebook": ("“{text}”须另立评分规则，不能在此选用", "'{text}' needs another rulebook and cannot be chosen here"),
    "letter_whole": ("有文号的，请写明日期和解释单位", "with a letter, give its day and who interprets"),
    "nothing_changed": ("没有任何变更", "nothing was changed"),
    "made_by_other_readings": ("这次评分之后条文读法已改，请重新作最终评分", "the readings have changed since this run was made; make a new final run"),
}
