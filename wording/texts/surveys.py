"""What is said of surveys."""

TEXTS = {
    "survey_archived_can_only": ("调查已归档，只能查看", "the survey is archived and can only be read"),
    "plan_locked_change_needs": ("计划已锁定，修改须说明理由", "the plan is locked; a change needs a reason"),
    "reason_most_characters": ("理由最多{most_reason}字", "a reason has at most {most_reason} characters"),
    "second_person_lacking": (
        "能签署估计和最终评分的账号现有{able}个：结果须由两个人签署(换角色不算，任何一人可有全部角色)。调查照常进行；请在签署之前请管理员再开一个账号。",
        "accounts that may sign the estimate and the final run: {able}. Two people must sign (another role of one's own does not count; anyone may hold every role). Fieldwork goes on as it is; ask the administrator for a second account before the signing.",
    ),
    "plan_same_as_before": ("计划没有变化", "the plan is the same as before"),
    "run_of_late_plan": (
        "估计 #{run} 为非正式口径：按首份应答之后改的计划第{version}版，正式的是第{official}版",
        "estimate #{run} is not official: made by version {version} of the plan, changed after the first answer; version {official} counts",
    ),
    "said": ("评分细则已不是方案锁定时的内容", "{error}"),
    "change_state_not_possible": ("{before} → {state}: 不能这样改变状态", "this change of state is not possible"),
    "paper_forms_not_fully": ("还有{waiting}份纸质问卷没有录完", "{waiting} paper forms are not fully keyed yet"),
    "name_city_its_code": ("请填写城市的名称和编码", "name the city and its code"),
    "code_most_name_characters": ("编码最多24字，名称最多80字", "a code has at most 24, a name 80 characters"),
    "survey_ended_its_times": ("调查已结束，时间不能再改", "the survey has ended; its times stay"),
    "responses_open_codes_stay": (
        "已有应答：公开二维码是否计入抽样，从首份应答起不能再改",
        "there are responses: whether open codes admit to the sample is fixed by the first answer",
    ),
    "nobody_answers_for_data": (
        "还没有写明{names}，调查不能开放。请在“公开信息”页填写，或设置 {variables}",
        "{names} not stated, so the survey cannot open; fill in the page Public information, or set {variables}",
    ),
    "erasure_stands": (
        "调查已经开放：撤回的回答是删除还是封存，已告知市民，不能再改",
        "the survey was opened: people were told whether an answer taken back is deleted or sealed, so that stays",
    ),
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
    "no_place_lie": ("没有上级“{said}”", "there is no place '{said}' to lie in"),
    "code_stands_twice_file": ("编码与第{by_code_line_number}行重复", "the code stands twice in the file"),
    "another_place_name": ("“{row_name}”已用于编码 {by_name}{said}", "another place has this name{said}"),
    "kind_city_county_or": ("类型应为 市、县(市、区) 或 功能区", "a kind is city, county or zone"),
    "city_lies_no_other": ("市没有上级", "a city lies in no other place"),
    "less_than_its_zones": ("小于其功能区人口之和 {total:,}", "less than its zones together ({total:,})"),
    "name_lies": ("须填所属的{name}", "name the {wanted} it lies in"),
    "parent_must": ("上级应是{kind_names}", "the parent must be a {wanted}"),
    "survey_uses_place_only": (
        "已有调查使用此地区，不能由“{before}”改为“{after}”",
        "a survey uses this place; only residents and the English name may change",
    ),
    "residents_its_counties_together": (
        "{row_name}常住人口 {row_residents:,} 与各县之和 {total:,} 相差超过1%",
        "the residents of {row_name} ({row_residents:,}) and its counties together ({total:,}) differ by over 1 %",
    ),
    "no_margin_known": ("没有变量“{said}”；可用：{known}", "there is no margin '{said}'; known: {margins}"),
    "no_level": ("没有水平“{said}”；应为：{levels}", "there is no level '{said}'; known: {levels}"),
    "same_as_row": ("与第{other_number}行重复{said}", "the same as row {other_number}{said}"),
    "name_margin_or_choose": ("请写明变量，或在页面上选择", "name the margin, or choose it on the page"),
    "all_margins_must_add": (
        "各变量合计须是同一总体(相差不超过0.1%)：{totals}",
        "all margins must add up to one population: {totals}",
    ),
    "lacks": ("{name}缺少：{missing}", "{margin} lacks: {missing}"),
    "above_most_expected": ("应大于0、不超过1", "above 0 and at most 1 is expected"),
    "above_expected": ("应大于0", "above 0 is expected"),
    "kind_one": ("类别应为：{listed}", "a kind is one of {kinds}"),
    "plan_locked_change_sites": (
        "计划已锁定，修改点位须说明理由",
        "the plan is locked; a change of sites needs a reason",
    ),
    "no_place_city": ("没有地区“{said}”；现有：{known}", "there is no place '{said}' in this city; there are: {known}"),
    "code_letters_digits_or": ("编码为4至16位字母、数字或连字符", "a code is 4 to 16 letters, digits or hyphens"),
    "site_code_already": ("此点已有编码 {other_code}", "this site has the code {other_code} already"),
    "code_belongs_another_survey": ("编码已用于另一项调查", "the code belongs to another survey"),
    "survey_ended_its_sites": ("调查已结束，点位不能再改", "the survey has ended; its sites stay as they are"),
    "import_areas_first": ("请先导入地区", "import the areas first"),
    "strata_single_sampled_site": (
        "只有1个抽样点的层：{single}。无法单独估计该层方差，按计划的 singleton 规则处理",
        "strata with a single sampled site: {single}; the plan's singleton rule decides",
    ),
    "sites_can_removed_from": ("只有草稿可以删除点位", "sites can be removed from a draft only"),
    "invitations_or_answers_stays": (
        "{site_name}已有邀请或应答，不能删除",
        "{site_name} has invitations or answers and stays",
    ),
    "questionnaire": (
        "问卷检查：{finding_place} {finding_message}",
        "questionnaire: {finding_place}: {finding_message}",
    ),
    "nobody_without_a_phone": (
        "计划只计{ways}的回答：没有手机的人不能参加。请让纸质问卷、电话或访问员平板也计入",
        "the plan counts {ways} alone, so people without a phone cannot take part; let paper, telephone or tablet count too",
    ),
    "approved_not_named": (
        "写了法定标识，还没有写批准的是哪一份问卷。与批准件核对后，请在问卷的 legal 下写 approved: {digest}",
        "legal marks are given, but not which questionnaire was approved; compare it with the approval and write "
        "approved: {digest} under legal",
    ),
    "approved_another": (
        "问卷与批准的不是同一份：批准的是 {approved}，现在要问的是 {digest}",
        "the questionnaire is not the approved one: approved was {approved}, asked would be {digest}",
    ),
    "validity_over": ("问卷的有效期限到{day}，已经过期", "the questionnaire was valid until {day}, which is over"),
    "validity_ends_first": (
        "问卷的有效期限到{day}，早于调查结束时间：到期即停止作答",
        "the questionnaire is valid until {day}, before the survey closes: no answer is taken after that",
    ),
    "no_counties_yet_import": (
        "{survey_city_name}还没有县(市、区)，请导入地区",
        "{survey_city_name} has no counties yet; import the areas",
    ),
    "plan_no_domain_of_zones": (
        "评价方案单独评定功能区，计划的domains里没有home_county，{zones}将没有自己的满意度",
        "the programme rates zones by themselves and the plan's domains lack home_county: {zones} will have no satisfaction figure",
    ),
    "places_without_english_name": (
        "没有英文名的地区(英文问卷将显示中文)：{bare}",
        "places without an English name (the English questionnaire shows Chinese): {bare}",
    ),
    "no_sampled_site_so": (
        "没有抽样点，正式结果无从估计",
        "there is no sampled site, so nothing official can be estimated",
    ),
    "sampled_sites_no_stratum": ("{n}个抽样点没有层：{loose}", "{n} sampled sites have no stratum: {loose}"),
    "sampled_sites_no_target": ("{n}个抽样点没有目标份数：{aimless}", "{n} sampled sites have no target: {aimless}"),
    "places_without_sampled_site": ("没有抽样点的地区：{empty}", "places without a sampled site: {empty}"),
    "plan_says_nothing_of_respondents": (
        "计划没有写明答题人怎样请到，不能锁定：请写 respondents: {{by: …}}，可选 {ways}；只张贴海报(posters)的，另写一句 exception",
        "the plan does not say how those who answer are chosen and cannot be locked: write respondents: {{by: …}}, one of {ways}; with posters alone also its exception, a sentence",
    ),
    "sampled_sites_no_invitations": (
        "{n}个抽样点还没有制作邀请，那里只能扫海报，不进入正式结果：{bare}",
        "{n} sampled sites have no invitations yet: who scans a poster there is in no official figure: {bare}",
    ),
    "plan_no_kinds": (
        "计划剔除有疑问的应答，但没有写明种类(flagged.kinds)：将按 {kinds} 剔除",
        "the plan leaves flagged answers out without naming the kinds (flagged.kinds): {kinds} will count",
    ),
    "plan_no_margins_so": ("计划没有人口结构，估计不作校准", "the plan has no margins, so nothing is calibrated"),
    "margins_add_up_different": ("各变量的人口合计不同：{said}", "the margins add up to different populations: {said}"),
    "strata_one_sampled_site": (
        "只有1个抽样点的层：{single}。其方差按计划的规定处理",
        "strata with one sampled site: {single}; the plan says how their variance is taken",
    ),
    "no_opening_time_set": (
        "没有开始时间，一开放就能作答",
        "no opening time is set: answers are taken from the moment it opens",
    ),
    "closing_time_missing": ("没有结束时间", "the closing time is missing"),
    "codes_lead_which_only": (
        "二维码指向 {base}，只有本机能打开；请先设置 MINYI_PUBLIC_URL",
        "the codes lead to {base}, which only this machine can open; set MINYI_PUBLIC_URL",
    ),
    "questionnaire_does_not_say": (
        "问卷没有指明哪一题是 columns.{column}",
        "the questionnaire does not say which question is columns.{column}",
    ),
    "closing_time_passed": ("结束时间已过", "the closing time has passed"),
    "plan_line": ("计划第{said}", "plan, line {said}"),
    "would_close_before_opens": ("结束时间早于开始时间", "it would close before it opens"),
    "no_level_near": (
        "没有水平“{said}”，是否应为“{near}”？应为：{levels}",
        "there is no level '{said}'; did you mean '{near}'? known: {levels}",
    ),
    "no_place_near": (
        "没有地区“{said}”，是否应为“{near}”？现有：{known}",
        "there is no place '{said}' in this city; did you mean '{near}'? there are: {known}",
    ),
    "and_more_lacks": ("{said}；另有{more}项", "{said}; and {more} more"),
    "margin_total": ("{name} {total:,}", "{variable} {total:,}"),
    "sample_answered_here_more": (
        "此点已有{own}份抽样应答，多于{row_eligible}人",
        "{own} of the sample have answered here, more than {row_eligible} people",
    ),
    "sampled_site_needs_its": (
        "抽样点须有入样概率和人数，或有基础权数",
        "a sampled site needs its probability and people, or else a base weight",
    ),
    "answers_weighted_already_cannot": (
        "{value}已有应答，不能由“{before}”改为“{after}”",
        "answers are weighted by this already; it cannot change any more",
    ),
    "rows_base_weight_differs_2": (
        "{n}行的基础权数与 人数 ÷ (入样概率 × 份数) 相差超过1%(第{numbers}行等)，按所填权数",
        "in {n} rows the base weight differs by over 1 % from people / (probability x take); the given one is kept",
    ),
    "base_weights_typed_hand": (
        "{n}行的基础权数是手工填写的，按每点{span}份应答计；实际份数不同时，权数随实际份数变",
        "{n} base weights are typed by hand and assume a take of {span}; they follow the answers that come",
    ),
    "rows_residents_only_eligible": (
        "{n}行只有居民数：符合条件人数按计划人口结构中所在地区的比例，或计划的 weights.eligible_share 折算",
        "{n} rows have residents only: eligible people are reckoned by the share of their area in the plan's margins, or by the plan's weights.eligible_share",
    ),
    "base_weight_typed_hand": (
        "手工填写的基础权数须说明按几份应答计(或填目标)",
        "a base weight typed by hand says which take it assumes (or give the target)",
    ),
    "sampled_sites_residents_only": (
        "{n}个抽样点只有居民数，按地区比例折算为符合条件人数：{bare}",
        "{n} sampled sites have residents only, reckoned to eligible people by a share: {bare}",
    ),
    "site_without_design": (
        "{name}没有入样概率和人数，也没有基础权数",
        "{name} has neither probability and people nor a base weight",
    ),
    "site_weight_without_take": (
        "{name}的基础权数没有说明按几份应答计",
        "{name} has a base weight that does not say which take it assumes",
    ),
    "stored_survey_measured_its": (
        "已存的调查以measure列为官方题目",
        "a stored survey is measured by its column 'measure'",
    ),
    "stored_plan_its_dispositions": (
        "已存的计划里写访问结果本身，不写文件名",
        "a stored plan has its dispositions inside, not a file's name",
    ),
    "ended_by_the_answer": (
        "“{key}”按官方题目的答案结束作答：停止与配额只能看人数和个人特征，不能看满意与否",
        "'{key}' ends an answer by what the official question was answered: what stops may read counts and traits of persons, never satisfaction",
    ),
    "stored_plan_its_cells": (
        "已存的计划里写人口交叉表本身，不写文件名",
        "a stored plan has its cross table inside, not a file's name",
    ),
    "stored_survey_weighs_its": (
        "已存的调查按自己的点位加权；请去掉“{name}”",
        "a stored survey weighs by its own sites; leave '{name}' out",
    ),
    "stored_survey_knows_its_probabilities": (
        "已存的调查用自己点位的入样概率，方差按Brewer近似；请写pps: {{}}",
        "a stored survey has the probabilities of its own sites and uses Brewer's approximation; write pps: {{}}",
    ),
    "stored_plan_its_margins": (
        "已存的计划里写边际本身；请导入{levels}",
        "a stored plan has its margins inside; import {levels}",
    ),
    "no_rulebook_known": ("没有评分细则“{name}”；现有：{listed}", "there is no rulebook '{name}'; known: {listed}"),
    "no_answer_taken_modes": (
        "没有“{mode}”这种作答方式；可用：{modes}",
        "no answer is taken by '{mode}'; modes: {modes}",
    ),
    "no_response_can": ("不会有应答属于：{strange}", "no response can have: {strange}"),
    "question_no_code": ("这一题没有代码{code}；有：{codes}", "the question has no code {code}; it has {codes}"),
    "questionnaire_no_rated_service": (
        "问卷没有评价“{name}”这项服务；有：{known}",
        "the questionnaire has no rated service '{name}'; it has: {known}",
    ),
    "file_sites_needs_line": (
        "点位文件每点一行，列为site、stratum、probability、eligible",
        "a file of sites needs a line for each, with the columns site, stratum, probability and eligible",
    ),
    "margin_file_needs_columns": (
        "边际文件要有level、population两列",
        "a margin file needs the columns level, population",
    ),
    "plan_cannot_opened": ("计划打不开：{strerror}", "the plan cannot be opened: {strerror}"),
    "plan_cannot_read_as": ("计划不是UTF-8文本", "the plan cannot be read as UTF-8 text"),
    "site_twice": ("{site}出现了不止一次", "{site} stands more than once"),
    "level_looks_the_same": (
        "“{level}”看上去与另一个水平相同（{said}）",
        "'{level}' looks the same as another level ({said})",
    ),
    "level_twice": ("“{level}”出现了两次", "'{level}' stands twice"),
    "of_column": ("{said}（{column}）", "{said} ({column})"),
    "file_must_end": ("文件名应以{endings}结尾", "the file must end in {endings}"),
    "no_questionnaire_supplied": (
        "问卷库和评价方案里都没有这个名称的问卷",
        "neither the library nor a programme has a questionnaire of that name",
    ),
    "no_column_near": (
        "应答没有“{name}”这一列；是不是“{near}”？",
        "responses have no column '{name}'; did you mean '{near}'?",
    ),
    "no_column": (
        "应答没有“{name}”这一列；现有：{columns}",
        "responses have no column '{name}'; columns: {columns}",
    ),
    "weight_missing": ("没有写权数；请写 weight: base_weight", "the weight is missing; write weight: base_weight"),
    "scale_is_not_codes": (
        "这道题的编码是{codes}；不算回答的编码（不知道、拒答）写在 dont_know 或 refused 之下",
        "the question's codes are {codes}; a code that is no answer (don't know, refused) stands under dont_know or "
        "refused",
    ),
    "rulebook_changed": (
        "评分细则{name}写的摘要是{before}，现在是{now}：请恢复原来的细则；或不写摘要，按现在的细则判定",
        "the rulebook {name} of digest {before} has digest {now} now: put it back as it was, or leave the digest out to "
        "be decided by the present one",
    ),
    "levels_missing": ("缺少这些水平：{missing}", "these levels are missing: {missing}"),
    "plan_locked_with": (
        "计划锁定时的评分细则{rulebook}摘要是{before}，现在是{now}：请恢复原来的细则，或写明理由更改计划",
        "the plan is locked with the rulebook {rulebook} of digest {before}; it now has digest {now}: put the rulebook "
        "back as it was, or change the plan with a reason",
    ),
}
