"""What is said of surveys."""

TEXTS = {
    "survey_archived_can_only": ("调查已归档，只能查看", "the survey is archived and can only be read"),
    "plan_locked_change_needs": ("计划已锁定，修改须说明理由", "the plan is locked; a change needs a reason"),
    "reason_most_characters": ("理由最多{most_reason}字", "a reason has at most {most_reason} characters"),
    "plan_same_as_before": ("计划没有变化", "the plan is the same as before"),
    "run_of_late_plan": (
        "估计 #{run} 为非正式口径：按首份应答之后改的计划第{version}版，正式的是第{official}版",
        "estimate #{run} is not official: made by version {version} of the plan, changed after the first answer; version {official} counts",
    ),
    "run_of_replaced_plan": (
        "估计 #{run} 所用的计划已由两人确认的第{official}版取代，请重新估计",
        "the plan of estimate #{run} was replaced by version {official}, which two people confirmed; estimate again",
    ),
    "said": ("评分细则已不是方案锁定时的内容", "{error}"),
    "change_state_not_possible": ("{before} → {state}: 不能这样改变状态", "this change of state is not possible"),
    "paper_forms_not_fully": ("还有{waiting}份纸质问卷没有录完", "{waiting} paper forms are not fully keyed yet"),
    "name_city_its_code": ("请填写城市的名称和编码", "name the city and its code"),
    "code_most_name_characters": ("编码最多24字，名称最多80字", "a code has at most 24, a name 80 characters"),
    "survey_ended_its_times": ("调查已结束，时间不能再改", "the survey has ended; its times stay"),
    "responses_time_zone_stays": ("已有应答，时区不能再改", "there are responses; the time zone stays"),
    "once_opened_survey_keeps": ("调查开放后，问卷不能再换", "once opened, a survey keeps its questionnaire"),
    "plan_locked_reason_needed": ("计划已锁定，更换问卷须说明理由", "the plan is locked; a reason is needed"),
    "keep_its_codes_close": ("沿用二维码须先结束原调查", "to keep its codes, close the earlier survey first"),
    "code_lower_case_letters": (
        "代码为3至40位小写字母、数字和连字符，如 citizen-2027",
        "a code is 3 to 40 lower-case letters, digits, hyphens",
    ),
    "survey_already": ("已有代码为 {code} 的调查", "there is a survey {code} already"),
    "title_most_characters_needed": ("请填写名称，最多200字", "a title of at most 200 characters is needed"),
    "no_such_time_zone": ("没有这个时区", "there is no such time zone"),
    "must_close_after_opens": ("结束时间应晚于开始时间", "it must close after it opens"),
    "already_used": ("编码或名称已用于“{found_name}”", "already used by {found_code} {found_name}"),
    "reason_needed": ("请说明修改理由", "a reason is needed"),
    "import_its_populations_first": ("{margins}还没有人口数，请先导入", "import its populations first"),
    "choose_least_one_answer": ("请至少选一个算作满意的答案", "choose at least one answer"),
}
