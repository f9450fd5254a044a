"""What is said of programmes."""

TEXTS = {
    "no_such": (
        "没有编号为“{name}”的评价方案；现有：{known}",
        "there is no programme '{name}'; known: {known}",
    ),
    "none": (
        "还没有选定评价方案，不能评定；现有：{known}。请用 minyi programme use 编号 选定，或在控制台“评价方案”页选定",
        "no programme is chosen, so nothing can be rated; known: {known}. Choose one by minyi programme use ID, or on the "
        "console's page of programmes",
    ),
    "named": (
        "评价方案：{title}（{name} v{version}，摘要{digest}）",
        "Programme: {title} ({name} v{version}, digest {digest})",
    ),
    "no_city": ("没有编码为“{code}”的市", "there is no city of the code '{code}'"),
    "used": ("已选定评价方案：{title}（{name} v{version}）", "goes by the programme {title} ({name} v{version}) now"),
    "written": (
        "已写出{name} v{version}，摘要{digest}：{file}",
        "wrote {name} v{version}, digest {digest}: {file}",
    ),
    "removed": ("已删除方案“{name}”", "removed the programme '{name}'"),
    "file_missing": ("缺少文件“{file}”", "the file '{file}' is missing"),
    "file_unknown": (
        "不认识文件“{file}”；方案里可以有：{known}",
        "'{file}' is no file of a programme; it may have {known}",
    ),
    "unit_not_rated": ("方案“{name}”不评定{kind}", "the programme '{name}' rates no {kind}"),
    "no_unit": ("至少要有一类评定对象", "it needs at least one kind of unit"),
    "file_named_as_id": ("文件名应与编号一致：{id}.yaml", "the file is to be named as its id: {id}.yaml"),
    "level": ("{kind}的评分规则，level应为{level}", "the rulebook of a {kind} has the level {level}"),
    "book_unused": ("没有一类评定对象用这一评分规则", "no kind of unit goes by this rulebook"),
    "goals_without_units": (
        "目标按{unit}计数，方案里却没有{unit}的评分规则",
        "the goal is counted over units of kind '{unit}', and the programme has no rulebook for them",
    ),
    "no_such_star": ("没有“{name}”这一星级；现有：{known}", "there is no star '{name}'; known: {known}"),
    "share_or_number": ("share与number须写一个，且只写一个", "write one of share and number, not both"),
    "no_such_indicator": (
        "评分规则“{rulebook}”没有指标{number}",
        "the rulebook '{rulebook}' has no indicator {number}",
    ),
    "reading_changes_nothing": (
        "释读“{id}”的另一读法（instead）没有改变它所指各行的任何规则；只由填报的人按它填的，写entered: true",
        "what the reading '{id}' makes of the rule (instead) changes nothing in its rows; one that only who enters the value "
        "applies is entered: true",
    ),
    "reading_twice": ("释读“{id}”出现两次", "the reading '{id}' stands twice"),
    "no_questionnaire": (
        "问卷库里没有“{name}”；自己的问卷放在questionnaire.yaml里",
        "the library has no questionnaire '{name}'; one of your own is questionnaire.yaml",
    ),
    "no_file": ("读不到“{path}”", "'{path}' cannot be read"),
    "no_archive": (
        "这不是完好的ZIP文件，什么也没有改变",
        "this is no sound ZIP file; nothing was changed",
    ),
    "too_large": (
        "方案文件过大：最多{most} MB、60个文件；什么也没有改变",
        "too large for a programme: at most {most} MB and 60 files; nothing was changed",
    ),
    "locked": ("“{name}”有密码，无法读取", "'{name}' has a password and cannot be read"),
    "leads_outside": (
        "“{name}”指向方案文件夹之外，什么也没有改变",
        "'{name}' leads outside the programme's folder; nothing was changed",
    ),
    "twice": ("“{name}”在文件里出现两次", "'{name}' stands in the file twice"),
    "not_utf8": ("“{name}”不是UTF-8文本", "'{name}' is no UTF-8 text"),
    "digest_differs": (
        "“{name}”与DIGESTS里写的摘要不符，文件可能损坏或被改过；什么也没有改变",
        "'{name}' is not what DIGESTS says: damaged, or changed; nothing was changed",
    ),
    "there_already": (
        "已有方案“{name}”版本{version}，内容相同",
        "the programme '{name}', version {version}, is there already and is the same",
    ),
    "version_taken": (
        "已有方案“{name}”版本{version}，内容不同；请把version加一",
        "version {version} of the programme '{name}' is there with other contents; raise its version",
    ),
    "rulebook_taken": (
        "评分规则编号“{rulebook}”已属于方案“{programme}”，内容或释读不同；改过的规则请用新的编号",
        "the rulebook id '{rulebook}' belongs to the programme '{programme}' with other rules or readings; give changed "
        "rules an id of their own",
    ),
    "shipped": ("方案“{name}”随系统提供，不能删除", "the programme '{name}' comes with Minyi and stays"),
    "in_use": (
        "不能删除方案“{name}”：{used}；什么也没有改变",
        "the programme '{name}' cannot be removed: {used}; nothing was changed",
    ),
    "by_final": ("最终评分#{number}按它评定", "the final run #{number} goes by it"),
    "by_period": ("填报周期“{code}”用它", "the period '{code}' goes by it"),
    "by_installation": ("它是本系统选定的方案", "the installation has chosen it"),
    "by_run": ("评分#{number}按它评定", "the scoring run #{number} goes by it"),
    "by_plan": ("调查“{code}”的计划用它的评分规则", "the plan of the survey '{code}' names its rulebook"),
    "values_entered": (
        "周期“{code}”里已有按原方案填报的数值，不能换方案；请另建周期。什么也没有改变",
        "values were entered in the period '{code}' by its present programme, which stays; make another period. Nothing "
        "was changed",
    ),
    "settled": (
        "周期“{code}”已有最终评分，不能换方案；什么也没有改变",
        "the period '{code}' has a final run, so its programme stays; nothing was changed",
    ),
}
