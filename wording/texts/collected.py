"""What is said of answers that come in as files of other tools."""

TEXTS = {
    "name": ("请写明采集方，不超过{most}字", "name the collector, in {most} characters at most"),
    "no_target": ("对照表里“{heading}”对应的“{target}”，问卷没有这一项", "the mapping takes '{heading}' for '{target}', which the questionnaire has not"),
    "no_question": ("对照表里的“{key}”，问卷没有这道题", "the mapping names '{key}', which is no question"),
    "no_option": ("对照表里{key}的“{said}”对应的“{code}”，不是这道题的选项", "the mapping takes '{said}' of {key} for '{code}', which is none of its options"),
    "no_question_here": (
        "这份表没有一列是本调查的题目(有：{headings})，多半是另一份问卷的答卷；确是本调查的，请先上传对照表",
        "no column of the table is a question of this survey (there are: {headings}): it seems to be of another questionnaire; if it is not, bring a mapping first",
    ),
    "needs_key": (
        "要有一列是答卷的编号(问卷星的序号，Kobo的_uuid)，同一编号只存一次",
        "one column has to be the number of the answer (the serial number of wjx.cn, the _uuid of Kobo): each is stored once",
    ),
    "needs_finished": ("要有一列是提交的时刻", "one column has to be the moment of submission"),
    "open_column": ("“{heading}”一列要选是哪道题，或不读入", "say which question the column '{heading}' is, or that it is left out"),
    "no_choice": ("“{heading}”一列有{n}种不同的写法，不像选择题，请改选", "the column '{heading}' has {n} different contents and is no choice; take it for something else"),
    "open_numbers": ("要选文件里的数字是选项的序号，还是选项的代码(分值)", "say whether numbers are places of options or their codes (scores)"),
    "open_options": ("“{asked}”的{said}要选是哪个选项", "say which options of '{asked}' these are: {said}"),
    "open_sites": ("这些调查点要选是哪一个：{said}", "say which sites these are: {said}"),
    "open_site": ("要选答卷记在哪个调查点，或哪一列是调查点、邀请码", "say at which site the answers are, or which column is the site or the invitation"),
    "no_duration": ("“{said}”不是所用时间", "'{said}' is no duration"),
    "not_approved": ("在Kobo里没有通过核对", "it was not approved in Kobo"),
    "no_key": ("没有编号", "it has no number"),
    "no_moment": ("没有提交的时刻", "it has no moment of submission"),
    "no_yes_no": ("“{said}”看不出选没选，应为1或0", "'{said}' does not say whether it was chosen: it should be 1 or 0"),
    "no_such_option": ("“{said}”不是这道题的选项", "'{said}' is no option of the question"),
    "no_site_of_row": ("没有写调查点，也没有邀请码", "it names neither a site nor an invitation"),
    "not_kept": ("没有叫“{name}”的对照表，也没有这个文件", "there is no mapping and no file called '{name}'"),
    "ask_mapping": (
        "在网页“现场→导入答卷”上选，或先用 minyi import mapping {survey} {file} --out mapping.yaml 生成对照表，填好后加 --mapping mapping.yaml",
        "choose on the page Fieldwork → Answers of other tools, or write a mapping with minyi import mapping {survey} {file} --out mapping.yaml, fill it in and add --mapping mapping.yaml",
    ),
    "file_gone": ("文件已不在，请重新选择", "the file is gone; choose it again"),
    "may_not": ("你不再能存入这项调查的答卷", "you may no longer store answers of this survey"),
    "left_out": ("个人信息没有读入：{headings}", "left out, since they name persons: {headings}"),
    "would": (
        "{rows}行：可存入{stored}份(凭邀请码{invited}份，中途结束{screened_out}份)，已存过{already}份，文件内重复{twice}份，不能存入{refused}份",
        "{rows} rows: {stored} to store ({invited} by invitation, {screened_out} ended early), {already} stored before, {twice} twice in the file, {refused} refused",
    ),
    "done": (
        "{rows}行：已存入{stored}份(凭邀请码{invited}份，中途结束{screened_out}份)，已存过{already}份，文件内重复{twice}份，没有存入{refused}份",
        "{rows} rows: {stored} stored ({invited} by invitation, {screened_out} ended early), {already} stored before, {twice} twice in the file, {refused} refused",
    ),
    "blanks": ("空白：未答{empty}处，跳题{skipped}处", "blank: {empty} not answered, {skipped} not asked"),
    "changed": (
        "{n}份以前存过而这次内容不同，以先存的为准；如果不止几份，请查是否是另一份问卷的导出",
        "{n} were stored before and say something else now; the first ones stay. If they are many, look whether the file is of another questionnaire",
    ),
    "mapping_written": ("对照表已写到 {out}；还有{n}处要填", "the mapping stands in {out}; {n} things are still to be said"),
    "no_mapping_kept": ("这项调查没有保存“{collector}”的对照表", "the survey keeps no mapping of '{collector}'"),
}
