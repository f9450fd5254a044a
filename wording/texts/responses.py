"""What is said of responses."""

TEXTS = {
    "not_in_quarantine": ("这份应答不在待核查之列", "the response is not in quarantine"),
    "quota_full": ("配额“{quota}”已满，这份应答不能放行；不计入就请作废", "the quota '{quota}' is full, so the response cannot be released; void it if it is not to count"),
    "response_flagged_already": ("这份应答已经被标记", "the response is flagged already"),
    "response_not_flagged": ("这份应答没有标记", "the response is not flagged"),
    "reason_needed": ("请写明理由", "a reason is needed"),
    "folder_there": ("{folder} 已经存在；请换一个文件夹，或先移走它", "{folder} is already there; name another folder or remove it"),
    "none_to_export": ("{title}：没有可导出的应答", "{title}: there are no responses to export"),
    "data_file_ends": ("{name}：数据文件应以{endings}结尾", "{name}: a data file ends in {endings}"),
    "missing_not_shown": ("未显示", "not shown"),
    "missing_skipped": ("未作答", "skipped"),
    "missing_dont_know": ("不知道", "don't know"),
    "missing_refused": ("拒答", "refused"),
    "missing_not_used": ("没用过", "not used"),
    "labels_cut": (
        "这种格式的变量标签最多{most}{unit}，{number}列的标签被截短：{names}；全文在编码本中",
        "a label of a variable holds {most} {unit} in this format; those of {number} columns are cut: {names}; the codebook has them whole",
    ),
    "words_cut": (
        "这种格式的值标签最多{most}{unit}，{number}列的值标签被截短：{names}；全文在编码本中",
        "a value label holds {most} {unit} in this format; those of {number} columns are cut: {names}; the codebook has them whole",
    ),
    "octets": ("字节(一个汉字三字节)", "octets (a Chinese character has three)"),
    "characters": ("字", "characters"),
    "package_there": ("{out} 已经存在且不是空文件夹；数据包不覆盖任何东西", "{out} is there already and is no empty folder; a package overwrites nothing"),
    "package_not_made": ("数据包没有做成：{said}", "the package was not made: {said}"),
    "package_held": ("{code}是本周期的正式调查，结果确定之前不导出逐份数据包", "{code} is a period's official survey: before its answers are settled no package of single answers leaves"),
    "replicates_between": ("重复权数须为2至{most}组，或不要", "replicate weights: 2 to {most} sets, or none"),
    "package_below_minimum": ("估计{run}未达可发布样本量，没有正式结果，也就没有数据包", "run {run} is below the minimum for publication: it has no official figure, and so no package"),
    "package_not_approved": ("估计{run}尚未批准：数据包和README都写明是暂定结果", "run {run} is not approved: package and README say that it is provisional"),
    "package_too_large": (
        "数据包超过{most} MB，不在网页上存放；请由管理员用 minyi export --run {run} 导出",
        "the package is over {most} MB, more than is kept for the console; have the administrator run minyi export --run {run}",
    ),
    "package_gone": (
        "估计{run}有{gone:,}份应答此后不在了：数据包附有当时的汇总单元，脚本由它得出正式结果",
        "{gone:,} responses of run {run} are gone since: the package has its cells, from which the scripts print the official figure",
    ),
    "none_complete": ("{title}：还没有完整的应答", "{title}: there are no complete responses yet"),
    "worksheet_holds": ("{title}：一张表最多{rows:,}行；请改用 .csv", "{title}: a worksheet holds {rows:,} rows; take .csv"),
}
