"""What is said of responses."""

TEXTS = {
    "not_in_quarantine": ("这份应答不在待核查之列", "the response is not in quarantine"),
    "response_flagged_already": ("这份应答已经被标记", "the response is flagged already"),
    "response_not_flagged": ("这份应答没有标记", "the response is not flagged"),
    "reason_needed": ("请写明理由", "a reason is needed"),
    "folder_there": (
        "{folder} 已经存在；请换一个文件夹，或先移走它",
        "{folder} is already there; name another folder or remove it",
    ),
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
    "none_complete": ("{title}：还没有完整的应答", "{title}: there are no complete responses yet"),
    "worksheet_holds": (
        "{title}：一张表最多{rows:,}行；请改用 .csv",
        "{title}: a worksheet holds {rows:,} rows; take .csv",
    ),
}
