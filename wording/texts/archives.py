"""What is said of answers that were moved into files."""

TEXTS = {
    "made": (
        "调查 {survey} 的{responses:,}份应答已转存到 {folder}：{files}个文件，{bytes:,}字节。数据库里不再有这些行；统计、核对、凭回执号撤回照常。\n指纹 {fingerprint}",
        "{responses:,} responses of {survey} moved to {folder}: {files} files, {bytes:,} bytes. The database no longer has these "
        "rows; counting, verifying and taking back by receipt go on.\nFingerprint {fingerprint}",
    ),
    "back": (
        "调查 {survey} 的{responses:,}份应答已写回数据库，转存的文件已删除。\n指纹 {fingerprint}",
        "{responses:,} responses of {survey} are back in the database; the files are deleted.\nFingerprint {fingerprint}",
    ),
    "checked": (
        "{folder}：{files}个文件与登记的摘要一致，{responses:,}份应答。用{engine}汇总出{cells:,}个单元、{sample:,}份样本应答；"
        "与数据库的汇总相比，份数不同的单元{differing}个，权数之和最多相差{furthest:.1e}。",
        "{folder}: {files} files are those that were recorded, with {responses:,} responses. {engine} makes {cells:,} cells of "
        "{sample:,} responses of the sample; in {differing} of them the number is not the database's, and sums of weights "
        "differ by {furthest:.1e} at most.",
    ),
    "other_cells": (
        "{engine}从转存文件汇总的单元与数据库的不同（{n}个）：请保留文件，运行 minyi archive {code} --back 后再估计。",
        "{engine} makes other cells of the files than the database ({n} of them): keep the files, and estimate after minyi archive {code} --back.",
    ),
    "one_at_a_time": ("--to、--back、--check 只能用一个。", "Give only one of --to, --back and --check."),
    "not_closed": ("调查 {code} 还没有结束：结束以后才能转存。", "{code} has not closed: answers can be moved once it has."),
    "not_settled": (
        "调查 {code} 是正式调查，收尾和正式估计还没有完成：完成以后才能转存。",
        "{code} is an official survey that is not settled or has no official run yet; its answers can be moved after that.",
    ),
    "no_run": ("调查 {code} 还没有估计：先运行 minyi run {code}，再转存。", "{code} has no estimate yet: make one with minyi run {code} first."),
    "no_answers": ("调查 {code} 没有应答，不用转存。", "{code} has no responses; there is nothing to move."),
    "quarantined": ("调查 {code} 还有待核查的应答：先放行或作废，再转存。", "{code} has responses in quarantine: release or refuse them first."),
    "final_not_signed": ("调查 {code} 的最终评分（第{number}号）还在等待批准：批准或退回以后才能转存。", "Final run {number} of {code} waits for its approval; approve or return it first."),
    "job_open": ("后台任务（第{number}号）还在使用调查 {code} 的应答：等它结束再转存。", "Job {number} is still at work on {code}; move its answers when it has ended."),
    "archived_already": ("调查 {code} 的应答已经转存过了。", "The responses of {code} were moved already."),
    "none_of_survey": ("调查 {code} 的应答没有转存，都在数据库里。", "The responses of {code} were not moved; they are in the database."),
    "folder_taken": ("{path} 里已经有一份转存的应答：请换一个文件夹。什么也没有改动。", "{path} holds an archive already: give another folder. Nothing was changed."),
    "changed_meanwhile": (
        "转存期间调查 {code} 的应答有变动（撤回、标记或编码）：什么也没有改动，请重新运行。",
        "Responses of {code} changed meanwhile (taken back, flagged or coded): nothing was changed; run it again.",
    ),
    "not_as_written": ("{path} 读出来与数据库里的行不一致：什么也没有改动。请检查磁盘。", "{path} does not read as what the database has: nothing was changed. Check the disk."),
    "no_file": (
        "找不到调查 {code} 转存的文件 {path}：请接上这个文件夹，或从备份恢复。没有计算任何数字。",
        "The file {path} of the archived survey {code} is not there: mount its folder or restore a backup. Nothing was computed.",
    ),
    "away": (
        "现在读不到调查 {code} 转存的文件（{path}：{said}）：请接上这个文件夹，检查它的权限。什么也没有改动。",
        "The files of the archived survey {code} cannot be reached now ({path}: {said}): mount their folder and check who may read and write it. Nothing was changed.",
    ),
    "altered": (
        "调查 {code} 转存的文件 {path} 被改动过，与登记的摘要不符：请从备份恢复。没有计算任何数字。",
        "The file {path} of the archived survey {code} was altered; it is not the one recorded. Restore it from a backup. Nothing was computed.",
    ),
    "of_later_release": ("调查 {code} 的应答是由更新的版本转存的：请先升级。", "The responses of {code} were moved by a later release: upgrade first."),
    "only_read": (
        "这项调查的应答已转存为文件，只能查看和撤回，不能标记或改动。需要时请系统管理员运行 minyi archive 调查编号 --back。",
        "The responses of this survey lie in files: they can be read and taken back, not flagged or changed. Have the administrator run minyi archive SURVEY --back where that is needed.",
    ),
    "too_many_for_a_page": (
        "这项调查的{number:,}份应答已转存为文件，太多，不能在网页上逐份查看。导出和估计照常；需要逐份查看时，请系统管理员运行 minyi archive {code} --back。",
        "The {number:,} responses of this survey lie in files and are too many for a page. Files and estimates work; to look at single ones, have the administrator run minyi archive {code} --back.",
    ),
}
