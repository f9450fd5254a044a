"""What is said of settings: where they come from, what is wrong with them, what is allowed and still unsafe."""

TEXTS = {
    "warning": ("提醒：{said}", "Warning: {said}"),
    "wrong": ("有误：{said}", "Wrong: {said}"),
    "database_not_read": (
        "没有读到存于数据库的设置：数据库连不上或还没有建表，请运行 `minyi db check`。",
        "Settings kept in the database were not read: it cannot be reached or has no tables; run `minyi db check`.",
    ),
    "from_database": ("数据库", "database"),
    "from_command_line": ("命令行", "command line"),
    "from_environment": ("环境变量", "environment"),
    "from_default": ("默认", "default"),
    "from_file": ("文件 {path}，首次启动时生成", "file {path}, made at first start"),
    "default_kept": ("首次启动时生成，存于实例文件夹", "made at first start, kept in the instance folder"),
    "default_sqlite": ("实例文件夹中的SQLite", "SQLite in the instance folder"),
    "default_instance": ("工作目录下的 `./instance`", "`./instance`"),
    "default_no_address": ("无；演示为服务器自己的地址", "none; in the demonstration the server's own"),
    "default_none": ("无", "none"),
    "default_logs": ("实例文件夹中的 `logs`", "`logs` in the instance folder"),
    "default_announced": ("已公布的日子", "the announced days"),
    "default_own_words": ("内置的说明", "words of our own"),
    "default_java": ("路径中的 `java`", "`java` on the path"),
    "nearest": ("；是不是 {word}？", "; did you mean {word}?"),
    "value": ("{name} 是 {value}：{said}", "{name} is {value} and {said}"),
    "secret_value": ("{name}：{said}", "{name} {said}"),
    "unknown": ("没有 {name} 这项设置{near}", "{name} is not a setting{near}"),
    "former_name": (
        "{former} 现在叫 {name}；旧名仍然有效",
        "{former} is called {name} now; the former name is still read",
    ),
    "one_of": ("应为{choices}之一{near}", "must be one of {choices}{near}"),
    "whole": ("应为{low}至{high}的整数", "must be a whole number from {low} to {high}"),
    "switch": ("应为1（开）或0（关）", "must be 1 (on) or 0 (off)"),
    "web_address": (
        "应为 https://survey.example 这样的网址{near}",
        "must be an address such as https://survey.example{near}",
    ),
    "listening": ("应为 127.0.0.1:9464 这样的地址和端口", "must be an address and a port such as 127.0.0.1:9464"),
    "networks": (
        "应为网段，用空格分隔，例如 10.1.2.0/24：{said}",
        "must be networks with spaces between them, such as 10.1.2.0/24: {said}",
    ),
    "rates": (
        "应写成 '300 per minute; 3000 per hour' 这样的频率",
        "must be rates such as '300 per minute; 3000 per hour'",
    ),
    "store": ("应为 memory:// 或 redis://主机:端口/编号{near}", "must be memory:// or redis://host:port/number{near}"),
    "no_redis": (
        "要用的 redis 包没有安装：pip install 'minyi[redis]'",
        "needs the package redis, which is not installed: pip install 'minyi[redis]'",
    ),
    "database": ("应以 postgresql:// 或 sqlite:/// 开头{near}", "must begin with postgresql:// or sqlite:///{near}"),
    "at_sign": ("用户名或密码中的@应写成%40", "must have an @ of its name or password written as %40"),
    "time_zone": ("应为 Asia/Shanghai 这样的时区{near}", "must be a time zone such as Asia/Shanghai{near}"),
    "calendar_unreadable": ("读不了：{error}", "cannot be read: {error}"),
    "calendar_line": (
        "{path} 第{line}行：应写成 '2026-10-01 off' 或 '2026-10-10 work'",
        "{path}, line {line}: expected '2026-10-01 off' or '2026-10-10 work'",
    ),
    "line": ("应为一行，不超过{most}字", "must be one line of at most {most} characters"),
    "paragraphs": ("不超过{most}字，不含控制字符", "must have at most {most} characters, none of control"),
    "root_files": (
        "每行一个文件，如 MP_verify_x1.txt x1，最多{most}个",
        "must be one file a line, such as MP_verify_x1.txt x1, at most {most}",
    ),
    "not_said": (
        "公开页面还缺：{names}。请在“公开信息”页填写，或设置 {variables}",
        "public pages lack: {names}; fill in the console's page Public information, or set {variables}",
    ),
    "said_organiser": ("主办单位", "organiser"),
    "said_handler": ("个人信息处理者", "handler of personal data"),
    "said_contact": ("联系方式", "contact"),
    "said_icp": ("ICP备案号", "ICP filing number"),
    "said_police": ("公安备案号", "public security filing number"),
    "secret_file": (
        "{path}：{why}；首次启动时生成的密钥存在这个文件里",
        "{path}: {why}; this file holds the secret, made at first start",
    ),
    "no_instance": ("MINYI_INSTANCE：建不了文件夹 {folder}：{why}", "MINYI_INSTANCE: {folder} cannot be made: {why}"),
    "secret_empty": (
        "{path} 是空的：请从备份取回密钥；或删除这个文件，另行生成",
        "{path} is empty: put the secret back from your backup, or delete the file to have a new one made",
    ),
    "no_public_url": (
        "没有设 MINYI_PUBLIC_URL：演示之外不能印海报、发邀请码和登记平板",
        "MINYI_PUBLIC_URL is not set: outside the demonstration no poster, card or tablet's link can be made",
    ),
    "not_https": (
        "MINYI_PUBLIC_URL 不是https：答案、密码和会话cookie在途中可被看到",
        "MINYI_PUBLIC_URL is not https: answers, passwords and session cookies can be read on the way",
    ),
    "no_proxies": (
        "MINYI_TRUSTED_PROXIES 是0：不采信X-Forwarded头。若在反向代理之后，全体市民会共用代理的地址和限额；请填代理的层数",
        "MINYI_TRUSTED_PROXIES is 0: X-Forwarded headers are not believed. Behind a reverse proxy all citizens "
        "would share the proxy's address and its limits; set the number of proxies",
    ),
    "open_port": (
        "从外部可以直接访问{host}，又采信{proxies}层X-Forwarded头：绕过代理的人可以冒充任何地址；请把端口对代理以外关闭",
        "{host} is reachable from outside and {proxies} X-Forwarded headers are believed: whoever gets round the proxy "
        "can pretend any address; close the port to all but the proxy",
    ),
    "password_alone": (
        "MINYI_REQUIRE_TOTP 没有写administrator：只凭密码就能打开一切",
        "MINYI_REQUIRE_TOTP does not name administrator: the password alone opens everything",
    ),
    "short_secret": (
        "{name} 只有{n}个字符：请用{least}个以上的随机字符",
        "{name} has {n} characters: take {least} random ones or more",
    ),
    "readable_secret": (
        "{path} 能被这台机器的其他账号读取：请 chmod 600",
        "{path} can be read by other accounts of this machine: chmod 600",
    ),
    "limits_apart": (
        "限额由{workers}个进程各自计数，实际可达{workers}倍；设 MINYI_LIMITS=redis://… 可合并计数",
        "limits are counted by each of {workers} workers for itself, so up to {workers} times as many attempts pass; "
        "MINYI_LIMITS=redis://… counts them together",
    ),
    "redis_silent": (
        "MINYI_LIMITS：那个Redis没有回应，各进程各自计数",
        "MINYI_LIMITS: that Redis does not answer, so every worker counts for itself",
    ),
    "shared_on_sqlite": (
        "限额由Redis共用，数据库却是SQLite文件：多台机器要用PostgreSQL",
        "limits are shared through Redis, the database is a SQLite file: several machines need PostgreSQL",
    ),
    "jobs_external": (
        "MINYI_JOBS 是external：要在服务器之外运行 `minyi jobs run`，估计和导入才会进行",
        "MINYI_JOBS is external: estimates and imports wait until `minyi jobs run` runs beside the server",
    ),
    "answers_kept_short": (
        "MINYI_KEEP_ANSWERS={days}：原始回答每夜删除，不满两年。统计调查(问卷有法定标识)的原始回答应至少保存两年(730天)",
        "MINYI_KEEP_ANSWERS={days}: answers are deleted every night before two years are over. Raw answers of a statistical "
        "survey (its questionnaire has legal marks) are to be kept for two years at least (730 days)",
    ),
    "no_nightly_backup": (
        "没有每夜备份：请设置 MINYI_BACKUP_FOLDER 和 MINYI_BACKUP_PASSPHRASE，或自己按时运行 `minyi backup`",
        "There is no nightly backup: set MINYI_BACKUP_FOLDER and MINYI_BACKUP_PASSPHRASE, or run `minyi backup` yourself",
    ),
    "no_backup_folder": (
        "MINYI_BACKUP_FOLDER（{folder}）不是一个文件夹：备份写不进去",
        "MINYI_BACKUP_FOLDER ({folder}) is no folder: no backup can be written there",
    ),
    "smallest_shown": (
        "MINYI_LEAST_CELL 是1：最小的分组也会显示，直到单个人",
        "MINYI_LEAST_CELL is 1: the smallest groups are shown, down to single persons",
    ),
    "debug_on": (
        "MINYI_DEBUG 已打开：命令出错时显示调用过程，其中可能有数据",
        "MINYI_DEBUG is on: a failing command shows its traceback, which may hold data",
    ),
    "unknown_allowed": (
        "MINYI_ALLOW_UNKNOWN 已打开：写错名称的设置不会阻止启动",
        "MINYI_ALLOW_UNKNOWN is on: a misspelt setting does not stop the start",
    ),
    "days_unknown": (
        "MINYI_HOLIDAYS 和chinesecalendar都没有{year}年的放假安排：期限按普通工作日计算；请在文件中写明公布的日子，或更新这个包",
        "the days off of {year} are known neither from MINYI_HOLIDAYS nor from chinesecalendar: deadlines count "
        "plain weekdays; name the announced days in a file, or update the package",
    ),
}
