"""What is said of commands."""

TEXTS = {
    "statistical_kept_too_short": (
        "提醒：{code} 是统计调查(问卷有法定标识)，原始回答应至少保存两年；按您的要求只保存{days}天。",
        "Warning: {code} is a statistical survey (its questionnaire has legal marks), whose raw answers are to be kept for "
        "two years at least; {days} days as you asked.",
    ),
    "counties_below": (
        "注意：按抽到的样本，以下各县达不到计划的下限，没有自己的数字：{names}",
        "note: the drawn sample leaves these counties below the plan's minimum, without a figure of their own: {names}",
    ),
    "counties_near": (
        "注意：以下各县勉强，可能达不到计划的下限：{names}",
        "note: these counties are near the plan's minimum and may miss it: {names}",
    ),
    "plan_is_late": (
        "非正式口径：计划自首份应答起固定，按此版作出的估计不能批准或用于最终评分；正式的是第{official}版",
        "NOT OFFICIAL: the first answer has fixed the plan; estimates by this version cannot be approved or used for a final run; version {official} counts",
    ),
    "no_zone": ("没有时区“{zone}”", "there is no time zone '{zone}'"),
    "survey_times": ("开始 {opens}，结束 {closes}，{zone}", "opens {opens}, closes {closes}, {zone}"),
    "database_unusable": (
        "数据库无法使用：{told}。请检查 DATABASE_URL，并运行 `minyi db check`。",
        "The database cannot be used: {told}. Check DATABASE_URL and run `minyi db check`.",
    ),
    "database_no_file": (
        "数据库文件打不开：{path}。请检查 DATABASE_URL，文件夹要存在，并且允许读写。",
        "The database file {path} cannot be opened. Check DATABASE_URL; its folder must exist and allow reading and writing.",
    ),
    "database_damaged": (
        "{path} 不是 SQLite 数据库，或已经损坏。请检查 DATABASE_URL，或用 `minyi restore` 恢复备份。",
        "{path} is no SQLite database, or is damaged. Check DATABASE_URL, or bring back an archive with `minyi restore`.",
    ),
    "database_read_only": (
        "数据库只能读，不能写：{path}。请检查文件和文件夹的权限。",
        "The database {path} can be read but not written. Check the permissions of the file and its folder.",
    ),
    "database_no_tables": (
        "数据库（{path}）里没有表，或不是这一版的。请检查 DATABASE_URL，并运行 `minyi db upgrade`。",
        "The database ({path}) has no tables, or not this release's. Check DATABASE_URL and run `minyi db upgrade`.",
    ),
    "database_busy": (
        "数据库正被别的程序占用：{path}。请稍后再试。",
        "Another program holds the database {path}. Try again in a while.",
    ),
    "database_disk": (
        "数据库写不进磁盘：{path}。请检查磁盘空间和硬件。",
        "The database {path} cannot be written to the disk. Check its space and hardware.",
    ),
    "questions_findings": (
        "{file}：{questions}题，{findings}处发现。",
        "{file}: {questions} questions, {findings} findings.",
    ),
    "changes_grave": (
        "{changes}处变化，其中{grave}处使结果不能直接比较。",
        "{changes} changes, {grave} of them break comparability.",
    ),
    "not_carried": ("没有带过来：{place}：{what}", "not carried: {place}: {what}"),
    "finding": ("{level}：{place}：{said}", "{level}: {place}: {said}"),
    "error": ("错误", "error"),
    "warning": ("提醒", "warning"),
    "breaks": ("不可比", "breaks"),
    "careful": ("留意", "careful"),
    "harmless": ("无碍", "harmless"),
    "file_does_not_exist": ("没有这个文件：{file}", "{file}: the file does not exist"),
    "stored": ("已保存{changed}处", "{changed} stored"),
    "differ_nothing_stored_without": (
        "有{n}处不同；不加 --confirm 不保存",
        "{n} differ; nothing is stored without --confirm",
    ),
    "no_area": ("没有地区“{area}”。", "There is no area '{area}'."),
    "no_survey": ("没有调查“{code}”。", "There is no survey '{code}'."),
    "say_why_reason": ("请用 --reason 写明理由。", "Say why, with --reason."),
    "sensitivity_shows_what_would": (
        "--sensitivity 说明什么会改变结论；--rulebook none 时没有结论。",
        "--sensitivity shows what would change the outcome; with --rulebook none there is none.",
    ),
    "review_needs_file_and_reason": (
        "核查表要写明 --to 文件.csv 和 --reason 理由",
        "the file for review needs --to FILE.csv and --reason",
    ),
    "run_needs_to": (
        "--run 要写明 --to 文件夹(或 .zip)和 --reason 理由，不与 --review、--parquet 同用。",
        "--run needs --to FOLDER (or a .zip) and --reason, without --review or --parquet.",
    ),
    "replicates_need_run": ("--replicates 只与 --run 同用。", "--replicates goes with --run alone."),
    "run_of_another_survey": (
        "估计{run}属于{own}，不属于{code}。",
        "Run {run} is of {own}, not of {code}.",
    ),
    "plan_file_or_out": (
        "请写明一个计划文件，或用 --out 写出现有的计划，二者取一。",
        "Give a plan FILE, or --out to write the present plan: one of the two.",
    ),
    "say_where_parquet_folder": (
        "请写明去处：--parquet 文件夹，或 --to 文件.csv (.xlsx、.sav、.dta)。",
        "Say where: --parquet FOLDER, or --to FILE.csv (.xlsx, .sav, .dta).",
    ),
    "several_surveys_name_one": (
        "有几项调查，请写明一项：{listed}。",
        "There are several surveys; name one: {listed}.",
    ),
    "no_survey_yet": ("还没有调查。", "There is no survey yet."),
    "nothing_open_final_run": ("没有未落实的事项，可以作最终评分。", "Nothing is open: a final run may be made."),
    "name_one_survey_or": ("请写明一项调查，或用 --all。", "Name one survey, or say --all."),
    "line_complaints_must_whole": (
        "{path} 第{line}行：complaints应为不小于0的整数",
        "{path}, line {line}: complaints must be a whole number, 0 or more",
    ),
    "line_satisfaction_se_points": (
        "{path} 第{line}行：satisfaction、se、points_share应为数字",
        "{path}, line {line}: satisfaction, se and points_share must be numbers",
    ),
    "errors_nothing_stored": ("有{n}处错误，什么也没有保存。", "{n} errors; nothing was stored."),
    "invitations_keep_safe_codes": (
        "{out} 里有{n}份邀请。请妥善保管：邀请码不能再次显示。",
        "{n} invitations in {out}. Keep it safe: the codes cannot be shown again.",
    ),
    "say_either_site_code": (
        "请用 --site 编码 --count 份数，或对全部点位用 --oversample 倍数。",
        "Say either --site CODE --count N, or --oversample X for all sites.",
    ),
    "survey_no_site": ("这项调查没有点位“{code}”。", "The survey has no site '{code}'."),
    "file_must_end": ("{out}：文件名应以{listed}结尾", "{out}: the file must end in {listed}"),
    "done": ("已完成{number}项", "{number} done"),
    "results_written": ("{folder}：写了{n}个文件", "{folder}: {n} files written"),
    "no_jobs_yet": ("还没有任务。", "No jobs yet."),
    "give_low_high_or": (
        "{path}：{number} {metric}：请写[低, 高]，或一个数作为可能性",
        "{path}: {number} {metric}: give [low, high], or one number as a chance",
    ),
    "posters": ("{out} 里有{number}张海报", "{number} posters in {out}"),
    "posters_need_survey_public": (
        "海报要有调查的公开网址：--base https://… 或 MINYI_PUBLIC_URL。",
        "The posters need the survey's public address: --base https://… or MINYI_PUBLIC_URL.",
    ),
    "wrote": ("已写入 {out}", "Wrote {out}"),
    "codebook_ends_html_or": (
        "{out_name}：编码手册的文件名应以 .html 或 .xml 结尾",
        "{out_name}: a codebook ends in .html or .xml",
    ),
    "questionnaire_ends": (
        "{out_name}：问卷的文件名应以{endings}结尾",
        "{out_name}: a questionnaire ends in {endings}",
    ),
    "must_end": ("“{path_name}”应以{endings}结尾。", "'{path_name}' must end in {endings}."),
    "report_ends_docx_xlsx": (
        "{out_name}：报告的文件名应以 .docx、.xlsx 或 .pdf 结尾。",
        "{out_name}: a report ends in .docx, .xlsx or .pdf.",
    ),
    "folder_does_not_exist": ("没有文件夹 {out_parent}。", "The folder {out_parent} does not exist."),
    "no_estimate_run": ("没有第{run_id}次估计。", "There is no estimate run {run_id}."),
    "no_scoring_run_no": ("没有“{run_id}”这次评分，也没有这一批。", "There is no scoring run and no batch '{run_id}'."),
    "no_survey_closed_more": (
        "没有结束超过{days}天而仍存有应答的调查。",
        "No survey closed more than {days} days ago holds responses.",
    ),
    "counts_differ_from_responses": (
        "有{n}个计数与应答不符：请运行 minyi rollup rebuild。",
        "{n} counts differ from the responses: run 'minyi rollup rebuild'.",
    ),
    "every_count_responses": ("各项计数都与应答相符。", "Every count is that of the responses."),
    "indicators_no_problem_found": ("{file}：{n}项指标，没有发现问题。", "{file}: {n} indicators, no problem found."),
    "give_estimate_or_satisfaction": (
        "--estimate 与 --satisfaction 只能用一个。",
        "Give --estimate or --satisfaction, not both.",
    ),
    "county_rulebook_needs_county": (
        "县级评分细则要用该县自己的满意度：请加 --area 变量=水平。",
        "A county rulebook needs the county's own figure: add --area VARIABLE=LEVEL.",
    ),
    "database_empty": (
        "数据库是空的。请先运行 `minyi db upgrade`（或 `minyi demo`）。",
        "The database is empty. Run `minyi db upgrade` (or `minyi demo`) first.",
    ),
    "database_older": (
        "数据库的结构比程序旧，居民的答卷会存不进去。请先备份，再运行 `minyi db upgrade`。",
        "The database's tables are older than this program, so citizens' answers would not be stored. "
        "Back it up, then run `minyi db upgrade`.",
    ),
    "database_newer": (
        "数据库的结构比程序新（已由更新的版本升级）；本程序可继续使用，请尽快升级。",
        "The database's tables are newer than this program (a later release has upgraded them); "
        "it goes on working with them. Upgrade it soon.",
    ),
    "nobody_may_administer_run": (
        "还没有系统管理员。请先运行 `minyi user grant 用户名 --role administrator`。",
        "Nobody may administer. Run `minyi user grant NAME --role administrator` first.",
    ),
    "no_questionnaire_no_file": (
        "没有问卷“{name}”：不是文件，问卷库和评价方案里也没有，也不是已存的摘要。",
        "There is no questionnaire '{name}': no file, none of the library or of a programme, no stored digest.",
    ),
    "template_ends_xlsx_or": (
        "{out_name}：模板的文件名应以 .xlsx 或 .csv 结尾",
        "{out_name}: a template ends in .xlsx or .csv",
    ),
    "since_or_tickets": ("请用 --since 或 --ticket 说明导出哪些工单", "Say which tickets: --since or --ticket"),
    "name_file_xlsx": ("请用 --to 写出以 .xlsx 结尾的文件名", "Name a file that ends in .xlsx with --to"),
    "no_such_tickets": (
        "没有这些工单，或其内容已按规定清除：{numbers}",
        "No such tickets, or emptied by the retention: {numbers}",
    ),
    "which_city": ("请用 --city 指明城市的编码：{cities}", "Name the city by its code with --city: {cities}"),
    "nothing_made_accept_changes": (
        "什么也没有建立；加 --accept-changes 仍然建立。",
        "Nothing was made; --accept-changes makes it all the same.",
    ),
    "name_file_ends_csv": ("请写明以 .csv 或 .xlsx 结尾的文件。", "Name a file that ends in .csv or .xlsx."),
    "would_empty_tickets": ("将清空{n}件工单。", "Would empty {n} tickets."),
    "exists_already_passwords_never": (
        "{passwords} 已经存在；密码不覆盖已有的文件。",
        "{passwords} exists already; passwords are never written over another file.",
    ),
    "file_must_end_xlsx": ("文件名应以 .xlsx 或 .csv 结尾。", "The file must end in .xlsx or .csv."),
    "no_account": ("没有账号“{name}”。", "There is no account '{name}'."),
    "workbook_ends_xlsx": ("{out_name}：表格的文件名应以 .xlsx 结尾", "{out_name}: the workbook ends in .xlsx"),
    "department_answers_for_nothing": (
        "部门“{department}”在这里没有负责的指标。",
        "The department '{department}' answers for nothing here.",
    ),
    "no_final_run": (
        "没有第{final_id}次最终评分；`minyi final list` 列出全部。",
        "There is no final run {final_id}; `minyi final list` lists them.",
    ),
    "no_scenario": ("没有第{scenario_id}个方案。", "There is no scenario {scenario_id}."),
    "give_one_plan_or": ("请给一份计划，或给{n}个文件各一份", "give one plan, or one for each of the {n} files"),
    "no_site_of_survey": (
        "这项调查没有编码为“{code}”的点位。",
        "There is no site with the code '{code}' in this survey.",
    ),
    "no_site": ("没有编码为“{code}”的点位。", "There is no site with the code '{code}'."),
}
