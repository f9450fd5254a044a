"""Running the product: secrets, health."""

TEXTS = {
    "secret_not_rotated": ("{name}不能更换：所有密码的存储都依赖它。需要时请逐个重设密码。", "{name} cannot be changed: every stored password depends on it. Reset passwords one by one instead."),
    "secret_from_environment": (
        "{variable}由环境变量给出，不在文件里：请在变量里把新密钥写在旧密钥前面，各占一行，再重启。",
        "{variable} comes from the environment, not from a file: write the new secret before the old one there, one a line, and start again.",
    ),
    "secret_of_another": (
        "{name}与数据库里的数据不符：这些数据是用另一个密钥做的。请从备份或另一台服务器把它放回{path}。",
        "{name} is not the one the data in this database was made with. Put it back at {path}, from your backup or from another server.",
    ),
    "secret_rotated_elsewhere": ("{name}已在别处更换过：请把另一台服务器的文件复制到{path}，再启动。", "{name} has been changed elsewhere: copy the file of the other server to {path}, then start."),
    "secrets_fit": ("四个密钥都与数据库相符。", "All four secrets are those of this database."),
    "secrets_rotated": (
        "已更换：{names}。把密钥文件复制到其他服务器，再重启所有服务器；已发出的编码和旧的签名仍然有效。",
        "Changed: {names}. Copy the files to the other servers, then restart them all; codes that are out and older signatures stay valid.",
    ),
    "passphrase_short": ("口令太短：至少{fewest}个字符。", "The passphrase is too short: at least {fewest} characters."),
    "passphrase_wrong": ("口令不对。什么也没有改动。", "The passphrase is not that of this archive. Nothing was changed."),
    "no_passphrase": ("没有口令：请用 --passphrase-file，或设置 MINYI_BACKUP_PASSPHRASE。", "There is no passphrase: give --passphrase-file, or set MINYI_BACKUP_PASSPHRASE."),
    "archive_foreign": ("这不是 minyi backup 写出的文件。什么也没有改动。", "This is not a file that 'minyi backup' wrote. Nothing was changed."),
    "archive_unknown_seal": (
        "这份备份的加密方式，本程序不认识：它是更新的版本写的。什么也没有改动。",
        "This archive is sealed in a way that this program does not know: a later release wrote it. Nothing was changed.",
    ),
    "archive_broken": ("备份已损坏或被截断（第{block}块）。什么也没有改动；请用另一份备份。", "The archive is damaged or cut off (block {block}). Nothing was changed; take another one."),
    "archive_altered": ("备份的内容与其清单不符。什么也没有改动；请用另一份备份。", "The archive is not what its manifest says. Nothing was changed; take another one."),
    "archive_there": ("已有文件 {path}：请换一个名字。", "There is a file {path} already: choose another name."),
    "archive_being_made": (
        "{path} 已存在：另一次备份正在写它，或上次中断了。确认没有在备份后删除它，再试。",
        "{path} is there: another backup is writing it, or one broke off. Delete it if none is running, and try again.",
    ),
    "archive_of_later_release": ("这份备份来自更新的版本（{release}）：请先安装那个版本。什么也没有改动。", "This archive is of a later release ({release}): install that first. Nothing was changed."),
    "nothing_to_back_up": ("数据库里还没有表。", "The database has no tables yet."),
    "database_not_empty": (
        "目标数据库不是空的（{address}）：恢复只写入空的数据库。什么也没有改动。",
        "The database is not empty ({address}): an archive is restored into an empty one. Nothing was changed.",
    ),
    "database_refused": ("数据库没有接受：{told}。什么也没有改动。", "The database did not take it: {told}. Nothing was changed."),
    "another_secret_there": (
        "{path} 里已有另一套安装的 {name}：请换一个空的 MINYI_INSTANCE 文件夹。什么也没有改动。",
        "There is another installation's {name} already ({path}): choose an empty folder for MINYI_INSTANCE. Nothing was changed.",
    ),
    "tables_missing": ("数据库里没有表：请运行 minyi db upgrade。", "The database has no tables: run 'minyi db upgrade'."),
    "tables_older": ("数据库的版本是{found}，本程序要{known}：请运行 minyi db upgrade。", "The tables are of revision {found}, this program's are {known}: run 'minyi db upgrade'."),
    "tables_newer": ("数据库的版本是{found}，比本程序（{known}）新：请用那个版本来检查。", "The tables are of revision {found}, later than this program's {known}: check them with that release."),
    "disk_not_waited_for": (
        "PostgreSQL以 {name}=off 运行：断电时可能丢失已确认的答卷，甚至整个数据库。",
        "PostgreSQL runs with {name}=off: a loss of power may take acknowledged answers, or the whole database.",
    ),
    "constraint_unchecked": ("约束 {name} 没有核对过。", "The constraint {name} was never validated."),
    "database_damaged": ("数据库文件已损坏：{said}", "The database file is damaged: {said}"),
    "refer_to_nothing": ("表 {table} 有{n}行指向不存在的行。", "{n} rows of {table} refer to what is not there."),
    "trail_broken": ("审计记录有{n}处断开，第一处在第{number}条：请运行 minyi audit verify。", "The audit trail is broken in {n} places, first at entry {number}: run 'minyi audit verify'."),
    "secrets_not_of_database": ("密钥与数据库不符：请运行 minyi secrets check。", "The secrets are not those of this database: run 'minyi secrets check'."),
    "backup_not_written": ("备份没有写进 {folder}：{said}。请检查这个文件夹和它的空间。", "The backup could not be written into {folder}: {said}. Look at the folder and the room there."),
}
