"""What a command says it did, found or cannot do; tables and figures stand in terminal.py."""

TEXTS = {
    "not_utf8": ("文件不是UTF-8文字", "the file is not UTF-8 text"),
    # audit, codes
    "expect_takes": (
        "--expect 要填 `minyi audit head` 输出的内容：序号、冒号和64个字符。",
        "--expect takes what `minyi audit head` printed: a number, a colon and 64 characters.",
    ),
    "entry_changed": ("第{number}条被改动", "entry {number} was changed"),
    "entry_missing": ("第{number}条被删除", "entry {number} was removed"),
    "entry_unlinked": ("第{number}条与前一条接不上", "entry {number} does not follow the one before"),
    "entry_cut_off": ("第{number}条不是记录下的末条", "entry {number} is not the end that was recorded"),
    "entry_not_expected": ("第{number}条与当时记下的不同", "entry {number} is not the one that was noted"),
    "chain_holds": ("共{n}条，前后相连，没有改动", "{n} entries, the chain holds"),
    "retired": ("{day}停用：{reason}", "retired {day}: {reason}"),
    "new_code": ("新编码是 {code}，请重印海报。", "The new code is {code}. Print its poster anew."),
    "site_retired": ("已停用。", "Retired."),
    "site_restored": ("已恢复。", "Restored."),
    "open_hours": ("开放时间：{hours}。", "Open: {hours}."),
    "open_always": ("开放时间：不限。", "Open: always."),
    "open_as_survey": ("开放时间：与调查相同。", "Open: as the survey."),
    "sites_stop": ("收满应答的点位不再发放问卷。", "Sites with enough answers hand out no more forms."),
    "sites_go_on": ("点位收满后继续发放问卷。", "Sites go on beyond their target."),
    # database, demonstration, server
    "backing_up": ("正在备份", "backing up"),
    "checking_archive": ("正在核对备份", "checking the archive"),
    "checking_trail": ("正在核对", "checking"),
    "drawing_posters": ("正在画海报", "drawing posters"),
    "estimating_and_scoring": ("正在估计并评分", "estimating and scoring"),
    "reading_file": ("正在读文件", "reading the file"),
    "recomputing": ("正在重算", "recomputing"),
    "archiving": ("正在转存应答", "moving responses"),
    "writing_report": ("正在写报告", "writing the report"),
    "writing_responses": ("正在写应答", "writing responses"),
    "simulating": ("正在模拟调查", "simulating surveys"),
    "under_way": ("{what}……已用 {gone}", "{what}… {gone} so far"),
    "so_far": (
        "{what} {done:,}/{of:,}，已用 {gone}，还需约 {left}",
        "{what}: {done:,} of {of:,}, {gone} so far, about {left} to go",
    ),
    "tables_current": ("是本程序的版本", "this program's revision"),
    "tables_newer": ("比本程序（{known}）新：本程序可以用它", "later than this program's {known}, which can use it"),
    "tables_older": (
        "比本程序（{known}）旧：请运行 minyi db upgrade",
        "older than this program's {known}: run 'minyi db upgrade'",
    ),
    "tables_none": ("没有表：请运行 minyi db upgrade", "no tables: run 'minyi db upgrade'"),
    "database_sound": ("数据库完好。", "The database is sound."),
    "passphrase": ("备份的口令", "Passphrase of the archive"),
    "backed_up": (
        "{file}：{rows:,}行，{bytes:,}字节\nSHA-256 {sha256}",
        "{file}: {rows:,} rows, {bytes:,} bytes\nSHA-256 {sha256}",
    ),
    "tables_left_out": (
        "备份里有不属于民意的表，没有恢复：{names}",
        "The archive has tables that are not Minyi's; they were not restored: {names}",
    ),
    "restored": (
        "已恢复到 {database}：{made_at} 的备份，{rows:,}行；审计记录{entries:,}条，前后相连。",
        "Restored into {database}: the archive of {made_at}, {rows:,} rows; {entries:,} audit entries, the chain holds.",
    ),
    "database_up_to_date": ("数据库已是最新：{address}", "Database is up to date: {address}"),
    "json_with_no_serve": ("--json 要和 --no-serve 一起用。", "--json goes with --no-serve."),
    "preparing_database": ("正在准备数据库", "Preparing the database"),
    "count_of": ("{what}{n}", "{n} {what}"),
    "removed": ("已删除：{counted}", "Removed: {counted}"),
    "demo_is_loaded": ("演示城市已经载入", "The demonstration city is already loaded"),
    "demo_filling": (
        "  应答正在载入，结果稍后出现；进度见后台概览页",
        "  answers are being loaded, results follow; the console's overview shows how far it is",
    ),
    "demo_areas": ("地区和样本", "areas and sample"),
    "demo_responses": ("模拟应答", "simulated responses"),
    "demo_problems": ("模拟的市民问题", "simulated problems"),
    "demo_estimate": ("估计和评分", "estimate and scorecards"),
    "demo_addresses": ("\n  答题  {answer}\n  后台  {console}", "\n  answer   {answer}\n  console  {console}"),
    "demo_fresh": (
        "\n  答题  {answer}  （新邀请，计入结果）\n  海报  {poster}  （公开码，不计入）\n  后台  {console}",
        "\n  answer   {answer}  (a fresh invitation: it counts)\n  poster   {poster}  (open code: stored, not counted)\n  console  {console}",
    ),
    "demo_password": ("  账号  admin    一次性密码  {password}", "  account  admin    one-time password  {password}"),
    "demo_forgotten": (
        "  账号  admin   （忘记密码：minyi user reset-password admin）",
        "  account  admin    (forgotten: minyi user reset-password admin)",
    ),
    "demo_stop": ("  停止  Ctrl-C\n", "  stop     Ctrl-C\n"),
    "first_password": ("账号 admin  一次性密码  {password}", "account admin  one-time password  {password}"),
    "console_at": ("后台  {address}", "console  {address}"),
    # erasing, unsealing, retention
    "erased": ("已删除调查 {code} 的一份应答。", "Erased one response of {code}."),
    "would_delete": ("将删除", "Would delete"),
    "deleted": ("已删除", "Deleted"),
    "old_drafts": ("{did}一周以前的草稿{n}份。", "{did} {n} drafts older than a week."),
    "left_files": (
        "{did}无人确认的上传{uploads}份、没有引用的文件{files}个。",
        "{did} {uploads} uploads nobody confirmed, {files} files nothing refers to.",
    ),
    "responses_of": ("{did}调查 {code} 的应答{n}份。", "{did} {n} responses of {code}."),
    # files out and in
    "plan_written": ("计划已写入 {out}", "the plan is in {out}"),
    "responses_in": ("{code}：{number:,}份应答，在 {out}", "{code}: {number:,} responses in {out}"),
    "items_in": ("{path}：{n}项。", "{path}: {n} items."),
    "tickets_in": ("{n:,}件工单，在 {out}", "{n:,} tickets in {out}"),
    "indicators_in": ("{n}项指标，在 {out}", "{n} indicators in {out}"),
    "imported": (
        "已保存：完成访问{interviews}份，其他结果{others}份",
        "{interviews} interviews and {others} other outcomes stored",
    ),
    "hotline_unread": (
        "对照表里还没有的说法，请在控制台“12345对接”里对应：{words}",
        "Words that nobody has read yet; see to them under 12345 in the console: {words}",
    ),
    "would_import": (
        "将保存：完成访问{interviews}份，其他结果{others}份",
        "{interviews} interviews and {others} other outcomes would be stored",
    ),
    "there_already": ("{n}行已经在库里", "{n} rows were there already"),
    "import_refused": ("有{n}处错误，第一处：{first}", "{n} problems, the first: {first}"),
    "cards_need_address": (
        "邀请卡要有调查的公开网址：--base https://… 或 MINYI_PUBLIC_URL。",
        "The cards need the survey's public address: --base https://… or MINYI_PUBLIC_URL.",
    ),
    "invitations_columns": ("点位\t名称\t目标\t已发\t已用", "site\tname\ttarget\tmade\tused"),
    # final runs, verification
    "points_open": (
        "有{n}处未落实：可以试算，不能作最终评分。",
        "{n} points are open: a final run is not possible, a trial is.",
    ),
    "final_check_lists": ("`minyi final check` 列出全部。", "`minyi final check` lists them."),
    "no_estimate_run_yet": ("还没有估计。", "There is no estimate run yet."),
    "final_run": (
        "{kind} {id}，周期 {period}，{state}，未落实{open}处",
        "{kind} {id}, period {period}, {state}, open points {open}",
    ),
    "a_run": ("估计 {number}", "run {number}"),
    "a_final": ("最终评分 {number}", "final {number}"),
    "a_scenario": ("方案 {number}", "scenario {number}"),
    "is_the_same": ("{what}：逐位相同", "{what}: the same to the last digit"),
    "differs": ("{what}：不同", "{what}: DIFFERS"),
    "responses_then": (
        "当时应答{then}份，现在仍存有并计入{now}份",
        "responses then {then}, still stored and counted now {now}",
    ),
    "reflagged": (
        "此后改了标记的{n}份（标记规则变动{changes}次）",
        "re-flagged since: {n} (changes of the flag set: {changes})",
    ),
    "differs_in": ("不同之处：{differs}", "differs in: {differs}"),
    "of_run": ("估计 {number}：{differs}", "estimate run {number}: {differs}"),
    "rulebook_changed": (
        "{area}：评分细则 {rulebook} 的摘要已经不同",
        "{area}: the rulebook {rulebook} has another digest now",
    ),
    "its_rulebook_changed": ("评分细则的摘要已经不同", "the rulebook has another digest now"),
    "of_scorecard": ("{area}：记分卡", "{area}: scorecard"),
    "readings": ("读法", "readings"),
    "no_written_reading": ("无书面解释，按本系统读法", "no written ruling: read as this system does"),
    "summary": ("汇总", "summary"),
    # flags, counts, jobs
    "new_flags": ("{code}：新标记：{told}。", "{code}: new flags: {told}."),
    "count_differs": ("{named}：存{stored}，实数{counted}", "{named}: stored {stored}, counted {counted}"),
    "triggers_missing": (
        "触发器缺失，或不是这一版的：请运行 minyi db upgrade。",
        "The triggers are missing or not those of this version: run 'minyi db upgrade'.",
    ),
    "counts": ("按点位、小时、状态和方式共{n}个计数。", "{n} counts by site, hour, state and mode."),
    # outlook, upgrades, gaps, waves
    "outlook_apart": (
        "以上视各项不确定的数值互不相关；它们若同好同坏，高低两端的评级更可能，可用 --correlation 看",
        "this takes the uncertain values as independent; where they rise and fall together the outer stars are likelier: see --correlation",
    ),
    "outlook_correlated": (
        "以上设任意两项不确定的数值朝得分高的方向相关{r:g}(正态连接)；各项影响仍按互不相关计算",
        "this takes any two uncertain values to be correlated by {r:g} towards more points (Gaussian copula); the influences still suppose independence",
    ),
    "outlook_limits": (
        "满意度应在0与1之间，标准误不小于0、小于0.5，自由度不小于1",
        "satisfaction lies between 0 and 1, standard errors from 0 to below 0.5, df is at least 1",
    ),
    "outlook_ranges": (
        "{path}：“{number}”应为指标序号，其下写指标项",
        "{path}: '{number}' must be an indicator's number with its metrics below it",
    ),
    "not_yaml": ("{path}：不是可读的YAML", "{path}: not readable YAML"),
    "not_a_mapping": ("{path}：应为“键: 值”的形式", "{path}: expected a mapping"),
    "scores_nothing": ("整体不得分", "scores nothing"),
    "outlook_points": (
        "总分 {low:g} – {middle:g} – {high:g}（5%、50%、95%）",
        "total {low:g} – {middle:g} – {high:g} (5 %, 50 %, 95 %)",
    ),
    "outlook_influence": ("{label}：{first:.2f}（总效应 {total:.2f}）", "{label}: {first:.2f} (total {total:.2f})"),
    "outlook_draws": ("抽样{draws}次，种子{seed}", "{draws} draws, seed {seed}"),
    "upgrades_needed": (
        "{target}：需要{needed}分，现有{current}分",
        "{target}: {needed} points needed, {current} there",
    ),
    "stars": ("{n}星", "{n} stars"),
    "no_stars": ("未达星", "no star"),
    "upgrade": (
        "{number} {name}：{before} → {after} +{gain}  {requirement}  {lead}",
        "{number} {name}: {before} → {after} +{gain}  {requirement}  {lead}",
    ),
    "upgrades_too_few": ("全部提升也只有{total}分", "all upgrades together reach only {total} points"),
    "upgraded": ("提升后{total}分", "{total} points after the upgrades"),
    "line_is_met": ("已达到分数线", "the line is met already"),
    "gap_line_limits": (
        "{path} 第{line}行：points_share应在0至1之间，se不小于0",
        "{path}, line {line}: points_share lies in [0, 1] and se is not negative",
    ),
    "gap_twice": ("{area}、{field}出现了两次", "{area}, {field} stands twice"),
    "gap_field": (
        "{field}\t{satisfaction:.3f}（标准误 {se:.3f}）  位次 {satisfaction_rank:g}（{rank_lower}–{rank_upper}）  "
        "得分率 {points_share:.0%} 位次 {points_rank:g}",
        "{field}\t{satisfaction:.3f} (se {se:.3f})  rank {satisfaction_rank:g} ({rank_lower}–{rank_upper})  "
        "points {points_share:.0%} rank {points_rank:g}",
    ),
    "gap_points": ("得分率 {share:.0%}", "points {share:.0%}"),
    "gap_problems": ("问题 {n}", "problems {n}"),
    "wave": ("{estimate:.2%}（标准误 {se:.2%}）", "{estimate:.2%} (se {se:.2%})"),
    "wave_change": ("变化 {change:+.2%}（标准误 {se:.2%}{p}）", "change {change:+.2%} (se {se:.2%}{p})"),
    "wave_composite": (
        "与上次合成 {estimate:.2%}（标准误 {se:.2%}）",
        "composite with the wave before {estimate:.2%} (se {se:.2%})",
    ),
    "last_waves": ("近{n}期 {moving:.2%}（标准误 {se:.2%}）", "last {n}: {moving:.2%} (se {se:.2%})"),
    "trend": (
        "趋势 每期{slope:+.2%}（标准误 {se:.2%}，p = {p:.3g}）",
        "trend {slope:+.2%} per wave (se {se:.2%}, p = {p:.3g})",
    ),
    # questionnaires, rulebooks, runs
    "questions": (
        "题目{questions}（必答{required}，有条件{conditional}），字段{fields}",
        "questions {questions} (required {required}, conditional {conditional}), fields {fields}",
    ),
    "question_types": ("题型      {types}", "types     {types}"),
    "words_and_minutes": (
        "{lang}        {words}字，{low}至{high}分钟",
        "{lang}        {words} words, {low} to {high} minutes",
    ),
    "as_read": ("{file}（转换后）", "{file} (as read)"),
    "tier": ("   {tier} {points}分：{words}", "   {tier}, {points} points: {words}"),
    "scope": ("   计入范围（{citation}）：{scope}", "   what counts ({citation}): {scope}"),
    "step_asks": ("{step} {asks}", "{step} {asks}"),
    "ratio": ("   {metric} = {ratio}", "   {metric} = {ratio}"),
    "responses": ("应答{n}份", "responses {n}"),
    "snapshot_kept": ("{month}已经留存。", "{month} is kept already."),
    "snapshot": ("{month}：{n}行，按地区和部门。", "{month}: {n} rows, by area and department."),
    # surveys, accounts, values, tickets
    "renamed": ("已改名：{name}", "renamed: {name}"),
    "accept_warnings": (
        "{said}（加 --accept-warnings 仍可开放）",
        "{said} (--accept-warnings opens it all the same)",
    ),
    "counted": (
        "新增{add}，改动{change}，删除{remove}，不变{same}",
        "{add} added, {change} changed, {remove} removed, {same} unchanged",
    ),
    "counted_dry": (
        "新增{add}，改动{change}，删除{remove}，不变{same}（试运行，什么也没有保存）",
        "{add} added, {change} changed, {remove} removed, {same} unchanged (dry run: nothing was stored)",
    ),
    "survey": (
        "{code}：{state}，点位{sites}个，计划版本 {version}",
        "{code}: {state}, {sites} sites, plan version {version}",
    ),
    "needs": ("还缺：{step}：{said}", "needs: {step}: {said}"),
    "notes": ("提醒：{step}：{said}", "note: {step}: {said}"),
    "department_idle": (
        "注意：那里没有指标由“{department}”负责，这个账号看不到任何指标",
        "note: no indicator names '{department}' there, so the account sees none",
    ),
    "period": ("周期 {code}", "period {code}"),
    "no_area_among": ("没有地区“{area}”；现有：{known}。", "There is no area '{area}'; there are: {known}."),
    "routed": ("已转办{n}件工单。", "Routed {n} tickets."),
    "emptied": ("已清空{n}件工单。", "Emptied {n} tickets."),
    "complaints_columns": ("领域\t名称\t问题数", "field\tname\tcomplaints"),
    "tickets_columns": (
        "编号\t状态\t领域\t地区\t部门\t答复期限\t办结期限",
        "id\tstate\tfield_name\tarea\tdepartment\treply_due_on\tclose_due_on",
    ),
    # the command itself
    "new_shell_completes": ("新开的终端里即可补全。", "A new shell completes it."),
    "zsh_looks_there": (
        "请确认 ~/.zshrc 中 compinit 之前有：fpath+=~/.zfunc",
        "See that ~/.zshrc says, before compinit: fpath+=~/.zfunc",
    ),
    "failed": (
        "民意出错：{kind}：{error}\n设 MINYI_DEBUG=1 可看到出错的位置。",
        "Minyi failed: {kind}: {error}\nSet MINYI_DEBUG=1 to see where.",
    ),
    "config_check_shows": ("`minyi config check` 列出全部设置。", "`minyi config check` shows all settings."),
    "stranger": (
        "民意无法启动：它的包“{name}”在 {place}，而不在 {own}。有同名的包排在前面：请把它移出 PYTHONPATH、工作目录或这个环境。",
        "Minyi cannot start: its package '{name}' is found at {place}, not at {own}. Another of that name comes first: "
        "take it out of PYTHONPATH, the working folder or this environment.",
    ),
    "no_place": ("别处也没有", "no place"),
}
